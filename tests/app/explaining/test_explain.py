"""A recording explains itself: what was said, why, and when it changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ftms_bridge.app.explaining.explain import explain
from ftms_bridge.app.explaining.moment import Explanation, Moment
from ftms_bridge.app.explaining.onlooker import LABEL_CHANGED, REASON_CHANGED
from ftms_bridge.app.profiles import save_profile
from ftms_bridge.errors import ConfigError, DataError, InputMissing, UsageError
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.direction import Direction, DirectionBasis, Reason
from ftms_bridge.motion.profile import Drivetrain
from ftms_bridge.recordings.format import Json, Marker
from tests.app.explaining.strides import (
    BACKWARD,
    CRANK,
    PROVEN,
    STILL,
    TRAINER,
    declared,
    firmware,
    strides,
    there_and_back,
    write,
)


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    return there_and_back(tmp_path / "ride.ndjson")


def moment(file: Path, at: str) -> Moment:
    found = explain(file, at=at).moment
    assert found is not None
    return found


def kinds(explanation: Explanation) -> list[str]:
    return [change.kind for change in explanation.changes]


def test_an_instant_says_what_the_bridge_said_then_and_what_was_true(ride: Path) -> None:
    there, stop, back = (moment(ride, at) for at in ("20", "35.5", "1:00"))
    assert there.estimate.direction is Direction.FORWARD
    assert stop.estimate.direction is Direction.STOPPED
    assert back.estimate.direction is Direction.BACKWARD
    assert [one.label and one.label.word for one in (there, stop, back)] == [
        "forward", "stopped", "backward",
    ]  # fmt: skip
    assert back.time == "2023-11-14T22:14:20.000Z"
    assert back.reading.speed_kmh == 5.0
    assert (back.drivetrain, back.needs_stop) == (Drivetrain.FIXED, True)
    assert 30.0 <= back.open_since <= 37.0


def test_every_channel_is_there_heard_or_not(tmp_path: Path) -> None:
    spec = replace(TRAINER, sensors=(CRANK,))
    file = write(tmp_path / "ride.ndjson", strides(0.0, 20), spec, profile=PROVEN)
    rows = {(row.channel, row.source): row for row in moment(file, "10").channels}
    bit = rows["movement_direction_bit", "trainer"]
    assert (bit.trust, bit.value, bit.age_s) == ("proven", "forward", 0.0)
    assert -bit.cap <= bit.llr < 0.0
    for name in ("crank_angle", "crank_counter", "wheel_counter", "extreme_angles"):
        assert (rows[name, "meter"].age_s, rows[name, "meter"].llr) == (None, 0.0)
    assert moment(file, "10").channels[0] is not None
    assert moment(file, "10").channels[0].channel == "movement_direction_bit"


def test_without_an_instant_all_changes_are_told_with_labels(ride: Path) -> None:
    found = explain(ride)
    assert found.moment is None
    said = [one for one in found.changes if one.kind == "direction_changed"]
    assert [one.detail["to"] for one in said if one.detail["to"] != "unknown"] == [
        "forward", "stopped", "backward",
    ]  # fmt: skip
    labels = [one.detail["word"] for one in found.changes if one.kind == LABEL_CHANGED]
    assert labels == ["forward", "stopped", "backward"]
    assert [one.at_s for one in found.changes] == sorted(one.at_s for one in found.changes)
    assert said[-1].label is not None
    assert said[-1].label.word == "backward"


def test_what_comes_later_is_not_told(ride: Path) -> None:
    assert all(change.at_s <= 20.0 for change in explain(ride, at="20").changes)


def test_another_reason_is_a_change_too(tmp_path: Path) -> None:
    file = write(tmp_path / "ride.ndjson", strides(0.0, 20))
    found = explain(file, at="15")
    reasons = [one.detail["reason"] for one in found.changes if one.kind == REASON_CHANGED]
    assert found.moment is not None
    assert found.moment.estimate.reason is not None
    assert reasons[-1] == found.moment.estimate.reason.value
    assert found.moment.profile is None


def test_another_profile_can_be_tried(tmp_path: Path) -> None:
    file = there_and_back(tmp_path / "ride.ndjson", profile=None)
    profile = save_profile(tmp_path, "trainer", PROVEN)
    found = explain(file, at="20", profile=profile).moment
    assert found is not None
    assert found.estimate.direction is Direction.FORWARD
    assert moment(file, "20").estimate.direction is Direction.UNKNOWN


def test_time_passes_to_the_instant_although_nothing_comes(tmp_path: Path) -> None:
    entries = [*strides(0.0, 20), Marker(60.0, "end")]
    file = write(tmp_path / "ride.ndjson", entries, profile=PROVEN)
    found = moment(file, "25")
    assert (found.availability, found.estimate.reason) == ("stale", Reason.EVIDENCE_STALE)


def test_what_was_declared_is_told_with_its_end(tmp_path: Path) -> None:
    entries = [*strides(0.0, 10), declared(10.0, "backward"), *strides(10.5, 10)]
    file = write(tmp_path / "ride.ndjson", [*entries, *strides(21.0, 6, STILL)])
    found = moment(file, "15")
    assert found.estimate.basis is DirectionBasis.DECLARED
    assert found.declared is not None
    assert found.measured.direction is Direction.UNKNOWN
    assert {"direction_declared", "declaration_expired"} <= set(kinds(explain(file)))


def test_another_firmware_is_named(tmp_path: Path) -> None:
    entries = [firmware(0.0, "2.0"), *strides(0.5, 10)]
    file = write(tmp_path / "ride.ndjson", entries, profile=PROVEN)
    found = moment(file, "9")
    assert found.mismatch is not None
    assert (found.mismatch.what, found.mismatch.found) == ("firmware", "2.0")
    assert "profile_void" in kinds(explain(file))


def test_truth_and_its_evidence_are_a_label(tmp_path: Path) -> None:
    truth: dict[str, Json] = {
        "direction": "stopped",
        "driving": False,
        "row": "other",
        "evident": False,
    }
    other = Marker(2.0, "truth", "somebody", {"direction": "forward"})
    entries = [Marker(1.0, "truth", "trainer", truth), other, *strides(3.0, 9, BACKWARD)]
    found = moment(write(tmp_path / "ride.ndjson", entries), "5").label
    assert found is not None
    assert (found.word, found.evident, found.kind) == ("other", False, "truth")


@pytest.mark.parametrize("at", ["-1", "80", "2:00", "2023-11-14T22:13:00Z"])
def test_an_instant_that_is_not_in_it_is_an_error_that_says_what_is(ride: Path, at: str) -> None:
    with pytest.raises(UsageError, match="is not in the recording: it (begins|ends) at"):
        explain(ride, at=at)


def test_of_several_machines_one_must_be_named(tmp_path: Path) -> None:
    bike = MachineSpec("bike", MachineKind.INDOOR_BIKE)
    file = write(tmp_path / "ride.ndjson", strides(0.0, 5), TRAINER, bike)
    with pytest.raises(UsageError, match="several") as raised:
        explain(file)
    assert "trainer, bike" in raised.value.hint
    with pytest.raises(UsageError, match="no machine 'rower'"):
        explain(file, machine="rower")
    assert explain(file, machine="bike").machine == bike


def test_files_that_cannot_be_used_are_told(tmp_path: Path, ride: Path) -> None:
    with pytest.raises(InputMissing):
        explain(tmp_path / "none.ndjson")
    with pytest.raises(InputMissing, match="no profile"):
        explain(ride, profile=tmp_path / "none.toml")
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("nonsense")
    with pytest.raises(DataError):
        explain(nonsense)
    with pytest.raises(ConfigError):
        explain(ride, profile=nonsense)
