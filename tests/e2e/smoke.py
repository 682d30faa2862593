"""The bridge as a user runs it: scan, run, stop."""

from __future__ import annotations

import asyncio
import json
import time

from tests.e2e.addresses import BIKE, TREADMILL
from tests.e2e.bridge import COMMAND
from tests.e2e.checks import Check, Figures, in_order
from tests.e2e.rig import Rig
from tests.e2e.stack import CHECKS as STACK_CHECKS

CHECKS: list[Check] = list(STACK_CHECKS)
check = in_order(CHECKS)

COUNT_S = 10.0
LISTEN_S = 4


@check(limit_s=60)
async def scan_finds_both_machines(rig: Rig) -> Figures:
    """``ftms-bridge scan --json`` tells of the bike and of the treadmill."""
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "scan", "--json", "--seconds", str(LISTEN_S),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, problems = await process.communicate()
    took_s = round(time.monotonic() - started, 2)
    text = out.decode()
    assert process.returncode == 0, f"exit code {process.returncode}: {problems.decode()[-2000:]}"
    (rig.out / "scan.json").write_text(text)
    found = {one["address"].upper(): one["kinds"] for one in json.loads(text)}
    assert found == {BIKE: ["indoor_bike"], TREADMILL: ["treadmill"]}, found
    return {"scan_s": took_s}


@check(limit_s=90)
async def both_machines_send_and_nothing_is_lost(rig: Rig) -> Figures:
    """``ftms-bridge run`` connects, and delivers each record of ten seconds once."""
    bridge = await rig.run_bridge("bike", "treadmill")
    ready_s = round(time.monotonic() - bridge.started_at, 2)
    since = time.monotonic()
    await asyncio.sleep(COUNT_S)
    lives = {name: len(rig.ear.after(since, f"{name}/live")) for name in ("bike", "treadmill")}
    figures = {**await rig.count("bike"), **await rig.count("treadmill")}
    assert figures["bike_lost"] == figures["treadmill_lost"] == 0, figures
    assert min(lives.values()) >= 35, f"live documents in {COUNT_S} s: {lives}"
    return {"start_to_values_s": ready_s, "live_bike": lives["bike"], **figures}


@check(limit_s=30)
async def it_stops_cleanly(rig: Rig) -> Figures:
    """SIGTERM: exit code 0, both machines and the bridge offline, no link left behind."""
    since = time.monotonic()
    code, took_s = await rig.stop_bridge()
    assert code == 0, f"exit code {code}"
    for topic in ("bike/availability", "treadmill/availability", "bridge/availability"):
        await rig.ear.until(topic, lambda one: one.text == "offline", since=since, limit_s=3)
    before = len(await rig.fate.do("sent", machine="bike"))
    await asyncio.sleep(1)
    assert len(await rig.fate.do("sent", machine="bike")) == before, "the bike is still connected"
    return {"stop_s": took_s}


@check(limit_s=10)
async def nothing_was_written_to_a_machine(rig: Rig) -> Figures:
    """No control point was touched; every record came whole, 30 bytes on a link made for 20."""
    assert rig.bridge
    writes = {name: await rig.fate.do("writes", machine=name) for name in ("bike", "treadmill")}
    assert not any(writes.values()), writes
    assert rig.bridge.sizes("bike") == {30}, rig.bridge.sizes("bike")
    return {"control_point_writes": 0}
