"""The machine as a source of notifications: which fields go into which part of a record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.fields import WIDTHS, Field, Layout, Value
from ftms_bridge.gatt.layouts import LAYOUTS
from ftms_bridge.simulator.firmware import Console, readings
from ftms_bridge.simulator.motion import Motion
from ftms_bridge.simulator.radio import Payload
from ftms_bridge.simulator.scenario import Scenario

MACHINE_STATUS: Final = 0x2ADA

CHARACTERISTICS: Final = {
    "indoor_bike": 0x2AD2,
    "treadmill": 0x2ACD,
    "cross_trainer": 0x2ACE,
}

COMMON_FIELDS: Final = ("speed_kmh", "distance_m", "elapsed_s")

USUAL_FIELDS: Final = {
    "indoor_bike": (*COMMON_FIELDS, "cadence_rpm", "power_w", "energy_kcal"),
    "treadmill": (*COMMON_FIELDS, "incline_pct", "energy_kcal"),
    "cross_trainer": (*COMMON_FIELDS, "steps_per_min", "resistance", "power_w"),
}
"""What most machines of a kind send; each fits a notification of 20 bytes or little more."""

SPEED: Final = "speed_kmh"
BLIPPED: Final = (SPEED, "cadence_rpm", "steps_per_min", "power_w")
"""Fields that fall to 0 in a ``zero_blip``."""

NOT_SENT: Final = frozenset({"pace_km_per_min", "avg_pace_km_per_min", "remaining_s", "force_n"})
"""Fields that no simulated machine knows; ``force_n`` also rules out the power of a treadmill."""


def layout_of(kind: str) -> Layout:
    """Return the table of rows of this kind of machine."""
    layout = LAYOUTS[CHARACTERISTICS[kind]]
    assert isinstance(layout, Layout)
    return layout


def sendable(kind: str) -> tuple[str, ...]:
    """Return the names that ``fields`` and ``rotate`` may hold; one of a group brings them all."""
    rows = layout_of(kind).fields
    barred = {row.bit for row in rows if row.name in NOT_SENT}
    return tuple(row.name for row in rows if row.bit not in barred)


class Part:
    """One notification of a record: its rows, and whether further parts follow."""

    def __init__(self, rows: Collection[Field], *, more_data: bool) -> None:
        self._rows = tuple(rows)
        self._more_data = more_data

    def encode(self, kind: str, values: Mapping[str, Value], *, backward: bool) -> bytes:
        """Return the bytes of this part."""
        fields = {row.name: in_register(values[row.name], row) for row in self._rows}
        return encode(CHARACTERISTICS[kind], fields, more_data=self._more_data, backward=backward)


def in_register(value: Value, row: Field) -> Value:
    """Return the value as an unsigned field holds it.

    Counters roll over, and a negative speed becomes its two's complement.
    """
    width = WIDTHS[row.width]
    if width.signed or not isinstance(value, int | float):
        return value
    raw = round(value / row.resolution) % (1 << 8 * width.size)
    return raw if row.resolution == 1 else raw * row.resolution


def plan_record(layout: Layout, names: Collection[str], max_bytes: int | None) -> tuple[Part, ...]:
    """Return the parts of a record with these fields; None as limit: always one.

    Fields that share a flag stay together. The speed goes into the last part, whose flag bit 0
    then says that the record is complete (FTMS 4.2.1).
    """
    bits = {row.bit for row in layout.fields if row.name in names}
    groups = [
        [row for row in layout.fields if row.bit == bit]
        for bit in sorted(bit for bit in bits if bit is not None)
    ]
    groups.sort(key=lambda rows: rows[0].name == SPEED)
    parts: list[list[Field]] = [[]]
    for rows in groups:
        size = layout.flag_bytes + sum(row.size for row in (*parts[-1], *rows))
        if max_bytes is not None and parts[-1] and size > max_bytes:
            parts.append([])
        parts[-1].extend(rows)
    return tuple(Part(rows, more_data=all(row.name != SPEED for row in rows)) for rows in parts)


class Machine:
    """One fitness machine: takes the motion, and says it in records of its characteristic."""

    def __init__(self, scenario: Scenario) -> None:
        spec, kind = scenario.firmware, scenario.machine_table.kind
        self.id = scenario.machine_table.id
        self.rate_hz = spec.rate_hz
        self._spec = spec
        self._kind = kind
        self._console = Console(scenario)
        limit = spec.max_bytes if spec.oversize == "split" else None
        lists = spec.rotate or (spec.fields or USUAL_FIELDS[kind],)
        self._records = [plan_record(layout_of(kind), names, limit) for names in lists]
        self._turn = 0
        self._was_moving = False

    def observe(self, motion: Motion, at: float, dt: float) -> None:
        """Take the true motion at ``at``, ``dt`` seconds after the last one."""
        self._console.observe(motion, dt)

    def reset(self) -> None:
        """Start distance, time and energy again."""
        self._console.reset()

    def payloads(self, motion: Motion, faults: Collection[str]) -> Iterator[Payload]:
        """Yield what the machine sends now."""
        if self._spec.machine_status:
            yield from self._status(motion)
        values = readings(self._console, motion, self._spec, miles="mph" in faults)
        if "zero_blip" in faults:
            values.update(dict.fromkeys(BLIPPED, 0))
        backward = self._direction_bit()
        for part in self._records[self._turn % len(self._records)]:
            data = part.encode(self._kind, values, backward=backward)
            if self._spec.oversize == "truncate":
                data = data[: self._spec.max_bytes]
            yield CHARACTERISTICS[self._kind], data
        self._turn += 1

    def _direction_bit(self) -> bool:
        rule = self._spec.direction_bit
        if self._kind != "cross_trainer" or rule == "never":
            return False
        return self._console.backward != (rule == "inverted")

    def _status(self, motion: Motion) -> Iterator[Payload]:
        moving = self._console.speed.value != 0.0
        if moving != self._was_moving:
            self._was_moving = moving
            if moving:
                yield MACHINE_STATUS, encode(MACHINE_STATUS, {"op": "started_or_resumed_by_user"})
            elif motion.key_pulled:
                yield MACHINE_STATUS, encode(MACHINE_STATUS, {"op": "stopped_by_safety_key"})
            else:
                stop: dict[str, Value] = {"op": "stopped_or_paused_by_user", "param": "stop"}
                yield MACHINE_STATUS, encode(MACHINE_STATUS, stop)
