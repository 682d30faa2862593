"""`make esphome`: what is in config/esphome, checked by ESPHome itself.

Every configuration goes through `esphome config`; then ESPHome writes the C++ around our component
for this computer, and the compiler checks the component against ESPHome's own headers. Nothing is
built for an ESP32, because that needs Espressif's tools. The checkout stays as it is.

Exit code: 0 all is well, 1 something is not, 2 no C++ compiler.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).resolve().parents[1] / "config" / "esphome"

CHECKS: Final = (
    ("crank-direction.yaml", ()),
    ("crank-direction.yaml", ("sensor", "single_wire")),
    ("belt-direction.yaml", ()),
)
"""File, and the substitution that is changed on the command line."""

ON_THIS_COMPUTER: Final = """
esphome: {name: check}
host:
logger:
external_components:
  - source: {type: local, path: components}
sensor:
  - {platform: direction_sensor, name: Pair, type: pair,
     pin_a: GPIO1, pin_b: GPIO2, magnets: 4}
  - {platform: direction_sensor, name: Wire, type: single_wire,
     pin_a: GPIO3, pin_b: GPIO4, magnets: 12}
"""

FLAGS: Final = (
    "-std=gnu++20", "-fno-exceptions", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
    "-Wno-unused-parameter", "-DUSE_HOST", "-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_DEBUG",
)  # fmt: skip
"""As ESPHome itself compiles for a computer, with warnings of our own code as errors."""


def main() -> int:
    """Check everything; return the exit code."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "").parse_args()
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        print("no C++ compiler; on Debian: apt-get install g++", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="esphome-check-") as name:
        folder = Path(name)
        shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
        shutil.copy(folder / "secrets.example.yaml", folder / "secrets.yaml")
        good = [_is_valid(folder, file, changed) for file, changed in CHECKS]
        good.append(_compiles(folder, compiler))
    return 0 if all(good) else 1


def _is_valid(folder: Path, file: str, changed: tuple[str, ...]) -> bool:
    options = ("-s", *changed) if changed else ()
    return _holds(" ".join(("config", file, *changed)), folder, _esphome(*options, "config", file))


def _compiles(folder: Path, compiler: str) -> bool:
    (folder / "check.yaml").write_text(ON_THIS_COMPUTER, encoding="utf-8")
    written = _esphome("compile", "--only-generate", "check.yaml")
    if not _holds("generate C++", folder, written):
        return False
    source = folder / ".esphome" / "build" / "check" / "src"
    files = sorted(source.glob("esphome/components/direction_sensor/*.cpp"))
    if not files:
        print(f"{'compile component':52} FAILED: no source of ours was generated")
        return False
    names = [str(file) for file in files]
    # ESPHome's own headers are "system" headers: their warnings are not ours
    command = [compiler, *FLAGS, "-isystem", str(source), *names]
    return _holds("compile component", folder, command)


def _esphome(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "esphome", *arguments]


def _holds(title: str, folder: Path, command: list[str]) -> bool:
    """Run a command; print one line, and all that it said if it failed."""
    begin = time.monotonic()
    data = {"ESPHOME_DATA_DIR": str(folder / ".esphome"), "PLATFORMIO_CORE_DIR": str(folder)}
    result = subprocess.run(
        command, cwd=folder, env=os.environ | data, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    verdict = "ok" if result.returncode == 0 else "FAILED"
    print(f"{title:52} {verdict} ({time.monotonic() - begin:.1f} s)")
    if result.returncode:
        print(result.stdout)
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
