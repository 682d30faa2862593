"""The examination: every cause is staged and named, causes come first, and nothing hangs."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ftms_bridge.app.doctor import doctor as doctor_module
from ftms_bridge.app.doctor.bridge_checks import Report
from ftms_bridge.app.doctor.findings import CAUSES, Severity, gravest
from ftms_bridge.app.doctor.system_checks import BrokerFacts, DiskFacts
from ftms_bridge.ble.verdicts import Trouble
from ftms_bridge.errors import ConfigError, InputMissing, RadioUnavailable, UsageError
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.mqtt.trouble import BY_CODE, NOTHING_LISTENS, explain
from tests.app.doctor.staging import (
    HCI0,
    OTHER,
    STRAP,
    WELL,
    Stage,
    bike,
    heard,
    held,
    phone,
    settings,
    troubled,
)

BROKER = BrokerFacts("mqtt://b:1883", "ftms", connected=False)
UNTRUSTED = explain(None, ssl.SSLCertVerificationError())
ONLINE = BrokerFacts("mqtt://b:1883", "ftms", connected=True, availability="online")
DISK = DiskFacts(Path("rec"), "", 10_000_000_000, 20_000_000_000)


def reported(verdict: Verdict | None, *, up: bool = False) -> Stage:
    """Return a computer where a bridge runs and says this of the bike, which is not heard."""
    report = {"bike": Report("bike", up, verdict, "it says why")}
    return Stage(broker=ONLINE, survey=heard(phone()), reports=report)


STAGED: dict[str, Callable[[], Stage]] = {
    "no_dbus": lambda: Stage(bus_problem="No D-Bus system bus at /x: gone."),
    "bluetooth_service_down": lambda: Stage(stack=troubled(Verdict.SERVICE_DOWN)),
    "not_permitted": lambda: Stage(stack=troubled(Verdict.NOT_PERMITTED)),
    "no_adapter": lambda: Stage(stack=troubled(Verdict.ADAPTER_MISSING)),
    "adapter_missing": lambda: Stage(
        config=settings(bluetooth='adapter = "hci7"'),
        stack=troubled(Verdict.ADAPTER_MISSING, "there is no hci7", HCI0),
    ),
    "bluetooth_blocked": lambda: Stage(
        stack=troubled(
            Verdict.BLUETOOTH_OFF, "blocked by software (rfkill)",
            replace(HCI0, powered=False, blocked=True),
        )
    ),
    "bluetooth_off": lambda: Stage(
        stack=troubled(Verdict.BLUETOOTH_OFF, "hci0 is off", replace(HCI0, powered=False))
    ),
    "bluez_too_old": lambda: Stage(stack=replace(WELL, version="5.50")),
    "stack_trouble": lambda: Stage(stack=troubled(Verdict.RADIO_FAULT, "odd")),
    "radio_deaf": lambda: Stage(survey=heard(adverts=0)),
    "no_machine_seen": lambda: Stage(config=None, survey=heard(phone())),
    "machine_not_seen": lambda: Stage(survey=heard(phone(), bike(OTHER))),
    "machine_held": lambda: Stage(
        survey=heard(phone()), stack=replace(WELL, held=(held(),))
    ),
    "machine_held_by_bridge": lambda: Stage(
        survey=heard(phone()), stack=replace(WELL, held=(held(),)), broker=ONLINE
    ),
    "ambiguous": lambda: Stage(config=settings(""), survey=heard(bike(), bike(OTHER))),
    "choose_machine": lambda: Stage(config=None, survey=heard(bike())),
    "weak_signal": lambda: Stage(survey=heard(bike(rssi_dbm=-95))),
    "clock_wrong": lambda: Stage(wall=1_000_000.0),
    "clock_not_synchronised": lambda: Stage(synchronised=False),
    "broker_unreachable": lambda: Stage(broker=replace(BROKER, trouble=NOTHING_LISTENS)),
    "broker_refuses": lambda: Stage(broker=replace(BROKER, trouble=BY_CODE[135])),
    "broker_tls": lambda: Stage(broker=replace(BROKER, trouble=UNTRUSTED)),
    "folder_not_writable": lambda: Stage(disk=DiskFacts(Path("rec"), "Permission denied")),
    "disk_nearly_full": lambda: Stage(disk=replace(DISK, free_bytes=900_000_000)),
    "config_wrong": lambda: Stage(config=None, config_error=ConfigError("bad", hint="mend")),
    "config_missing": lambda: Stage(
        config=None, config_file=None, config_error=ConfigError("none", hint="make one")
    ),
    "bridge_running": lambda: Stage(broker=ONLINE),
    "sensor_not_seen": lambda: Stage(config=settings(sensor=STRAP)),
    "not_checked": lambda: Stage(broker=ONLINE, survey=heard(phone())),
    "no_answer": lambda: reported(Verdict.NO_ANSWER),
    "link_lost": lambda: reported(Verdict.LOST),
    "mute": lambda: reported(Verdict.MUTE, up=True),
    "wrong_services": lambda: reported(Verdict.WRONG_SERVICES),
    "changed_identity": lambda: reported(Verdict.CHANGED_IDENTITY),
}  # fmt: skip


async def test_on_a_healthy_computer_everything_is_ok() -> None:
    found = await Stage().findings()
    assert [one.check for one in found] == [
        "configuration", "clock", "recordings", "broker", "bluetooth", "scan", "bike",
    ]  # fmt: skip
    assert {one.severity for one in found} == {Severity.OK}


@pytest.mark.parametrize("word", STAGED)
async def test_each_cause_is_named_and_no_other(word: str) -> None:
    words = set((await STAGED[word]().words()).values())
    accompanied = {
        "machine_held_by_bridge": {"bridge_running"},
        "not_checked": {"bridge_running"},
        "radio_deaf": {"not_checked"},
        "no_answer": {"bridge_running"},
        "link_lost": {"bridge_running"},
        "mute": {"bridge_running"},
        "wrong_services": {"bridge_running"},
        "changed_identity": {"bridge_running"},
        "config_wrong": {"not_checked"},
        "config_missing": {"not_checked", "choose_machine"},
        "no_machine_seen": {"not_checked"},
        "choose_machine": {"not_checked"},
    }
    assert words == {word} | accompanied.get(word, set())


@pytest.mark.parametrize("word", [cause.word for cause in CAUSES if cause.severity])
async def test_every_row_is_staged_and_decides_the_exit_code(word: str) -> None:
    findings = await STAGED[word]().findings()
    worst = gravest(findings)
    assert worst is not None
    mine = next(one for one in findings if one.cause.word == word)
    if mine.severity >= Severity.WARNING:
        assert worst.cause.word == word
    else:
        assert mine.cause.exit_code == 0


async def test_after_a_failed_stack_nothing_is_listened_for() -> None:
    stage = Stage(stack=troubled(Verdict.SERVICE_DOWN), survey=heard(adverts=0))
    assert [one.check for one in await stage.findings()][-1] == "bluetooth"


async def test_no_check_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_module, "STACK_LIMIT_S", 0.01)
    monkeypatch.setattr(doctor_module, "SURVEY_SLACK_S", 0.0)
    mute = await Stage(mute=True).findings()
    assert (mute[-1].check, mute[-1].cause.word) == ("bluetooth", "stack_trouble")
    deaf = await Stage(deaf_for_ever=True).findings(seconds=0.01)
    assert [(one.check, one.cause.word) for one in deaf[-2:]] == [
        ("scan", "stack_trouble"),
        ("bike", "not_checked"),
    ]
    assert (await Stage(disk=None).words())["recordings"] == "folder_not_writable"


async def test_a_scan_that_fails_says_why() -> None:
    trouble = Trouble(Verdict.RADIO_FAULT, "org.bluez.Error.InProgress")
    found = await Stage(survey=heard(adverts=0, trouble=trouble)).findings()
    scan = next(one for one in found if one.check == "scan")
    assert scan.cause.word == "stack_trouble"
    assert "InProgress" in scan.what


async def test_a_radio_that_cannot_be_opened_is_a_finding_but_a_wrong_option_is_not() -> None:
    error = RadioUnavailable("The virtual adapter does not answer.", hint="Start it.")
    found = await Stage(radio_error=error).findings()
    assert (found[-1].cause.word, found[-1].remedy) == ("stack_trouble", "Start it.")
    with pytest.raises(UsageError):
        await Stage(radio_error=UsageError("There is no radio 'x'.", hint="no")).findings()


async def test_the_radio_is_the_configured_one_unless_the_command_line_names_another() -> None:
    stage = Stage(config=settings(bluetooth='radio = "tcp:localhost:9999"\nadapter = "hci1"'))
    await stage.findings()
    await stage.findings(radio="tcp:localhost:1")
    assert stage.asked == [("tcp:localhost:9999", "hci1"), ("tcp:localhost:1", "hci1")]


async def test_a_virtual_radio_needs_no_bus() -> None:
    stage = Stage(bus_problem="No bus.")
    found = await stage.findings(radio="tcp:localhost:1")
    assert {one.severity for one in found} == {Severity.OK}


async def test_tls_files_that_cannot_be_read_are_a_finding() -> None:
    stage = Stage(broker=InputMissing("A TLS file cannot be read.", hint="Check the paths."))
    assert (await stage.words())["broker"] == "broker_tls"


async def test_the_word_of_the_running_bridge_counts_where_nothing_is_heard() -> None:
    found = await reported(None, up=True).findings()
    assert (found[-1].check, found[-1].cause.word) == ("bike", "ok")
    assert found[-1].what == "The running bridge holds it."
    missing = await reported(Verdict.NOT_SEEN).findings()
    assert [one.check for one in missing].count("bike") == 1
    assert (missing[-1].cause.word, missing[-1].cause.exit_code) == ("machine_not_seen", 21)


async def test_the_bridge_is_believed_also_where_this_computer_has_no_bluetooth() -> None:
    stage = reported(Verdict.NOT_SEEN)
    stage.bus_problem = "No bus."
    assert (await stage.words())["bike"] == "machine_not_seen"


async def test_a_link_that_the_bridge_has_proves_that_the_radio_works() -> None:
    stage = reported(None, up=True)
    stage.survey = heard(adverts=0)
    assert (await stage.words())["scan"] == "not_checked"


async def test_without_a_configuration_the_environment_names_the_radio() -> None:
    stage = Stage(config=None, environment=("tcp:localhost:9999", "hci2"))
    await stage.findings()
    await stage.findings(radio="tcp:localhost:1")
    assert stage.asked == [("tcp:localhost:9999", "hci2"), ("tcp:localhost:1", "hci2")]
