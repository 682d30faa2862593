"""From facts about configuration, clock, disk and broker to findings; pure."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ftms_bridge.app.doctor.findings import (
    BRIDGE_RUNNING,
    BROKER_REFUSES,
    BROKER_TLS,
    BROKER_UNREACHABLE,
    CLOCK_NOT_SYNCHRONISED,
    CLOCK_WRONG,
    CONFIG_MISSING,
    CONFIG_WRONG,
    DISK_NEARLY_FULL,
    FOLDER_NOT_WRITABLE,
    NOT_CHECKED,
    OK,
    Finding,
)
from ftms_bridge.errors import BridgeError
from ftms_bridge.mqtt.trouble import BY_CAUSE, BY_CODE, Trouble

BUILD_YEAR: Final = 2025
"""The year in which this program began: no clock that is right shows an earlier one."""

LEAST_FREE_BYTES: Final = 200_000_000
LEAST_FREE_SHARE: Final = 0.05
"""House choices: 200 MB are months of recordings; systems get into trouble below 5 %."""

MEGABYTE: Final = 1_000_000

_REFUSALS: Final = {BY_CODE[code] for code in (133, 134, 135, 138)}
"""Client id, user name or password, not allowed, banned."""

_TLS: Final = {trouble for kind, trouble in BY_CAUSE if issubclass(kind, ssl.SSLError)}


@dataclass(frozen=True, slots=True)
class ConfigFacts:
    """What came of reading the configuration.

    file: the one that was read or named; None when none was found. error: None when all is right.
    """

    file: Path | None
    error: BridgeError | None
    machines: tuple[str, ...] = ()


def check_config(facts: ConfigFacts) -> Finding:
    """Return whether there is a configuration that can be used."""
    error = facts.error
    if error is None:
        what = f"{facts.file or 'Environment'}: {', '.join(facts.machines)}."
        return Finding("configuration", OK, what)
    if facts.file is None:
        what = error.what[:1].upper() + error.what[1:]
        return Finding("configuration", CONFIG_MISSING, what)
    return Finding("configuration", CONFIG_WRONG, error.what, error.hint)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """wall: Unix time. synchronised: None where systemd-timesyncd is not in charge."""

    wall: float
    synchronised: bool | None


def check_clock(facts: ClockFacts) -> Finding:
    """Return whether the dates of recordings can be believed."""
    shown = datetime.fromtimestamp(facts.wall, UTC)
    if shown.year < BUILD_YEAR:
        return Finding("clock", CLOCK_WRONG, f"The clock shows {shown:%Y-%m-%d %H:%M} UTC.")
    if facts.synchronised is False:
        what = f"{shown:%Y-%m-%d %H:%M} UTC, not confirmed by systemd-timesyncd."
        return Finding("clock", CLOCK_NOT_SYNCHRONISED, what)
    return Finding("clock", OK, f"{shown:%Y-%m-%d %H:%M} UTC.")


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """The recording folder, or where it would be made.

    problem: why it cannot be written, "" if it can. free_bytes, total_bytes: of its disk.
    """

    folder: Path
    problem: str
    free_bytes: int = 0
    total_bytes: int = 0


def check_disk(facts: DiskFacts | None) -> Finding:
    """Return whether recordings have a place; None: the disk gave no answer in time."""
    if facts is None:
        what = "The disk of the recordings does not answer."
        return Finding("recordings", FOLDER_NOT_WRITABLE, what, "dmesg | tail; is a share away?")
    if facts.problem:
        remedy = FOLDER_NOT_WRITABLE.remedy.replace("FOLDER", str(facts.folder))
        what = f"{facts.folder}: {facts.problem}."
        return Finding("recordings", FOLDER_NOT_WRITABLE, what, remedy)
    share = facts.free_bytes / facts.total_bytes if facts.total_bytes else 1.0
    what = f"{facts.folder}: {facts.free_bytes // MEGABYTE} MB free ({share:.0%})."
    full = facts.free_bytes < LEAST_FREE_BYTES or share < LEAST_FREE_SHARE
    return Finding("recordings", DISK_NEARLY_FULL if full else OK, what)


@dataclass(frozen=True, slots=True)
class BrokerFacts:
    """What came of knocking at the broker.

    address: host and port. base: first part of the topics. connected: whether it let us in.
    trouble: why not, None when it did not say. availability: of the bridge, as it is retained.
    """

    address: str
    base: str
    connected: bool
    trouble: Trouble | None = None
    availability: str = ""

    @property
    def bridge_runs(self) -> bool:
        """Return whether a bridge says that it is there."""
        return self.availability == "online"


def check_broker(facts: BrokerFacts) -> list[Finding]:
    """Return whether the broker can be used, and whether a bridge uses it already."""
    if facts.connected:
        findings = [Finding("broker", OK, f"{facts.address} lets us in.")]
        if facts.bridge_runs:
            what = f"{facts.base}/bridge/availability is online."
            findings.append(Finding("bridge", BRIDGE_RUNNING, what))
        return findings
    trouble = facts.trouble
    if trouble is None:
        what = f"{facts.address}: no answer in time."
        return [Finding("broker", BROKER_UNREACHABLE, what)]
    cause = BROKER_UNREACHABLE
    if trouble in _REFUSALS:
        cause = BROKER_REFUSES
    elif trouble in _TLS:
        cause = BROKER_TLS
    advice = f"{trouble.hint} {cause.remedy}"
    return [Finding("broker", cause, f"{facts.address}: {trouble.what}.", advice)]


def broker_files_wrong(error: BridgeError) -> Finding:
    """Return that the files for an encrypted connection, or for the password, cannot be used."""
    return Finding("broker", BROKER_TLS, error.what, error.hint)


def without_config(check: str) -> Finding:
    """Return that a check needs a configuration that can be used."""
    return Finding(check, NOT_CHECKED, "This needs a configuration that can be used.")
