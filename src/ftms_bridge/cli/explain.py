"""``ftms-bridge explain``: why the bridge said what it said about the direction."""

from __future__ import annotations

from pathlib import Path

import rich_click as click


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--at",
    metavar="T",
    help="The instant: seconds of the recording (750), 12:30, or a label as in its events. "
    "Without it every change is listed.",
)
@click.option("--machine", metavar="ID", help="Which machine, where there are several.")
@click.option(
    "--profile",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TOML",
    help="What calibration has found, instead of what counted when it was recorded.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(
    *, file: Path, at: str | None, machine: str | None, profile: Path | None, as_json: bool
) -> None:
    """Say why the direction in recording FILE was what it was, and what would help to know it.

    The recording is played through the bridge up to T. Shown are the verdict, each channel that the
    machine has with what it says and how far it is believed, and the last changes. If the recording
    has labels, or the truth of a simulation, that stands beside it.
    """
    import json

    from ftms_bridge.app.explaining.document import document
    from ftms_bridge.app.explaining.explain import explain
    from ftms_bridge.app.explaining.words import moment_lines, timeline_lines

    explanation = explain(file, machine=machine, at=at, profile=profile)
    if as_json:
        click.echo(json.dumps(document(explanation), ensure_ascii=False, allow_nan=False))
    elif explanation.moment is None:
        click.echo("\n".join(timeline_lines(explanation)))
    else:
        click.echo("\n".join(moment_lines(explanation, explanation.moment)))
