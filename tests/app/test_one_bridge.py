from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ftms_bridge.app.one_bridge import lock_file, only_bridge
from ftms_bridge.errors import InstanceRunning

OTHER = """
import sys
from ftms_bridge.app.one_bridge import only_bridge
with only_bridge("broker:1883", "ftms"):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


def test_a_second_bridge_is_refused_until_the_first_has_gone_even_by_a_kill() -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"locked\n"
    refused = pytest.raises(InstanceRunning, match=r"below ftms/ on broker:1883")
    with refused, only_bridge("broker:1883", "ftms"):
        pass
    with only_bridge("broker:1883", "home/gym"), only_bridge("broker:1884", "ftms"):
        assert lock_file("broker:1883", "home/gym").exists()
    other.kill()
    other.communicate()
    with only_bridge("broker:1883", "ftms"):
        assert lock_file("broker:1883", "ftms").exists()


def test_it_can_be_held_again_and_again() -> None:
    for _ in range(3):
        with only_bridge("broker:1883", "ftms"):
            assert lock_file("broker:1883", "ftms").exists()


def test_without_a_place_for_the_lock_the_bridge_runs_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with only_bridge("broker:1883", "ftms"):
        assert "cannot be told" in caplog.text
