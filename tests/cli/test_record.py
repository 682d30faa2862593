"""``ftms-bridge record`` in a terminal and without one, on a virtual radio."""

from __future__ import annotations

import asyncio
import gzip
import os
import pty
import sys
import termios
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from ftms_bridge.app.on_air import VirtualRadio, VirtualSettings, virtual_radio
from ftms_bridge.cli.main import load
from ftms_bridge.cli.record import KINDS
from ftms_bridge.errors import RadioUnavailable, UsageError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.reader import RecordingReader
from tests.brokers import free_port

LIMIT_S = 20.0


@pytest.fixture
async def air() -> AsyncIterator[VirtualRadio]:
    """The demo's machines on the air."""
    async with virtual_radio(VirtualSettings(port=0)) as radio:
        yield radio


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """Yield both ends of a terminal: the person's and the program's."""
    person, program = pty.openpty()
    try:
        yield person, program
    finally:
        os.close(program)
        os.close(person)


class Shown:
    """What a person sees, and can press."""

    def __init__(self, person: int) -> None:
        self.text = ""
        self._person = person
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(person, self._read)

    def _read(self) -> None:
        self.text += os.read(self._person, 65536).decode()
        self._news.set()

    async def until(self, words: str) -> None:
        async with asyncio.timeout(LIMIT_S):
            while words not in self.text:
                self._news.clear()
                await self._news.wait()

    def press(self, keys: str) -> None:
        os.write(self._person, keys.encode())


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "ftms_bridge", "record", *map(str, arguments)]


def labels(file: Path) -> list[object]:
    return [
        next(iter(one.detail.values()))
        for one in RecordingReader(file)
        if isinstance(one, Marker) and one.kind == "label" and one.detail
    ]


async def test_labels_by_key_land_in_the_recording_and_the_terminal_is_put_back(
    air: VirtualRadio, tmp_path: Path
) -> None:
    config = tmp_path / "bridge.toml"
    config.write_text(
        f'[bluetooth]\nradio = "{air.radio}"\n[[machine]]\nid = "mine"\nkind = "indoor_bike"\n'
        f'link = {{ type = "bluetooth", address = "{air.devices[0].address}" }}\n'
    )
    out = tmp_path / "ride.ndjson"
    with terminal() as (person, program):
        before = termios.tcgetattr(program)
        shown = Shown(person)
        process = await asyncio.create_subprocess_exec(
            *command("mine", "--config", config, "--out", out),
            stdin=program, stdout=program, stderr=program, env={**os.environ, "TERM": "xterm"},
        )  # fmt: skip
        await shown.until(" rpm")  # something was measured already
        assert termios.tcgetattr(program) != before
        for key, word in (
            ("f", "[forward]"),
            ("B", "[backward]"),
            (" ", "mark 1"),
            ("q", "q again ends"),
        ):
            shown.press(key)
            await shown.until(word)
        shown.press("q")
        assert await asyncio.wait_for(process.wait(), LIMIT_S) == 0, shown.text
        assert termios.tcgetattr(program) == before
        await shown.until("ftms-bridge doctor")
    assert labels(out) == ["forward", "backward", 1]
    sources = {one.source for one in RecordingReader(out) if isinstance(one, Notification)}
    assert sources == {"mine"}


async def recorded(*arguments: str | Path) -> tuple[int | None, str]:
    """Run the command to its end, without a terminal; return exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command(*arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
    return process.returncode, said.decode()


async def test_without_a_configuration_address_or_name_and_kind_will_do(
    air: VirtualRadio, tmp_path: Path
) -> None:
    by_address, by_name = tmp_path / "bike.ndjson.gz", tmp_path / "belt.ndjson"
    common = ("--radio", air.radio, "--seconds", "3")
    address = air.devices[0].address
    ends = await asyncio.gather(
        recorded(address, "--kind", "indoor_bike", "--out", by_address, *common),
        recorded("virtual TREAD*", "--kind", "treadmill", "--out", by_name, *common),
    )
    for code, said in ends:
        assert code == 0, said
        assert " notifications in 3 s are in " in said
        assert "\r" not in said
    for file, measurement in ((by_address, 0x2AD2), (by_name, 0x2ACD)):
        rows = [one for one in RecordingReader(file) if isinstance(one, Notification)]
        assert measurement in {row.characteristic for row in rows}
        assert labels(file) == []
    assert address not in gzip.decompress(by_address.read_bytes()).decode()


def test_without_a_configuration_and_a_kind_it_is_not_known_what_is_meant(
    home: Path, tmp_path: Path
) -> None:
    result = CliRunner().invoke(load("record"), ["bike", "--out", str(tmp_path / "x.ndjson")])
    assert isinstance(result.exception, UsageError)
    assert "--kind" in result.exception.hint
    assert not (tmp_path / "x.ndjson").exists()


def test_the_kinds_are_those_of_the_standard() -> None:
    assert set(KINDS) == {kind.value for kind in MachineKind}


def test_a_recording_of_nothing_is_an_error_that_says_why(tmp_path: Path) -> None:
    arguments = ["bike", "--kind", "indoor_bike", "--radio", f"tcp:127.0.0.1:{free_port()}",
                 "--seconds", "2.5", "--out", str(tmp_path / "x.ndjson")]  # fmt: skip
    result = CliRunner().invoke(load("record"), arguments)
    assert isinstance(result.exception, RadioUnavailable)
    assert "no virtual adapter" in result.exception.what
    assert result.exception.exit_code == 69
