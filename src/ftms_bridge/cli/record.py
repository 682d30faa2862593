"""``ftms-bridge record``: one machine into one file, with labels by key press."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ftms_bridge.cli.options import config_option

if TYPE_CHECKING:
    from ftms_bridge.app.record_plan import Wanted
    from ftms_bridge.app.taking import Taken

KINDS = (
    "indoor_bike", "treadmill", "cross_trainer", "step_climber", "stair_climber", "rower",
)  # fmt: skip
"""The words of ``MachineKind``; a test holds them together."""


@click.command()
@click.argument("machine")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The recording: .ndjson or .ndjson.gz; it is appended to if it is there.",
)
@config_option
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="Without a configuration: MACHINE is an address or name, and this its kind.",
)
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="End after that time.")
@click.option("--radio", default="", metavar="WHERE", help="system, or tcp:HOST:PORT.")
@click.option("--adapter", default="", metavar="NAME", help="Adapter, by name or address.")
def command(
    *,
    machine: str,
    out: Path,
    config_file: Path | None,
    kind: str | None,
    seconds: float | None,
    radio: str,
    adapter: str,
) -> None:
    """Record MACHINE, by its id in the configuration, and say by key what you really do.

    Keys: f forward, b backward, s stopped, c coast (it rolls, legs still), g ghost (pedal forward
    without driving), o other (side shuffle, beside the belt), u unknown; space marks this moment.
    q twice within 2 s ends it, and so does Ctrl-C or Ctrl-D. A running bridge must let go of the
    machine first: ftms-bridge link release MACHINE. Only bytes, times and your labels are kept;
    serial numbers and addresses are not.
    """
    import asyncio

    from ftms_bridge.app.logs import set_up_logs
    from ftms_bridge.app.record_plan import Wanted
    from ftms_bridge.errors import RadioUnavailable
    from ftms_bridge.measurement.sources import MachineKind

    set_up_logs("error", "text")
    wanted = Wanted(
        machine, None if kind is None else MachineKind(kind), config_file, radio, adapter
    )
    taken = asyncio.run(_record(wanted, out, seconds))
    if not taken.records:
        raise RadioUnavailable(
            f"Nothing was recorded of {machine}: {taken.link}.",
            hint="Does a bridge hold it? ftms-bridge link release. If not: ftms-bridge doctor",
        )
    click.echo(
        f"\n{taken.records} notifications in {taken.seconds:.0f} s are in {out}"
        + (f"; {taken.lost} could not be written" if taken.lost else "")
    )
    click.echo(f"What is in it: ftms-bridge replay {out}; what is odd: ftms-bridge doctor {out}")


async def _record(wanted: Wanted, out: Path, seconds: float | None) -> Taken:
    import asyncio
    import time
    from importlib.metadata import version
    from secrets import token_hex

    from ftms_bridge.app.daemon import monotonic_clock
    from ftms_bridge.app.loop import stop_on_signals
    from ftms_bridge.app.record_plan import plan_recording
    from ftms_bridge.app.taking import Take, take
    from ftms_bridge.recordings.header import RecordingHeader

    stop = asyncio.Event()
    stop_on_signals(stop)
    clock = monotonic_clock()
    plan = plan_recording(wanted, clock)
    header = RecordingHeader(
        (plan.machine,),
        wall_start=round(time.time() - clock(), 3),
        software=version("ftms-bridge"),
        run_id=token_hex(4),
    )
    running = asyncio.create_task(plan.bluetooth.run())
    try:
        what = Take(plan.machine, plan.link, out, seconds)
        return await take(what, header, clock=clock, on_change=_Screen().show, stop=stop)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await plan.bluetooth.radio.stack.close()


class _Screen:
    """One line that is rewritten on a terminal, below the keys; nothing is said in a pipe."""

    def __init__(self) -> None:
        self._told_keys = False

    def show(self, taken: Taken, has_keys: bool) -> None:
        """Rewrite the line; the terminal may have got another width meanwhile."""
        import shutil
        import sys

        from ftms_bridge.app.take_line import LEGEND, take_line

        if not sys.stdout.isatty():
            return
        if has_keys and not self._told_keys:
            self._told_keys = True
            click.echo("\n".join(LEGEND))
        line = take_line(taken, shutil.get_terminal_size().columns)
        click.echo(f"\r\x1b[K{line}", nl=False)
