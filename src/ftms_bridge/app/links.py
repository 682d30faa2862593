"""Opens the link of each configured machine: Bluetooth, a virtual machine or a recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.target import Target
from ftms_bridge.config.bluetooth import BluetoothLink, SensorLink
from ftms_bridge.config.convert import machine_spec
from ftms_bridge.config.layers import value_at
from ftms_bridge.config.loading import Loaded
from ftms_bridge.config.settings import MachineSettings, RecordingLink, Settings, SimulatorLink
from ftms_bridge.errors import BridgeError, ConfigError
from ftms_bridge.gatt.notification import Arrival, DirectionReading
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind
from ftms_bridge.ports import Deliver, MachineLink
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.replay import ReplayLink, free_id
from ftms_bridge.simulator.link import SimulatorLink as VirtualLink
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.simulator.simulation import Simulation

Clock = Callable[[], float]
OpenLink = Callable[[], MachineLink]


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """One machine and how its link is opened; it is opened anew when it loops."""

    machine: MachineSpec
    open: OpenLink
    loop: bool


def check_scenarios(loaded: Loaded) -> None:
    """Load every scenario that a link names.

    Raises ConfigError that lists every one that cannot be used, with the place of its key.
    """
    problems = []
    for index, machine in enumerate(loaded.settings.machine):
        if isinstance(machine.link, SimulatorLink):
            try:
                load_scenario(machine.link.scenario)
            except BridgeError as error:
                path = ("machine", index, "link", "scenario")
                layer = next(one for one in loaded.layers if value_at(one.values, path)[0])
                key = f"machine[{index}].link.scenario"
                problems.append(f"{layer.label}: {key}: {error.what} {error.hint}")
    if problems:
        raise ConfigError("\n  ".join(problems), hint="Correct the scenario or its name.")


def uses_bluetooth(settings: Settings) -> bool:
    """Return whether any machine is linked over Bluetooth."""
    return any(isinstance(machine.link, BluetoothLink) for machine in settings.machine)


def plan_links(
    settings: Settings, clock: Clock, bluetooth: Bluetooth | None = None
) -> tuple[LinkPlan, ...]:
    """Return a plan per configured machine.

    bluetooth: the radio; needed when a machine is linked over it.

    Raises ConfigError when a machine is not of the kind that its link delivers, InputMissing or
    DataError when a scenario or recording cannot be used.
    """
    taken = {machine.id for machine in settings.machine}
    plans = []
    for index, machine in enumerate(settings.machine):
        if isinstance(machine.link, BluetoothLink):
            assert bluetooth is not None
            plan = _radioed(machine, machine.link, bluetooth)
        elif isinstance(machine.link, SimulatorLink):
            plan = _virtual(machine, machine.link, clock, taken)
        else:
            plan = _recorded(machine, machine.link, clock, taken)
        if plan.machine.kind is not machine.kind:
            raise ConfigError(
                f"machine[{index}].kind: is {machine.kind.value}, "
                f"but its link delivers a {plan.machine.kind.value}.",
                hint=f'Write kind = "{plan.machine.kind.value}", or choose another link.',
            )
        plans.append(plan)
    return tuple(plans)


def targets(machine: MachineSettings, link: BluetoothLink) -> tuple[Target, ...]:
    """Return which devices a machine over Bluetooth and its sensors are."""
    own = Target(machine.id, _binding(machine.kind, link))
    return (
        own,
        *(
            Target(sensor.id, _binding(sensor.kind, sensor.link or SensorLink()))
            for sensor in machine.sensor
        ),
    )


def _binding(kind: MachineKind | SensorKind, link: SensorLink) -> Binding:
    return Binding(kind, address=link.address or "", name=link.name or "", pick=link.pick)


def _radioed(machine: MachineSettings, link: BluetoothLink, bluetooth: Bluetooth) -> LinkPlan:
    opened = bluetooth.link(machine.id, targets(machine, link))
    return LinkPlan(machine_spec(machine), lambda: opened, loop=False)


def _virtual(
    machine: MachineSettings, link: SimulatorLink, clock: Clock, taken: set[str]
) -> LinkPlan:
    scenario = load_scenario(link.scenario)
    names = _names(machine, scenario.machine_as({}), taken)
    spec = _spec(machine, scenario.machine_as(names))

    def open_link() -> MachineLink:
        return VirtualLink(Simulation(scenario, seed=link.seed, ids=names), clock=clock)

    return LinkPlan(spec, open_link, loop=False)


def _recorded(
    machine: MachineSettings, link: RecordingLink, clock: Clock, taken: set[str]
) -> LinkPlan:
    recording = RecordingReader(link.file)
    recorded = recording.header.machines[0]
    names = _names(machine, recorded, taken)
    renamed = replace(
        recorded,
        id=machine.id,
        sensors=tuple(replace(sensor, id=names[sensor.id]) for sensor in recorded.sensors),
        priority=tuple(
            (quantity, tuple(names.get(source, source) for source in sources))
            for quantity, sources in recorded.priority
        ),
    )

    def open_link() -> MachineLink:
        return RenamedLink(ReplayLink(recording, speed=link.speed, clock=clock), names)

    return LinkPlan(_spec(machine, renamed), open_link, loop=link.loop)


def _names(machine: MachineSettings, found: MachineSpec, taken: set[str]) -> dict[str, str]:
    """Return under which id of the bridge each source of a link arrives.

    Configured sensors stand for the link's sensors in their order; others keep their id, with the
    machine's before it where that is taken.
    """
    names = {found.id: machine.id}
    configured = [sensor.id for sensor in machine.sensor]
    for index, sensor in enumerate(found.sensors):
        name = configured[index] if index < len(configured) else sensor.id
        if name in taken and index >= len(configured):
            name = free_id(f"{machine.id}_{name}", taken)
        taken.add(name)
        names[sensor.id] = name
    return names


def _spec(machine: MachineSettings, found: MachineSpec) -> MachineSpec:
    """Return what the configuration says, completed by what the link knows of itself."""
    spec = machine_spec(machine)
    return replace(
        spec,
        kind=found.kind,
        name=spec.name or found.name,
        sensors=spec.sensors or found.sensors,
        priority=spec.priority or found.priority,
        quirk=found.quirk if machine.quirk == "auto" else spec.quirk,
    )


class RenamedLink:
    """A link whose sources arrive under other ids; what has no id here is not delivered."""

    def __init__(self, link: MachineLink, names: Mapping[str, str]) -> None:
        self._link = link
        self._names = names

    async def run(self, deliver: Deliver) -> None:
        """Run the link."""

        def renamed(arrival: Arrival) -> None:
            if isinstance(arrival, DirectionReading):
                machine = self._names.get(arrival.machine)
                if machine is not None:
                    deliver(replace(arrival, machine=machine))
                return
            source = self._names.get(arrival.source)
            if source is not None:
                deliver(replace(arrival, source=source))

        await self._link.run(renamed)
