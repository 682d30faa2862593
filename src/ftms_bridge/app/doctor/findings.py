"""What the doctor can find: one row per cause, with how grave it is and what to do about it.

The rows are the contract: scripts go by the word or by the exit code, and ``docs/doctor.md`` shows
the same table. Commands are those of Debian and Raspberry Pi OS.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Severity(IntEnum):
    """How grave a finding is; only warnings and failures give an exit code that is not 0."""

    OK = 0
    NOTE = 1
    WARNING = 2
    FAILURE = 3


@dataclass(frozen=True, slots=True)
class Cause:
    """One row: what can be found.

    word: for programs. meaning: for people. remedy: what to do, commands to paste included.
    """

    word: str
    severity: Severity
    exit_code: int
    meaning: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to.

    check: what was looked at. what: the facts in a sentence. advice: overrides the row's remedy
    where the facts allow a better one.
    """

    check: str
    cause: Cause
    what: str
    advice: str = ""

    @property
    def severity(self) -> Severity:
        """Return how grave it is."""
        return self.cause.severity

    @property
    def remedy(self) -> str:
        """Return what to do; empty when there is nothing to do."""
        return self.advice or self.cause.remedy


def gravest(findings: Iterable[Finding]) -> Finding | None:
    """Return the finding that decides the exit code: among equals the first, which is the cause."""
    return max(findings, key=lambda finding: finding.severity, default=None)


def _failure(word: str, exit_code: int, meaning: str, remedy: str) -> Cause:
    return Cause(word, Severity.FAILURE, exit_code, meaning, remedy)


def _warning(word: str, exit_code: int, meaning: str, remedy: str) -> Cause:
    return Cause(word, Severity.WARNING, exit_code, meaning, remedy)


def _note(word: str, meaning: str, remedy: str = "") -> Cause:
    return Cause(word, Severity.NOTE, 0, meaning, remedy)


OK: Final = Cause("ok", Severity.OK, 0, "This is as it should be.")
NOT_CHECKED: Final = _note("not_checked", "This could not be looked at, and the line says why.")

CONFIG_WRONG: Final = _failure(
    "config_wrong", 78, "The configuration is there but cannot be used.",
    "Mend the lines that are named; then: ftms-bridge config check",
)  # fmt: skip
CONFIG_MISSING: Final = _warning(
    "config_missing", 78, "There is no configuration yet, so nothing is known of your machines.",
    "ftms-bridge scan --save bridge.toml",
)  # fmt: skip
CLOCK_WRONG: Final = _warning(
    "clock_wrong", 40, "The clock of this computer is years behind; recordings get wrong dates.",
    "sudo timedatectl set-ntp true, and wait a minute with the network connected",
)  # fmt: skip
CLOCK_NOT_SYNCHRONISED: Final = _note(
    "clock_not_synchronised", "The time service has not said yet that the clock is right. "
    "Only dates depend on it; no metric does.",
    "timedatectl status; sudo timedatectl set-ntp true",
)  # fmt: skip
FOLDER_NOT_WRITABLE: Final = _failure(
    "folder_not_writable", 41, "Nothing can be recorded: the folder cannot be written.",
    "sudo chown -R $USER FOLDER, or set recording.directory to another folder",
)  # fmt: skip
DISK_NEARLY_FULL: Final = _warning(
    "disk_nearly_full", 42, "The disk of the recordings has less than 200 MB or 5 % left.",
    "df -h; delete old recordings, or lower recording.keep_days",
)  # fmt: skip
BROKER_UNREACHABLE: Final = _failure(
    "broker_unreachable", 30, "No MQTT broker answers at the configured place.",
    "sudo apt install mosquitto && sudo systemctl enable --now mosquitto, "
    "or correct mqtt.host and mqtt.port",
)  # fmt: skip
BROKER_REFUSES: Final = _failure(
    "broker_refuses", 31, "The broker answers, but does not let the bridge in.",
    "Correct mqtt.username and mqtt.password; a new user on the broker's computer: "
    "sudo mosquitto_passwd /etc/mosquitto/passwd NAME && sudo systemctl restart mosquitto",
)  # fmt: skip
BROKER_TLS: Final = _failure(
    "broker_tls", 32, "No encrypted connection to the broker comes about.",
    "Check mqtt.port and mqtt.tls; what the broker shows: "
    "openssl s_client -connect HOST:PORT -showcerts",
)  # fmt: skip
BRIDGE_RUNNING: Final = _note(
    "bridge_running", "A bridge is at work on this broker and base. Of its machines it is asked, "
    "for those that it holds cannot be found by listening.",
)  # fmt: skip
NO_DBUS: Final = _failure(
    "no_dbus", 10, "There is no D-Bus system bus, so no program can reach Bluetooth.",
    "sudo apt install dbus && sudo systemctl enable --now dbus; in a container add "
    "-v /run/dbus:/run/dbus",
)  # fmt: skip
SERVICE_DOWN: Final = _failure(
    "bluetooth_service_down", 11, "The Bluetooth service bluetoothd is not running.",
    "sudo apt install bluez && sudo systemctl enable --now bluetooth",
)  # fmt: skip
NOT_PERMITTED: Final = _failure(
    "not_permitted", 12, "This user may not use Bluetooth.",
    "sudo usermod -aG bluetooth $USER, then log out and in again",
)  # fmt: skip
NO_ADAPTER: Final = _failure(
    "no_adapter", 13, "This computer has no Bluetooth adapter that works.",
    "Plug one in, then: sudo systemctl restart bluetooth. On a Raspberry Pi remove "
    "dtoverlay=disable-bt from /boot/firmware/config.txt and reboot",
)  # fmt: skip
ADAPTER_MISSING: Final = _failure(
    "adapter_missing", 14, "The configured adapter is not there, though others are.",
    "Correct bluetooth.adapter; bluetoothctl list shows what there is",
)  # fmt: skip
BLUETOOTH_BLOCKED: Final = _failure(
    "bluetooth_blocked", 15, "Bluetooth is blocked by a switch of this computer.",
    "sudo rfkill unblock bluetooth; a hardware switch must be moved by hand",
)  # fmt: skip
BLUETOOTH_OFF: Final = _failure(
    "bluetooth_off", 16, "The adapter is switched off.",
    "bluetoothctl power on",
)  # fmt: skip
BLUEZ_TOO_OLD: Final = _failure(
    "bluez_too_old", 17, "BlueZ is older than 5.55, the oldest that works.",
    "Update the system: Debian 11 and Raspberry Pi OS of 2021 have BlueZ 5.55. Then: "
    "sudo apt update && sudo apt install --only-upgrade bluez",
)  # fmt: skip
STACK_TROUBLE: Final = _failure(
    "stack_trouble", 18, "The Bluetooth stack does not work, for a reason of its own.",
    "sudo systemctl restart bluetooth; journalctl -u bluetooth -n 50",
)  # fmt: skip
RADIO_DEAF: Final = _failure(
    "radio_deaf", 19, "Nothing at all was heard, from anybody: rather the radio than the machine.",
    "sudo systemctl restart bluetooth; replug a USB adapter, away from USB 3 ports and discs",
)  # fmt: skip
NO_MACHINE_SEEN: Final = _failure(
    "no_machine_seen", 20, "Others are heard, but no fitness machine.",
    "Switch the machine on, move it, close every app that may be connected to it (phone, watch, "
    "tablet), and come closer",
)  # fmt: skip
MACHINE_NOT_SEEN: Final = _failure(
    "machine_not_seen", 21, "Others are heard, but not the configured machine: it is switched off, "
    "out of reach, or held by another app.",
    "Switch it on, move it, close every app that may be connected to it (phone, watch, tablet), "
    "and come closer; then compare address and name with what was heard",
)  # fmt: skip
SENSOR_NOT_SEEN: Final = _warning(
    "sensor_not_seen", 25, "Others are heard, but not the configured sensor: it sleeps, its "
    "battery is empty, or another device holds it.",
    "Put the strap on and wet it, turn the cranks, or change the battery; close every app that may "
    "be connected to it",
)  # fmt: skip
MACHINE_HELD: Final = _failure(
    "machine_held", 22, "The machine is connected to this computer already, by another program.",
    "bluetoothctl disconnect ADDRESS, and close the program that holds it",
)  # fmt: skip
MACHINE_HELD_BY_BRIDGE: Final = _note(
    "machine_held_by_bridge", "The machine is connected to this computer, where a bridge runs.",
)  # fmt: skip
AMBIGUOUS: Final = _failure(
    "ambiguous", 23, "Several devices fit the configured machine, and none is taken by chance.",
    "Write the address of yours into its link: address = \"AA:BB:CC:DD:EE:FF\"",
)  # fmt: skip
CHOOSE_MACHINE: Final = _note(
    "choose_machine", "Fitness machines are heard, and none is configured.",
    "ftms-bridge scan --save bridge.toml, or write the address of yours into the link of a "
    "[[machine]]",
)  # fmt: skip
WEAK_SIGNAL: Final = _warning(
    "weak_signal", 24, "The machine is heard only faintly; the link will drop.",
    "Bring computer and machine closer together; use a USB extension for the adapter",
)  # fmt: skip
NO_ANSWER: Final = _failure(
    "no_answer", 26, "The machine is heard, but no connection to it comes about.",
    "Close every app that may be connected to it (phone, watch, tablet), come closer, and switch "
    "the machine off and on",
)  # fmt: skip
LINK_LOST: Final = _warning(
    "link_lost", 27, "The link broke off, and the bridge is at it to connect again.",
    "If it lasts: bring computer and machine closer together, and see that the machine is on",
)  # fmt: skip
MACHINE_MUTE: Final = _warning(
    "mute", 28, "The link is up, but nothing arrives.",
    "Move the machine: some send only while they are in use; else switch it off and on",
)  # fmt: skip
WRONG_SERVICES: Final = _failure(
    "wrong_services", 29, "The device has not the services of the configured kind.",
    "Correct kind, address or name in the configuration; ftms-bridge scan shows what is heard",
)  # fmt: skip
CHANGED_IDENTITY: Final = _failure(
    "changed_identity", 33, "The device says of itself that it is another one than before.",
    "ftms-bridge scan; if it is the right one, correct its address in the configuration",
)  # fmt: skip

CAUSES: Final = (
    OK, NOT_CHECKED,
    CONFIG_WRONG, CONFIG_MISSING, CLOCK_WRONG, CLOCK_NOT_SYNCHRONISED,
    FOLDER_NOT_WRITABLE, DISK_NEARLY_FULL,
    BROKER_UNREACHABLE, BROKER_REFUSES, BROKER_TLS, BRIDGE_RUNNING,
    NO_DBUS, SERVICE_DOWN, NOT_PERMITTED, NO_ADAPTER, ADAPTER_MISSING, BLUETOOTH_BLOCKED,
    BLUETOOTH_OFF, BLUEZ_TOO_OLD, STACK_TROUBLE, RADIO_DEAF,
    NO_MACHINE_SEEN, MACHINE_NOT_SEEN, SENSOR_NOT_SEEN, MACHINE_HELD, MACHINE_HELD_BY_BRIDGE,
    AMBIGUOUS, CHOOSE_MACHINE, WEAK_SIGNAL,
    NO_ANSWER, LINK_LOST, MACHINE_MUTE, WRONG_SERVICES, CHANGED_IDENTITY,
)  # fmt: skip
"""Every row, in the order in which the checks run."""
