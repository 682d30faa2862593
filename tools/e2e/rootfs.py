"""A Debian with BlueZ and nothing else that the guest does not need."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from e2e.archives import is_current, key_of, pack

HERE: Final = Path(__file__).resolve().parent
PACKAGES: Final = "bluez,dbus,python3,kmod,busybox-static"
LEFT_OUT: Final = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")


def build_base(suite: str, folder: Path) -> tuple[Path, Path]:
    """Return the packed Debian and its unpacked root."""
    packed, root = folder / "base.cpio.zst", folder / "root"
    recipe = [HERE / "rootfs.py", HERE / "rootfs-hook.sh", HERE / "init"]
    key = key_of(suite, *(path.read_bytes() for path in recipe))
    if is_current(folder / "base.key", key):
        return packed, root
    for old in folder.iterdir():
        if old.name != "lock":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    print(f"{suite}: building the root file system", file=sys.stderr)
    _debootstrap(suite, root)
    root.with_name("root.vmlinuz").rename(folder / "vmlinuz")
    pack(root, packed)
    (folder / "base.key").write_text(key)
    return packed, root


def _debootstrap(suite: str, root: Path) -> None:
    command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=apt", f"--include={PACKAGES}"]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command += [f"--aptopt={line}" for line in _proxies()]
    hook = shlex.quote(str(HERE / "rootfs-hook.sh"))
    command += [f'--customize-hook=sh {hook} "$1"']
    subprocess.run([*command, suite, root, _mirror()], check=True, stdin=subprocess.DEVNULL)


def _mirror() -> str:
    """Return the Debian mirror that the host itself uses."""
    found = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Identifier: Packages"],
        check=True,
        capture_output=True,
        text=True,
    )
    for line in found.stdout.splitlines():
        label, _, uri = line.partition(" ")
        if label == "Debian":
            return uri
    sys.exit("e2e: apt on this host knows no Debian mirror; run: apt-get update")


def _proxies() -> list[str]:
    dump = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True)
    wanted = ("Acquire::http::Proxy ", "Acquire::https::Proxy ")
    return [line.rstrip(";") for line in dump.stdout.splitlines() if line.startswith(wanted)]
