"""``python -m tests.e2e PLAN FOLDER``, in the guest: set everything up, carry out a plan."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from ftms_bridge.mqtt.embedded import EmbeddedBroker
from tests.e2e import faults, smoke, stack
from tests.e2e.checks import Check, Results
from tests.e2e.ear import Ear
from tests.e2e.fate import Fate
from tests.e2e.rig import BROKER_PORT, Rig
from tests.e2e.system import System, kernel

PLANS: dict[str, list[Check]] = {
    "stack": stack.CHECKS,
    "smoke": smoke.CHECKS,
    "faults": faults.CHECKS,
}


async def main(plan: str, out: Path) -> int:
    """Return the exit code: 0 when everything held."""
    system, fate = System(out), Fate(out)
    await system.start()
    fate.start()
    surroundings = {"plan": plan, "kernel": kernel(), "bluez": system.version()}
    results = Results(out / "results.json", surroundings)
    try:
        async with EmbeddedBroker(BROKER_PORT), Ear(BROKER_PORT) as ear:
            await fate.wait()
            await system.power(on=True)
            print(f"E2E ready at {time.monotonic():.1f} s", flush=True)
            rig = Rig(out, system, fate, ear)
            for check in PLANS[plan]:
                await results.run(check, rig)
            await rig.stop_bridge()
    finally:
        fate.stop()
        await system.stop()
    return 0 if results.good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], Path(sys.argv[2]))))
