"""``ftms-bridge eval``: score what the bridge would say against a simulated truth."""

from __future__ import annotations

import json
import os
import sys
from math import ceil, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rich_click as click

from ftms_bridge.errors import OutputFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftms_bridge.app.evaluating.bars import Bar
    from ftms_bridge.app.evaluating.figures import Figures
    from ftms_bridge.app.evaluating.ride import Task

RIDE_MIN: Final = 15.0

CASES: Final = (
    "inverted_polarity", "wrong_drivetrain", "ratio_high", "ratio_low", "swapped_sensor",
    "mixed_sensors",
)  # fmt: skip
"""The same as in `evaluating.wrong`, which is not imported for a help text."""


@click.group()
def command() -> None:
    """Score what the bridge would say against a simulated truth.

    All figures are from simulation; only a real machine can tell how a real machine behaves.
    """


@command.command()
@click.option("--rig", "rigs", multiple=True, help="One rig by name; repeat it. Default: all.")
@click.option(
    "--seeds",
    default="1:5",
    show_default=True,
    metavar="A[:B]",
    help="One ride for each seed from A until before B.",
)
@click.option(
    "--hours",
    type=click.FloatRange(min=0, min_open=True),
    help="Take as many seeds from A on as make this many simulated hours per rig.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=1),
    default=RIDE_MIN,
    show_default=True,
    help="Length of one ride.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes. Default: one per processor.")
@click.option("--calibrated/--uncalibrated", default=True, help="With the wizard's ride, or not.")
@click.option("--wrong", type=click.Choice(CASES), help="Spoil the profile after calibration.")
@click.option("--gate", is_flag=True, help="Compare with the bars; exit code 1 if one is missed.")
@click.option("--each", is_flag=True, help="Also print a line for each ride.")
@click.option("--trace", is_flag=True, help="Print one ride (one rig, seed A) change by change.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for programs.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write that object to this file as well, whatever is printed.",
)
def direction(
    *,
    rigs: tuple[str, ...],
    seeds: str,
    hours: float | None,
    minutes: float,
    jobs: int | None,
    calibrated: bool,
    wrong: str | None,
    gate: bool,
    each: bool,
    trace: bool,
    as_json: bool,
    out: Path | None,
) -> None:
    """Score forward, backward, stopped and unknown on virtual riders and machines.

    Each ride has a machine of its own, drawn from its seed: it is calibrated as the wizard does
    it, then ridden. The same seeds give the same figures, except for the cost.
    """
    from ftms_bridge.app.evaluating.ride import Task

    if not isfinite(minutes) or (hours is not None and not isfinite(hours)):
        raise UsageError("Hours and minutes must be numbers.", hint="Such as --hours 10.")
    first, after = _range(seeds, hours, minutes)
    if wrong is not None and not calibrated:
        raise UsageError("There is no profile to spoil.", hint="Leave --uncalibrated out.")
    names = _rigs(rigs)
    tasks = [
        Task(name, seed, minutes, calibrated, wrong)
        for name in names
        for seed in range(first, after)
    ]
    if trace:
        _print_trace(tasks, names)
        return
    found = []
    for one, lines in _figures(tasks, jobs or os.cpu_count() or 1, each=each):
        found.append(one)
        if not as_json:
            _print_rig(one, lines)
    bars = _bars(found) if gate else []
    _conclude(_document(found, tasks, bars), bars, as_json=as_json, out=out)
    if not all(bar.met for bar in bars):
        sys.exit(1)


def _range(seeds: str, hours: float | None, minutes: float) -> tuple[int, int]:
    """Return the first seed and the one after the last."""
    text, colon, end = seeds.partition(":")
    try:
        first = int(text)
        after = int(end) if colon else first + 1
    except ValueError:
        first, after = 0, 0
    if not 0 <= first < after:
        raise UsageError(
            f"--seeds {seeds} is no range of seeds.",
            hint="Write the first and the one after the last, such as 100:140.",
        )
    return (first, after) if hours is None else (first, first + ceil(hours * 60.0 / minutes))


def _rigs(names: Sequence[str]) -> tuple[str, ...]:
    """Return the rigs by name, all for none; a letter of one stands for it."""
    from ftms_bridge.simulator.rigs import RIGS

    for name in names:
        if name not in RIGS:
            raise UsageError(f"There is no rig {name}.", hint=f"Rigs are: {', '.join(RIGS)}.")
    return tuple(dict.fromkeys(names)) or tuple(RIGS)


def _figures(
    tasks: Sequence[Task], jobs: int, *, each: bool
) -> Iterator[tuple[Figures, list[str]]]:
    """Yield the figures of each rig, with a line for each of its rides if that is wanted."""
    from ftms_bridge.app.evaluating.campaign import by_rig, run, total_of
    from ftms_bridge.app.evaluating.figures import Title, figures
    from ftms_bridge.app.evaluating.table import ride_line
    from ftms_bridge.simulator.rigs import RIGS

    for name, rides in by_rig(run(tasks, jobs)):
        rig = RIGS[name]
        title = Title(rig.name, rig.letter, rig.meaning, rig.expects)
        shown = rides if each else []
        lines = [ride_line(name, task.seed, figures(title, tally)) for task, tally in shown]
        yield figures(title, total_of(rides)), lines


def _print_rig(one: Figures, rides: Sequence[str]) -> None:
    from ftms_bridge.app.evaluating.table import rig_lines

    for line in (*rig_lines(one), *rides):
        click.echo(line)
    click.echo()


def _bars(found: Sequence[Figures]) -> list[Bar]:
    from ftms_bridge.app.evaluating.bars import bars_of

    return [bar for one in found for bar in bars_of(one)]


def _conclude(
    document: dict[str, object], bars: Sequence[Bar], *, as_json: bool, out: Path | None
) -> None:
    """Write and print what comes after the rigs: the document, or a legend and the bars."""
    from ftms_bridge.app.evaluating.bars import bar_line
    from ftms_bridge.app.evaluating.table import LEGEND

    text = json.dumps(document, indent=1)
    if out is not None:
        _write(out, text)
    if as_json:
        click.echo(text)
        return
    click.echo(LEGEND)
    for bar in bars:
        click.echo(bar_line(bar))


def _write(path: Path, document: str) -> None:
    try:
        path.write_text(document + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputFailed(
            f"{path} cannot be written: {error.strerror}.",
            hint="Name a file in a folder that is there and may be written to.",
        ) from error


def _document(
    found: Sequence[Figures], tasks: Sequence[Task], bars: Sequence[Bar]
) -> dict[str, object]:
    seeds = [task.seed for task in tasks]
    return {
        "simulated": True,
        "seeds": [min(seeds), max(seeds) + 1],
        "minutes": tasks[0].minutes,
        "calibrated": tasks[0].is_calibrated,
        "wrong": tasks[0].wrong,
        "rigs": [one.as_dict() for one in found],
        "bars": [
            {
                "rig": bar.rig,
                "name": bar.name,
                "value": bar.value,
                "limit": bar.limit,
                "at_least": bar.at_least,
                "met": bar.met,
            }
            for bar in bars
        ],
    }


def _print_trace(tasks: Sequence[Task], names: Sequence[str]) -> None:
    from ftms_bridge.app.evaluating.ride import profile_of, ride_timeline
    from ftms_bridge.app.evaluating.trace import trace_lines
    from ftms_bridge.simulator.rigs import rig_session

    if len(names) != 1:
        raise UsageError("A trace shows one ride.", hint="Name one rig with --rig.")
    task = tasks[0]
    session = rig_session(task.rig, task.seed, minutes=task.minutes)
    for line in trace_lines(ride_timeline(session, profile_of(task, session), with_evidence=True)):
        click.echo(line)
