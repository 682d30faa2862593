"""Evaluates the direction on virtual machines, for the tables of docs/direction.md.

Ten hours per rig take some minutes; `tools/generated_docs.py` then makes the tables.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Final

import rich_click as click

from direction_tables import CALIBRATED, FOLDER, UNCALIBRATED
from ftms_bridge.app.evaluating.wrong import CASES

FREEWHEELS: Final = ("freewheel_light", "freewheel_heavy")
WITH_SENSORS: Final = (
    "spin_bike_meter", "treadmill_pod", "direction_sensor", "crank_vector", "signed_counters",
)  # fmt: skip
TELLING: Final = ("elliptical_bit", "reversible_signed", *FREEWHEELS, *WITH_SENSORS)
"""Rigs of which calibration proves something; of the others no profile can be wrong."""

CONCERNED: Final = {
    "ratio_high": FREEWHEELS,
    "ratio_low": FREEWHEELS,
    "mixed_sensors": WITH_SENSORS,
}
"""The rigs that a case can do something to, where that is not all of `TELLING`."""


def runs(hours: float, wrong_hours: float) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each file with the options that make it."""
    yield CALIBRATED, ["--hours", f"{hours:g}", "--gate"]
    yield UNCALIBRATED, ["--hours", f"{wrong_hours:g}", "--uncalibrated"]
    for case in CASES:
        rigs = [word for rig in CONCERNED.get(case, TELLING) for word in ("--rig", rig)]
        yield case, ["--hours", f"{wrong_hours:g}", "--wrong", case, *rigs]


@click.command()
@click.option("--seed", type=int, default=9000, show_default=True, help="The first one.")
@click.option("--hours", type=float, default=10.0, show_default=True, help="Per rig.")
@click.option(
    "--wrong-hours",
    type=float,
    default=2.0,
    show_default=True,
    help="Per rig, without a profile and with a wrong one.",
)
def main(*, seed: int, hours: float, wrong_hours: float) -> None:
    """Write docs/direction-eval anew."""
    FOLDER.mkdir(exist_ok=True)
    base = [sys.executable, "-m", "ftms_bridge", "eval", "direction", "--seeds", str(seed)]
    for name, options in runs(hours, wrong_hours):
        click.echo(f"{name}: {' '.join(options)}")
        target = FOLDER / f"{name}.json"
        done = subprocess.run(
            [*base, *options, "--out", str(target)], stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode not in (0, 1):  # 1: a bar is missed, and the table says so
            sys.exit(done.returncode)


if __name__ == "__main__":
    main()
