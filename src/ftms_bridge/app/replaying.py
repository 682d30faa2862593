"""Replays recordings through the core: to a transcript, to a broker, or for a summary."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final

from ftms_bridge.app.play import Player
from ftms_bridge.app.uplink import Identity, Uplink, UplinkSettings
from ftms_bridge.errors import BrokerUnavailable, OutputFailed
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.replay import MergedRecordings, Recording, RunningClock
from ftms_bridge.telemetry.messages import SessionSummary
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import SESSION_LAST
from ftms_bridge.workout.session import SessionRules

WaitUntil = Callable[[float], Awaitable[None]]

_CROWDED: Final = 100
"""Waiting events above which a replay at full speed lets the broker catch up (house choice)."""

_PATIENCE_S: Final = 0.01
_BROKER_LIMIT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """What to replay and where to.

    speed: None is as fast as possible, 1 is as recorded.
    """

    files: tuple[Path, ...]
    base: str
    speed: float | None = None
    broker: BrokerSettings | None = None
    live_interval_s: float = 0.25
    health_every_s: float = 30.0


@dataclass(slots=True)
class ReplayReport:
    """What came of a replay."""

    notifications: int = 0
    published: int = 0
    not_delivered: int = 0
    summaries: list[SessionSummary] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    damaged_lines: int = 0
    damaged_notifications: int = 0


class Transcript:
    """Writes every effect as one JSON line: the same recording gives the same bytes."""

    def __init__(self, out: BinaryIO, base: str) -> None:
        self._out = out
        self._base = base

    def write(self, at: float, effect: Publish) -> None:
        """Write one effect.

        Raises OutputFailed when it cannot be written.
        """
        topic = effect.topic
        payload = encode(effect.payload)
        if isinstance(effect.payload, str):
            payload = b'"' + payload + b'"'
        line = b'{"t":%s,"topic":"%s","qos":%d,"retain":%s,"payload":%s}\n' % (
            repr(round(at, 6)).encode(),
            topic.path(self._base, machine=effect.machine).encode(),
            topic.qos,
            b"true" if topic.retain else b"false",
            payload,
        )
        try:
            self._out.write(line)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(
                f"The transcript cannot be written: {error.strerror}.",
                hint="Free some space, or give another file.",
            ) from error


class Replay:
    """One replay of one or several recordings.

    Raises InputMissing or DataError for a recording that cannot be used.
    """

    def __init__(self, settings: ReplaySettings) -> None:
        self.report = ReplayReport()
        self._settings = settings
        self._readers = [RecordingReader(path) for path in settings.files]
        self._recording: Recording = (
            self._readers[0] if len(self._readers) == 1 else MergedRecordings(self._readers)
        )
        header = self._recording.header
        self._identity = Identity(
            version=version("ftms-bridge"),
            run_id=header.run_id or "replay",
            machines=header.machines,
            wall_zero=header.wall_start,
        )
        self.pipeline = Pipeline(
            PipelineSettings(
                machines=header.machines,
                run_id=self._identity.run_id,
                wall_zero=header.wall_start,
                rules=header.rules or SessionRules(),
                live_interval_s=settings.live_interval_s,
                profiles=header.profiles,
            )
        )
        self._emitters: list[Callable[[float, Publish], None]] = [self._keep_summary]

    def run(self, transcript: Path | BinaryIO | None = None) -> ReplayReport:
        """Replay to the end; return what came of it."""
        with ExitStack() as stack:
            if transcript is not None:
                out = _open_transcript(transcript, stack)
                self._emitters.append(Transcript(out, self._settings.base).write)
            if self._settings.broker is None and self._settings.speed is None:
                Player(self.pipeline, self._emit).play(self._recording)
            else:
                asyncio.run(self._run_paced())
        self._finish_report()
        return self.report

    async def _run_paced(self) -> None:
        player = Player(self.pipeline, self._emit)
        first = next(iter(self._recording), None)
        starts_at = 0.0 if first is None else first.at
        speed = self._settings.speed or 1.0
        if self._settings.broker is None:
            clock = RunningClock(speed, starts_at=starts_at)
            await player.play_paced(self._recording, _paced_by(clock, speed))
            return
        outbox = Outbox(self._settings.base)
        self._emitters.append(lambda _, effect: outbox.publish(effect))
        uplink = Uplink(
            UplinkSettings(
                self._settings.broker, self._settings.base, self._settings.health_every_s
            ),
            self._identity,
            self.pipeline,
            outbox,
            on_command=player.obey,
            clock=RunningClock(speed, starts_at=starts_at),
        )
        async with uplink:
            await _until_connected(outbox, self._settings.broker)
            if self._settings.speed is None:
                wait_until = _paced_by_broker(outbox)
            else:
                wait_until = _paced_by(RunningClock(speed, starts_at=starts_at), speed)
            await player.play_paced(self._recording, wait_until)
        self.report.not_delivered = outbox.stats.queue

    def _emit(self, at: float, effect: Publish) -> None:
        self.report.published += 1
        for emit in self._emitters:
            emit(at, effect)

    def _keep_summary(self, _at: float, effect: Publish) -> None:
        if effect.topic is SESSION_LAST:
            summary: SessionSummary = effect.payload  # type: ignore[assignment]
            self.report.summaries.append(summary)

    def _finish_report(self) -> None:
        counters = self.pipeline.counters
        self.report.notifications = counters.notifications
        self.report.damaged_notifications = counters.damaged
        for reader in self._readers:
            self.report.damaged_lines += reader.damaged
            self.report.damage += [f"{reader.path}: {text}" for text in reader.damage]


def _open_transcript(transcript: Path | BinaryIO, stack: ExitStack) -> BinaryIO:
    if not isinstance(transcript, Path):
        return transcript
    try:
        return stack.enter_context(transcript.open("wb"))
    except OSError as error:
        raise OutputFailed(
            f"The transcript {transcript} cannot be written: {error.strerror}.",
            hint="Check that its folder exists and that you may write there.",
        ) from error


def _paced_by(clock: RunningClock, speed: float) -> WaitUntil:
    """Return a wait for the recording's own time on a clock that runs ``speed`` times as fast."""

    async def wait_until(at: float) -> None:
        await asyncio.sleep(max((at - clock()) / speed, 0.0))

    return wait_until


def _paced_by_broker(outbox: Outbox) -> WaitUntil:
    """Return a wait that lets the connection send, and longer when events pile up."""

    async def wait_until(_at: float) -> None:
        await asyncio.sleep(0)
        while outbox.stats.queue > _CROWDED:  # noqa: ASYNC110 - a count, not an event
            await asyncio.sleep(_PATIENCE_S)

    return wait_until


async def _until_connected(outbox: Outbox, broker: BrokerSettings) -> None:
    """Wait for the broker: a replay into the void helps nobody.

    Raises BrokerUnavailable after 10 s.
    """
    for _ in range(round(_BROKER_LIMIT_S / _PATIENCE_S)):
        if outbox.stats.connected:
            return
        await asyncio.sleep(_PATIENCE_S)
    raise BrokerUnavailable(
        f"No broker answers at {broker.address}.",
        hint="Start one, give another address with --broker, or replay with --transcript only.",
    )
