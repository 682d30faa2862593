from __future__ import annotations

import json
import logging
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from ftms_bridge.ble.identity import FILE_NAME, Fingerprint, IdentityStore

BIKE = Fingerprint("C0:00:00:00:00:01", (0x1816, 0x1826), "Acme", "B1", "1.0", "indoor_bike")


def test_what_is_remembered_is_known_to_the_next_run(tmp_path: Path) -> None:
    IdentityStore(tmp_path / "deep").remember("bike", BIKE)
    store = IdentityStore(tmp_path / "deep")
    assert store.known("bike") == BIKE
    assert store.known("treadmill") is None
    mode = (tmp_path / "deep" / FILE_NAME).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_file_is_read_anew_so_that_an_entry_can_be_removed_meanwhile(tmp_path: Path) -> None:
    store, other = IdentityStore(tmp_path), IdentityStore(tmp_path)
    store.remember("bike", BIKE)
    assert other.forget("bike")
    assert store.known("bike") is None
    assert not other.forget("bike")


def test_without_a_folder_it_is_remembered_for_this_run() -> None:
    store = IdentityStore(None)
    store.remember("bike", BIKE)
    assert store.known("bike") == BIKE


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"bike": 1}', '{"bike": {"services": ["x"]}}', '{"bike": {}}',
                '{"bike": {"services": [1], "address": 5}}'],
)  # fmt: skip
def test_a_damaged_file_is_told_and_put_aside(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    store = IdentityStore(tmp_path)
    assert store.known("bike") is None
    assert caplog.records[0].levelno == logging.ERROR
    assert (tmp_path / FILE_NAME).with_suffix(".damaged").read_text() == content
    store.remember("bike", BIKE)
    assert json.loads((tmp_path / FILE_NAME).read_text())["bike"]["model"] == "B1"


def test_a_folder_that_cannot_be_written_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    store = IdentityStore(tmp_path / "file")
    store.remember("bike", BIKE)
    store.remember("bike", replace(BIKE, firmware="1.1"))
    known = store.known("bike")
    assert known is not None
    assert known.firmware == "1.1"
    assert len([one for one in caplog.records if one.levelno == logging.WARNING]) == 1


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (replace(BIKE, address="C0:00:00:00:00:02"), "another address"),
        (replace(BIKE, services=(0x1826,)), "services were 1816 1826, are 1826"),
        (replace(BIKE, manufacturer="Evil"), "manufacturer was 'Acme', is 'Evil'"),
        (replace(BIKE, model="B2"), "model was 'B1', is 'B2'"),
    ],
)
def test_a_difference_is_named(now: Fingerprint, words: str) -> None:
    assert words in now.difference(BIKE)


def test_firmware_case_and_silence_are_no_difference() -> None:
    now = replace(BIKE, address=BIKE.address.lower(), firmware="2.0", manufacturer="", model="")
    assert now.difference(BIKE) == ""
    assert now.update_since(BIKE) == "firmware was '1.0', is '2.0'"
    assert replace(BIKE, firmware="").update_since(BIKE) == ""
    assert now.completed_by(BIKE) == replace(BIKE, address=now.address, firmware="2.0")


def test_a_file_that_cannot_be_read_for_a_moment_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    IdentityStore(tmp_path).remember("bike", BIKE)
    store = IdentityStore(tmp_path)
    assert store.known("bike") == BIKE
    before = (tmp_path / FILE_NAME).read_bytes()

    def refuse(*_: object, **__: object) -> str:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Path, "read_text", refuse)
        assert store.known("bike") == BIKE
        store.remember("strap", replace(BIKE, bound_as="heart_rate"))
        assert store.known("strap") is not None
        assert caplog.text.count("cannot be read") == 1
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [FILE_NAME]
    assert store.known("bike") == BIKE


def test_a_file_stays_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = IdentityStore(tmp_path)
    store.remember("bike", BIKE)
    owner = (tmp_path / FILE_NAME).stat()
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr("os.chown", lambda path, *ids: given.append((path.name, *ids)))
    store.forget("bike")
    assert given == [("identities.new", owner.st_uid, owner.st_gid)]
