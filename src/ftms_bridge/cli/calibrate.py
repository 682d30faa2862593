"""``ftms-bridge calibrate``: find out, once per machine, what its values tell about direction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ftms_bridge.cli.options import config_option

if TYPE_CHECKING:
    from ftms_bridge.app.calibrating_live import Finished, Scene
    from ftms_bridge.measurement.sources import MachineKind
    from ftms_bridge.motion.calibration import CalibrationResult


@click.command()
@click.argument("machine")
@config_option
@click.option(
    "--from",
    "recording",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="RECORDING",
    help="Learn from the labels of a recording instead of live.",
)
@click.option("--dry-run", is_flag=True, help="Say what was learnt, and save nothing.")
@click.option("--show", is_flag=True, help="Say in words what is known about MACHINE, and end.")
@click.option("--forget", is_flag=True, help="Remove what is known about MACHINE, and end.")
@click.option("--ghost", is_flag=True, help="Bike: also ask to turn the legs without driving.")
@click.option("--radio", default="", metavar="WHERE", help="system, or tcp:HOST:PORT.")
@click.option("--adapter", default="", metavar="NAME", help="Adapter, by name or address.")
def command(
    *,
    machine: str,
    config_file: Path | None,
    recording: Path | None,
    dry_run: bool,
    show: bool,
    forget: bool,
    ghost: bool,
    radio: str,
    adapter: str,
) -> None:
    """Find out what MACHINE tells about forward and backward; it takes two to three minutes.

    You are asked to go forward, stop, go backward and stop. You do everything yourself: nothing is
    sent to the machine, and a belt is never reversed while it moves. Hold the handrail. A running
    bridge must let go of the machine first: ftms-bridge link release MACHINE. A machine with a
    simulator link has a rider who follows by himself.
    """
    from ftms_bridge.app.calibrating_live import state_directory
    from ftms_bridge.app.record_plan import Wanted

    _check(machine, [show, forget, recording is not None])
    directory = state_directory(config_file)
    if show:
        _show(directory, machine)
    elif forget:
        _forget(directory, machine)
    elif recording is not None:
        kind, result = _study(recording, machine)
        _conclude(kind, result, directory, machine, save=not dry_run)
    else:
        wanted = Wanted(machine, None, config_file, radio, adapter)
        kind, finished = _guide(wanted, ghost=ghost)
        _conclude_live(kind, finished, directory, machine, save=not dry_run)


def _check(machine: str, modes: list[bool]) -> None:
    from ftms_bridge.errors import UsageError
    from ftms_bridge.telemetry.topics import MACHINE_ID

    if not MACHINE_ID.fullmatch(machine):
        raise UsageError(
            f"{machine!r} is no id of a machine.",
            hint="Use the id of the configuration: a-z, 0-9, _.",
        )
    if sum(modes) > 1:
        raise UsageError("--show, --forget and --from exclude each other.", hint="Use one of them.")


def _show(directory: Path, machine: str) -> None:
    from ftms_bridge.app.calibration_words import profile_lines
    from ftms_bridge.app.profiles import load_profile, profile_path
    from ftms_bridge.measurement.sources import MachineKind
    from ftms_bridge.motion.profile import Drivetrain

    profile = load_profile(directory, machine)
    if profile is None:
        click.echo(f"Nothing is known about {machine}: it was never calibrated.")
        click.echo(f"Calibrate it: ftms-bridge calibrate {machine}")
        return
    belts = {Drivetrain.BELT, Drivetrain.REVERSIBLE_BELT}
    is_belt = profile.drivetrain in belts
    kind = MachineKind.TREADMILL if is_belt else MachineKind.INDOOR_BIKE
    click.echo("\n".join(profile_lines(kind, profile)))
    click.echo(f"\nIt is kept in {profile_path(directory, machine)}")


def _forget(directory: Path, machine: str) -> None:
    from ftms_bridge.app.profiles import forget_profile

    if forget_profile(directory, machine):
        click.echo(f"Forgotten. A running bridge forgets {machine} at its next start.")
    else:
        click.echo(f"Nothing was known about {machine}.")


def _study(recording: Path, machine: str) -> tuple[MachineKind, CalibrationResult]:
    from ftms_bridge.app.calibrating import study_recording

    spec, result = study_recording(recording, machine)
    return spec.kind, result


def _guide(wanted: object, *, ghost: bool) -> tuple[MachineKind, Finished]:
    import asyncio

    from ftms_bridge.app.calibrating_live import calibrate_live, open_machine
    from ftms_bridge.app.daemon import monotonic_clock
    from ftms_bridge.app.logs import set_up_logs
    from ftms_bridge.app.loop import stop_on_signals
    from ftms_bridge.app.record_plan import Wanted

    assert isinstance(wanted, Wanted)
    set_up_logs("error", "text")

    async def guide() -> tuple[MachineKind, Finished]:
        stop = asyncio.Event()
        stop_on_signals(stop)
        clock = monotonic_clock()
        opened = open_machine(wanted, clock)
        screen = _Screen(wanted.machine, virtual=opened.is_virtual)
        finished = await calibrate_live(
            opened, clock=clock, show=screen.show, stop=stop, ghost=ghost
        )
        return opened.machine.kind, finished

    return asyncio.run(guide())


def _conclude_live(
    kind: MachineKind, finished: Finished, directory: Path, machine: str, *, save: bool
) -> None:
    from click.exceptions import Exit

    from ftms_bridge.cli.main import INTERRUPTED
    from ftms_bridge.errors import RadioUnavailable, UsageError

    if not finished.completed and not finished.problem and finished.readings:
        click.echo("\nGiven up before the end: nothing was saved or changed.")
        raise Exit(INTERRUPTED)
    if not finished.readings:
        raise RadioUnavailable(
            f"Nothing was heard of {machine}: {finished.link}.",
            hint="Does a bridge hold it? ftms-bridge link release. If not: ftms-bridge doctor",
        )
    click.echo("")
    if not finished.completed:
        raise UsageError(
            f"The calibration of {machine} did not come to its end: {finished.problem}",
            hint="Nothing was saved or changed. Start it again when you are ready.",
        )
    _conclude(kind, finished.result, directory, machine, save=save)


def _conclude(
    kind: MachineKind, result: CalibrationResult, directory: Path, machine: str, *, save: bool
) -> None:
    """Say what was learnt, and keep it."""
    from ftms_bridge.app.calibration_words import result_lines
    from ftms_bridge.app.profiles import profile_path, save_profile

    click.echo("\n".join(result_lines(kind, result)))
    if save:
        path = save_profile(directory, machine, result.profile)
        click.echo(f"\nIt is kept in {path}")
        click.echo("A running bridge uses it from its next start.")
    else:
        click.echo(f"\nNothing was saved; it would be {profile_path(directory, machine)}")


class _Screen:
    """The whole terminal, redrawn; in a pipe one line per step."""

    def __init__(self, machine: str, *, virtual: bool) -> None:
        self._title = f"ftms-bridge calibrate {machine}"
        if virtual:
            self._title += " (simulated machine; its rider follows by himself)"
        self._shown = -1

    def show(self, scene: Scene) -> None:
        """Draw the scene; the terminal may have got another size meanwhile."""
        import shutil
        import sys

        from ftms_bridge.app.calibration_words import prompt_lines

        prompt = scene.prompt
        if not sys.stdout.isatty():
            if prompt.number != self._shown:
                self._shown = prompt.number
                click.echo(f"[{prompt.number}/{prompt.of}] {prompt.text}")
            return
        columns, rows = shutil.get_terminal_size()
        lines = [self._title[: columns - 1], ""]
        lines += prompt_lines(prompt, scene.reading, scene.link, columns)
        if scene.may_end:
            lines[-1] = "q again: give up, nothing is saved"[: columns - 1]
        clear = "\x1b[2J" if self._shown < 0 else ""
        self._shown = prompt.number
        body = "\x1b[K\n".join(lines[: rows - 1])
        click.echo(f"{clear}\x1b[H{body}\x1b[J", nl=False)
