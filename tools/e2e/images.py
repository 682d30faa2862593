"""What the guest boots: a Debian with BlueZ, the wheels it needs, and this checkout.

Three archives that the kernel unpacks over each other. The first two are kept between runs.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pip._vendor.packaging.markers import Marker, default_environment

from e2e.archives import is_current, join, key_of, pack
from e2e.rootfs import build_base

TOP: Final = Path(__file__).resolve().parents[2]

PYTHON: Final = {"bookworm": "3.11", "trixie": "3.13"}
"""Suites of Debian that are tested, with their Python."""

PLATFORMS: Final = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
CHECKOUT: Final = ("src", "config", "tests/__init__.py", "tests/e2e")


@dataclass(frozen=True, slots=True)
class Image:
    """Kernel and initial file system of one guest."""

    suite: str
    kernel: Path
    initrd: Path


def cache_folder() -> Path:
    """Return where the lasting archives are kept; it ignores itself in a checkout."""
    home = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(home) if home else TOP / ".cache") / "ftms-bridge-e2e"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
    return folder


def build_image(suite: str, target: Path) -> Image:
    """Return the image of this checkout for one suite; takes from the cache what is there.

    Raises CalledProcessError when a tool fails.
    """
    target.mkdir(parents=True, exist_ok=True)
    with _locked(cache_folder() / suite) as folder:
        base, root = build_base(suite, folder)
        site = _site(suite, folder, root)
        changing = target / "changing.cpio.zst"
        _copy_checkout(root)
        _compile(root, "app")
        pack(root, changing, within="app", level=1)
        initrd = target / "initrd"
        join([base, site, changing], initrd)
    changing.unlink()
    return Image(suite, folder / "vmlinuz", initrd)


def _site(suite: str, folder: Path, root: Path) -> Path:
    """Return the packed wheels for the guest's Python."""
    packed, python = folder / "site.cpio.zst", PYTHON[suite]
    requirements = TOP / "requirements.txt"
    key = key_of(python, requirements.read_bytes(), (folder / "base.key").read_bytes())
    if is_current(folder / "site.key", key):
        return packed
    print(f"{suite}: fetching wheels", file=sys.stderr)
    shutil.rmtree(root / "site", ignore_errors=True)
    command = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    command += ["--no-deps", "--only-binary=:all:", "--implementation=cp", "--no-compile"]
    command += ["--ignore-requires-python"]  # pip would compare with the Python that it runs on
    command += [f"--python-version={python}", "--target", str(root / "site")]
    command += [f"--platform={platform}" for platform in PLATFORMS]
    wanted = folder / "requirements.txt"
    wanted.write_text(pins_for(python, requirements.read_text()))
    subprocess.run([*command, "--requirement", wanted], check=True)
    _compile(root, "site")
    pack(root, packed, within="site")
    (folder / "site.key").write_text(key)
    return packed


def pins_for(python: str, requirements: str) -> str:
    """Return the pins that count for another Python on Linux, without their conditions.

    pip would look at the Python that it runs on itself.
    """
    there = {**default_environment(), "python_version": python, "python_full_version": python}
    kept = []
    for entry in re.split(r"\n(?=\S)", requirements.strip()):
        pin, semicolon, rest = entry.partition(" ; ")
        condition, _, hashes = rest.partition(" \\\n")
        if not semicolon:
            kept.append(entry)
        elif Marker(condition).evaluate(there):
            kept.append(f"{pin} \\\n{hashes}")
    return "\n".join(kept) + "\n"


def _copy_checkout(root: Path) -> None:
    shutil.rmtree(root / "app", ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in CHECKOUT:
        source, target = TOP / name, root / "app" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignore)
        else:
            shutil.copy(source, target)
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    metadata = root / "app/src" / f"ftms_bridge-{project['version']}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")


def _compile(root: Path, name: str) -> None:
    """Compile with the guest's own Python: the emulated one would take seconds for it."""
    command = ["python3", "-m", "compileall", "-qq", "-j2", "--invalidation-mode=unchecked-hash"]
    subprocess.run(["chroot", root, *command, f"/{name}"], check=False)  # odd files of others


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """Let only one run at a time build in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
