"""The tables of scenario keys in docs/simulator.md, made from the models.

``python -m tests.simulator.key_table`` writes them into the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ftms_bridge.simulator import scenario, sensor_tables

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"
BEGIN: Final = "<!-- keys: begin -->"
END: Final = "<!-- keys: end -->"

TABLES: Final[tuple[tuple[str, type[BaseModel]], ...]] = (
    ("[machine]", scenario.MachineTable),
    ("[drivetrain] (bike, cross trainer)", scenario.Drivetrain),
    ("[belt] (treadmill)", scenario.Belt),
    ("[rider]", scenario.Rider),
    ("[firmware]", scenario.Firmware),
    ("[radio]", scenario.Radio),
    ('[[sensor]] kind = "power_meter"', sensor_tables.PowerMeter),
    ('[[sensor]] kind = "speed_cadence"', sensor_tables.SpeedCadence),
    ('[[sensor]] kind = "heart_rate"', sensor_tables.HeartRate),
    ('[[sensor]] kind = "foot_pod"', sensor_tables.FootPod),
    ('[[sensor]] kind = "direction"', sensor_tables.DirectionTable),
    ("[[phase]]", scenario.Phase),
    ("[[fault]]", scenario.Fault),
)


def values_of(field: FieldInfo) -> str:
    """Return the choices or the range of a key, in words."""
    literals = [part for part in (field.annotation, *get_args(field.annotation))
                if get_origin(part) is Literal]  # fmt: skip
    if literals:
        return ", ".join(f"`{choice}`" for part in literals for choice in get_args(part))
    words = []
    for limit in field.metadata:
        if isinstance(limit, Ge | Gt):
            low = limit.ge if isinstance(limit, Ge) else limit.gt
            words.append(f"{'from' if isinstance(limit, Ge) else 'above'} {low}")
        elif isinstance(limit, Le | Lt):
            words.append(f"to {limit.le if isinstance(limit, Le) else limit.lt}")
        elif isinstance(limit, MaxLen):
            words.append(f"up to {limit.max_length} characters")
    return " ".join(words) or type_of(field)


def type_of(field: FieldInfo) -> str:
    """Return the type of a key without limits."""
    text = str(field.annotation)
    if "bool" in text:
        return "true, false"
    if "tuple" in text:
        return "list"
    return "a-z, 0-9, _ (up to 32)" if field.annotation is str and field.metadata else "text"


def default_of(field: FieldInfo) -> str:
    """Return the default as TOML, or that there is none."""
    if field.is_required():
        return "needed"
    default = field.default
    if default is None:
        return "-"
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, str):
        return f'`"{default}"`'
    return "`[]`" if default == () else f"{default:g}"


def rows(model: type[BaseModel]) -> Iterator[str]:
    """Yield one line per key."""
    for name, field in model.model_fields.items():
        if field.description is not None:
            meaning = field.description
            yield f"| `{name}` | {values_of(field)} | {default_of(field)} | {meaning} |"


def render() -> str:
    """Return all tables as they stand in the document."""
    lines = []
    for title, model in TABLES:
        lines += [f"\n**`{title}`**\n" if "(" not in title else heading(title)]
        lines += ["| key | values | default | meaning |", "|---|---|---|---|", *rows(model)]
    return "\n".join(lines).strip() + "\n"


def heading(title: str) -> str:
    """Return a heading whose remark stands outside the code."""
    table, _, remark = title.partition(" (")
    return f"\n**`{table}`** ({remark}\n"


def main() -> None:
    """Write the tables into the document."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{render()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
