"""``ftms-bridge doctor``: why it does not work here, or what is odd about a recording."""

from __future__ import annotations

import json
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ftms_bridge.cli.options import config_option
from ftms_bridge.errors import UsageError

if TYPE_CHECKING:
    from ftms_bridge.app.doctor.doctor import Doctor
    from ftms_bridge.app.doctor.findings import Finding


@click.command()
@click.argument("recording", required=False, type=click.Path(path_type=Path))
@config_option
@click.option(
    "--radio",
    metavar="WHERE",
    help="`system` is this computer's Bluetooth; tcp:HOST:PORT a virtual one. "
    "Default: as configured.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1, max=300),
    default=8.0,
    show_default=True,
    help="How long to listen for machines.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for programs.")
def command(
    *,
    recording: Path | None,
    config_file: Path | None,
    radio: str | None,
    seconds: float,
    as_json: bool,
) -> None:
    """Check configuration, clock, disk, broker and Bluetooth, and say what to do.

    With RECORDING it looks for fields in it that are not measured, doubled or off by a factor, and
    proposes a quirk profile. Nothing is changed, and nothing is connected to but the broker. The
    exit code is that of the gravest finding; docs/doctor.md lists them.
    """
    if recording is not None:
        if config_file is not None:
            raise UsageError(
                "A recording is judged without a configuration.", hint="Leave --config out."
            )
        _examine_recording(recording, as_json=as_json)
        return
    import asyncio

    from ftms_bridge.app.doctor.doctor import Doctor
    from ftms_bridge.app.radios import open_radio

    doctor = Doctor(
        lambda where, adapter: open_radio(where, adapter=adapter),
        radio=radio,
        over_dbus=sys.platform == "linux",
        config_file=config_file,
        seconds=seconds,
    )
    asyncio.run(_examine(doctor, as_json=as_json))


async def _examine(doctor: Doctor, *, as_json: bool) -> None:
    from ftms_bridge.app.doctor.report import examination, exit_code, finding_lines, summary_line
    from ftms_bridge.app.loop import pass_over_dead_sockets

    pass_over_dead_sockets()
    findings: list[Finding] = []
    async with aclosing(doctor.examine()) as examined:
        async for finding in examined:
            findings.append(finding)
            if not as_json:
                click.echo("\n".join(finding_lines(finding)))
    if as_json:
        click.echo(json.dumps(examination(findings), ensure_ascii=False, indent=2))
    else:
        click.echo(f"\n{summary_line(findings)}")
    if code := exit_code(findings):
        sys.exit(code)


def _examine_recording(recording: Path, *, as_json: bool) -> None:
    from ftms_bridge.app.doctor.recording import examine_recording
    from ftms_bridge.app.doctor.report import diagnosis_lines, diagnosis_object

    diagnosis = examine_recording(recording)
    told = diagnosis_object(diagnosis)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(diagnosis_lines(diagnosis)))
    if told["exit_code"]:
        sys.exit(told["exit_code"])
