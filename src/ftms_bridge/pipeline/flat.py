"""The flat state of one machine: one value per key, for Home Assistant and for newcomers."""

from __future__ import annotations

from typing import Final

from ftms_bridge.measurement.quantities import QUANTITIES
from ftms_bridge.measurement.signals import Signal
from ftms_bridge.pipeline.direction import DirectionWords
from ftms_bridge.pipeline.documents import tenths
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.telemetry.messages import CONTRACT_VERSION, State
from ftms_bridge.telemetry.wall import WallLabel

_IN_STATE: Final = (
    "speed_kmh", "cadence_rpm", "power_w", "hr_bpm", "incline_pct", "resistance",
    "step_rate_spm", "machine_energy_kcal",
)  # fmt: skip
"""The signals that everybody looks at; the others are in the live document."""
_NOTHING_SHOWN: Final = {name: Signal(QUANTITIES[name]) for name in _IN_STATE}
"""What a retained state shows of a machine that is not heard: values must not freeze in it."""


class FlatState:
    """Builds the state of one machine from what is known of it."""

    def __init__(
        self, machine: str, known: MachineState, *, words: DirectionWords, wall: WallLabel
    ) -> None:
        self._machine = machine
        self._known = known
        self._words = words
        self._wall = wall
        self._shown = {name: known.signals.watch(name) for name in _IN_STATE}

    def at(self, at: float) -> State:
        """Return the state as it is now, without its number."""
        known, words = self._known, self._words
        fresh = known.availability == "online"
        shown = self._shown if fresh else _NOTHING_SHOWN
        ride = known.ride
        totals = None if ride is None else ride.metrics.totals
        rolling = None if ride is None or not fresh else ride.metrics.rolling
        speed_kmh, cadence_rpm = shown["speed_kmh"].value(at), shown["cadence_rpm"].value(at)
        incline_pct = shown["incline_pct"].value(at)
        return {
            "schema": CONTRACT_VERSION,
            "machine": self._machine,
            "seq": 0,
            "time": self._wall.at(at),
            "availability": known.availability,
            "availability_reason": known.availability_reason,
            "fresh": fresh,
            **words.flat(ride),
            "session_state": known.session.state.value,
            "session_id": None if ride is None else ride.session_id,
            "elapsed_s": 0.0 if ride is None else tenths(at - ride.started_at) or 0.0,
            "moving_s": 0.0 if totals is None else tenths(totals.moving_s) or 0.0,
            "lap": 0 if ride is None else ride.lap_number,
            "speed_kmh": speed_kmh,
            "cadence_rpm": cadence_rpm,
            "power_w": shown["power_w"].value(at),
            "hr_bpm": shown["hr_bpm"].value(at),
            "incline_pct": incline_pct,
            "resistance": shown["resistance"].value(at),
            "step_rate_spm": shown["step_rate_spm"].value(at),
            "machine_energy_kcal": shown["machine_energy_kcal"].value(at),
            "distance_m": None if ride is None else ride.distance_m,
            "work_kj": None if totals is None else tenths(totals.work_kj),
            "power_3s_w": None if rolling is None else tenths(rolling.mean_w(0)),
            "power_30s_w": None if rolling is None else tenths(rolling.mean_w(2)),
            "avg_power_w": None if totals is None else tenths(totals.avg_power_w),
            "avg_speed_kmh": None if totals is None else tenths(totals.avg_speed_kmh),
            **words.motion(speed_kmh, cadence_rpm, incline_pct),
        }
