"""A direction sensor of one's own: no Bluetooth device, its readings come on their own way."""

from __future__ import annotations

from random import Random
from typing import Final

from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.simulator.faults import Timetable
from ftms_bridge.simulator.motion import Motion, TrueDirection
from ftms_bridge.simulator.scenario import Radio
from ftms_bridge.simulator.sensor_tables import DirectionTable

SILENCING: Final = frozenset({"loss", "gap"})
"""Faults that a reading can suffer; damaged bytes are none of them, there are no bytes."""


class DirectionSensor:
    """Two Hall elements at the crank, or motion sensors on a foot: knows which way it goes."""

    def __init__(self, spec: DirectionTable, *, walking: bool) -> None:
        self.id = spec.id
        self.rate_hz = spec.rate_hz
        self._spec = spec
        self._walking = walking

    def observe(self, motion: Motion, at: float, dt: float) -> None:
        """Do nothing: the reading is of the instant."""

    def reset(self) -> None:
        """Do nothing: there are no counters."""

    def value(self, motion: Motion) -> float | None:
        """Return the reading of this instant; None: nothing to say."""
        if motion.direction not in (TrueDirection.FORWARD, TrueDirection.BACKWARD):
            return 0.0 if self._spec.when_still == "zero" else None
        ahead = (motion.direction is TrueDirection.FORWARD) != self._spec.inverted
        rate = motion.step_rate_spm if self._walking else abs(motion.crank_rpm)
        size = float(round(rate)) if self._spec.reports == "rate" else 1.0
        return size if ahead else -size


class DirectionStation:
    """One direction sensor with its way to the bridge: late and lossy, but in order.

    name: the machine that it watches, under the id of the bridge.
    """

    def __init__(self, source: DirectionSensor, spec: Radio, rng: Random, *, machine: str) -> None:
        self.source = source
        self.name = machine
        self.next_at = self._first_at = rng.random() / source.rate_hz
        self._spec = spec
        self._rng = rng
        self._spoken = 0
        self._last_at = 0.0
        self.is_up = True

    def speak(self, motion: Motion, at: float, timetable: Timetable) -> list[DirectionReading]:
        """Return the reading of now, if one arrives."""
        self._spoken += 1
        self.next_at = self._first_at + self._spoken / self.source.rate_hz
        kinds = {
            fault.kind
            for fault in timetable.active(self.source.id, at)
            if self._rng.random() < fault.probability
        }
        lost = self._rng.random() < self._spec.loss or bool(kinds & SILENCING)
        late = at + self._rng.random() * self._spec.jitter_s
        value = self.source.value(motion)
        if lost or value is None or not self.is_up:
            return []
        self._last_at = round(max(late, self._last_at), 6)
        return [DirectionReading(self._last_at, self.name, value)]
