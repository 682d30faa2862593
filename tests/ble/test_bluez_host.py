"""Radio switches as the kernel shows them, and the version that BlueZ's tool tells."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ftms_bridge.ble import bluez_host
from ftms_bridge.ble.bluez_host import bluetooth_blocks, bluez_version


def add_switch(folder: Path, name: str, *, kind: str = "bluetooth", blocked: str = "") -> None:
    switch = folder / f"rfkill{len(list(folder.iterdir()))}"
    switch.mkdir()
    (switch / "type").write_text(f"{kind}\n")
    (switch / "name").write_text(f"{name}\n")
    (switch / "soft").write_text(f"{int('soft' in blocked)}\n")
    (switch / "hard").write_text(f"{int('hard' in blocked)}\n")


def tool(folder: Path, script: str) -> str:
    path = folder / "tool"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_only_bluetooth_switches_that_block_are_named(tmp_path: Path) -> None:
    add_switch(tmp_path, "hci0")
    add_switch(tmp_path, "hci1", blocked="soft")
    add_switch(tmp_path, "laptop", blocked="soft hard")
    add_switch(tmp_path, "phy0", kind="wlan", blocked="soft")
    assert bluetooth_blocks(tmp_path) == {
        "hci1": "blocked by software (rfkill)",
        "laptop": "blocked by a hardware switch",
    }


def test_no_switches_no_blocks(tmp_path: Path) -> None:
    (tmp_path / "rfkill0").mkdir()
    assert bluetooth_blocks(tmp_path) == bluetooth_blocks(tmp_path / "absent") == {}


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("echo bluetoothctl: 5.66", "5.66"),
        ("echo 5.82", "5.82"),
        ("echo what", ""),
        ("exit 3", ""),
    ],
)
async def test_the_version_is_read(tmp_path: Path, script: str, version: str) -> None:
    assert await bluez_version(tool(tmp_path, script)) == version


async def test_an_absent_tool_has_no_version(tmp_path: Path) -> None:
    assert await bluez_version(str(tmp_path / "absent")) == ""


async def test_a_tool_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluez_host, "VERSION_LIMIT_S", 0.05)
    async with asyncio.timeout(2.0):
        assert await bluez_version(tool(tmp_path, "exec sleep 60")) == ""
