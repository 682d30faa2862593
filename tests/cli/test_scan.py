"""``ftms-bridge scan`` on a virtual radio; the command runs in a thread, with a loop of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.app.on_air import DEFAULT_SCENARIOS, VirtualSettings, virtual_radio
from ftms_bridge.cli.main import load
from ftms_bridge.config.bluetooth import BluetoothLink
from ftms_bridge.config.loading import load_settings
from ftms_bridge.errors import OutputFailed, RadioUnavailable, UsageError
from tests.brokers import HOST, free_port


@asynccontextmanager
async def on_the_air(*scenarios: str) -> AsyncIterator[str]:
    """Keep virtual machines on the air; yield what ``--radio`` takes."""
    async with virtual_radio(VirtualSettings(scenarios, 0)) as radio:
        yield radio.radio


async def scan(*arguments: str | Path) -> Result:
    """Listen as short as can be."""
    words = [*map(str, arguments), "--seconds", "1"]
    return await asyncio.to_thread(CliRunner().invoke, load("scan"), words)


async def test_programs_get_json_and_the_saved_configuration_binds_what_was_found(
    tmp_path: Path, home: Path
) -> None:
    file = tmp_path / "bridge.toml"
    async with on_the_air(*DEFAULT_SCENARIOS) as radio:
        result = await scan("--radio", radio, "--json", "--save", file)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert {row["name"] for row in rows if "1826" in row["services"]} == {
        "Virtual bike",
        "Virtual treadmill",
    }
    settings = load_settings(file).settings
    assert settings.bluetooth.radio == radio
    assert {one.id for one in settings.machine} == {"bike", "treadmill"}
    links = [one.link for one in settings.machine]
    addresses = {link.address for link in links if isinstance(link, BluetoothLink)}
    assert addresses == {row["address"] for row in rows if "1826" in row["services"]}
    assert f"ftms-bridge run --config {file}" in result.stderr


async def test_people_get_a_table_and_a_file_that_exists_stays(tmp_path: Path) -> None:
    file = tmp_path / "bridge.toml"
    file.write_text("mine\n")
    async with on_the_air("demo_bike") as radio:
        refused = await scan("--radio", radio, "--save", file)
        listed = await scan("--radio", radio)
    assert isinstance(refused.exception, OutputFailed)
    assert refused.exception.exit_code == 74
    assert refused.stdout == ""  # told before it listens
    assert file.read_text() == "mine\n"
    assert "Virtual bike" in listed.stdout
    assert "indoor bike" in listed.stdout


async def test_when_nothing_is_found_it_says_what_to_try_and_saves_nothing(
    tmp_path: Path,
) -> None:
    file = tmp_path / "bridge.toml"
    async with on_the_air() as radio:
        result = await scan("--radio", radio, "--save", file)
    assert result.exit_code == 0
    assert "Nothing that measures was heard" in result.stdout
    assert "ftms-bridge doctor" in result.stdout
    assert not file.exists()


async def test_a_radio_that_is_not_there_is_an_error_with_a_way_out() -> None:
    result = await scan("--radio", f"tcp:{HOST}:{free_port()}", "--json")
    assert isinstance(result.exception, RadioUnavailable)
    assert (result.exception.exit_code, result.stdout) == (69, "")
    assert "doctor" in result.exception.hint


@pytest.mark.parametrize("radio", ["nonsense", "tcp:nohost", "tcp::1", "tcp:h:port"])
async def test_a_radio_that_cannot_be_is_a_wrong_option(radio: str) -> None:
    assert isinstance((await scan("--radio", radio)).exception, UsageError)
