"""``ftms-bridge decode``: say what the bytes of a characteristic mean."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, BinaryIO, TextIO

import rich_click as click

from ftms_bridge.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftms_bridge.gatt.codec import Codec, Decoded
    from ftms_bridge.gatt.fields import Value

_EXAMPLE = "Example: ftms-bridge decode 2ad2 44000a0ba0002c01"


@click.command()
@click.argument("char", required=False)
@click.argument("data", metavar="[HEX]...", nargs=-1)
@click.option("--quirk", help="Name of a quirk profile, for a machine that departs from the rules.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for programs.")
@click.option("--ndjson", is_flag=True, help='Decode lines {"char", "hex"} from standard input.')
def command(
    *, char: str | None, data: tuple[str, ...], quirk: str | None, as_json: bool, ndjson: bool
) -> None:
    """Decode the bytes HEX of the characteristic CHAR, such as 2ad2 or 0x2AD2 or a full UUID.

    With --ndjson there is one line out for each line in, in the same order; a line that cannot be
    read gives {"status": "error"}, and the exit code is 1 at the end.
    """
    _check_quirk(quirk)
    if ndjson:
        _decode_input(char, quirk)
        return
    if char is None or not data:
        raise UsageError("A characteristic and its bytes are needed.", hint=f"{_EXAMPLE}.")
    raw = _bytes_of("".join(data))
    decoded = _codec_of(char, quirk).decode(raw)
    if as_json:
        click.echo(json.dumps(answer(decoded), indent=2))
    else:
        click.echo("\n".join(_as_text(decoded, raw)))


def _check_quirk(quirk: str | None) -> None:
    """Refuse a wrong name as what it is here: a wrong option, told before the first line."""
    from ftms_bridge.gatt.quirks import quirk_named

    if quirk is not None:
        try:
            quirk_named(quirk)
        except ConfigError as error:
            raise UsageError(error.what, hint=error.hint) from None


def _decode_input(char: str | None, quirk: str | None) -> None:
    """Decode standard input to the end; exit with 1 when a line could not be read."""
    if char is not None:
        raise UsageError("--ndjson reads standard input.", hint="Leave CHAR and HEX out.")
    damaged = decode_lines(sys.stdin.buffer, sys.stdout, quirk=quirk)
    if damaged:
        click.echo(f"ftms-bridge: lines that could not be read: {damaged}", err=True)
        sys.exit(1)


def decode_lines(source: BinaryIO, sink: TextIO, *, quirk: str | None = None) -> int:
    """Write one answer for each line that is read; return how many could not be read."""
    damaged = 0
    codecs: dict[str, Codec] = {}
    for number, line in enumerate(source, 1):
        try:
            entry = json.loads(line)
            char = entry["char"]
            codec = codecs.get(char)
            if codec is None:
                codec = codecs.setdefault(char, _codec_of(char, quirk))
            result = answer(codec.decode(_bytes_of(entry["hex"])))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
            damaged += 1
            result = {"status": "error", "error": _reason(problem), "line": number}
        except UsageError as problem:
            damaged += 1
            result = {"status": "error", "error": problem.what, "line": number}
        sink.write(json.dumps(result, separators=(",", ":")) + "\n")
    return damaged


def answer(decoded: Decoded) -> dict[str, object]:
    """Return what is told to programs; keys that say nothing are left out."""
    shape = decoded.shape
    result: dict[str, object] = {
        "char": f"{shape.characteristic:04x}",
        "status": decoded.status.value,
        "fields": decoded.fields,
    }
    if decoded.missing and decoded.status.value != "short":
        result["missing"] = decoded.missing
    if decoded.status.value == "trailing":
        result["extra_bytes"] = decoded.extra_bytes
    if shape.more_data:
        result["more_data"] = True
    if shape.backward is not None:
        result["backward"] = shape.backward
    return result


def _codec_of(char: str, quirk: str | None) -> Codec:
    from ftms_bridge.gatt.codec import CODECS, codec_for
    from ftms_bridge.gatt.uuids import short_number

    number = short_number(char)
    codec = None if number is None else codec_for(number, quirk)
    if codec is None:
        known = ", ".join(f"{one:04x}" for one in CODECS)
        raise UsageError(
            f"{char!r} is no characteristic that is known here.", hint=f"Known are: {known}."
        )
    return codec


def _bytes_of(text: str) -> bytes:
    digits = text.removeprefix("0x").replace(":", "").replace("-", "")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise UsageError(
            f"{text[:60]!r} is no row of bytes.",
            hint=f"Give two hexadecimal digits per byte. {_EXAMPLE}.",
        ) from None


def _reason(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"the key {problem} is missing"
    if isinstance(problem, ValueError):
        return "no JSON"
    return "no object with the texts 'char' and 'hex'"


def _as_text(decoded: Decoded, raw: bytes) -> Iterator[str]:
    """Yield the lines for people: what it is, each field with its unit, and what is wrong."""
    shape = decoded.shape
    digits = 2 * shape.layout.flag_bytes
    flags = f", flags 0x{shape.flags:0{digits}x}" if digits and shape.flags >= 0 else ""
    yield f"{shape.layout.title} ({shape.characteristic:04x}), length {len(raw)}{flags}"
    yield f"status: {decoded.status.value}"
    rows = [(name, _shown(value), "") for name, value in shape.constants]
    units = [row.unit for row in shape.rows]
    rows += [
        (name, _shown(value), unit)
        for name, value, unit in zip(shape.names, decoded.values, units, strict=False)
    ]
    width = max((len(name) for name, _, _ in rows), default=0)
    for name, value, unit in rows:
        yield f"  {name:<{width}}  {value} {unit}".rstrip()
    if decoded.missing:
        yield f"missing: {', '.join(decoded.missing)}"
    if decoded.extra_bytes:
        yield f"extra: {decoded.extra_bytes} bytes at the end: {raw[-decoded.extra_bytes :].hex()}"
    if shape.more_data:
        yield "more data: further parts of this record follow"
    if shape.unknown_flags:
        yield f"reserved flags that are set: 0x{shape.unknown_flags:0{digits}x}"


def _shown(value: Value) -> str:
    if value is None:
        return "not available"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
