"""What happens to radios and systems, one after the other, to one bridge that keeps running."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

from tests.e2e.addresses import BIKE, TREADMILL
from tests.e2e.checks import Check, Figures, in_order
from tests.e2e.rig import Rig
from tests.e2e.smoke import nothing_was_written_to_a_machine

CHECKS: list[Check] = []
check = in_order(CHECKS)

NOTICE_S = 4.0
"""A silence is told after 3 s; the rest is for a slow guest."""

BACK_S = 10.0
MEETINGS = 6
NOT_SEEN_S = 20.0
DOWN_S = 3.0
"""How long a part of the system stays away."""

Act = Callable[[], Awaitable[float]]


async def survive(
    rig: Rig, act: Act, *, mend: Act | None = None, notice_s: float = NOTICE_S, back_s: float
) -> Figures:
    """Do something bad to a running bridge, and mend it if that is needed.

    It must be told of the bike within ``notice_s``, values must be back within ``back_s`` after
    the deed or the mending, and no record may be counted twice in the seconds after.
    """
    await rig.settled()
    at = await act()
    noticed = await rig.noticed("bike", since=at, limit_s=notice_s)
    figures: Figures = {"word": noticed.text, "noticed_s": round(noticed.at - at, 2)}
    if mend is not None:
        await asyncio.sleep(max(0.0, at + DOWN_S - time.monotonic()))
        at = await mend()
    back = await rig.back("bike", since=max(at, noticed.at), limit_s=back_s)
    figures["back_s"] = round(back.at - at, 2)
    figures["verdicts"] = rig.verdicts("bike", since=noticed.at)
    await rig.back("treadmill", since=at, limit_s=back_s)
    await asyncio.sleep(2)
    return {**figures, **await rig.count("bike"), **await rig.count("treadmill")}


@check(limit_s=90)
async def two_machines_on_one_adapter(rig: Rig) -> Figures:
    """Both send at once, and nothing gets lost."""
    bridge = await rig.run_bridge("bike", "treadmill")
    ready_s = round(time.monotonic() - bridge.started_at, 2)
    await asyncio.sleep(5)
    figures = {**await rig.count("bike"), **await rig.count("treadmill")}
    assert figures["bike_lost"] == figures["treadmill_lost"] == 0, figures
    return {"start_to_values_s": ready_s, **figures}


@check(limit_s=150)
async def first_meetings(rig: Rig) -> Figures:
    """Two machines that BlueZ does not know are switched on together, over and over.

    It tells that the services are known before it tells which: who reads too soon sees none.
    """
    bridge = await rig.settled()
    times: list[float] = []
    for _ in range(MEETINGS):
        since = time.monotonic()
        for machine in ("bike", "treadmill"):
            await rig.fate.do("vanish", machine=machine)
        for machine in ("bike", "treadmill"):
            await rig.noticed(machine, since=since, limit_s=NOTICE_S)
        for address in (BIKE, TREADMILL):
            await rig.system.forget(address)
        since = time.monotonic()
        for machine in ("bike", "treadmill"):
            await rig.fate.do("appear", machine=machine)
        for machine in ("bike", "treadmill"):
            back = await rig.back(machine, since=since, limit_s=2 * BACK_S)
            times.append(round(back.at - since, 2))
    empty = bridge.log.count("wrong_services")
    assert not empty, f"{empty} of {2 * MEETINGS} times no services were seen; back after {times} s"
    return {"meetings": 2 * MEETINGS, "longest_s": max(times), **await rig.count("bike")}


@check(limit_s=60)
async def bike_disconnects(rig: Rig) -> Figures:
    """The bike says goodbye."""
    return await survive(rig, lambda: rig.fate.do("disconnect", machine="bike"), back_s=BACK_S)


@check(limit_s=60)
async def link_loss(rig: Rig) -> Figures:
    """The link breaks without a goodbye."""
    return await survive(rig, lambda: rig.fate.do("lose", machine="bike"), back_s=BACK_S)


@check(limit_s=60)
async def bike_switched_off_and_on(rig: Rig) -> Figures:
    """The bike is away for a while, and comes back."""
    return await survive(
        rig,
        lambda: rig.fate.do("vanish", machine="bike"),
        mend=lambda: rig.fate.do("appear", machine="bike"),
        back_s=BACK_S,
    )


@check(limit_s=60)
async def mute_bike(rig: Rig) -> Figures:
    """The link stays up and nothing comes over it any more."""
    return await survive(rig, lambda: rig.fate.do("mute", machine="bike"), back_s=15.0)


@check(limit_s=60)
async def bluetoothd_killed(rig: Rig) -> Figures:
    """bluetoothd crashes and is started again: bleak never notices by itself."""

    async def kill() -> float:
        at = time.monotonic()
        rig.system.kill_bluetoothd(signal.SIGKILL)
        return at

    return await survive(rig, kill, mend=lambda: _restart(rig), back_s=BACK_S)


@check(limit_s=60)
async def bluetoothd_restarted(rig: Rig) -> Figures:
    """bluetoothd is stopped in good order and started again."""

    async def stop() -> float:
        at = time.monotonic()
        rig.system.kill_bluetoothd(signal.SIGTERM)
        return at

    return await survive(rig, stop, mend=lambda: _restart(rig), back_s=BACK_S)


async def _restart(rig: Rig) -> float:
    rig.system.start_bluetoothd()
    return time.monotonic()


@check(limit_s=60)
async def adapter_powered_off_and_on(rig: Rig) -> Figures:
    """Somebody switches Bluetooth off, and on again."""
    return await survive(
        rig, lambda: _power(rig, on=False), mend=lambda: _power(rig, on=True), back_s=BACK_S
    )


async def _power(rig: Rig, *, on: bool) -> float:
    at = time.monotonic()
    await rig.system.power(on=on)
    return at


@check(limit_s=60)
async def adapter_unplugged_and_plugged_in(rig: Rig) -> Figures:
    """The adapter is pulled out, and put back."""
    return await survive(
        rig, lambda: rig.fate.do("unplug"), mend=lambda: rig.fate.do("plug"), back_s=BACK_S
    )


@check(limit_s=90)
async def message_bus_killed(rig: Rig) -> Figures:
    """The system's message bus dies, and bluetoothd with it; both are started again."""

    async def kill() -> float:
        at = time.monotonic()
        rig.system.kill_dbus()
        return at

    async def mend() -> float:
        await rig.system.start()
        return time.monotonic()

    return await survive(rig, kill, mend=mend, back_s=20.0)


@check(limit_s=10)
async def one_process_survived_it_all(rig: Rig) -> Figures:
    """It was the same process from the first fault to the last, and it stops cleanly."""
    assert len(rig.runs) == 1, f"the bridge was started {len(rig.runs)} times"
    code, took_s = await rig.stop_bridge()
    assert code == 0, f"exit code {code}"
    return {"stop_s": took_s}


@check(limit_s=90)
async def absent_machine(rig: Rig) -> Figures:
    """A machine that is not there is said to be offline, and costs the others nothing."""
    bridge = await rig.run_bridge("bike", "treadmill", "absent")
    since = time.monotonic()
    await asyncio.sleep(15)
    lives = {name: len(rig.ear.after(since, f"{name}/live")) for name in ("bike", "treadmill")}
    figures = {**await rig.count("bike"), **await rig.count("treadmill")}
    words = [one.text for one in rig.ear.heard if one.topic == "absent/availability"]
    assert words[-1:] == ["offline"], words
    assert figures["bike_lost"] == figures["treadmill_lost"] == 0, figures
    assert min(lives.values()) >= 50, f"live documents in 15 s: {lives}"
    told = await rig.ear.until(
        "absent/link",
        lambda one: bool(one.document["links"][0]["verdict"] == "not_seen"),
        since=since,
        limit_s=NOT_SEEN_S,
    )
    await rig.stop_bridge()
    return {"not_seen_s": round(told.at - bridge.started_at, 2), **figures}


CHECKS.append(Check("nothing_was_written", "", limit_s=10.0, body=nothing_was_written_to_a_machine))
