"""One machine, one file, and what a person says by key press."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ftms_bridge.app import taking
from ftms_bridge.app.calibrating import PARTS
from ftms_bridge.app.taking import (
    END_AGAIN_S,
    LABELS,
    SHOW_EVERY_S,
    Take,
    TakeJournal,
    TakeKeys,
    Taken,
    take,
)
from ftms_bridge.errors import OutputFailed, RadioUnavailable
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import LinkChange, Notification, Verdict
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.ports import Deliver
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.writer import RecordingWriter

BIKE = MachineSpec("bike", MachineKind.INDOOR_BIKE)
HEADER = RecordingHeader((BIKE,), wall_start=1_790_000_000.0, run_id="abc")
RECORD = encode(0x2AD2, {"speed_kmh": 25.0, "cadence_rpm": 80.0, "power_w": 150})


class Link:
    """Delivers a record at once, then one every 20 ms until cancelled, unless it fails."""

    def __init__(self, clock: Callable[[], float], error: Exception | None = None) -> None:
        self._clock = clock
        self._error = error

    async def run(self, deliver: Deliver) -> None:
        deliver(LinkChange(self._clock(), "bike", False, "searching", Verdict.SEARCHING))
        deliver(LinkChange(self._clock(), "bike", True, "connected"))
        if self._error is not None:
            raise self._error
        while True:
            deliver(Notification(self._clock(), "bike", 0x2AD2, RECORD))
            await asyncio.sleep(0.02)


Press = Callable[[str], None]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[Press]:
    """Take the terminal's place; the first entry presses a key once the recording runs."""
    pressing: list[Press] = []

    @contextmanager
    def presses(on_key: Press) -> Iterator[bool]:
        pressing.append(on_key)
        yield True

    monkeypatch.setattr(taking, "key_presses", presses)
    return pressing


async def taken(
    file: Path,
    *,
    seconds: float | None = 0.1,
    stop: asyncio.Event | None = None,
    error: Exception | None = None,
    shown: list[Taken] | None = None,
) -> Taken:
    clock = asyncio.get_running_loop().time
    zero = clock()

    def since() -> float:
        return clock() - zero

    def show(now: Taken, has_keys: bool) -> None:
        if shown is not None:
            shown.append(now)

    what = Take(BIKE, Link(since, error), file, seconds)
    async with asyncio.timeout(5.0):
        return await take(what, HEADER, clock=since, on_change=show, stop=stop or asyncio.Event())


def markers(file: Path) -> list[Marker]:
    return [one for one in RecordingReader(file) if isinstance(one, Marker)]


async def test_after_its_time_everything_is_in_the_file(tmp_path: Path, keys: list[Press]) -> None:
    file = tmp_path / "ride.ndjson"
    shown: list[Taken] = []
    result = await taken(file, shown=shown)
    rows = [one for one in RecordingReader(file) if isinstance(one, Notification)]
    assert len(rows) == result.records >= 2
    assert {row.data for row in rows} == {RECORD}
    assert [one.kind for one in markers(file)] == ["disconnect", "connect", "end"]
    assert result.link == "connected"
    assert result.signals["cadence_rpm"] == 80.0
    assert 0.1 <= result.seconds < 1.0 + SHOW_EVERY_S
    assert shown


async def test_labels_remarks_and_nothing_else_come_from_keys(
    tmp_path: Path, keys: list[Press]
) -> None:
    file = tmp_path / "ride.ndjson"
    task = asyncio.create_task(taken(file, seconds=None))
    while not keys:
        await asyncio.sleep(0)
    for key in (*LABELS, "F", " ", "?", "\x1b", " ", "q", "q"):
        keys[0](key)
    result = await task
    labels = [one.detail for one in markers(file) if one.kind == "label"]
    assert labels == [
        *({"direction": word} for word in LABELS.values()),
        {"direction": "forward"},
        {"remark": 1},
        {"remark": 2},
    ]
    assert (result.label, result.marks) == ("forward", 2)


def test_calibration_understands_every_label() -> None:
    assert set(LABELS.values()) == {*PARTS, "other", "unknown"}
    assert len(set(LABELS) | {" ", "q"}) == len(LABELS) + 2


def pressed(*keys: tuple[float, str]) -> tuple[bool, bool]:
    """Press keys at their times; return whether that ends it, and whether one more q would."""
    now = [0.0]
    stop = asyncio.Event()
    with RecordingWriter(Path(os.devnull), HEADER) as writer:
        journal = TakeJournal(writer, lambda: now[0])
        taking_keys = TakeKeys(journal, lambda: now[0], stop)
        for now[0], key in keys:
            taking_keys.press(key)
    return stop.is_set(), journal.taken.may_end


def test_only_a_second_q_in_a_row_ends_it() -> None:
    assert pressed((0.0, "q")) == (False, True)
    assert pressed((0.0, "q"), (END_AGAIN_S, "Q"))[0]
    assert pressed((0.0, "q"), (END_AGAIN_S + 0.1, "q")) == (False, True)
    assert pressed(*((0.0, key) for key in "quick queue")) == (False, False)
    assert pressed((0.0, "\x04"))[0]


async def test_a_signal_ends_it_in_good_order(tmp_path: Path, keys: list[Press]) -> None:
    stop = asyncio.Event()
    file = tmp_path / "ride.ndjson"
    task = asyncio.create_task(taken(file, seconds=None, stop=stop))
    await asyncio.sleep(0.05)
    stop.set()
    assert (await task).records > 0
    assert markers(file)[-1].kind == "end"


async def test_a_second_take_goes_behind_the_first(tmp_path: Path, keys: list[Press]) -> None:
    file = tmp_path / "ride.ndjson"
    first, second = await taken(file, seconds=0.05), await taken(file, seconds=0.05)
    rows = [one for one in RecordingReader(file) if isinstance(one, Notification)]
    assert len(rows) == first.records + second.records
    assert RecordingReader(file).damaged == 0


async def test_a_link_that_fails_ends_it_and_is_told(tmp_path: Path, keys: list[Press]) -> None:
    error = RadioUnavailable("Gone.", hint="Wait.")
    file = tmp_path / "ride.ndjson"
    with pytest.raises(RadioUnavailable):
        await taken(file, seconds=None, error=error)
    assert markers(file)[-1].kind == "end"


async def test_a_file_that_cannot_be_written_is_told_at_once(
    tmp_path: Path, keys: list[Press]
) -> None:
    with pytest.raises(OutputFailed):
        await taken(tmp_path / "no-such-folder" / "ride.ndjson")
    assert keys == []
