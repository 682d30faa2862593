"""Every error this program raises on purpose: what happened, what it means, what to do.

What comes from the air, a broker or a damaged file is no exception: it is counted and recorded.
These errors are for what a person can mend: a wrong setting, a missing file, a taken port.
The exit codes are those of ``sysexits.h``.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar


class BridgeError(Exception):
    """Base of every error raised on purpose; ``hint`` says what to do."""

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, hint: str) -> None:
        super().__init__(f"{what} {hint}")
        self.what = what
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to make it again: by itself, an exception forgets keyword arguments."""
        return partial(type(self), hint=self.hint), (self.what,)


class UsageError(BridgeError):
    """The command line or a call into the library asks for something that cannot be."""

    exit_code = 64


class DataError(BridgeError):
    """A file that should hold a recording or a scenario holds nothing that can be used."""

    exit_code = 65


class InputMissing(BridgeError):
    """A named file or folder is not there or cannot be read."""

    exit_code = 66


class BrokerUnavailable(BridgeError):
    """The MQTT broker does not answer, and the command makes no sense without it."""

    exit_code = 69


class CommandRejected(BridgeError):
    """The running bridge refuses what it was asked to do, and says why."""

    exit_code = 65


class RadioUnavailable(BridgeError):
    """Bluetooth cannot be used on this computer now, and the command makes no sense without it."""

    exit_code = 69


class OutputFailed(BridgeError):
    """A file cannot be written: no space, no permission."""

    exit_code = 74


class InstanceRunning(BridgeError):
    """Another process holds what this one needs: a port, a lock."""

    exit_code = 75


class ConfigError(BridgeError):
    """The configuration is wrong; the text lists every problem with the key's path."""

    exit_code = 78
