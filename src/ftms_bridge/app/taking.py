"""Records one machine into one file while a person says by key press what really happens.

Such recordings are what direction can be tested with: bytes of a real machine, and the truth.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from ftms_bridge.app.bridge import Bridge, Clock
from ftms_bridge.app.keyboard import key_presses
from ftms_bridge.app.recorder import link_marker, reading_marker
from ftms_bridge.control.commands import Command
from ftms_bridge.gatt.notification import Arrival, DirectionReading, Notification
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.ports import MachineLink
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter
from ftms_bridge.telemetry.messages import Live
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import LIVE

LABELS: Final = {
    "f": "forward",
    "b": "backward",
    "s": "stopped",
    "c": "coast",
    "g": "ghost",
    "o": "other",
    "u": "unknown",
}
"""What the rider does from now on, by key. ``coast``: the wheel rolls over still legs; ``ghost``:
the legs turn forward without driving it; ``other``: a side shuffle, or beside the belt."""

MARK: Final = " "
END: Final = "q"
END_OF_INPUT: Final = "\x04"

END_AGAIN_S: Final = 2.0
"""So soon the second ``q`` must follow: a word that is typed by mistake ends nothing."""

CONNECTED: Final = "connected"
"""What is said of a link that is up."""

SYNC_EVERY_S: Final = 1.0
SHOW_EVERY_S: Final = 0.5


@dataclass(slots=True)
class Taken:
    """What has been recorded so far; ``signals`` are the newest values by quantity.

    may_end: whether one more ``q`` ends it.
    """

    seconds: float = 0.0
    records: int = 0
    lost: int = 0
    label: str = ""
    marks: int = 0
    may_end: bool = False
    link: str = "searching"
    signals: dict[str, float | None] = field(default_factory=dict)


class TakeJournal:
    """Writes what arrives, and what the person says, to one file; keeps the score."""

    def __init__(self, writer: RecordingWriter, clock: Clock) -> None:
        self.taken = Taken()
        self._writer = writer
        self._clock = clock

    def write(self, arrival: Arrival) -> None:
        """Keep one notification, change of a link, or reading of a direction sensor."""
        if isinstance(arrival, Notification):
            self._writer.write(arrival)
            self.taken.records += 1
        elif isinstance(arrival, DirectionReading):
            self._writer.mark(reading_marker(arrival))
        else:
            self._writer.mark(link_marker(arrival))
            self.taken.link = CONNECTED if arrival.up else arrival.reason
        self.taken.lost = self._writer.lost

    def write_command(self, command: Command, at: float) -> None:
        """Nobody gives commands here."""
        raise AssertionError(command)

    def write_end(self, at: float) -> None:
        """Note when it ended."""
        self._writer.mark(Marker(at, "end"))

    def press(self, key: str) -> None:
        """Note what a key says; other keys mean nothing."""
        label = LABELS.get(key.lower())
        if label is not None:
            self.taken.label = label
            self._writer.mark(Marker(self._clock(), "label", detail={"direction": label}))
        elif key == MARK:
            self.taken.marks += 1
            number = self.taken.marks
            self._writer.mark(Marker(self._clock(), "label", detail={"remark": number}))


class TakeKeys:
    """Takes the keys: the end must be asked for twice in a row, or by Ctrl-D."""

    def __init__(self, journal: TakeJournal, clock: Clock, stop: asyncio.Event) -> None:
        self._journal = journal
        self._clock = clock
        self._stop = stop
        self._asked_at: float | None = None

    def press(self, key: str) -> None:
        """Take one key."""
        self.let_pass()
        if key == END_OF_INPUT or (key.lower() == END and self._asked_at is not None):
            self._stop.set()
        self._asked_at = self._clock() if key.lower() == END else None
        self._journal.taken.may_end = self._asked_at is not None
        self._journal.press(key)

    def let_pass(self) -> None:
        """Forget a wish to end that was not repeated in time."""
        if self._asked_at is not None and self._clock() - self._asked_at > END_AGAIN_S:
            self._asked_at = None
            self._journal.taken.may_end = False


class TakeSink:
    """Takes the newest values out of what the core would publish."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken

    def publish(self, effect: Publish) -> None:
        """Keep the values of a live document."""
        if effect.topic is LIVE:
            self._taken.signals = dict(cast("Live", effect.payload)["signals"])


@dataclass(frozen=True, slots=True)
class Take:
    """What to record: the machine, its link, the file, and for how long (None: until told)."""

    machine: MachineSpec
    link: MachineLink
    file: Path
    seconds: float | None = None


async def take(
    what: Take,
    header: RecordingHeader,
    *,
    clock: Clock,
    on_change: Callable[[Taken, bool], None],
    stop: asyncio.Event,
) -> Taken:
    """Record until the time is over, a person presses q twice, or ``stop``.

    on_change: is shown what was taken twice a second, and whether keys can be pressed.

    Raises OutputFailed when the file cannot be written.
    """
    writer = RecordingWriter(what.file, header)
    journal = TakeJournal(writer, clock)
    pipeline = Pipeline(
        PipelineSettings((what.machine,), run_id=header.run_id, wall_zero=header.wall_start)
    )
    bridge = Bridge(pipeline, TakeSink(journal.taken), clock, journal)

    bridge.begin()
    linking = asyncio.create_task(what.link.run(bridge.deliver))
    linking.add_done_callback(lambda _: stop.set())
    syncing = asyncio.create_task(_sync(writer))
    keys = TakeKeys(journal, clock, stop)
    try:
        with key_presses(keys.press) as has_keys:
            began_at = clock()
            while not stop.is_set():
                journal.taken.seconds = clock() - began_at
                keys.let_pass()
                on_change(journal.taken, has_keys)
                if not await _wait(what.seconds, journal.taken.seconds, stop):
                    break
    finally:
        for task in (linking, syncing):
            task.cancel()
        outcomes = await asyncio.gather(linking, syncing, return_exceptions=True)
        bridge.finish()
        writer.close()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return journal.taken


async def _wait(limit_s: float | None, passed_s: float, stop: asyncio.Event) -> bool:
    """Wait a moment, or until ``stop``; return False when the time is over."""
    left_s = SHOW_EVERY_S
    if limit_s is not None:
        left_s = min(left_s, limit_s - passed_s)
    if left_s <= 0:
        return False
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(left_s):
            await stop.wait()
    return True


async def _sync(writer: RecordingWriter) -> None:
    while True:
        await asyncio.sleep(SYNC_EVERY_S)
        await asyncio.to_thread(writer.sync)
