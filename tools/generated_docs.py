"""Fills the generated parts of the documents from the code they describe.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; NAME is one of `SECTIONS`.
`make docs` rewrites all documents; a test fails when one is out of date.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from types import NoneType, UnionType
from typing import Final, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import rich_click as click

from direction_tables import DIRECTION_SECTIONS
from example_payloads import examples
from ftms_bridge import errors
from ftms_bridge.cli.main import COMMANDS, load
from ftms_bridge.cli.topics import row
from ftms_bridge.config.catalogue import setting_rows, variable_of
from ftms_bridge.dashboard.words import VERDICTS
from ftms_bridge.gatt.quirks import quirks
from ftms_bridge.gatt.table_rows import table_rows
from ftms_bridge.measurement.quantities import QUANTITIES
from ftms_bridge.telemetry import blocks, directions, messages
from ftms_bridge.telemetry.blocks import VerdictWord
from ftms_bridge.telemetry.topics import DEFAULT_BASE, TOPICS
from markdown_table import table

TOP: Final = Path(__file__).resolve().parents[1]

PART: Final = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def documents() -> list[Path]:
    """Return the README and every document."""
    return [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]


def filled(text: str) -> str:
    """Return the text of a document with every generated part made anew."""
    return PART.sub(lambda part: f"{part[1]}\n{SECTIONS[part[2]]()}\n\n{part[3]}", text)


def topics() -> str:
    """Return the table of MQTT topics."""
    rows = []
    for topic in TOPICS:
        one = row(topic, DEFAULT_BASE)
        payload = f"[{topic.payload}](#{topic.payload.lower()})"
        rows.append(
            [
                f"`{one['topic']}`",
                topic.flow.value,
                str(topic.qos),
                "yes" if topic.retain else "no",
                topic.payload if topic.payload == "text" else payload,
                topic.rate,
                topic.purpose,
            ]
        )
    return table(["topic", "way", "QoS", "retained", "payload", "rate", "what it says"], rows)


def payloads() -> str:
    """Return one table of fields per payload type of the contract."""
    return "\n\n".join(_payload(kind) for kind in payload_types())


def payload_types() -> Iterator[type]:
    """Yield every payload type of the contract."""
    for value in (vars(blocks) | vars(directions) | vars(messages)).values():
        if is_typeddict(value):
            yield value


def _payload(kind: type) -> str:
    said = meanings(kind)
    rows = [
        [f"`{name}`", _json_type(hint), said[name]] for name, hint in get_type_hints(kind).items()
    ]
    summary = _prose(kind).partition("\n\n")[0]
    return f"#### {kind.__name__}\n\n{summary}\n\n{table(['field', 'type', 'meaning'], rows)}"


SHARED: Final = (
    messages.Live, blocks.SessionBlock, blocks.MetricsBlock, directions.MotionBlock,
)  # fmt: skip
"""Payloads whose fields mean the same wherever else they stand."""


def meanings(kind: type) -> dict[str, str]:
    """Return what each field of a payload means.

    Raises KeyError for a field that nobody explains.
    """
    known = {one.name: one.meaning for one in QUANTITIES.values()}
    for explained in (*SHARED, kind):
        known |= _explained(explained)
    return {name: known[name] for name in get_type_hints(kind)}


def _explained(kind: type) -> dict[str, str]:
    """Return what the docstring of a payload says of its fields, as ``field: meaning``."""
    parts = re.split(rf"^({'|'.join(get_type_hints(kind))}): ", _prose(kind), flags=re.MULTILINE)
    return dict(zip(parts[1::2], (text.strip(" .\n") for text in parts[2::2]), strict=True))


JSON_WORDS: Final[dict[object, str]] = {
    NoneType: "null",
    bool: "true or false",
    int: "number",
    float: "number",
}


def _json_type(hint: object) -> str:
    """Return the type as a reader of JSON knows it."""
    if isinstance(hint, type) and is_typeddict(hint):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(f'`"{word}"`' for word in inner)
    if origin in (Union, UnionType):
        # int | float is one JSON type
        return " or ".join(dict.fromkeys(map(_json_type, inner)))
    if origin in (list, tuple):
        return f"list of {_json_type(inner[0])}"
    if inner:
        return f"object: {_json_type(inner[0])} to {_json_type(inner[1])}"
    return JSON_WORDS.get(hint, "text")


def signals() -> str:
    """Return the table of quantities that can stand in the signals of a live document."""
    rows = [[f"`{one.name}`", one.meaning, f"{one.max_age_s:g} s"] for one in QUANTITIES.values()]
    return table(["signal", "meaning", "null when older than"], rows)


def settings() -> str:
    """Return the table of settings."""
    rows = []
    for one in setting_rows():
        path = f"**`{one.path}`**" if one.type in ("table", "tables") else f"`{one.path}`"
        default = f"`{one.default}`" if one.default else ""
        rows.append([path, one.type, default, one.description])
    return table(["setting", "type", "default", "meaning"], rows)


def variables() -> str:
    """Return the list of environment variables."""
    names = [variable_of(one.path) for one in setting_rows() if "[]" not in one.path]
    return "\n".join(f"- `{name}`" for name in names)


def command_help() -> str:
    """Return usage, text and options of every command."""
    parts = (part for name in COMMANDS for part in _command(load(name), f"ftms-bridge {name}"))
    return "\n\n".join(parts)


def _command(command: click.Command, name: str) -> Iterator[str]:
    with click.Context(command, info_name=name) as context:
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        text = inspect.cleandoc(command.help or "")
        rows = [
            [f"`{record[0]}`", record[1]]
            for parameter in command.get_params(context)
            if (record := parameter.get_help_record(context)) and record[0] != "--help"
        ]
        yield f"### {name}\n\n```\n{usage}\n```\n\n{text}"
        yield table(["option", "meaning"], rows)
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield from _command(found, f"{name} {inner}")


def exit_codes() -> str:
    """Return the table of errors and exit codes."""
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind)]
    rows = [
        [str(kind.exit_code), f"[{kind.__name__}](#{kind.__name__.lower()})", _prose(kind)]
        for kind in kinds
        if issubclass(kind, errors.BridgeError) and kind is not errors.BridgeError
    ]
    return table(["exit code", "error", "meaning"], sorted(rows))


def gatt_fields() -> str:
    """Return one table of fields per characteristic, in the order of the bytes."""
    parts = []
    for (number, title), rows in groupby(
        table_rows(), key=lambda row: (row.characteristic, row.title)
    ):
        head = ["field", "type", "unit", "one step", "there with"]
        cells = [[f"`{one.field}`", one.type, one.unit, one.resolution, one.when] for one in rows]
        parts.append(f"## {number} {title}\n\n{table(head, cells)}")
    return "\n\n".join(parts)


def quirk_profiles() -> str:
    """Return the table of machines that break the rules."""
    rows = [[f"`{one.name}`", one.about, one.source] for one in quirks().values()]
    return table(["quirk", "what the machine does", "where that was seen"], rows)


def _prose(thing: object) -> str:
    """Return a docstring for readers who see Markdown and JSON, not Python."""
    return re.sub(r"\bNone\b", "null", inspect.getdoc(thing) or "").replace("``", "`")


def verdicts() -> str:
    """Return the table of verdicts on links."""
    rows = [(f"`{word}`", VERDICTS[word].format(machine="bike")) for word in get_args(VerdictWord)]
    return table(("verdict", "meaning"), rows)


SECTIONS: Final[dict[str, Callable[[], str]]] = {
    "topics": topics,
    "payloads": payloads,
    "examples": examples,
    "signals": signals,
    "settings": settings,
    "variables": variables,
    "command-help": command_help,
    "exit-codes": exit_codes,
    "gatt-fields": gatt_fields,
    "quirks": quirk_profiles,
    "verdicts": verdicts,
    **DIRECTION_SECTIONS,
}


def main() -> None:
    """Rewrite every document that is out of date, and say which."""
    for document in documents():
        old = document.read_text(encoding="utf-8")
        new = filled(old)
        if new != old:
            document.write_text(new, encoding="utf-8")
            sys.stdout.write(f"rewrote {document.relative_to(TOP)}\n")


if __name__ == "__main__":
    main()
