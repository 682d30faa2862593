"""``ftms-bridge topics``: print the table of MQTT topics."""

from __future__ import annotations

import rich_click as click

from ftms_bridge.telemetry.topics import DEFAULT_BASE, TOPICS, Topic

COLUMNS = "{topic:<31} {direction:<4} {qos:<4} {retain:<9} {payload}"


@click.command()
@click.option("--base", default=DEFAULT_BASE, show_default=True, help="First part of each topic.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array for programs.")
def command(*, base: str, as_json: bool) -> None:
    """Print every MQTT topic: direction, QoS, retain, payload type, rate and purpose."""
    rows = [row(topic, base) for topic in TOPICS]
    if as_json:
        import json

        click.echo(json.dumps(rows, indent=2))
    else:
        click.echo("\n".join(_as_text(rows)))


def row(topic: Topic, base: str) -> dict[str, str | int | bool]:
    """Return one topic as a flat record; placeholders stand in angle brackets."""
    return {
        "topic": topic.path(base, machine="<machine>", verb="<verb>"),
        "direction": topic.flow.value,
        "qos": topic.qos,
        "retain": topic.retain,
        "payload": topic.payload,
        "rate": topic.rate,
        "purpose": topic.purpose,
    }


def _as_text(rows: list[dict[str, str | int | bool]]) -> list[str]:
    """Return one line per topic with its purpose below: a table that fits 80 columns."""
    lines = [
        COLUMNS.format(
            topic="topic", direction="way", qos="QoS", retain="retained", payload="payload"
        )
    ]
    for one in rows:
        lines.append(COLUMNS.format(**one | {"retain": "yes" if one["retain"] else "no"}))
        lines.append(f"    {one['rate']}: {one['purpose']}")
    return lines
