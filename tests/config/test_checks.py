"""Checks of single values."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from ftms_bridge.config.checks import (
    check_base_topic,
    check_file,
    check_quantity,
    check_quirk,
    check_secret_file,
    check_source_id,
    is_open_to_all,
)


@pytest.mark.parametrize("base", ["ftms", "home/gym", "a b", "küche/rad", "x" * 200])
def test_a_usable_base_topic_is_kept(base: str) -> None:
    assert check_base_topic(base) == base


@pytest.mark.parametrize(
    "base",
    ["", "/ftms", "ftms/", "a//b", "a/#", "+/a", "$SYS", "a\x00b", "a\nb", "a\x7f", "é" * 101],
)
def test_a_base_that_would_break_topics_is_refused(base: str) -> None:
    with pytest.raises(PydanticCustomError, match="^must "):
        check_base_topic(base)


@given(st.text())
def test_an_accepted_base_is_always_a_publishable_topic(base: str) -> None:
    try:
        check_base_topic(base)
    except PydanticCustomError:
        return
    topic = f"{base}/bike/live"
    assert all(topic.split("/"))
    assert not set(topic) & set("+#\x00")
    assert len(topic.encode()) < 65536


@pytest.mark.parametrize("name", ["bike", "a", "0_9", "x" * 32])
def test_a_usable_id_is_kept(name: str) -> None:
    assert check_source_id(name) == name


@pytest.mark.parametrize("name", ["", "Bike", "a-b", "x" * 33, "a/b", "ä", "a\n", "bridge"])
def test_an_id_that_would_break_topics_is_refused(name: str) -> None:
    with pytest.raises(PydanticCustomError, match="^must "):
        check_source_id(name)


def test_only_quantities_that_are_measured_can_have_a_priority() -> None:
    assert check_quantity("power_w") == "power_w"
    with pytest.raises(PydanticCustomError, match="power_w or hr_bpm"):
        check_quantity("power")


def test_a_quirk_is_a_known_profile_or_one_of_two_words() -> None:
    assert [check_quirk(name) for name in ("auto", "none", "treadmill-mph")]
    with pytest.raises(PydanticCustomError, match="must be one of auto, none, treadmill-mph"):
        check_quirk("treadmil")


def test_a_file_must_be_there_and_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(PydanticCustomError, match="No such file"):
        check_file(tmp_path / "nope")
    with pytest.raises(PydanticCustomError, match="Is a directory"):
        check_file(tmp_path)


@pytest.mark.parametrize(
    ("content", "must"), [(b"", "not be empty"), (b"\n", "not be empty"), (b"\xff", "hold text")]
)
def test_a_secret_file_must_hold_a_secret(content: bytes, must: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(PydanticCustomError, match=must):
        check_secret_file(file)


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, False), (0o644, True)])
def test_a_secret_file_must_not_be_open_to_everybody(
    mode: int, refused: bool, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("x")
    file.chmod(mode)
    assert is_open_to_all(file) is refused
    if refused:
        with pytest.raises(PydanticCustomError, match="chmod 600"):
            check_secret_file(file)
    else:
        assert check_secret_file(file) == file
