"""Runs the checks one after the other: each finding is handed out as soon as it is known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from ftms_bridge.app.broker_config import broker_settings
from ftms_bridge.app.doctor import facts as gathering
from ftms_bridge.app.doctor.bridge_checks import Report, check_reported
from ftms_bridge.app.doctor.findings import Finding, Severity
from ftms_bridge.app.doctor.radio_checks import (
    AirFacts,
    StackFacts,
    Wanted,
    check_machines,
    check_scan,
    check_stack,
    radio_unusable,
)
from ftms_bridge.app.doctor.system_checks import (
    BrokerFacts,
    ClockFacts,
    ConfigFacts,
    DiskFacts,
    broker_files_wrong,
    check_broker,
    check_clock,
    check_config,
    check_disk,
    without_config,
)
from ftms_bridge.app.links import targets
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.stack import StackState
from ftms_bridge.ble.survey import Survey, survey
from ftms_bridge.config.bluetooth import BluetoothLink
from ftms_bridge.config.checks import default_recording_directory
from ftms_bridge.config.radio_checks import SYSTEM_RADIO
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import BridgeError, UsageError
from ftms_bridge.mqtt.settings import BrokerSettings

T = TypeVar("T")

STACK_LIMIT_S: Final = 5.0
SURVEY_SLACK_S: Final = 20.0
"""On top of the time of listening: the scan may take 10 s to start and 5 s to stop."""

DEFAULT_SECONDS: Final = 8.0
"""Long enough for a machine that advertises once in 2 s, and for a lost advertisement or two."""


OpenRadio = Callable[[str, str], AbstractAsyncContextManager[Radio]]
"""Opens a radio: where it is (``system`` or ``tcp:HOST:PORT``), and on which adapter, "" for any.
May raise BridgeError."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The world outside; every part of it is replaced in tests."""

    config: Callable[[Path | None], tuple[ConfigFacts, Settings | None]] = gathering.gather_config
    clock: Callable[[], ClockFacts] = gathering.gather_clock
    disk: Callable[[Path], Awaitable[DiskFacts | None]] = gathering.gather_disk
    broker: Callable[[BrokerSettings, str], Awaitable[BrokerFacts]] = gathering.gather_broker
    reports: Callable[[BrokerSettings, str], Awaitable[dict[str, Report]]] = (
        gathering.gather_reports
    )
    bluetooth: Callable[[], tuple[str, str]] = gathering.gather_bluetooth
    bus_problem: Callable[[], Awaitable[str]] = gathering.gather_bus_problem
    in_group: Callable[[], bool | None] = gathering.gather_in_group
    listen: Callable[[Radio, float], Awaitable[Survey]] = survey


WORLD: Final = Surroundings()


class Doctor:
    """One examination of this computer; nothing is changed by it.

    radio: where it is; None goes by the configuration. over_dbus: whether this computer's own is
    reached over the system bus. config_file: as named on the command line. seconds: how long to
    listen.
    """

    def __init__(
        self,
        open_radio: OpenRadio,
        *,
        radio: str | None = None,
        over_dbus: bool = True,
        config_file: Path | None = None,
        seconds: float = DEFAULT_SECONDS,
        around: Surroundings = WORLD,
    ) -> None:
        self._open_radio = open_radio
        self._radio_at = radio
        self._over_dbus = over_dbus
        self._config_file = config_file
        self._seconds = seconds
        self._around = around
        self._settings: Settings | None = None
        self._config_wrong = False
        self._bridge_runs = False
        self._reports: dict[str, Report] = {}

    async def examine(self) -> AsyncGenerator[Finding, None]:
        """Yield the findings in the order of the checks; causes come before what they cause."""
        config, self._settings = self._around.config(self._config_file)
        self._config_wrong = config.error is not None and config.file is not None
        yield check_config(config)
        yield check_clock(self._around.clock())
        yield check_disk(await self._around.disk(self._recordings()))
        for finding in await self._broker():
            yield finding
        async for finding in self._radio():
            yield finding
        for finding in check_reported(wanted_of(self._settings), self._reports):
            yield finding

    def _recordings(self) -> Path:
        if self._settings is None:
            return default_recording_directory()
        return Path(self._settings.recording.directory).expanduser()

    async def _broker(self) -> list[Finding]:
        if self._settings is None:
            return [without_config("broker")]
        try:
            broker = broker_settings(self._settings)
            found = await self._around.broker(broker, self._settings.mqtt.base)
        except BridgeError as error:
            return [broker_files_wrong(error)]
        self._bridge_runs = found.bridge_runs
        if found.bridge_runs:
            self._reports = await self._around.reports(broker, self._settings.mqtt.base)
        return check_broker(found)

    async def _radio(self) -> AsyncGenerator[Finding, None]:
        radio_at, adapter = self._place()
        where = self._radio_at or radio_at
        needs_bus = self._over_dbus and where == SYSTEM_RADIO
        bus_problem = await self._around.bus_problem() if needs_bus else ""
        if bus_problem:
            yield check_stack(StackFacts(bus_problem, None, adapter))
            return
        async with AsyncExitStack() as opened:
            opening = partial(opened.enter_async_context, self._open_radio(where, adapter))
            try:
                radio = await _within(STACK_LIMIT_S, opening)
            except UsageError:
                raise  # the command line asks for a radio that cannot be
            except BridgeError as error:
                yield radio_unusable(error)
                return
            if radio is None:
                yield check_stack(StackFacts("", None, adapter))
                return
            async for finding in self._with_radio(radio, adapter, where != SYSTEM_RADIO):
                yield finding

    async def _with_radio(
        self, radio: Radio, adapter: str, virtual: bool
    ) -> AsyncGenerator[Finding, None]:
        state = await _within(STACK_LIMIT_S, partial(radio.stack.look, adapter))
        facts = StackFacts("", state, adapter, self._around.in_group(), virtual)
        stack = check_stack(facts)
        yield stack
        if state is None or stack.severity is Severity.FAILURE:
            return  # whatever is not heard now has its cause in that line
        limit_s = self._seconds + SURVEY_SLACK_S
        heard = await _within(limit_s, partial(self._around.listen, radio, self._seconds))
        air = self._air(heard, state)
        yield check_scan(air)
        wanted = wanted_of(self._settings)
        unknown = [one for one in wanted if one.id not in self._reports]
        for finding in check_machines(air, unknown) if unknown or not wanted else ():
            yield finding

    def _air(self, heard: Survey | None, state: StackState) -> AirFacts:
        return AirFacts(
            heard,
            self._seconds,
            state.held,
            self._bridge_runs,
            bridge_holds=any(report.up for report in self._reports.values()),
            config_wrong=self._config_wrong,
        )

    def _place(self) -> tuple[str, str]:
        """Return where the radio is, and the adapter, "" for any; the settings know both."""
        if self._settings is not None:
            return self._settings.bluetooth.radio, self._settings.bluetooth.adapter
        radio, adapter = self._around.bluetooth()
        return radio or SYSTEM_RADIO, adapter


def wanted_of(settings: Settings | None) -> tuple[Wanted, ...]:
    """Return the machines and sensors that are configured to be reached over Bluetooth."""
    machines = () if settings is None else settings.machine
    return tuple(
        Wanted(target.source, target.binding)
        for machine in machines
        if isinstance(machine.link, BluetoothLink)
        for target in targets(machine, machine.link)
    )


async def _within(limit_s: float, call: Callable[[], Awaitable[T]]) -> T | None:
    """Return what the call returns, or None after so many seconds."""
    try:
        async with asyncio.timeout(limit_s):
            return await call()
    except TimeoutError:
        return None
