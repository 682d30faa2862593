"""Feeds a calibration: from a simulation that knows the truth, or from a recording with labels.

The real core runs without a profile, and what its channels say is written down beside what the
rider did. So what is learnt is what the core will see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from ftms_bridge.errors import DataError, UsageError
from ftms_bridge.gatt.codec import decode
from ftms_bridge.gatt.notification import Arrival, DirectionReading, Notification
from ftms_bridge.measurement.identity import SAYS
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind
from ftms_bridge.motion.calibration import (
    Calibration,
    CalibrationResult,
    Identity,
    Part,
    Reading,
    Sense,
)
from ftms_bridge.motion.evidence import Channel
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.replay import arrival_of
from ftms_bridge.simulator.motion import TrueDirection, Truth

Shown = tuple[float | None, float | None, float | None, float | None]
"""Speed in km/h, cadence in 1/min, power in W, steps per minute."""

Event = Arrival | Truth

ROLLS_KMH: Final = 1.0
STILL_RPM: Final = 1.0
"""Of the truth: the wheel rolls, the cranks are still."""

PARTS: Final[Mapping[str, Part]] = {
    "forward": Part.FORWARD,
    "backward": Part.BACKWARD,
    "stopped": Part.STILL,
    "coast": Part.COAST,
    "ghost": Part.GHOST,
}
"""What the words of labels mean; any other word is `Part.OTHER`."""


class Tracker(Protocol):
    """What is said about the direction of one machine."""

    @property
    def channels(self) -> Sequence[Channel]:
        """Return every channel that has been heard."""


class Witness:
    """Writes down what the core sees of one machine, for a calibration.

    ``look`` is called after the core has taken an arrival.
    """

    def __init__(self, spec: MachineSpec, core: Pipeline) -> None:
        self.calibration = Calibration(spec)
        self.newest = Reading(0.0)
        self._spec = spec
        self._track = core.machine(spec.id)
        self._heard: dict[tuple[str, str], float] = {}
        self._says: dict[str, str] = {}
        pods = [one.id for one in spec.sensors if one.kind is SensorKind.FOOT_POD]
        self._steps_from = pods[0] if pods else spec.id

    def look(self, arrival: Arrival) -> bool:
        """Write down what came of an arrival; return whether there is a new reading."""
        at = arrival.at
        is_own = isinstance(arrival, Notification) and arrival.source == self._spec.id
        if is_own:
            self._read(arrival, at)
        for channel in self._track.state.direction.channels:
            name = (channel.kind.name, channel.source)
            if channel.at > self._heard.get(name, float("-inf")):
                self._heard[name] = channel.at
                self.calibration.sense(Sense(*name, channel.sign), at)
        return is_own

    def result(self) -> CalibrationResult:
        """Return what has been learnt so far."""
        said = (self._says.get(key) or None for key in ("manufacturer", "model", "firmware"))
        return self.calibration.result(Identity(*said))

    def _read(self, arrival: Arrival, at: float) -> None:
        if isinstance(arrival, Notification) and arrival.characteristic in SAYS:
            key = SAYS[arrival.characteristic]
            fields = decode(arrival.characteristic, arrival.data).fields
            self._says[key] = str(fields.get(key) or "")
        speed_kmh, cadence_rpm, power_w, step_rate_spm = self._track.motion.shown(at)
        source = None if step_rate_spm is None else self._steps_from
        self.newest = Reading(at, speed_kmh, cadence_rpm, power_w, step_rate_spm, source)
        self.calibration.receive(self.newest)


def calibrate_events(spec: MachineSpec, events: Iterable[Event]) -> DirectionProfile:
    """Return what the events of a simulation teach; they must be in order of time."""
    return study_events(spec, events).profile


def study_events(spec: MachineSpec, events: Iterable[Event]) -> CalibrationResult:
    """Return what the events of a simulation teach, with everything found on the way."""
    core = Pipeline(PipelineSettings((spec,), run_id="calibration"))
    witness = Witness(spec, core)
    walking = spec.kind is MachineKind.TREADMILL
    is_begun = False
    for event in events:
        if not is_begun:
            core.begin(event.at)
            is_begun = True
        if isinstance(event, Truth):
            if event.source == spec.id:
                witness.calibration.label(part_of_truth(event, walking=walking), event.at)
        else:
            _hand_over(core, event)
            witness.look(event)
    return witness.result()


def part_of_truth(truth: Truth, *, walking: bool) -> Part:
    """Return what the rider does according to a simulation."""
    if truth.direction is TrueDirection.SIDEWAYS or (walking and not truth.driving):
        still = truth.direction is TrueDirection.STOPPED and abs(truth.speed_kmh) < ROLLS_KMH
        return Part.STILL if still else Part.OTHER
    if truth.direction is TrueDirection.BACKWARD:
        return Part.BACKWARD
    if truth.direction is TrueDirection.FORWARD:
        return Part.FORWARD if truth.driving else Part.GHOST
    if abs(truth.speed_kmh) >= ROLLS_KMH and abs(truth.cadence_per_min) < STILL_RPM:
        return Part.COAST
    return Part.STILL


def study_recording(
    file: Path, machine: str | None = None
) -> tuple[MachineSpec, CalibrationResult]:
    """Return which machine a recording is of, and what its labels teach about it.

    machine: id in the recording; None takes the only one.

    Raises InputMissing or DataError for a recording that cannot be used or has no labels,
    UsageError when it is not clear which machine is meant.
    """
    recording = RecordingReader(file)
    spec = _machine_in(recording.header.machines, machine, file)
    core = Pipeline(
        PipelineSettings(
            recording.header.machines, run_id="calibration", wall_zero=recording.header.wall_start
        )
    )
    witness = Witness(spec, core)
    labels, is_begun = 0, False
    for entry in recording:
        if not is_begun:
            core.begin(entry.at)
            is_begun = True
        labels += _take_entry(entry, witness, core, spec)
    if not labels:
        raise DataError(
            f"{file} has no labels that say what the rider did.",
            hint="Record with labels: ftms-bridge record, and press f, b, s as you go.",
        )
    return spec, witness.result()


def _take_entry(entry: Entry, witness: Witness, core: Pipeline, spec: MachineSpec) -> bool:
    """Take one entry of a recording; return whether it was a label."""
    arrival = arrival_of(entry)
    if arrival is not None:
        _hand_over(core, arrival)
        witness.look(arrival)
        return False
    if not isinstance(entry, Marker) or entry.source not in (None, spec.id):
        return False
    part = part_of_label(entry, walking=spec.kind is MachineKind.TREADMILL)
    if part is None:
        return False
    witness.calibration.label(part, entry.at)
    return True


def part_of_label(marker: Marker, *, walking: bool) -> Part | None:
    """Return what a marker says the rider does; None when it says nothing about it."""
    detail = marker.detail
    word = detail.get("direction")
    if marker.kind not in ("label", "truth") or not isinstance(word, str):
        return None
    if marker.kind == "label":
        return PARTS.get(word, Part.OTHER)
    speed_kmh, cadence = detail.get("speed_kmh", 0.0), detail.get("cadence_per_min", 0.0)
    if not isinstance(speed_kmh, int | float) or not isinstance(cadence, int | float):
        return None
    try:
        direction = TrueDirection(word)
    except ValueError:  # a word of some other program
        return Part.OTHER
    truth = Truth(
        at=marker.at,
        source=marker.source or "",
        direction=direction,
        driving=bool(detail.get("driving", True)),
        speed_kmh=speed_kmh,
        cadence_per_min=cadence,
        power_w=None,
    )
    return part_of_truth(truth, walking=walking)


def _machine_in(machines: Sequence[MachineSpec], wanted: str | None, file: Path) -> MachineSpec:
    """Return the machine that is meant."""
    for spec in machines:
        if spec.id == wanted or (wanted is None and len(machines) == 1):
            return spec
    ids = ", ".join(spec.id for spec in machines)
    raise UsageError(
        f"{file} has no machine {wanted!r}." if wanted else f"{file} has several machines.",
        hint=f"Name one of: {ids}.",
    )


def _hand_over(core: Pipeline, arrival: Arrival) -> None:
    """Let the core do what is due, then take an arrival; what it publishes is of no use."""
    while (due := core.deadline()) is not None and due <= arrival.at:
        core.handle_timer(due)
    if isinstance(arrival, Notification):
        core.receive(arrival)
    elif isinstance(arrival, DirectionReading):
        core.sense(arrival)
    else:
        core.change_link(arrival)
