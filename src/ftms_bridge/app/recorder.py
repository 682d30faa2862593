"""Records everything that arrives, one file per day, and brings it to the disk in a thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from ftms_bridge.control.commands import Command
from ftms_bridge.errors import OutputFailed
from ftms_bridge.gatt.notification import Arrival, DirectionReading, LinkChange, Notification
from ftms_bridge.recordings.format import Json, Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.replay import SENSED
from ftms_bridge.recordings.writer import RecordingWriter

log = logging.getLogger(__name__)

SYNC_EVERY_S: Final = 1.0
"""So much may be lost when the power fails; a kill alone loses nothing that was written."""

ROTATE_AFTER_S: Final = 24 * 3600.0
"""Age of a file after which a new one begins, once no session is open (house choice: one day is
what a person looks for, and small enough to send along with a bug report)."""

RETRY_S: Final = 1.0
"""How often a disk that refuses a new file is asked again (house choice)."""

_DAY_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class RecorderSettings:
    """Where recordings go and for how many days they stay; 0 days keeps all."""

    directory: Path
    keep_days: int


def link_marker(change: LinkChange) -> Marker:
    """Return how a recording notes that a link went up or down."""
    detail: dict[str, Json] = {"reason": change.reason} if change.reason else {}
    if change.verdict is not None:
        detail["verdict"] = change.verdict.value
    return Marker(change.at, "connect" if change.up else "disconnect", change.source, detail)


def reading_marker(reading: DirectionReading) -> Marker:
    """Return how a recording notes what a direction sensor said."""
    return Marker(reading.at, "sensor", reading.machine, {"what": SENSED, "value": reading.value})


class Recorder:
    """Keeps the raw arrivals of one run of the daemon; a failing disk is told once, and counted.

    wall: returns Unix time; it names the files and tells which are too old.
    """

    def __init__(
        self,
        settings: RecorderSettings,
        header: RecordingHeader,
        *,
        wall: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._header = header
        self._wall = wall
        self._writer: RecordingWriter | None = None
        self._opened_at = 0.0
        self._lost_before = 0
        self._retry_at = 0.0
        self._refused: str | None = None
        self._told = False
        self._touched = False

    @property
    def status(self) -> Literal["off", "on", "failed"]:
        """Return whether notifications reach the disk; ``on`` too while nothing has arrived."""
        if self._writer is not None:
            return self._writer.state
        return "on" if self._refused is None else "failed"

    @property
    def lost(self) -> int:
        """Return how many entries could not be written."""
        return self._lost_before + (self._writer.lost if self._writer else 0)

    def open(self) -> None:
        """Make the folder and check that it can be written, before anything is recorded.

        Raises OutputFailed.
        """
        directory = self._settings.directory
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = directory / ".write-test"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise OutputFailed(
                f"Recordings cannot be written to {directory}: {error.strerror}.",
                hint="Give another recording.directory, or set recording.enabled = false.",
            ) from error
        self._delete_old()

    def write(self, arrival: Arrival) -> None:
        """Keep one notification, change of a link, or reading of a direction sensor."""
        writer = self._current(arrival.at)
        if writer is None:
            self._lost_before += 1
        elif isinstance(arrival, Notification):
            writer.write(arrival)
        elif isinstance(arrival, DirectionReading):
            writer.mark(reading_marker(arrival))
        else:
            writer.mark(link_marker(arrival))

    def write_command(self, command: Command, at: float) -> None:
        """Keep a command, so that a replay of the recording obeys it too."""
        writer = self._current(at)
        if writer is None:
            self._lost_before += 1
            return
        detail: dict[str, Json] = {"verb": command.verb.value, "id": command.request_id}
        for key in ("action", "minutes", "direction", "refusal"):
            value: str | float | None = getattr(command, key)
            if value is not None:
                detail[key] = value
        writer.mark(Marker(at, "command", command.machine, detail))

    def rotate(self, at: float) -> None:
        """Begin a new file if this one is old; call it when no session is open."""
        if self._writer is not None and at - self._opened_at >= ROTATE_AFTER_S:
            self._close_writer()
            self._delete_old()

    async def sync_forever(self) -> None:
        """Bring what was written to the disk about once a second, outside the event loop."""
        while True:
            await asyncio.sleep(SYNC_EVERY_S)
            writer = self._writer
            if writer is not None and self._touched:
                self._touched = False
                await asyncio.to_thread(writer.sync)
            self._tell()

    def write_end(self, at: float) -> None:
        """Note when the run ended, so that a replay waits as long as the run did."""
        if self._writer is not None:
            self._writer.mark(Marker(at, "end"))

    def close(self) -> None:
        """Finish the file."""
        self._close_writer()

    def _current(self, at: float) -> RecordingWriter | None:
        """Return the open file, opening one if need be; None while the disk refuses even that."""
        self._touched = True
        if self._writer is not None or at < self._retry_at:
            return self._writer
        name = datetime.fromtimestamp(self._wall(), UTC).strftime("%Y-%m-%d_%H%M%SZ")
        path = self._settings.directory / f"{name}_{self._header.run_id}.ndjson"
        try:
            self._writer = RecordingWriter(path, self._header)
        except OutputFailed as error:
            self._refused = error.what
            self._retry_at = at + RETRY_S
            return None
        self._refused = None
        self._opened_at = at
        log.info("recording to %s", path)
        return self._writer

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._lost_before += self._writer.lost
            self._writer = None

    def _tell(self) -> None:
        """Log once that the disk refuses, and once that it is back."""
        if self.status == "failed" and not self._told:
            self._told = True
            log.error(
                "the recording stopped: %s; live values go on. Free some space in %s.",
                self._refused or (self._writer.reason if self._writer else ""),
                self._settings.directory,
            )
        elif self.status == "on" and self._told:
            self._told = False
            log.info("the recording goes on; %d entries were lost", self.lost)

    def _delete_old(self) -> None:
        keep_days = self._settings.keep_days
        if not keep_days:
            return
        oldest = self._wall() - keep_days * _DAY_S
        for path in self._settings.directory.glob("*_*.ndjson*"):
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
                    log.info("deleted %s: older than %d days", path.name, keep_days)
            except OSError as error:
                log.warning("%s is old but cannot be deleted: %s", path, error.strerror)
