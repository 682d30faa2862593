"""Examines one recording: what is odd about it, and which quirk profile could mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ftms_bridge.app.doctor.field_checks import check_fields
from ftms_bridge.app.doctor.oddities import NO_RECORDS, Oddity
from ftms_bridge.app.doctor.proposal import (
    gather_fixes,
    identity_of,
    known_profiles,
    profile_toml,
)
from ftms_bridge.app.doctor.recording_checks import (
    check_blips,
    check_counters,
    check_gaps,
    check_lengths,
)
from ftms_bridge.app.doctor.scale_checks import check_scales
from ftms_bridge.app.doctor.tracks import Columns, Stream, read_columns
from ftms_bridge.recordings.reader import RecordingReader


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is of one characteristic. quirk: profile that it was read with."""

    source: str
    characteristic: int
    title: str
    records: int
    span_s: float
    interval_s: float
    quirk: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile for one machine. shipped: names of profiles that do the same already."""

    source: str
    toml: str
    shipped: tuple[str, ...]
    identity: dict[str, str]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What came of a recording. damaged: lines that could not be read."""

    extents: tuple[Extent, ...]
    oddities: tuple[Oddity, ...]
    proposals: tuple[Proposal, ...]
    damaged: int


def examine_recording(path: Path) -> Diagnosis:
    """Return what is odd about a recording; raises InputMissing or DataError."""
    reader = RecordingReader(path)
    columns = read_columns(reader, reader.header.machines)
    found = tuple(oddities(columns))
    return Diagnosis(
        extents=tuple(_extent(stream) for stream in columns.measured),
        oddities=found,
        proposals=tuple(_proposals(columns, found, path.name)),
        damaged=reader.damaged,
    )


def oddities(columns: Columns) -> Iterator[Oddity]:
    """Yield everything that is odd, source by source."""
    if not columns.measured:
        yield _nothing(columns)
    for stream in columns.measured:
        yield from check_lengths(stream)
        yield from check_gaps(stream)
        yield from check_fields(columns, stream)
        yield from check_scales(columns, stream)
        yield from check_counters(stream)
        yield from check_blips(stream)


def _nothing(columns: Columns) -> Oddity:
    """Return that there is nothing to judge; it belongs to no source and no characteristic."""
    others = sum(len(stream.times) for stream in columns.streams) + sum(columns.unknown.values())
    what = f"{others or 'no'} notifications in it" + (", none of measurements" if others else "")
    return Oddity(NO_RECORDS, "", None, "", f"{what}; nothing can be judged.")


def _proposals(columns: Columns, found: tuple[Oddity, ...], origin: str) -> Iterator[Proposal]:
    for source in dict.fromkeys(stream.source for stream in columns.measured):
        fixes = gather_fixes(found, source)
        if fixes:
            name = f"{source}-proposal"
            toml = profile_toml(name, fixes, origin=f"recording {origin}")
            identity = identity_of(columns, source)
            yield Proposal(source, toml, known_profiles(fixes), identity)


def _extent(stream: Stream) -> Extent:
    return Extent(
        stream.source,
        stream.characteristic,
        stream.title,
        len(stream.times),
        stream.span_s,
        stream.interval_s,
        stream.quirk,
    )
