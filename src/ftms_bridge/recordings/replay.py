"""Play recordings: several side by side, or one as a link that delivers at its own pace.

As fast as possible needs no link: iterate over the recording itself.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final, Protocol

from ftms_bridge.control.commands import (
    ACTIONS,
    DIRECTIONS,
    Command,
    Verb,
    minutes_of,
    reading_of,
)
from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.notification import (
    Arrival,
    DirectionReading,
    LinkChange,
    Notification,
    Verdict,
)
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.ports import Deliver
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.header import RecordingHeader, share_clock, source_ids
from ftms_bridge.recordings.profiles import renamed_profile

LINK_MARKS: Final[Mapping[str, bool]] = {"connect": True, "disconnect": False}
"""Markers that say that a link went up or down."""

SENSED: Final = "direction"
"""What a ``sensor`` marker is about, in ``detail.what``; there is nothing else yet."""

_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_VERBS: Final = {verb.value: verb for verb in Verb}

LONGEST_ID: Final = 32
"""As `MACHINE_ID` says."""


class Recording(Protocol):
    """What can be played: one file, or several side by side."""

    @property
    def header(self) -> RecordingHeader:
        """The machines in it, and its wall clock."""

    def __iter__(self) -> Iterator[Entry]:
        """Yield its entries in order of time."""


def arrival_of(entry: Entry) -> Arrival | None:
    """Return what was delivered; None for a marker of something else, or that makes no sense."""
    if isinstance(entry, Notification):
        return entry
    if entry.source is None:
        return None
    if entry.kind == "sensor":
        value = reading_of(entry.detail.get("value"))
        if value is None or entry.detail.get("what") != SENSED:
            return None
        return DirectionReading(entry.at, entry.source, value)
    if entry.kind not in LINK_MARKS:
        return None
    reason = str(entry.detail.get("reason", ""))
    verdict = _VERDICTS.get(str(entry.detail.get("verdict")))  # words of newer versions say nothing
    return LinkChange(entry.at, entry.source, LINK_MARKS[entry.kind], reason, verdict)


def command_of(marker: Marker) -> Command | None:
    """Return the command that a marker says was given; None when it says none that is known.

    What else the marker says of it counts as far as it makes sense.
    """
    verb = _VERBS.get(str(marker.detail.get("verb")))
    if marker.kind != "command" or marker.source is None or verb is None:
        return None
    request_id, action, refusal = (marker.detail.get(key) for key in ("id", "action", "refusal"))
    direction = marker.detail.get("direction")
    return Command(
        marker.source,
        verb,
        request_id if isinstance(request_id, str) else None,
        action=action if isinstance(action, str) and action in ACTIONS else None,
        minutes=minutes_of(marker.detail.get("minutes")),
        refusal=refusal if isinstance(refusal, str) else None,
        direction=direction if isinstance(direction, str) and direction in DIRECTIONS else None,
    )


class RunningClock:
    """A clock that runs ``speed`` times as fast as the one it is made from.

    Whatever lives by it lives in the recording's own time while the recording is played faster.
    """

    def __init__(
        self, speed: float, *, starts_at: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._speed = speed
        self._starts_at = starts_at
        self._clock = clock
        self._zero = clock()

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self._starts_at + (self._clock() - self._zero) * self._speed


class ReplayLink:
    """A machine link that plays a recording; its first entry is delivered at once.

    speed: 2 delivers twice as fast as recorded, like a machine that reports twice as often; the
    values stay as they were. Raises UsageError if it is not above 0.
    clock: stamps the arrivals. annotate: is given the markers that are no arrivals, stamped too.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        annotate: Callable[[Marker], None] | None = None,
    ) -> None:
        if not speed > 0:
            raise UsageError(
                f"A recording cannot be played at speed {speed}.", hint="Use a number above 0."
            )
        self._recording = recording
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._annotate = annotate

    async def run(self, deliver: Deliver) -> None:
        """Deliver the arrivals of the recording until it is over, stamped with the clock."""
        starts_at = self._clock()
        first_at: float | None = None
        for entry in self._recording:
            if first_at is None:
                first_at = entry.at
            due = starts_at + (entry.at - first_at) / self._speed
            # Slept for also when it is late: the others must get their turn.
            await self._sleep(max(0.0, due - self._clock()))
            self._hand_over(_moved(entry, self._clock(), entry.source), deliver)

    def _hand_over(self, entry: Entry, deliver: Deliver) -> None:
        arrival = arrival_of(entry)
        if arrival is not None:
            deliver(arrival)
        elif self._annotate is not None and isinstance(entry, Marker):
            self._annotate(entry)


class MergedRecordings:
    """Several recordings as one, in order of time.

    Recordings of one run share its clock and its machines. All others are laid side by side, so
    that they begin together, and an id that is taken gets a number: ``bike``, ``bike_2``.
    """

    def __init__(self, recordings: Sequence[Recording]) -> None:
        headers = [recording.header for recording in recordings]
        first = headers[0]
        is_one_run = all(share_clock(first, header) for header in headers)
        names = [{} for _ in headers] if is_one_run else _unique_names(headers)
        starts_at = [0.0 if is_one_run else _first_at(recording) for recording in recordings]
        self._tracks = list(zip(recordings, starts_at, names, strict=True))
        machines: dict[str, MachineSpec] = {}
        profiles: dict[str, DirectionProfile] = {}
        for header, renamed in zip(headers, names, strict=True):
            for machine in header.machines:
                spec = _renamed(machine, renamed)
                machines.setdefault(spec.id, spec)
                if machine.id in header.profiles:
                    proven = renamed_profile(header.profiles[machine.id], renamed)
                    profiles.setdefault(spec.id, proven)
        wall_start = None if first.wall_start is None else first.wall_start + starts_at[0]
        run_id = first.run_id if is_one_run else ""
        self.header = RecordingHeader(
            tuple(machines.values()),
            wall_start,
            first.software,
            run_id,
            rules=first.rules,
            profiles=profiles,
        )

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries of all recordings; of equal times, those of the first one first."""
        tracks = [_track(recording, start, names) for recording, start, names in self._tracks]
        return heapq.merge(*tracks, key=attrgetter("at"))


def _track(recording: Recording, starts_at: float, names: Mapping[str, str]) -> Iterator[Entry]:
    for entry in recording:
        source = entry.source and names.get(entry.source, entry.source)
        yield _moved(entry, entry.at - starts_at, source)


def _moved(entry: Entry, at: float, source: str | None) -> Entry:
    """Return the entry with another time and source."""
    if isinstance(entry, Notification):
        return Notification(at, source or entry.source, entry.characteristic, entry.data)
    return replace(entry, at=at, source=source)


def _first_at(recording: Recording) -> float:
    first = next(iter(recording), None)
    return 0.0 if first is None else first.at


def free_id(name: str, taken: Container[str]) -> str:
    """Return the name as an id that nobody else has: cut to its length, numbered if need be."""
    free, number = name[:LONGEST_ID], 1
    while free in taken:
        number += 1
        suffix = f"_{number}"
        free = name[: LONGEST_ID - len(suffix)] + suffix
    return free


def _unique_names(headers: Sequence[RecordingHeader]) -> list[dict[str, str]]:
    """Return for each recording its ids with what they are called among all."""
    taken: set[str] = set()
    names: list[dict[str, str]] = []
    for header in headers:
        of_header: dict[str, str] = {}
        for source in (id_ for machine in header.machines for id_ in source_ids(machine)):
            of_header[source] = free_id(source, taken)
            taken.add(of_header[source])
        names.append(of_header)
    return names


def _renamed(machine: MachineSpec, names: Mapping[str, str]) -> MachineSpec:
    def new(source: str) -> str:
        return names.get(source, source)

    return replace(
        machine,
        id=new(machine.id),
        sensors=tuple(replace(sensor, id=new(sensor.id)) for sensor in machine.sensors),
        priority=tuple((quantity, tuple(map(new, ids))) for quantity, ids in machine.priority),
    )
