"""One run of a guest: boot, let it work, take what it hands back."""

from __future__ import annotations

import os
import subprocess
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from e2e.images import Image

MEMORY_MB: Final = 1024
BOOT_AND_HALT_S: Final = 60
"""Longest time for what is not the plan itself."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a run went. finished: the guest came to its end and handed back its results."""

    suite: str
    folder: Path
    took_s: float
    finished: bool


def run_guest(image: Image, plan: str, *, limit_s: int, folder: Path, kvm: bool = False) -> Run:
    """Run one plan to its end or for ``limit_s``; results and logs are then in ``folder``."""
    handed = folder / "out.tar"
    command = _command(image, f"plan={plan} limit={limit_s}", handed, kvm=kvm)
    started = time.monotonic()
    with (folder / "console.log").open("wb") as console:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT
        )
        try:
            process.wait(limit_s + BOOT_AND_HALT_S)
        except subprocess.TimeoutExpired:
            console.write(b"\ne2e: the guest did not come to its end\n")
        finally:
            process.kill()
            process.wait()
    took_s = time.monotonic() - started
    return Run(image.suite, folder, took_s, finished=_unpack(handed, folder))


def kvm_works(image: Image, folder: Path) -> bool:
    """Say whether a guest boots with KVM: some hosts have the device, and guests hang in it."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    console = folder / "kvm.log"
    command = _command(image, "plan=none limit=1", folder / "kvm.tar", kvm=True)
    with console.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        ends = time.monotonic() + 10.0
        while time.monotonic() < ends and process.poll() is None and not _has_booted(console):
            time.sleep(0.1)
        process.kill()
        process.wait()
    return _has_booted(console)


def _has_booted(console: Path) -> bool:
    return b"E2E init" in console.read_bytes()


def _command(image: Image, words: str, handed: Path, *, kvm: bool) -> list[str]:
    accel = "kvm" if kvm else "tcg,thread=multi"
    boot = f"console=ttyS0 panic=-1 quiet mitigations=off cryptomgr.notests {words}"
    return [
        *("qemu-system-x86_64", "-accel", accel, "-M", "q35", "-cpu", "host" if kvm else "max"),
        *("-smp", "2", "-m", str(MEMORY_MB), "-nodefaults", "-display", "none", "-no-reboot"),
        *("-serial", "stdio", "-kernel", str(image.kernel), "-initrd", str(image.initrd)),
        *("-append", boot, "-device", "virtio-serial-pci"),
        *("-chardev", f"file,id=out,path={handed}"),
        *("-device", "virtserialport,chardev=out,name=out"),
    ]


def _unpack(handed: Path, folder: Path) -> bool:
    try:
        with tarfile.open(handed) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError):
        return False
    return (folder / "exit").is_file()
