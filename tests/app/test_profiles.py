"""Profiles on disk: whole or not at all, and every trouble has a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.app.profiles import (
    KEPT_SUFFIX,
    forget_profile,
    load_profile,
    load_profiles,
    profile_path,
    read_profile,
    save_profile,
)
from ftms_bridge.errors import ConfigError, OutputFailed
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain

FIXED = DirectionProfile(drivetrain=Drivetrain.FIXED)


def test_a_profile_is_kept_by_machine(tmp_path: Path) -> None:
    path = save_profile(tmp_path, "bike", FIXED)
    assert path == tmp_path / "direction" / "bike.toml"
    assert load_profile(tmp_path, "bike") == FIXED
    assert load_profiles(tmp_path, ["bike", "belt"]) == {"bike": FIXED}


def test_a_new_one_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    save_profile(tmp_path, "bike", FIXED)
    save_profile(tmp_path, "bike", DirectionProfile())
    assert load_profile(tmp_path, "bike") == DirectionProfile()
    names = sorted(one.name for one in (tmp_path / "direction").iterdir())
    assert names == ["bike.toml", "bike.toml.before"]


def test_without_a_folder_nothing_is_known(tmp_path: Path) -> None:
    assert load_profiles(tmp_path / "none", ["bike"]) == {}
    file = tmp_path / "file"
    file.touch()
    assert load_profile(file, "bike") is None


def test_forgetting_says_whether_there_was_anything(tmp_path: Path) -> None:
    save_profile(tmp_path, "bike", FIXED)
    assert forget_profile(tmp_path, "bike")
    assert not forget_profile(tmp_path, "bike")
    assert load_profile(tmp_path, "bike") is None


def test_a_file_that_cannot_be_used_is_told_and_keeps_nobody_else_from_being_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = save_profile(tmp_path, "good", FIXED).parent
    (folder / "bike.toml").write_text("nonsense")
    (folder / "belt.toml").write_bytes(b"\xff\xfe")
    (folder / "trainer.toml").mkdir()
    found = load_profiles(tmp_path, ["bike", "belt", "trainer", "other", "good"])
    assert found == {"good": FIXED}
    warnings = [record.getMessage() for record in caplog.records]
    for name, text in zip(("bike", "belt", "trainer"), warnings, strict=True):
        assert text.startswith(f"{name}: nothing is known")
        assert str(folder / f"{name}.toml") in text
        assert "ftms-bridge calibrate" in text


def test_a_file_can_be_read_wherever_it_is(tmp_path: Path) -> None:
    path = save_profile(tmp_path, "bike", FIXED).rename(tmp_path / "mine.toml")
    assert read_profile(path) == FIXED
    assert read_profile(tmp_path / "none.toml") is None


def test_a_file_that_is_no_profile_is_not_read_whole(tmp_path: Path) -> None:
    folder = profile_path(tmp_path, "bike").parent
    folder.mkdir()
    (folder / "bike.toml").write_text("#" * 1_100_000)
    with pytest.raises(ConfigError, match="far too large"):
        load_profile(tmp_path, "bike")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "direction").touch()
    with pytest.raises(OutputFailed, match="cannot be written"):
        save_profile(tmp_path, "bike", FIXED)


def test_a_failed_write_leaves_the_old_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_profile(tmp_path, "bike", FIXED)

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(OutputFailed, match="No space"):
        save_profile(tmp_path, "bike", DirectionProfile())
    assert load_profile(tmp_path, "bike") == FIXED
    names = sorted(one.name for one in (tmp_path / "direction").iterdir())
    assert names == ["bike.toml"]


def test_the_profile_before_is_kept(tmp_path: Path) -> None:
    first, second = DirectionProfile(smoothing_s=1.5), DirectionProfile(smoothing_s=2.5)
    path = save_profile(tmp_path, "bike", first)
    kept = path.with_suffix(KEPT_SUFFIX)
    assert not kept.exists()
    save_profile(tmp_path, "bike", second)
    assert read_profile(kept) == first
    assert read_profile(path) == second
