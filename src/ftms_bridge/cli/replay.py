"""``ftms-bridge replay``: play recordings through the bridge."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ftms_bridge.errors import BrokerUnavailable, UsageError

if TYPE_CHECKING:
    from ftms_bridge.app.replaying import ReplayReport


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--speed",
    metavar="max|N",
    help="As fast as possible, or N times as fast as recorded. Default: 1 with a broker, else max.",
)
@click.option("--broker", metavar="URL", help="Publish to mqtt://[user[:password]@]host[:port].")
@click.option(
    "--base",
    default="ftms",
    show_default=True,
    help="First part of every topic; take another one beside a bridge that is running.",
)
@click.option("--transcript", metavar="FILE|-", help="Write everything published as JSON lines.")
def command(
    *,
    files: tuple[Path, ...],
    speed: str | None,
    broker: str | None,
    base: str,
    transcript: str | None,
) -> None:
    """Play recordings FILE... through the bridge, in the time that they were recorded in.

    The same recording gives the same transcript, byte for byte. Recordings of several machines
    are played side by side.
    """
    from ftms_bridge.app.broker_url import broker_settings
    from ftms_bridge.app.replaying import Replay, ReplaySettings
    from ftms_bridge.app.watching import checked_base

    settings = ReplaySettings(
        files=files,
        base=checked_base(base),
        speed=_speed(speed, paced=broker is not None),
        broker=None if broker is None else broker_settings(broker, os.environ),
    )
    if settings.speed is not None:
        click.echo(f"playing at speed {settings.speed:g}; Ctrl-C ends it", err=True)
    if transcript == "-":
        report = Replay(settings).run(sys.stdout.buffer)
    else:
        report = Replay(settings).run(None if transcript is None else Path(transcript))
    _tell(report)


def _speed(text: str | None, *, paced: bool) -> float | None:
    """Return the factor, or None for as fast as possible."""
    if text is None:
        return 1.0 if paced else None
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.0 < speed <= 1e6:
        raise UsageError(f"--speed {text} is no speed.", hint="Write max, or a number above 0.")
    return speed


def _tell(report: ReplayReport) -> None:
    """Say on the error stream what came of it, so that a transcript on stdout stays clean."""
    for summary in report.summaries:
        metrics = summary["metrics"]
        distance_m = metrics["distance_m"]
        if distance_m is None:
            distance_m = metrics["integrated_distance_m"]
        click.echo(
            f"session {summary['session_id']}: {summary['elapsed_s']:.0f} s "
            f"({summary['moving_s']:.0f} s moving), "
            f"{'distance unknown' if distance_m is None else f'{distance_m:.0f} m'}, "
            f"{_count(summary['gaps'], 'gap')}, "
            f"{_count(summary['counter_resets'], 'counter reset')}",
            err=True,
        )
    click.echo(
        f"{_count(report.notifications, 'notification')} "
        f"({report.damaged_notifications} damaged), {_count(report.published, 'message')}, "
        f"{_count(report.damaged_lines, 'damaged line')}",
        err=True,
    )
    for text in report.damage:
        click.echo(f"  {text}", err=True)
    if report.not_delivered:
        click.echo(f"  {_count(report.not_delivered, 'event')} did not reach the broker", err=True)
        sys.exit(BrokerUnavailable.exit_code)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
