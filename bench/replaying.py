"""L4: replaying an NDJSON file against playing the same notifications from memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rides import BIKE_SPEC, NEVER_LIVE_S, bike_pipeline, ride
from bench.rows import Bar, Row
from bench.timing import Candidate, Run, best_of
from ftms_bridge.app.play import Player
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.recordings.format import Entry
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.writer import RecordingWriter
from ftms_bridge.telemetry.publish import Publish

HOUR_S = 3600
ROUNDS = 7
L4 = Bar(1.5)


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Measure with the 1 Hz state alone, and with the live documents that a replay has."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "hour.ndjson"
        write_hour(file)
        return [
            _compare(
                "L4", "replay of an NDJSON file, 1 Hz state as JSON", file, NEVER_LIVE_S, rounds
            ),
            _compare("L4b", "the same with 4 Hz live documents", file, 0.25, rounds),
        ]


def write_hour(file: Path) -> None:
    """Record an hour of riding."""
    with RecordingWriter(file, RecordingHeader((BIKE_SPEC,), software="bench")) as writer:
        for notification in ride(0, HOUR_S):
            writer.write(notification)
    assert not writer.lost


def _compare(row_id: str, what: str, file: Path, live_interval_s: float, rounds: int) -> Row:
    entries = list(RecordingReader(file))
    count = len(entries)
    assert _played(entries, live_interval_s) == _played(RecordingReader(file), live_interval_s)

    def playing(source: Iterable[Entry]) -> Candidate:
        def prepare() -> Run:
            player = Player(bike_pipeline(live_interval_s), _encode_only)
            return lambda: player.play(source)

        return Candidate(prepare, count)

    best = best_of(
        {"file": playing(RecordingReader(file)), "memory": playing(entries)}, rounds
    )  # fmt: skip
    hour_ms = best["file"] * count / 1e6
    return Row(
        row_id, what, "ns", best["file"], best["memory"], "the same from memory", L4,
        note=f"{row_id}: an hour at 4 Hz ({count:,} notifications) in {hour_ms:.0f} ms, "
        f"{HOUR_S * 1000 / hour_ms:,.0f} times real time.",
    )  # fmt: skip


def _encode_only(_at: float, effect: Publish) -> None:
    encode(effect.payload)


def _played(source: Iterable[Entry], live_interval_s: float) -> list[bytes]:
    payloads: list[bytes] = []
    player = Player(
        bike_pipeline(live_interval_s), lambda at, effect: payloads.append(encode(effect.payload))
    )
    player.play(source)
    return payloads
