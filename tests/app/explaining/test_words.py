"""The explanation in words fits a terminal, and says what matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.app.explaining.explain import explain
from ftms_bridge.app.explaining.moment import Change, Label
from ftms_bridge.app.explaining.words import (
    WIDEST,
    change_lines,
    clock,
    label_words,
    moment_lines,
    timeline_lines,
)
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile
from tests.app.explaining.strides import (
    BACKWARD,
    PROVEN,
    declared,
    firmware,
    label,
    strides,
    there_and_back,
    write,
)


def told(file: Path, at: str) -> str:
    """Return the words on one line each sentence, so that wrapping does not matter."""
    found = explain(file, at=at)
    assert found.moment is not None
    lines = moment_lines(found, found.moment)
    assert max(map(len, lines)) <= WIDEST
    return " ".join(" ".join(lines).split())


def test_a_known_direction_says_by_what_and_since_when(tmp_path: Path) -> None:
    text = told(there_and_back(tmp_path / "ride.ndjson"), "60")
    assert "trainer at 60.0 s (1:00), 2023-11-14T22:14:20.000Z: online, and shows 5.0 km/h" in text
    assert "It says BACKWARD, measured, confidence 0.9" in text
    assert "Since 36.0 s (0:36)" in text
    assert "Really: backward (a label that somebody set at 36.0 s)." in text
    assert "turn together, proven. To turn round takes a stop" in text
    assert "movement_direction_bit trainer backward +6.0 6.0 0.0 s proven" in text
    assert "status_text trainer none yet 0 1.5 - unproven" in text
    assert "Nothing: it is known." in text
    assert "36.0 0:36 - the rider: backward" in text


def test_what_is_unknown_says_why_and_what_would_help(tmp_path: Path) -> None:
    text = told(there_and_back(tmp_path / "ride.ndjson", profile=None), "20")
    assert "It says UNKNOWN" in text
    assert "Profile: none" in text
    assert "assumed" in text
    assert "its forward counts only once it was seen to say backward" in text
    assert "(movement_direction_bit)" in text
    assert "ftms-bridge calibrate trainer, or from the labels of this recording" in text


def test_a_stop_is_no_riddle(tmp_path: Path) -> None:
    text = told(there_and_back(tmp_path / "ride.ndjson"), "35")
    assert "It says STOPPED" in text
    assert "Evidence is not weighed while nothing moves" in text
    assert "Nothing: it stands still." in text


def test_what_is_declared_is_never_called_measured(tmp_path: Path) -> None:
    entries = [*strides(0.0, 10), declared(10.0, "backward"), *strides(10.5, 10)]
    text = told(write(tmp_path / "ride.ndjson", entries), "15")
    assert "It says BACKWARD, declared, not measured." in text
    assert "Declared: backward; that ends with the next stop." in text
    assert "Evidence alone says UNKNOWN" in text


def test_a_void_profile_is_told_before_all(tmp_path: Path) -> None:
    entries = [firmware(0.0, "2.0"), *strides(0.5, 10)]
    text = told(write(tmp_path / "ride.ndjson", entries, profile=PROVEN), "9")
    assert "Profile: void, because the machine says another firmware (2.0)." in text
    assert "What would help: - Its firmware is '2.0' now and was '1.9'" in text
    assert "profile void: firmware is 2.0, was 1.9" in text


def test_a_channel_says_what_keeps_it_from_counting(tmp_path: Path) -> None:
    swapped = ChannelProof("movement_direction_bit", "trainer", -1, 60, 4.1)
    mute = (("status_text", "trainer"), ("movement_direction_bit", "trainer"))
    file = write(
        tmp_path / "a.ndjson", strides(0.0, 9), profile=DirectionProfile(channels=(swapped,))
    )
    assert "forward and backward are exchanged" in told(file, "8")
    file = write(tmp_path / "b.ndjson", strides(0.0, 9), profile=DirectionProfile(blind=mute))
    assert "calibration found that it says the same both ways" in told(file, "8")


def test_long_names_do_not_break_the_table(tmp_path: Path) -> None:
    spec = MachineSpec("a_machine_with_a_very_long_name", MachineKind.INDOOR_BIKE)
    file = write(tmp_path / "ride.ndjson", strides(0.0, 5), spec)
    assert "a_machine_with_~ none yet" in told(file, "4")


def test_the_timeline_has_a_line_per_change(tmp_path: Path) -> None:
    found = explain(there_and_back(tmp_path / "ride.ndjson"))
    lines = timeline_lines(found)
    assert lines[0] == "trainer (cross trainer), 1:05 in all"
    assert max(map(len, lines)) <= WIDEST
    assert len([line for line in lines if "- the rider:" in line]) == 3
    (back,) = [line for line in lines if "  backward" in line]
    assert "movement_direction_bit" in back
    assert back.endswith("[backward]")
    assert "--at" in lines[-1]


def test_words_of_others_are_only_shown(tmp_path: Path) -> None:
    entries = [firmware(0.0, "\x1b[2J\x07"), label(0.5, "\x1b[31m" + "x" * 500)]
    file = write(tmp_path / "ride.ndjson", [*entries, *strides(1.0, 9)], profile=PROVEN)
    assert "\x1b" not in told(file, "8")
    lines = timeline_lines(explain(file))
    assert max(map(len, lines)) <= WIDEST
    assert all(line.isprintable() for line in lines)


def test_nothing_that_happened_is_said_to_be_nothing() -> None:
    assert change_lines([]) == ["  none"]


CHANGES = [
    ("direction_conflict", {"forward": "a", "backward": "b", "count": 1}, "a forward, b backward"),
    ("direction_declared", {"direction": None, "expires_s": None}, "declaration taken back"),
    ("direction_declared", {"direction": "forward", "expires_s": None}, "declared forward"),
    ("declaration_expired", {"direction": "forward", "cause": "stop"}, "no longer: stop"),
    ("profile_void", {"what": None, "expected": None, "found": None}, "profile counts again"),
    ("something_new", {}, "something_new"),
]


@pytest.mark.parametrize(("kind", "detail", "words"), CHANGES)
def test_every_change_has_words(kind: str, detail: dict[str, str | None], words: str) -> None:
    (line,) = change_lines([Change(3.0, kind, detail, Label(1.0, "label", "forward"))])
    assert words in line
    assert line.endswith("[forward]")


def test_a_label_says_whose_it_is() -> None:
    assert "simulation; the mechanics show it" in label_words(Label(1.0, "truth", "x", True))
    assert "nothing in the mechanics" in label_words(Label(1.0, "truth", "x", False))
    assert label_words(Label(1.0, "truth", "x")) == "x (truth of a simulation)"


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0:00"), (75.9, "1:15"), (3723.0, "1:02:03")])
def test_a_clock_counts_minutes(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_values_of_channels_have_few_digits(tmp_path: Path) -> None:
    text = told(write(tmp_path / "ride.ndjson", strides(0.0, 9, BACKWARD)), "8.123456")
    assert "at 8.1 s" in text
    assert "0.1 s unproven" in text
