"""Lengths, gaps, counters and moments of nothing."""

from __future__ import annotations

from ftms_bridge.app.doctor.oddities import Fix
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Entry, Marker
from tests.app.doctor.rides import found, spoiled

Numbers = dict[str, float | int | None]


def cut(entries: list[Entry], length: int) -> list[Entry]:
    return [
        Notification(one.at, one.source, one.characteristic, one.data[:length])
        for one in entries
        if isinstance(one, Notification)
    ]


def test_records_that_always_end_after_20_bytes_are_cut_by_habit() -> None:
    long = spoiled(lambda _: {"avg_speed_kmh": 20.0, "avg_cadence_rpm": 70.0, "resistance": 3})
    assert len(long[0].data) > 20  # type: ignore[union-attr]
    odd = found(cut(long, 20))
    one = odd["records_cut", ""]
    assert one.what.startswith("300 of 300 records end after 20 bytes, without ")
    assert one.fixes == (Fix(0x2AD2, cut_at=20),)


def test_records_cut_anywhere_are_told_but_not_explained() -> None:
    whole = spoiled(lambda _: {})
    one = found([*cut(whole[:5], 7), *whole[5:]])["records_cut", ""]
    assert one.what.startswith("5 of 300 records end after 7 bytes")
    assert one.fixes == ()


def test_bytes_that_no_flag_declares_name_what_would_fill_them() -> None:
    """A Life Fitness bike sends its cadence so."""
    undeclared = [
        Notification(float(i), "bike", 0x2AD2, bytes.fromhex("4000c40978007d00")) for i in range(40)
    ]
    one = found(undeclared)["extra_bytes", ""]
    assert "40 of 40 records have 2 bytes too many" in one.what
    assert "cadence_rpm" in one.what


def test_silence_is_a_gap_unless_the_link_said_so() -> None:
    rest = [one for one in spoiled(lambda _: {}) if not 100 < one.at < 110]
    one = found(rest)["gaps", ""]
    assert one.what.startswith("1 in 299 s, the longest 10.0 s at 100.0 s")
    told = [*rest[:101], Marker(100.5, "disconnect", "bike"), *rest[101:]]
    assert found(told) == {}


def test_a_counter_that_begins_anew_goes_back_or_jumps() -> None:
    def reset(fields: Numbers) -> Numbers:
        second = int(fields["elapsed_s"] or 0)
        return {"elapsed_s": second if second < 150 else second - 150}

    assert list(found(spoiled(reset))) == [("counter_reset", "elapsed_s")]

    def fall(fields: Numbers) -> Numbers:
        distance = int(fields["distance_m"] or 0)
        return {"distance_m": distance - 20 if (fields["elapsed_s"] or 0) > 200 else distance}

    one = found(spoiled(fall))["counter_fell", "distance_m"]
    assert one.what.startswith("It went back once: at 201.0 s")

    def jump(fields: Numbers) -> Numbers:
        distance = int(fields["distance_m"] or 0)
        return {"distance_m": distance + 5000 if (fields["elapsed_s"] or 0) > 200 else distance}

    assert ("counter_jumped", "distance_m") in found(spoiled(jump))


def test_a_moment_without_speed_is_a_blip_but_a_stop_is_not() -> None:
    def blip(fields: Numbers) -> Numbers:
        return {"speed_kmh": 0.0} if fields["elapsed_s"] in (100, 200, 201) else {}

    one = found(spoiled(blip))["zero_blips", "speed_kmh"]
    assert one.what == "2 times in 299 s, first before 101.0 s."

    def stop(fields: Numbers) -> Numbers:
        return {"speed_kmh": 0.0} if 100 <= (fields["elapsed_s"] or 0) < 110 else {}

    assert ("zero_blips", "speed_kmh") not in found(spoiled(stop))
