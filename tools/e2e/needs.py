"""What the host must have, and how to get it."""

from __future__ import annotations

import os
import shutil

COMMANDS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "mmdebstrap": "mmdebstrap",
    "cpio": "cpio",
    "zstd": "zstd",
    "dpkg-deb": "dpkg",
}
"""Program to the Debian package that has it."""


def missing() -> list[str]:
    """Return one line for people per thing that is missing; empty when all is there."""
    packages = [package for command, package in COMMANDS.items() if not shutil.which(command)]
    lines = []
    if packages:
        install = "apt-get install --no-install-recommends"
        lines.append(f"missing programs; as root: {install} {' '.join(packages)}")
    if os.geteuid() != 0:
        lines.append("the root file systems of the guests can be built only as root")
    if os.uname().machine != "x86_64":
        lines.append("the guests are x86-64, and so must be the host")
    return lines
