"""Replays a recording up to an instant, and keeps why the estimator says then what it says.

The real core runs with the profile that counted when the recording was made, so what is found here
is what the bridge published.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ftms_bridge.app.explaining.instants import instant
from ftms_bridge.app.explaining.moment import Explanation
from ftms_bridge.app.explaining.onlooker import Onlooker
from ftms_bridge.app.play import Player
from ftms_bridge.app.profiles import read_profile
from ftms_bridge.errors import InputMissing, UsageError
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.telemetry.wall import WallLabel
from ftms_bridge.workout.session import SessionRules

_RARELY_S: Final = 1e9


def explain(
    file: Path, *, machine: str | None = None, at: str | None = None, profile: Path | None = None
) -> Explanation:
    """Return what happened to the direction in a recording, up to an instant and then in full.

    at: seconds of the recording's clock, minutes:seconds, or a label as in an event; None takes
    the whole recording. machine: None takes the only one. profile: counts instead of the one in the
    recording.

    Raises InputMissing, DataError or ConfigError for a file that cannot be used, UsageError for a
    machine or an instant that is not in the recording.
    """
    recording = RecordingReader(file)
    header = recording.header
    spec = machine_in(header.machines, machine, file)
    profiles = dict(header.profiles)
    if profile is not None:
        profiles[spec.id] = _profile_in(profile)
    pipeline = Pipeline(
        PipelineSettings(
            header.machines,
            run_id=header.run_id or "replay",
            wall_zero=header.wall_start,
            rules=header.rules or SessionRules(),
            live_interval_s=_RARELY_S,
            profiles=profiles,
        )
    )
    onlooker = Onlooker(pipeline, spec, WallLabel(header.wall_start))
    until = None if at is None else instant(at, header.wall_start)
    entries = onlooker.watch(recording, until)
    Player(pipeline, onlooker.emit).play(entries)
    return Explanation(
        file, spec, tuple(onlooker.changes), onlooker.moment, onlooker.labels, onlooker.last_at
    )


def machine_in(machines: Sequence[MachineSpec], wanted: str | None, file: Path) -> MachineSpec:
    """Return the machine that is meant; UsageError when that is not clear."""
    for spec in machines:
        if spec.id == wanted or (wanted is None and len(machines) == 1):
            return spec
    what = f"There is no machine {wanted!r} in {file}." if wanted else f"{file} has several."
    ids = ", ".join(spec.id for spec in machines)
    raise UsageError(what, hint=f"Name one with --machine: {ids}.")


def _profile_in(path: Path) -> DirectionProfile:
    profile = read_profile(path)
    if profile is None:
        raise InputMissing(
            f"There is no profile {path}.",
            hint="Name a file that ftms-bridge calibrate has written, or leave --profile out.",
        )
    return profile
