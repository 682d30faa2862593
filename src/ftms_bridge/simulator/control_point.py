"""The control point of a simulated machine, as FTMS 1.0, 4.16, describes it.

The machine only notes what it is asked for: the rider's script alone decides what happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ftms_bridge.gatt.codec import decode, encode
from ftms_bridge.gatt.control_point import REQUESTS, RESPONSE_OP
from ftms_bridge.gatt.fields import Value

SUCCESS: Final = 1
NOT_SUPPORTED: Final = 2
INVALID_PARAMETER: Final = 3
NOT_PERMITTED: Final = 5
"""Results (FTMS 1.0, table 4.24)."""

REQUEST_CONTROL: Final = 0x00
RESET: Final = 0x01
START: Final = 0x07
STOP: Final = 0x08

STATUS_NUMBER: Final = 0x2ADA
REQUEST_NUMBER: Final = 0x2AD9

ALWAYS: Final = frozenset({REQUEST_CONTROL, RESET, START, STOP})
"""Ops of every simulated machine."""


@dataclass(frozen=True, slots=True)
class Range:
    """A supported range: its characteristic, and limits in the unit of the target."""

    number: int
    field: str
    least: float
    most: float
    step: float


RANGES: Final = {
    "speed": Range(0x2AD4, "speed_kmh", 0.5, 20.0, 0.1),
    "inclination": Range(0x2AD5, "incline_pct", -3.0, 15.0, 0.5),
    "resistance": Range(0x2AD6, "resistance", 0.0, 100.0, 1.0),
    "power": Range(0x2AD8, "power_w", 25, 800, 5),
}
"""Ranges by target; house choices, like machines of a usual size."""

TARGETS: Final = {
    "indoor_bike": ("resistance", "power", "indoor_bike_simulation"),
    "treadmill": ("speed", "inclination"),
    "cross_trainer": ("resistance", "power"),
}
"""Targets that a machine of each kind takes, named as in its feature bits."""

OPS: Final = {
    "speed": 0x02,
    "inclination": 0x03,
    "resistance": 0x04,
    "power": 0x05,
    "indoor_bike_simulation": 0x11,
}
"""Op code by target."""

STATUS_OPS: Final = {RESET: 0x01, STOP: 0x02, START: 0x04} | {
    0x02: 0x05, 0x03: 0x06, 0x04: 0x07, 0x05: 0x08, 0x11: 0x12,
}  # fmt: skip
"""Machine status that tells of each op (FTMS 1.0, table 4.16)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write leads to: an indication, and a machine status or b"" for none."""

    response: bytes
    status: bytes = b""


class ControlPoint:
    """Answers writes; ``wishes`` holds what was asked for last, by name of the field."""

    def __init__(self, kind: str) -> None:
        self._targets = {OPS[target]: target for target in TARGETS[kind]}
        self.has_control = False
        self.wishes: dict[str, Value] = {}

    def release(self) -> None:
        """Forget who had control: the link is gone."""
        self.has_control = False

    def answer(self, data: bytes) -> Answer:
        """Return the answer to one write of at least one byte."""
        op = data[0]
        if op not in self._targets and op not in ALWAYS:
            return _refusal(op, NOT_SUPPORTED)
        if op != REQUEST_CONTROL and not self.has_control:
            return _refusal(op, NOT_PERMITTED)
        decoded = decode(REQUEST_NUMBER, data)
        parameters = dict(zip(decoded.shape.names, decoded.values, strict=False))
        parameters.pop("op", None)
        if decoded.extra_bytes or not self._is_valid(op, parameters):
            return _refusal(op, INVALID_PARAMETER)
        self._note(op, parameters)
        return Answer(bytes([RESPONSE_OP, op, SUCCESS]), _status(op, parameters))

    def _is_valid(self, op: int, parameters: Mapping[str, Value]) -> bool:
        wanted = {row.name for row in REQUESTS[op].fields}
        if wanted != {name for name, value in parameters.items() if value is not None}:
            return False
        if op == STOP:
            return parameters["param"] in ("stop", "pause")
        limits = RANGES.get(self._targets.get(op, ""))
        if limits is None:
            return True
        value = parameters[limits.field]
        return isinstance(value, int | float) and limits.least <= value <= limits.most

    def _note(self, op: int, parameters: Mapping[str, Value]) -> None:
        if op in (REQUEST_CONTROL, RESET):
            self.has_control = op == REQUEST_CONTROL
        if op == RESET:
            self.wishes.clear()
        elif op == START:
            self.wishes["motion"] = "start"
        elif op == STOP:
            self.wishes["motion"] = parameters["param"]
        else:
            self.wishes.update(parameters)


def _refusal(op: int, result: int) -> Answer:
    return Answer(bytes([RESPONSE_OP, op, result]))


def _status(op: int, parameters: Mapping[str, Value]) -> bytes:
    if op not in STATUS_OPS:
        return b""
    return encode(STATUS_NUMBER, {"op": STATUS_OPS[op], **parameters})
