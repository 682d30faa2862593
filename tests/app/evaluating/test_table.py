"""The table shows every figure, and the legend says what it means."""

from __future__ import annotations

from ftms_bridge.app.evaluating.figures import figures
from ftms_bridge.app.evaluating.table import LEGEND, ride_line, rig_lines
from ftms_bridge.app.evaluating.tally import Tally
from tests.app.evaluating.test_figures import TITLE, tally


def test_a_rig_as_text() -> None:
    lines = list(rig_lines(figures(TITLE, tally("5s 40f 55b", "5S 2? 38F 15? 40B"))))
    text = "\n".join(lines)
    assert lines[0] == "H: an elliptical (H, explicit)"
    assert lines[2].split() == ["seconds", "forward", "backward", "stopped", "unknown"]
    assert lines[4].split() == ["backward", "0.0", "40.0", "0.0", "15.0"]
    assert "error         0.000 % (0.000 %)" in text
    assert "coverage      82.105 %, evident 82.105 %; 0.000 % of the moving time" in text
    assert "onset 1 Hz          p50 2.0  p90 15.0  p95 15.0  p99 15.0 s; 0 of 2 missed" in text
    assert "false flips   0 (0.00 per hour)" in text
    assert "intervals     2, bias -8.50 s, size 8.50 s" in text
    assert "reasons       0.000 % of 17 s; wrong: after_stop_unconfirmed (moving" in text
    assert "cost          100.0 us" in text
    assert max(map(len, lines)) <= 120


def test_a_wrong_profile_has_lines_of_its_own() -> None:
    text = "\n".join(rig_lines(figures(TITLE, tally("20f 10s", "24B 6S"))))
    assert "24 s wrong, 20 s of them with nothing that contradicts" in text
    assert "1 contradictions; taken back after p50 4.0 s, p95 4.0 s, longest 4.0 s" in text


def test_a_ride_as_a_line() -> None:
    assert ride_line("H", 7, figures(TITLE, tally("40f 40b", "2? 38F 3? 32B 5F"))) == (
        "  H 7: error 6.667 %; wrong in backward 5.0 s; coverage 93.750 %; "
        "0 missed, slowest onset 3.0 s; 1 false flips; 3 outputs"
    )
    assert "error -" in ride_line("H", 7, figures(TITLE, Tally()))


def test_what_cannot_be_told_is_a_dash() -> None:
    text = "\n".join(rig_lines(figures(TITLE, Tally())))
    assert "error         - (-)" in text
    assert "ECE           -" in text


def test_the_legend_explains_each_line_and_says_what_it_is_from() -> None:
    assert "from simulation" in LEGEND.splitlines()[0]
    names = {line[2:16].strip() for line in rig_lines(figures(TITLE, Tally())) if line[2] != " "}
    explained = {line[:14].strip() for line in LEGEND.splitlines()}
    assert {name for name in names if name and not name.startswith(("0 rides", "held"))} <= (
        explained | {"onset all", "with evidence"}
    )
