"""Archives that the kernel unpacks, and how to tell whether one is still the right one."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

ALL_BUT_LATER_LAYERS = r"find . \( -path ./site -o -path ./app \) -prune -o"


def pack(root: Path, target: Path, *, within: str = "", level: int = 3) -> None:
    """Pack what lies in one folder of a root, or all but the layers that come in on top.

    Raises CalledProcessError when a tool fails; then there is no new archive.
    """
    find = f"find {within}" if within else ALL_BUT_LATER_LAYERS
    line = f"{find} -print0 | cpio --quiet -0 -o -H newc -R 0:0 | zstd -q -{level} -T0"
    partial = target.with_suffix(".part")
    with partial.open("wb") as out:
        subprocess.run(["bash", "-o", "pipefail", "-c", line], check=True, cwd=root, stdout=out)
    partial.rename(target)


def join(parts: list[Path], target: Path) -> None:
    """Put archives behind each other; the kernel wants each to begin at a multiple of four."""
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, out)
            out.write(bytes(-out.tell() % 4))


def key_of(*parts: str | bytes) -> str:
    """Return a text that is another one when any part is."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()


def is_current(path: Path, key: str) -> bool:
    """Say whether this key was written there when the archive was made."""
    return path.is_file() and path.read_text() == key
