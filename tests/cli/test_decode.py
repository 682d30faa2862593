"""``ftms-bridge decode``: one record for people, many lines for programs."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.cli.decode import command, decode_lines
from ftms_bridge.errors import UsageError
from tests.gatt.samples import TOLD_BESIDE_THE_FIELDS, corpus_lines

BH_RECORD = "8c016202000000b4000000000000000000"


def call(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(command, arguments, input=stdin)


def answers(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def decoded_lines(*lines: str) -> list[dict[str, object]]:
    sink = io.StringIO()
    decode_lines(io.BytesIO("\n".join(lines).encode()), sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_a_record_is_shown_with_names_units_and_flags() -> None:
    result = call("2ad2", "44000a0ba0002c01")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Indoor Bike Data (2ad2), length 8, flags 0x0044",
        "status: ok",
        "  speed_kmh    28.26 km/h",
        "  cadence_rpm  80.0 rpm",
        "  power_w      300 W",
    ]


def test_all_that_is_wrong_with_a_record_is_told() -> None:
    cut = call("2ace", "098100 5800").stdout
    assert "status: truncated" in cut
    assert "  backward       yes" in cut
    assert "missing: avg_step_rate, power_w" in cut
    assert "more data: further parts of this record follow" in cut
    surplus = call("2ad1", "0221341300310400ffffffb8010000").stdout
    assert "extra: 4 bytes at the end: b8010000" in surplus
    assert "reserved flags that are set: 0x2000" in surplus
    assert "  energy_per_min_kcal   not available kcal/min" in surplus


def test_lists_are_shown_as_lists() -> None:
    shown = call("2acc", "0200000000000000").stdout
    assert "  machine  cadence" in shown
    assert "  target   none" in shown


@pytest.mark.parametrize("char", ["2AD2", "0x2ad2", "00002ad2-0000-1000-8000-00805f9b34fb"])
@pytest.mark.parametrize(
    "data", [["0000e803"], ["00", "00", "e8", "03"], ["0x0000E803"], ["00:00-e8 03"]]
)
def test_characteristic_and_bytes_can_be_written_in_the_usual_ways(
    char: str, data: list[str]
) -> None:
    assert "speed_kmh  10.0 km/h" in call(char, *data).stdout


def test_a_quirk_changes_the_reading() -> None:
    assert "incline_pct           18.0 %" in call("2acd", BH_RECORD).stdout
    shown = call("--quirk", "bh-treadmill", "2acd", BH_RECORD).stdout
    assert "speed_kmh             6.1 km/h" in shown
    assert "incline_pct           2.88 %" in shown


def test_one_record_can_be_one_json_object() -> None:
    assert json.loads(call("2ad2", "1100d20400", "--json").stdout) == {
        "char": "2ad2",
        "status": "ok",
        "fields": {"distance_m": 1234},
        "more_data": True,
    }


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "are needed"),
        (["2ad2"], "are needed"),
        (["2ad2", "abc"], "is no row of bytes"),
        (["2ad2", "xx"], "is no row of bytes"),
        (["2fff", "00"], "is no characteristic that is known"),
        (["bike", "00"], "is no characteristic that is known"),
        (["--ndjson", "2ad2"], "reads standard input"),
    ],
)
def test_a_call_that_makes_no_sense_says_what_to_do(arguments: list[str], reason: str) -> None:
    problem = call(*arguments).exception
    assert isinstance(problem, UsageError)
    assert reason in problem.what
    assert problem.hint


@pytest.mark.parametrize("mode", [["2ad2", "0000"], ["--ndjson"]])
def test_an_unknown_quirk_is_told_at_once(mode: list[str]) -> None:
    assert isinstance(call("--quirk", "nonsense", *mode).exception, UsageError)


def test_each_line_gives_one_answer_in_order() -> None:
    assert decoded_lines(
        '{"char": "2ad2", "hex": "44000a0ba0002c01"}',
        '{"char": "2AD2", "hex": "44000a0ba0002c", "t": 1.5}',
        '{"char": "2ace", "hex": "0881000802580056005c00"}',
        '{"char": "2acd", "hex": "0000390300"}',
        '{"char": "2ada", "hex": "08"}',
    ) == [
        {
            "char": "2ad2",
            "status": "ok",
            "fields": {"speed_kmh": 28.26, "cadence_rpm": 80.0, "power_w": 300},
        },
        {
            "char": "2ad2",
            "status": "truncated",
            "fields": {"speed_kmh": 28.26, "cadence_rpm": 80.0},
            "missing": ["power_w"],
        },
        {
            "char": "2ace",
            "status": "ok",
            "fields": {
                "backward": True,
                "speed_kmh": 5.2,
                "steps_per_min": 88,
                "avg_step_rate": 86,
                "power_w": 92,
            },
            "backward": True,
        },
        {"char": "2acd", "status": "trailing", "fields": {"speed_kmh": 8.25}, "extra_bytes": 1},
        {"char": "2ada", "status": "short", "fields": {"op": "target_power_changed"}},
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("\udcff", "no JSON"),
        ("[" * 100_000, "no object"),
        ("[1]", "no object"),
        ("5", "no object"),
        ("{}", "'char' is missing"),
        ('{"char": "2ad2"}', "'hex' is missing"),
        ('{"char": 5, "hex": "00"}', "no object"),
        ('{"char": ["2ad2"], "hex": "00"}', "no object"),
        ('{"char": "2ad2", "hex": null}', "no object"),
        ('{"char": "2ad2", "hex": "0"}', "is no row of bytes"),
        ('{"char": "ffff", "hex": "00"}', "is no characteristic"),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_and_the_next_one_is_decoded(
    line: str, reason: str
) -> None:
    sink = io.StringIO()
    good = b'{"char": "2a19", "hex": "64"}\n'
    damaged = decode_lines(
        io.BytesIO(good + line.encode("utf-8", "surrogateescape") + b"\n" + good), sink
    )
    first, second, third = (json.loads(text) for text in sink.getvalue().splitlines())
    assert damaged == 1
    assert first == third == {"char": "2a19", "status": "ok", "fields": {"battery_pct": 100}}
    assert (second["status"], second["line"]) == ("error", 2)
    assert reason in second["error"]


def test_damaged_lines_are_counted_at_the_end_and_the_exit_code_is_one() -> None:
    result = call("--ndjson", stdin='x\n{"char": "2a19", "hex": "64"}\ny\n')
    assert result.exit_code == 1
    assert len(answers(result)) == 3
    assert "could not be read: 2" in result.stderr


def test_good_lines_end_with_exit_code_zero() -> None:
    result = call(
        "--ndjson", "--quirk", "bh-treadmill", stdin=f'{{"char":"2acd","hex":"{BH_RECORD}"}}\n'
    )
    assert result.exit_code == 0
    assert result.stderr == ""
    [answer] = answers(result)
    fields = answer["fields"]
    assert isinstance(fields, dict)
    assert fields["incline_pct"] == 2.88


def test_every_line_of_the_corpus_agrees_with_its_specification(corpus: Path) -> None:
    lines = [line for line in corpus_lines(corpus) if "resistance-uint8" not in line.tags]
    texts = [json.dumps({"char": f"{x.characteristic:04x}", "hex": x.data.hex()}) for x in lines]
    for line, answer in zip(lines, decoded_lines(*texts), strict=True):
        fields = answer.pop("fields")
        assert isinstance(fields, dict)
        for key, value in line.spec.items():
            told = answer if key in TOLD_BESIDE_THE_FIELDS else fields
            assert told.get(key, "absent") == value, line.place
        surplus = answer.keys() - line.spec.keys() - {"char"}
        assert surplus == set(), line.place
