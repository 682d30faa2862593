"""What arrives: value changes of characteristics, changes of a link, and direction readings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Why there is no link, or what is odd about one; the value is the word in every payload."""

    SEARCHING = "searching"
    NOT_SEEN = "not_seen"
    AMBIGUOUS = "ambiguous"
    NO_ANSWER = "no_answer"
    LOST = "lost"
    MUTE = "mute"
    WRONG_SERVICES = "wrong_services"
    CHANGED_IDENTITY = "changed_identity"
    RELEASED = "released"
    ADAPTER_MISSING = "adapter_missing"
    BLUETOOTH_OFF = "bluetooth_off"
    NOT_PERMITTED = "not_permitted"
    SERVICE_DOWN = "bluetooth_service_down"
    RADIO_FAULT = "radio_fault"


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
    """The link to one machine or sensor went up or down, or is down for another reason now.

    reason: in words, for people.
    verdict: the same as one word for programs; None for a link that is up and has nothing odd, and
    for links that know no verdicts (simulator, old recordings).
    """

    at: float
    source: str
    up: bool
    reason: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class DirectionReading:
    """What an external direction sensor says of one machine; it is no Bluetooth device.

    machine: id of the machine whose crank or belt it watches.
    value: a step or 1/min, positive forward and negative backward; 0 while nothing turns.
    """

    at: float
    machine: str
    value: float


Arrival = Notification | LinkChange | DirectionReading
