"""Everything that can be wrong with a computer, staged: facts instead of hardware."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ftms_bridge.app.doctor.bridge_checks import Report
from ftms_bridge.app.doctor.doctor import Doctor, Surroundings
from ftms_bridge.app.doctor.findings import Finding
from ftms_bridge.app.doctor.system_checks import BrokerFacts, ClockFacts, ConfigFacts, DiskFacts
from ftms_bridge.ble.binding import Candidate, Kind
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.stack import Adapter, HeldLink, PlainStack, StackState
from ftms_bridge.ble.survey import Survey
from ftms_bridge.ble.verdicts import Trouble
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import BridgeError
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.mqtt.settings import BrokerSettings

ADDRESS = "C0:01:02:03:04:05"
OTHER = "C0:01:02:03:04:06"
IN_2026 = 1_780_000_000.0

STRAP = '[[machine.sensor]]\nid = "strap"\nkind = "heart_rate"\n'
HCI0 = Adapter("hci0", "AA:AA:AA:AA:AA:AA", powered=True)
ROOMY = DiskFacts(Path("rec"), "", 10_000_000_000, 20_000_000_000)
OPEN = BrokerFacts("mqtt://b:1883", "ftms", connected=True)
WELL = StackState(None, "", (HCI0,), version="5.66")


def bike(
    address: str = ADDRESS,
    *,
    name: str = "Bike",
    rssi_dbm: int | None = -60,
    kinds: Sequence[Kind] = (MachineKind.INDOOR_BIKE,),
) -> Candidate:
    return Candidate(address, name, rssi_dbm, frozenset({0x1826}), frozenset(kinds))


def phone() -> Candidate:
    return Candidate("11:22:33:44:55:66", "Phone", -40, frozenset(), frozenset())


def heard(*found: Candidate, adverts: int = 40, trouble: Trouble | None = None) -> Survey:
    return Survey(adverts, found, trouble)


def held(address: str = ADDRESS, name: str = "Bike") -> HeldLink:
    return HeldLink(address, name, "hci0")


def settings(
    link: str = f'address = "{ADDRESS}"', bluetooth: str = "", sensor: str = ""
) -> Settings:
    comma = ", " if link else ""
    text = (
        f"[bluetooth]\n{bluetooth}\n"
        '[[machine]]\nid = "bike"\nkind = "indoor_bike"\n'
        f'link = {{ type = "bluetooth"{comma}{link} }}\n{sensor}\n'
    )
    return Settings.model_validate(tomllib.loads(text))


class StagedStack(PlainStack):
    """A stack in a given state; with ``mute`` it never answers."""

    def __init__(self, state: StackState, *, mute: bool = False) -> None:
        self.state = state
        self.mute = mute
        self.closed = False

    async def look(self, adapter: str = "") -> StackState:
        if self.mute:
            await asyncio.Event().wait()
        return self.state

    async def close(self) -> None:
        self.closed = True


@dataclass
class Stage:
    """A computer on which all is well, until something is changed."""

    config: Settings | None = field(default_factory=settings)
    config_file: Path | None = Path("bridge.toml")
    config_error: BridgeError | None = None
    wall: float = IN_2026
    synchronised: bool | None = True
    disk: DiskFacts | None = ROOMY
    broker: BrokerFacts | BridgeError = OPEN
    reports: dict[str, Report] = field(default_factory=dict)
    environment: tuple[str, str] = ("", "")
    bus_problem: str = ""
    stack: StackState = WELL
    mute: bool = False
    survey: Survey = field(default_factory=lambda: heard(bike(), phone()))
    deaf_for_ever: bool = False
    radio_error: BridgeError | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def doctor(self, **options: object) -> Doctor:
        around = Surroundings(
            config=lambda _: (ConfigFacts(self.config_file, self.config_error, ("bike",)),
                              self.config),
            clock=lambda: ClockFacts(self.wall, self.synchronised),
            disk=self._disk,
            broker=self._knock,
            reports=self._ask,
            bluetooth=lambda: self.environment,
            bus_problem=self._bus,
            in_group=lambda: None,
            listen=self._listen,
        )  # fmt: skip
        return Doctor(self._open, around=around, **options)  # type: ignore[arg-type]

    async def findings(self, **options: object) -> list[Finding]:
        return [finding async for finding in self.doctor(**options).examine()]

    async def words(self) -> dict[str, str]:
        """Return the word of each check that is not in order."""
        found = await self.findings()
        return {one.check: one.cause.word for one in found if one.cause.word != "ok"}

    async def _disk(self, _: Path) -> DiskFacts | None:
        return self.disk

    async def _knock(self, _: BrokerSettings, __: str) -> BrokerFacts:
        if isinstance(self.broker, BridgeError):
            raise self.broker
        return self.broker

    async def _ask(self, _: BrokerSettings, __: str) -> dict[str, Report]:
        return self.reports

    async def _bus(self) -> str:
        return self.bus_problem

    async def _listen(self, _: Radio, __: float) -> Survey:
        if self.deaf_for_ever:
            await asyncio.Event().wait()
        return self.survey

    @asynccontextmanager
    async def _open(self, where: str, adapter: str) -> AsyncIterator[Radio]:
        self.asked.append((where, adapter))
        if self.radio_error is not None:
            raise self.radio_error
        stack = StagedStack(self.stack, mute=self.mute)
        yield Radio(clock=lambda: 0.0, stack=stack, adapter=adapter)


def troubled(verdict: Verdict, detail: str = "it says why", *adapters: Adapter) -> StackState:
    return StackState(verdict, detail, adapters)
