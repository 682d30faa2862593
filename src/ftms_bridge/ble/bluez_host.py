"""What this computer tells of Bluetooth besides BlueZ: radio switches, and the version."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Final

RFKILL: Final = Path("/sys/class/rfkill")
"""Where Linux shows the switches that block radios."""

BLUETOOTHCTL: Final = "bluetoothctl"

VERSION_LIMIT_S: Final = 1.0
"""It answers in milliseconds; house choice."""


def bluetooth_blocks(folder: Path = RFKILL) -> dict[str, str]:
    """Return the Bluetooth switches that block, by name (hci0, or a laptop's own), and how.

    Empty where nothing blocks, or where the system does not tell.
    """
    blocks = {}
    for switch in sorted(folder.glob("rfkill*")):
        if _read(switch / "type") != "bluetooth":
            continue
        name = _read(switch / "name") or switch.name
        if _read(switch / "hard") == "1":
            blocks[name] = "blocked by a hardware switch"
        elif _read(switch / "soft") == "1":
            blocks[name] = "blocked by software (rfkill)"
    return blocks


def _read(file: Path) -> str:
    """Return what a file of the kernel says; a switch may vanish while it is read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


async def bluez_version(program: str = BLUETOOTHCTL) -> str:
    """Return the version of BlueZ's own tool, such as "5.66"; "" when it is absent or odd."""
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return ""
    try:
        async with asyncio.timeout(VERSION_LIMIT_S):
            out, _ = await process.communicate()
    except TimeoutError:
        return ""
    finally:
        await _end(process)
    found = re.search(rb"\d+\.\d+", out)
    return found.group().decode() if found else ""


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
