"""What every link delivers: value changes of characteristics, and changes of the link itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Notification:
    """One value change of one characteristic; treated as immutable.

    It is not frozen because it is on the hot path, where a frozen one costs four times as much.

    at: seconds of the clock of the link that delivered it (monotonic, or the recording's own time).
    source: configured id of the machine or sensor that sent it, never a radio name or address.
    characteristic: 16-bit number, such as 0x2AD2; 0x1826 stands for advertised FTMS service data.
    data: the bytes as they came.
    """

    at: float
    source: str
    characteristic: int
    data: bytes


@dataclass(frozen=True, slots=True)
class LinkChange:
    """The link to one machine or sensor went up or down; ``reason`` in words."""

    at: float
    source: str
    up: bool
    reason: str = ""


Arrival = Notification | LinkChange
