"""From facts about Bluetooth to findings; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ftms_bridge.app.doctor.findings import (
    ADAPTER_MISSING,
    AMBIGUOUS,
    BLUETOOTH_BLOCKED,
    BLUETOOTH_OFF,
    BLUEZ_TOO_OLD,
    CHOOSE_MACHINE,
    MACHINE_HELD,
    MACHINE_HELD_BY_BRIDGE,
    MACHINE_NOT_SEEN,
    NO_ADAPTER,
    NO_DBUS,
    NO_MACHINE_SEEN,
    NOT_CHECKED,
    NOT_PERMITTED,
    OK,
    RADIO_DEAF,
    SENSOR_NOT_SEEN,
    SERVICE_DOWN,
    STACK_TROUBLE,
    WEAK_SIGNAL,
    Finding,
)
from ftms_bridge.ble.binding import Binding, Candidate
from ftms_bridge.ble.stack import Adapter, HeldLink, StackState
from ftms_bridge.ble.survey import Survey
from ftms_bridge.errors import BridgeError
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.gatt.uuids import FITNESS_MACHINE_SERVICE
from ftms_bridge.measurement.sources import SensorKind

OLDEST_BLUEZ: Final = (5, 55)
"""Source: bleak 3 refuses older ones when it starts."""

FAINT_DBM: Final = -88
"""House choice: 10 dB above what receivers commonly need (-97 dBm); a body between takes that."""

MOST_NAMED: Final = 6
"""Devices that are named in one sentence; house choice."""

_START_VIRTUAL: Final = "Start the virtual radio: ftms-bridge virtual"

BLUETOOTH: Final = "bluetooth"
SCAN: Final = "scan"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One configured machine or sensor and how its device is told from others."""

    id: str
    binding: Binding


@dataclass(frozen=True, slots=True)
class StackFacts:
    """What was learnt of the stack.

    bus_problem: why the system bus cannot be reached; "" when it can, or where there is no need.
    state: None when there was no answer in time. adapter: the configured one, "" for any.
    virtual: whether this is no radio of this computer, so that BlueZ has nothing to do with it.
    in_group: whether this user is in the group ``bluetooth``; None where there is no such group.
    """

    bus_problem: str
    state: StackState | None
    adapter: str = ""
    in_group: bool | None = None
    virtual: bool = False


def check_stack(facts: StackFacts) -> Finding:
    """Return the first thing that keeps Bluetooth from working, or that it works."""
    if facts.bus_problem:
        return Finding(BLUETOOTH, NO_DBUS, facts.bus_problem)
    state = facts.state
    if state is None:
        return Finding(BLUETOOTH, STACK_TROUBLE, "BlueZ did not answer in time.")
    if state.trouble is None:
        return _check_version(facts, state)
    if facts.virtual:
        return Finding(BLUETOOTH, STACK_TROUBLE, _sentence(state.detail), _START_VIRTUAL)
    return _TROUBLES.get(state.trouble, _other_trouble)(facts, state)


def radio_unusable(error: BridgeError) -> Finding:
    """Return that the radio cannot even be opened."""
    return Finding(BLUETOOTH, STACK_TROUBLE, error.what, error.hint)


def _check_version(facts: StackFacts, state: StackState) -> Finding:
    numbers = re.match(r"(\d+)\.(\d+)", state.version)
    if numbers and (int(numbers[1]), int(numbers[2])) < OLDEST_BLUEZ:
        return Finding(BLUETOOTH, BLUEZ_TOO_OLD, f"This is BlueZ {state.version}.")
    if facts.virtual or not state.adapters:
        return Finding(BLUETOOTH, OK, "A radio without a stack that could tell of itself.")
    version = f"BlueZ {state.version}" if numbers else "BlueZ of unknown version"
    return Finding(BLUETOOTH, OK, f"{version}, {_adapters(state.adapters)}.")


def _service_down(_: StackFacts, state: StackState) -> Finding:
    return Finding(BLUETOOTH, SERVICE_DOWN, _sentence(state.detail))


def _not_permitted(facts: StackFacts, state: StackState) -> Finding:
    advice = ""
    if facts.in_group:
        advice = (
            "This user is in the group bluetooth already, so it is another rule: "
            "journalctl -u dbus -n 20; a systemd unit needs SupplementaryGroups=bluetooth"
        )
    return Finding(BLUETOOTH, NOT_PERMITTED, _sentence(state.detail), advice)


def _adapter_missing(facts: StackFacts, state: StackState) -> Finding:
    if not state.adapters:
        return Finding(BLUETOOTH, NO_ADAPTER, "BlueZ runs, but knows of no adapter.")
    what = f"{facts.adapter or 'The adapter'} is not there; there is {_adapters(state.adapters)}."
    return Finding(BLUETOOTH, ADAPTER_MISSING, what)


def _bluetooth_off(facts: StackFacts, state: StackState) -> Finding:
    wanted = facts.adapter.casefold()
    own = [
        adapter
        for adapter in state.adapters
        if wanted in ("", adapter.name.casefold(), adapter.address.casefold())
    ]
    blocked = any(adapter.blocked for adapter in own)
    return Finding(
        BLUETOOTH, BLUETOOTH_BLOCKED if blocked else BLUETOOTH_OFF, _sentence(state.detail)
    )


def _other_trouble(_: StackFacts, state: StackState) -> Finding:
    return Finding(BLUETOOTH, STACK_TROUBLE, _sentence(state.detail))


_TROUBLES: Final[dict[Verdict, Callable[[StackFacts, StackState], Finding]]] = {
    Verdict.SERVICE_DOWN: _service_down,
    Verdict.NOT_PERMITTED: _not_permitted,
    Verdict.ADAPTER_MISSING: _adapter_missing,
    Verdict.BLUETOOTH_OFF: _bluetooth_off,
}


@dataclass(frozen=True, slots=True)
class AirFacts:
    """What was heard.

    survey: None when there was no answer in time. held: links of this computer that are up.
    bridge_runs: whether a bridge is online on the configured broker and base; bridge_holds:
    whether it says that a link is up. config_wrong: the configuration is there, but unreadable.
    """

    survey: Survey | None
    seconds: float
    held: Sequence[HeldLink] = ()
    bridge_runs: bool = False
    bridge_holds: bool = False
    config_wrong: bool = False


def check_scan(facts: AirFacts) -> Finding:
    """Return whether the radio hears anybody."""
    survey = facts.survey
    if survey is None:
        return Finding(SCAN, STACK_TROUBLE, "Listening did not end in time.")
    if survey.trouble is not None:
        return Finding(SCAN, STACK_TROUBLE, _sentence(survey.trouble.reason))
    if not survey.heard and (facts.held or facts.bridge_holds):
        what = f"No advertisement in {facts.seconds:g} s, but a link is up, so the radio works."
        return Finding(SCAN, NOT_CHECKED, what)
    if not survey.heard:
        return Finding(SCAN, RADIO_DEAF, f"No advertisement in {facts.seconds:g} s.")
    what = f"{survey.heard} advertisements in {facts.seconds:g} s, {_count(_machines(survey))}."
    return Finding(SCAN, OK, what)


def check_machines(facts: AirFacts, wanted: Sequence[Wanted]) -> list[Finding]:
    """Return one finding per configured machine; without any, what could be configured."""
    if facts.survey is None or not (facts.survey.heard or facts.held):
        return [Finding(one.id, NOT_CHECKED, "Nothing is heard.") for one in wanted]
    if wanted:
        return [_check_machine(facts, facts.survey, one) for one in wanted]
    machines = _machines(facts.survey)
    if machines and facts.config_wrong:
        return [Finding("machines", OK, f"Heard: {_devices(machines)}.")]
    if machines:
        return [Finding("machines", CHOOSE_MACHINE, f"Heard: {_devices(machines)}.")]
    if facts.held or facts.bridge_runs:
        what = f"No machine advertises. Connected are {_held(facts.held) or 'those of the bridge'}."
        return [Finding("machines", NOT_CHECKED, what)]
    return [Finding("machines", NO_MACHINE_SEEN, _others(facts.survey))]


def _check_machine(facts: AirFacts, survey: Survey, wanted: Wanted) -> Finding:
    binding = wanted.binding
    fitting = [one for one in survey.found if binding.fits(one)]
    if len(fitting) > 1 and binding.choose(survey.found, None) is None:
        return Finding(wanted.id, AMBIGUOUS, f"{len(fitting)} fit: {_devices(fitting)}.")
    if fitting:
        return _heard(wanted, binding.choose(survey.found, None) or fitting[0])
    held = [link for link in facts.held if _may_be(link, binding)]
    if held:
        cause = MACHINE_HELD_BY_BRIDGE if facts.bridge_runs else MACHINE_HELD
        return Finding(wanted.id, cause, f"Connected already: {_held(held)}.")
    if facts.bridge_runs:
        what = "It does not advertise; the bridge that runs may hold it."
        return Finding(wanted.id, NOT_CHECKED, what)
    return _not_heard(survey, wanted)


def _not_heard(survey: Survey, wanted: Wanted) -> Finding:
    if isinstance(wanted.binding.kind, SensorKind):
        return Finding(wanted.id, SENSOR_NOT_SEEN, f"{wanted.binding.text} was not heard.")
    machines = _machines(survey)
    if not machines and not wanted.binding.address and not wanted.binding.name:
        return Finding(wanted.id, NO_MACHINE_SEEN, _others(survey))
    instead = f"heard instead: {_devices(machines)}" if machines else "nor any other machine"
    what = f"{wanted.binding.text} was not heard, {instead}."
    return Finding(wanted.id, MACHINE_NOT_SEEN, what)


def _heard(wanted: Wanted, found: Candidate) -> Finding:
    faint = found.rssi_dbm is not None and found.rssi_dbm < FAINT_DBM
    what = f"{'Faint' if faint else 'Heard'}: {_devices([found])}."
    return Finding(wanted.id, WEAK_SIGNAL if faint else OK, what)


def _may_be(link: HeldLink, binding: Binding) -> bool:
    """Say whether a link may be the wanted one; what kind a held device is, nobody tells."""
    if not binding.address and not binding.name:
        return True
    held = Candidate(link.address, link.name, None, frozenset(), frozenset())
    return binding.fits(held)


def _machines(survey: Survey) -> list[Candidate]:
    return [one for one in survey.found if FITNESS_MACHINE_SERVICE in one.services]


def _adapters(adapters: Sequence[Adapter]) -> str:
    return "adapter " + ", ".join(f"{one.name} ({one.address})" for one in adapters)


def _held(links: Sequence[HeldLink]) -> str:
    return ", ".join(f"{link.name or 'without a name'} ({link.address})" for link in links)


def _devices(found: Sequence[Candidate]) -> str:
    named = [_device(one) for one in found[:MOST_NAMED]]
    more = len(found) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _device(one: Candidate) -> str:
    kinds = "/".join(sorted(kind.value for kind in one.kinds))
    level = "" if one.rssi_dbm is None else f" {one.rssi_dbm} dBm"
    return " ".join(f"{one.name or 'without a name'} ({one.address}) {kinds}{level}".split())


def _others(survey: Survey) -> str:
    return f"Heard were {survey.heard} advertisements, none from a fitness machine."


def _count(machines: Sequence[Candidate]) -> str:
    return "1 fitness machine" if len(machines) == 1 else f"{len(machines)} fitness machines"


def _sentence(text: str) -> str:
    """Return a reason as a sentence; the names of adapters stay in small letters."""
    if not text:
        return "It does not say why."
    start = text if text.startswith("hci") else f"{text[:1].upper()}{text[1:]}"
    return f"{start.rstrip('.')}."
