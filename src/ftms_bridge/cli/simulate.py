"""``ftms-bridge simulate``: make a recording with truth labels from a scenario."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ftms_bridge.errors import OutputFailed, UsageError

if TYPE_CHECKING:
    from ftms_bridge.recordings.format import Marker
    from ftms_bridge.recordings.writer import RecordingWriter
    from ftms_bridge.simulator.motion import Truth
    from ftms_bridge.simulator.simulation import Simulation


@click.command()
@click.argument("scenario", required=False)
@click.option("--seed", type=click.IntRange(min=0), help="Random seed; default: the scenario's.")
@click.option("--out", type=click.Path(path_type=Path), help="The recording to write, .ndjson.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="How much to simulate; default: the script once.",
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--list", "list_only", is_flag=True, help="List the shipped scenarios.")
def command(
    *,
    scenario: str | None,
    seed: int | None,
    out: Path | None,
    seconds: float | None,
    force: bool,
    list_only: bool,
) -> None:
    """Simulate SCENARIO, a shipped name or a TOML file, into a recording with truth labels.

    The same scenario and seed always give the same bytes.
    """
    if list_only:
        _list_scenarios()
        return
    if scenario is None or out is None:
        raise UsageError(
            "A scenario and a file to write are needed.",
            hint="Example: ftms-bridge simulate bike_freewheel_intervals --seed 1 "
            "--out ride.ndjson; ftms-bridge simulate --list shows what is shipped.",
        )
    from ftms_bridge.simulator.scenario_file import load_scenario
    from ftms_bridge.simulator.simulation import Simulation

    loaded = load_scenario(scenario)
    simulation = Simulation(loaded, seed=seed)
    _make_way(out, force=force)
    until_s = loaded.script_s if loaded.loop and seconds is None else seconds
    notifications, labels = _record(simulation, out, until_s)
    click.echo(
        f"{out}: {notifications} notifications and {labels} truth labels "
        f"in {simulation.at:.0f} s (seed {simulation.seed})"
    )


def _make_way(out: Path, *, force: bool) -> None:
    """Remove the file of that name if that is wanted: a writer appends, it never replaces."""
    if not out.is_file() or not out.stat().st_size:
        return
    if not force:
        raise OutputFailed(
            f"{out} exists and holds something.", hint="Give another name, or say --force."
        )
    try:
        out.unlink()
    except OSError as error:
        raise OutputFailed(
            f"{out} cannot be replaced: {error.strerror}.", hint="Give another name."
        ) from error


def _list_scenarios() -> None:
    from ftms_bridge.simulator.scenario_file import load_scenario, scenario_names

    for name in scenario_names():
        loaded = load_scenario(name)
        length = "endless" if loaded.loop else f"{loaded.script_s:g} s"
        click.echo(f"{name:<26} {length:>8}  {loaded.title}")


def _record(simulation: Simulation, out: Path, until_s: float | None) -> tuple[int, int]:
    """Write the recording; return how many notifications and labels it holds."""
    from ftms_bridge.recordings.header import RecordingHeader
    from ftms_bridge.recordings.writer import RecordingWriter

    header = RecordingHeader(
        (simulation.machine,),
        software=version("ftms-bridge"),
        run_id=f"simulated-{simulation.seed}",
    )
    writer = RecordingWriter(out, header)
    try:
        counts = _write_events(writer, simulation, until_s)
    finally:
        writer.close()
    if writer.lost or writer.state == "failed":
        raise OutputFailed(
            f"{out} is not complete: {writer.lost} lines could not be written.",
            hint="Check the free space and the permissions, then run the command again.",
        )
    return counts


def _write_events(
    writer: RecordingWriter, simulation: Simulation, until_s: float | None
) -> tuple[int, int]:
    from ftms_bridge.app.recorder import reading_marker
    from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
    from ftms_bridge.recordings.format import Marker

    notifications = labels = 0
    for event in simulation.events(until_s):
        if isinstance(event, Notification):
            writer.write(event)
            notifications += 1
        elif isinstance(event, LinkChange):
            kind = "connect" if event.up else "disconnect"
            writer.mark(Marker(event.at, kind, event.source, {"reason": event.reason}))
        elif isinstance(event, DirectionReading):
            writer.mark(reading_marker(event))
        else:
            writer.mark(_label(event))
            labels += 1
    return notifications, labels


def _label(truth: Truth) -> Marker:
    """Return the truth as a marker; docs/simulator.md describes its keys."""
    from ftms_bridge.recordings.format import Marker

    return Marker(
        truth.at,
        "truth",
        truth.source,
        {
            "direction": truth.direction.value,
            "driving": truth.driving,
            "speed_kmh": truth.speed_kmh,
            "cadence_per_min": truth.cadence_per_min,
            "power_w": truth.power_w,
            "row": truth.row,
            "evident": truth.evident,
        },
    )
