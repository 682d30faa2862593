"""A computer on which nothing is configured: for every test that loads settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ftms_bridge.config import layers, loading


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home; no variable, secret or file of this computer is seen."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in os.environ:
        if name.startswith(("FTMS_BRIDGE_", "XDG_", "CREDENTIALS_DIRECTORY")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(layers, "CONTAINER_SECRETS", tmp_path / "run-secrets")
    monkeypatch.setattr(loading, "SYSTEM_FOLDER", tmp_path / "etc")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Return a function that writes a configuration file and gives its path."""
    return Writer(tmp_path)


class Writer:
    """Writes configuration files."""

    MACHINE = """
[[machine]]
id = "bike"
kind = "indoor_bike"
link = { type = "simulator", scenario = "demo_bike" }
"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str, *, name: str = "bridge.toml", mode: int = 0o644) -> Path:
        """Write the text as it is."""
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return file

    def with_bike(self, text: str = "", *, mode: int = 0o644) -> Path:
        """Write the text and a correct machine below it."""
        return self(text + self.MACHINE, mode=mode)
