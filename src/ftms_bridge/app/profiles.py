"""Direction profiles on disk: one readable file per machine in the state directory."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ftms_bridge.config.profile_file import parse_profile, profile_text
from ftms_bridge.errors import ConfigError, OutputFailed
from ftms_bridge.motion.profile import DirectionProfile

log = logging.getLogger(__name__)

FOLDER: Final = "direction"
KEPT_SUFFIX: Final = ".toml.before"
"""Of the profile that the last calibration replaced."""

LARGEST_BYTES: Final = 1_000_000
"""House choice: a hundred times what a profile takes; more is not one."""


def profile_path(state_dir: Path, machine: str) -> Path:
    """Return where the profile of a machine is kept, whether there is one or not."""
    return state_dir.expanduser() / FOLDER / f"{machine}.toml"


def load_profile(state_dir: Path, machine: str) -> DirectionProfile | None:
    """Return what is proven about a machine; None when it was never calibrated.

    Raises ConfigError when there is a file that cannot be read or used.
    """
    return read_profile(profile_path(state_dir, machine))


def read_profile(path: Path) -> DirectionProfile | None:
    """Return the profile in a file; None when there is no such file.

    Raises ConfigError when it cannot be read or used.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _unreadable(path, "it is far too large")
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(path, error.strerror or "no access") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "it is no text in UTF-8") from error
    return parse_profile(text, str(path))


def load_profiles(state_dir: Path, machines: Iterable[str]) -> dict[str, DirectionProfile]:
    """Return the profiles of those machines that have one that can be used.

    One that cannot be is told in the log, and nothing counts as proven: a bridge must not stay away
    because of it.
    """
    found = {}
    for machine in machines:
        try:
            profile = load_profile(state_dir, machine)
        except ConfigError as error:
            log.warning(
                "%s: nothing is known about its directions: %s %s", machine, error.what, error.hint
            )
            continue
        if profile is not None:
            found[machine] = profile
    return found


def save_profile(state_dir: Path, machine: str, profile: DirectionProfile) -> Path:
    """Write the profile of a machine, whole or not at all; return where.

    The one before is kept beside it, as ``.toml.before``: a new one may know less.

    Raises OutputFailed when it cannot be written.
    """
    path = profile_path(state_dir, machine)
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.write(profile_text(profile))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):  # the first profile has none before it
            path.with_suffix(KEPT_SUFFIX).write_bytes(path.read_bytes())
        os.replace(fresh, path)  # noqa: PTH105 - atomic, and says so
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise OutputFailed(
            f"The direction profile {path} cannot be written: {error.strerror}.",
            hint="Free some space, or set bluetooth.state_directory to a folder you may write to.",
        ) from error
    return path


def forget_profile(state_dir: Path, machine: str) -> bool:
    """Remove the profile of a machine; return False when there was none.

    Raises OutputFailed when it cannot be removed.
    """
    path = profile_path(state_dir, machine)
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise OutputFailed(
            f"The direction profile {path} cannot be removed: {error.strerror}.",
            hint="Remove the file yourself.",
        ) from error
    return True


def _unreadable(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The direction profile {path} cannot be read: {why}.",
        hint="Mend it, or make it anew: ftms-bridge calibrate",
    )
