"""The direction in three lines, with why and since when beside it."""

from __future__ import annotations

from ftms_bridge.dashboard.banner import banner
from ftms_bridge.dashboard.headline import headline, one_line
from ftms_bridge.dashboard.reading import DirectionReading
from tests.dashboard.build import plain

UNKNOWN = DirectionReading("unknown", "no_directional_channel", since_s=83.0)


def test_the_reason_stands_beside_the_letters_and_wraps() -> None:
    letters = banner("unknown")
    assert plain(headline(UNKNOWN, 76)).splitlines() == [
        f"{letters[0]}   this machine sends nothing that tells",
        f"{letters[1]}   direction",
        f"{letters[2]}   for 1:23",
    ]


def test_a_known_direction_needs_less_room() -> None:
    lines = headline(DirectionReading("backward", basis="declared"), 76)
    assert lines[0].plain.endswith("   declared")
    assert lines[2].plain.rstrip() == banner("backward")[2].rstrip()


def test_the_evidence_and_the_times_fill_what_is_left() -> None:
    forward = DirectionReading("forward", None, "measured", 0.9, 65.0)
    evidence = "crank angle says forward"
    letters = banner("forward")
    lines = headline(forward, 76, evidence=evidence, times="b 0:10")
    told = [line.plain.removeprefix(one).strip() for line, one in zip(lines, letters, strict=True)]
    assert told == ["measured, 90 % sure", evidence, "for 1:05  b 0:10"]
    narrow = headline(forward, 76, evidence=evidence, times="backward 0:10  " * 4)
    assert narrow[2].plain.endswith("for 1:05")


def test_a_long_reason_leaves_room_for_the_time() -> None:
    lines = headline(DirectionReading("unknown", "very_" * 40, since_s=5.0), 76)
    assert len(lines) == 3
    assert lines[2].plain.endswith("for 0:05")


def test_the_same_fits_into_one_line() -> None:
    assert one_line(UNKNOWN).plain == (
        "unknown  this machine sends nothing that tells direction  for 1:23"
    )
    assert one_line(DirectionReading("stopped")).plain == "stopped"


def test_why_a_machine_is_not_there_takes_the_place_of_the_reason() -> None:
    why = "released: another app may use it; resume with: ftms-bridge link resume bike"
    lines = headline(UNKNOWN, 76, why=why)
    assert len(lines) == 3
    letters = banner("unknown")
    told = [line.plain.removeprefix(one).strip() for line, one in zip(lines, letters, strict=True)]
    assert " ".join(told).strip() == why
    assert one_line(UNKNOWN, why=why).plain == f"unknown  {why}"
