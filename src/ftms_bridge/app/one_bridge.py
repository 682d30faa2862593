"""One bridge per broker and base topic: two would tell of each other's machines what is not so."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ftms_bridge.errors import InstanceRunning

log = logging.getLogger(__name__)

try:
    import fcntl
except ImportError:  # not a Unix: there is no such lock, and the check is left out
    fcntl = None  # type: ignore[assignment]


def lock_file(broker: str, base: str) -> Path:
    """Return the file that the bridge of this broker and base locks; the same for all users."""
    name = hashlib.sha256(f"{broker}/{base}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ftms-bridge-{name}.lock"


@contextmanager
def only_bridge(broker: str, base: str) -> Iterator[None]:
    """Be the only bridge of this computer for this broker and base while inside.

    The lock ends with the process, however that ends. A bridge on another computer is not seen.

    Raises InstanceRunning when there is another one.
    """
    file = None if fcntl is None else _opened(lock_file(broker, base))
    if file is None:
        yield
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InstanceRunning(
                f"Another bridge of this computer publishes below {base}/ on {broker}.",
                hint="Stop it, or set another mqtt.base.",
            ) from error
        yield
    finally:
        os.close(file)


def _opened(path: Path) -> int | None:
    """Return the open file, also one of another user; None when there can be none."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with contextlib.suppress(FileNotFoundError):
            return os.open(path, flags)  # without the wish to create, which sticky folders refuse
        return os.open(path, flags | os.O_CREAT, 0o644)
    except OSError as error:
        log.warning("whether another bridge runs cannot be told: %s: %s", path, error.strerror)
        return None
