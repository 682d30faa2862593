"""Whole recordings: those of the simulator are clean, those of real machines give what is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftms_bridge.app.doctor.recording import Diagnosis, examine_recording
from ftms_bridge.app.doctor.report import diagnosis_lines, diagnosis_object
from ftms_bridge.errors import InputMissing
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.gatt.quirks import parse_quirks
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter
from ftms_bridge.simulator.scenario_file import load_scenario
from tests.app.doctor.rides import BIKE, simulated, spoiled

CLEAN = (
    "bike_fixed_intervals", "bike_freewheel_intervals", "bike_with_sensors", "cross_trainer_bit15",
    "demo_bike", "demo_treadmill", "treadmill_turnaround",
)  # fmt: skip


def words(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    return [(one.cause.word, one.field) for one in diagnosis.oddities]


@pytest.mark.parametrize("name", CLEAN)
def test_simulated_machines_are_clean(name: str, tmp_path: Path) -> None:
    diagnosis = examine_recording(simulated(load_scenario(name), tmp_path / "ride.ndjson"))
    assert words(diagnosis) == []
    assert diagnosis.proposals == ()
    assert diagnosis.extents[0].records > 100


def test_the_ride_on_a_real_trainer_has_resets_and_nothing_graver(corpus: Path) -> None:
    diagnosis = examine_recording(corpus / "bike-elite-direto-xr-ride.ndjson")
    assert sorted(words(diagnosis)) == [
        ("counter_reset", "distance_m"),
        ("counter_reset", "elapsed_s"),
        ("zero_blips", "speed_kmh"),
    ]
    assert diagnosis.proposals == ()
    [extent] = diagnosis.extents
    assert (extent.records, round(extent.span_s)) == (387, 378)


def test_the_walk_on_a_real_treadmill_has_no_strap_and_is_too_short_for_its_steps(
    corpus: Path,
) -> None:
    diagnosis = examine_recording(corpus / "treadmill-urevo-e1l-walk.ndjson")
    assert words(diagnosis) == [("heart_rate_zero", "hr_bpm"), ("too_short", "speed_kmh")]
    assert "steps of 10 m" in diagnosis.oddities[1].what


def ride(path: Path, entries: list[Notification]) -> Path:
    with RecordingWriter(path, RecordingHeader((BIKE,))) as writer:
        for entry in entries:
            writer.write(entry)
    return path


def bytes_of(corpus: Path, file: str, device: str, length: int) -> list[bytes]:
    lines = (json.loads(line) for line in (corpus / file).read_text().splitlines())
    return [
        bytes.fromhex(line["hex"])
        for line in lines
        if line["device"].startswith(device)
        and line["char"] == "2ad2"
        and len(line["hex"]) == 2 * length
    ]


def test_a_matrix_bike_is_seen_to_cut_its_records(corpus: Path, tmp_path: Path) -> None:
    cut = bytes_of(corpus, "bikes-tmiw.ndjson", "Matrix", 20)
    assert len(cut) >= 3
    entries = [Notification(float(i), "bike", 0x2AD2, data) for i, data in enumerate(cut)]
    diagnosis = examine_recording(ride(tmp_path / "matrix.ndjson", entries))
    assert ("records_cut", "") in words(diagnosis)
    [proposal] = diagnosis.proposals
    assert "matrix" in proposal.shipped


def test_a_volt_trainer_is_seen_to_have_no_cadence(corpus: Path, tmp_path: Path) -> None:
    """Its one record that is public, with the speed and power of a ride put in."""
    from ftms_bridge.gatt.codec import decode, encode

    volt = [
        json.loads(line)
        for line in (corpus / "bikes-misc.ndjson").read_text().splitlines()
        if "Volt" in line
    ]
    fields = decode(0x2AD2, bytes.fromhex(volt[0]["hex"])).fields
    assert fields["cadence_rpm"] == 0
    entries = [
        Notification(
            float(i), "bike", 0x2AD2,
            encode(0x2AD2, {**fields, "speed_kmh": 20 + i % 17, "power_w": 90 + 7 * (i % 23)}),
        )
        for i in range(120)
    ]  # fmt: skip
    diagnosis = examine_recording(ride(tmp_path / "volt.ndjson", entries))
    assert ("constant_field", "cadence_rpm") in words(diagnosis)


def test_what_is_told_holds_the_proposal_and_the_summary(tmp_path: Path) -> None:
    entries = spoiled(lambda _: {"cadence_rpm": 0})
    notifications = [one for one in entries if isinstance(one, Notification)]
    diagnosis = examine_recording(ride(tmp_path / "ride.ndjson", notifications))
    lines = list(diagnosis_lines(diagnosis))
    assert lines[0] == "bike 2ad2 Indoor Bike Data: 300 records in 299 s, every 1.00 s"
    assert "    [bike-proposal]" in lines
    assert 'write quirk = "jetblack-volt" into [[machine]] bike' in "\n".join(lines)
    assert lines[-1].startswith("1 warning. Begin with: bike 2ad2 cadence_rpm [constant_field]")
    told = json.loads(json.dumps(diagnosis_object(diagnosis)))
    assert (told["verdict"], told["exit_code"]) == ("constant_field", 50)
    assert told["findings"][0]["field"] == "cadence_rpm"
    assert parse_quirks(told["proposals"]["bike"])


def test_a_profile_in_the_header_is_used_so_that_nothing_is_proposed_twice(tmp_path: Path) -> None:
    from dataclasses import replace

    path = tmp_path / "ride.ndjson"
    header = RecordingHeader((replace(BIKE, quirk="jetblack-volt"),))
    with RecordingWriter(path, header) as writer:
        for entry in spoiled(lambda _: {"cadence_rpm": 0}):
            assert isinstance(entry, Notification)
            writer.write(entry)
    diagnosis = examine_recording(path)
    assert words(diagnosis) == []
    assert diagnosis.extents[0].quirk == "jetblack-volt"


def test_a_recording_without_notifications_is_a_warning(tmp_path: Path) -> None:
    diagnosis = examine_recording(ride(tmp_path / "ride.ndjson", []))
    assert words(diagnosis) == [("no_records", "")]
    lines = list(diagnosis_lines(diagnosis))
    assert lines[0] == (
        "warning  recording [no_records]: no notifications in it; nothing can be judged."
    )
    told = diagnosis_object(diagnosis)
    assert (told["exit_code"], told["findings"][0]["characteristic"]) == (50, None)


def test_notifications_of_no_measurement_cannot_be_judged_either(tmp_path: Path) -> None:
    entries = [Notification(1.0, "bike", 0x2A19, b"\x50"), Notification(2.0, "bike", 0x2ADA, b"\1")]
    [oddity] = examine_recording(ride(tmp_path / "ride.ndjson", entries)).oddities
    assert oddity.what == "2 notifications in it, none of measurements; nothing can be judged."


def test_a_recording_too_short_says_what_is_missing_and_is_not_called_right(
    tmp_path: Path,
) -> None:
    few = [one for one in spoiled(lambda _: {}) if isinstance(one, Notification)][:12]
    lines = diagnosis_lines(examine_recording(ride(tmp_path / "ride.ndjson", few)))
    text = " ".join(" ".join(lines).split())
    assert "Nothing stands in the way" not in text
    assert text.endswith(
        "2 notes. Not judged for want of more: bike 2ad2 (12 records in 11 s; fields are judged "
        "from 30 records in 30 s)."
    )


def test_a_recording_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        examine_recording(tmp_path / "nope.ndjson")
