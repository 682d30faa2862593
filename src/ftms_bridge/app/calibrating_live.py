"""Calibrates one machine while a person does what the wizard asks.

Nothing is sent to the machine: its link only delivers what it notifies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ftms_bridge.app.bridge import Bridge, Clock
from ftms_bridge.app.broker_config import broker_settings
from ftms_bridge.app.calibrating import Witness
from ftms_bridge.app.calibrating_rider import obedient
from ftms_bridge.app.keyboard import key_presses
from ftms_bridge.app.links import plan_links
from ftms_bridge.app.record_plan import Wanted, plan_recording
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.config.loading import find_file, load_settings
from ftms_bridge.config.radio_checks import default_state_directory
from ftms_bridge.config.settings import MachineSettings, Settings, SimulatorLink
from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.notification import Arrival, LinkChange
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.calibration import CalibrationResult, Reading
from ftms_bridge.motion.calibration_steps import CAN_BE_CALIBRATED
from ftms_bridge.motion.calibration_wizard import Outcome, Prompt, Wizard
from ftms_bridge.mqtt.listening import listen
from ftms_bridge.mqtt.publisher import MqttStats
from ftms_bridge.mqtt.sensing import SensorInbox
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.ports import Deliver, MachineLink
from ftms_bridge.simulator.link import SimulatorLink as VirtualLink
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.simulator.simulation import Simulation
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import SENSOR_DIRECTION

LOOK_EVERY_S: Final = 0.25
AGAIN_S: Final = 2.0
"""So soon the second ``q`` must follow."""

SKIP: Final = " "
GIVE_UP: Final = "q"
CONNECTED: Final = "connected"


@dataclass(frozen=True, slots=True)
class Opened:
    """A machine that can be calibrated now, and what it takes to reach it.

    sensor: the broker and base topic at which its direction sensor may speak, if any.
    is_virtual: a simulated rider does what the wizard asks.
    """

    machine: MachineSpec
    link: MachineLink
    bluetooth: Bluetooth | None = None
    sensor: tuple[BrokerSettings, str] | None = None
    is_virtual: bool = False


@dataclass(slots=True)
class Scene:
    """What a screen needs: the step, what the machine shows, and how the link is.

    may_end: whether one more ``q`` gives up.
    """

    prompt: Prompt
    reading: Reading
    link: str
    may_end: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """How a calibration ended; ``result`` holds whatever was learnt.

    completed: the wizard came to its end. problem: what kept it from going on; "" when the person
    gave up, or the link was over. readings: how many there were.
    """

    result: CalibrationResult
    completed: bool
    problem: str
    readings: int
    link: str


def open_machine(wanted: Wanted, clock: Clock) -> Opened:
    """Return the machine with its link, as the configuration says.

    Raises UsageError when there is no such machine or nothing to calibrate on it, ConfigError when
    the configuration cannot be used.
    """
    if find_file(wanted.config_file) is None:
        raise UsageError(
            f"There is no configuration that could say what {wanted.machine!r} is.",
            hint="Name a configuration with --config, or study a recording with --from.",
        )
    settings = load_settings(wanted.config_file).settings
    machine = next((one for one in settings.machine if one.id == wanted.machine), None)
    if machine is None:
        ids = ", ".join(one.id for one in settings.machine)
        raise UsageError(
            f"There is no machine {wanted.machine!r} in the configuration.",
            hint=f"There are: {ids}.",
        )
    check_kind(machine)
    sensor = (broker_settings(settings), settings.mqtt.base)
    if isinstance(machine.link, SimulatorLink):
        return _open_virtual(settings, machine, machine.link, clock)
    if machine.link.type == "bluetooth":
        plan = plan_recording(wanted, clock)
        return Opened(plan.machine, plan.link, plan.bluetooth, sensor)
    raise UsageError(
        f"{wanted.machine!r} is a recording: nobody can follow the steps there.",
        hint=f"Study it instead: ftms-bridge calibrate {wanted.machine} --from {machine.link.file}",
    )


def check_kind(machine: MachineSettings | MachineSpec) -> None:
    """Raise UsageError for a machine on which there is no other way round."""
    if machine.kind not in CAN_BE_CALIBRATED:
        raise UsageError(
            f"There is nothing to calibrate on {machine.id!r}: a {machine.kind.value} has no "
            "other way round.",
            hint="Calibrate a bike, a cross trainer or a treadmill.",
        )


def _open_virtual(
    settings: Settings, machine: MachineSettings, link: SimulatorLink, clock: Clock
) -> Opened:
    """Return a simulated machine with a rider who does what the wizard asks."""
    alone = settings.model_copy(update={"machine": (machine,)})
    spec = plan_links(alone, clock)[0].machine
    scenario = load_scenario(link.scenario)
    found = scenario.machine_as({})
    pairs = zip(found.sensors, spec.sensors, strict=False)
    names = {found.id: spec.id} | {one.id: other.id for one, other in pairs}
    simulation = Simulation(obedient(scenario), seed=link.seed, ids=names)
    return Opened(spec, VirtualLink(simulation, clock=clock), is_virtual=True)


class _NoSink:
    """Takes what the core would publish: nobody listens."""

    def publish(self, effect: Publish) -> None:
        """Let it go."""


class Guide:
    """Joins wizard, witness and keys; shows a scene whenever it may have changed."""

    def __init__(self, machine: MachineSpec, clock: Clock, *, ghost: bool = False) -> None:
        pipeline = Pipeline(PipelineSettings((machine,), run_id="calibration"))
        self.bridge = Bridge(pipeline, _NoSink(), clock)
        self.wizard = Wizard(machine.kind, clock(), ghost=ghost)
        self.witness = Witness(machine, pipeline)
        self.readings = 0
        self.link = "searching"
        self.gave_up = False
        self._machine = machine.id
        self._clock = clock
        self._asked_at: float | None = None

    @property
    def is_over(self) -> bool:
        """Say whether there is nothing more to do."""
        return self.gave_up or self.wizard.outcome is not Outcome.RUNNING

    @property
    def scene(self) -> Scene:
        """Return what to show now."""
        may_end = self._asked_at is not None and self._clock() - self._asked_at <= AGAIN_S
        return Scene(self.wizard.prompt, self.witness.newest, self.link, may_end)

    def deliver(self, arrival: Arrival) -> None:
        """Take one arrival of the link or of a direction sensor."""
        if isinstance(arrival, LinkChange) and arrival.source == self._machine:
            self.link = CONNECTED if arrival.up else arrival.reason
        self.bridge.deliver(arrival)
        if self.witness.look(arrival):
            self.readings += 1
            self.wizard.see(self.witness.newest)
            self._label(arrival.at)

    def tick(self) -> None:
        """Let time pass."""
        at = self._clock()
        self.wizard.tick(at)
        self._label(at)

    def press(self, key: str) -> None:
        """Take a key: skip, or give up when it is asked for twice."""
        at = self._clock()
        if key == SKIP:
            self.wizard.skip(at)
            self._label(at)
        if key.lower() != GIVE_UP:
            self._asked_at = None
        elif self._asked_at is not None and at - self._asked_at <= AGAIN_S:
            self.gave_up = True
        else:
            self._asked_at = at

    def _label(self, at: float) -> None:
        self.witness.calibration.label(self.wizard.part, at)


async def calibrate_live(
    opened: Opened,
    *,
    clock: Clock,
    show: Callable[[Scene], None],
    stop: asyncio.Event,
    ghost: bool = False,
) -> Finished:
    """Guide a person through a calibration until it is over, given up, or ``stop``."""
    guide = Guide(opened.machine, clock, ghost=ghost)
    guide.bridge.begin()
    tasks = [asyncio.create_task(opened.link.run(guide.deliver))]
    tasks[0].add_done_callback(lambda _: stop.set())
    if opened.bluetooth is not None:
        tasks.append(asyncio.create_task(opened.bluetooth.run()))
    if opened.sensor is not None:
        broker, base = opened.sensor
        hearing = hear_sensor(broker, base, opened.machine.id, clock=clock, deliver=guide.deliver)
        tasks.append(asyncio.create_task(hearing))
    try:
        with key_presses(guide.press):
            while not guide.is_over and not stop.is_set():
                guide.tick()
                show(guide.scene)
                await asyncio.sleep(LOOK_EVERY_S)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        guide.bridge.finish()
        if opened.bluetooth is not None:
            await opened.bluetooth.radio.stack.close()
    if isinstance(outcomes[0], Exception):
        raise outcomes[0]
    return _finished(guide)


def _finished(guide: Guide) -> Finished:
    completed = guide.wizard.outcome is Outcome.DONE
    result = guide.witness.result()
    return Finished(result, completed, guide.wizard.problem, guide.readings, guide.link)


async def hear_sensor(
    broker: BrokerSettings, base: str, machine: str, *, clock: Clock, deliver: Deliver
) -> None:
    """Deliver what a direction sensor says over the broker; without a broker there is none."""
    inbox = SensorInbox(base, (machine,), MqttStats(), deliver)

    def on_message(topic: str, payload: bytes, retained: bool) -> None:
        inbox.receive(topic, payload, retained=retained, at=clock())

    topic = SENSOR_DIRECTION.path(base, machine=machine)
    await listen(broker, (topic,), on_message=on_message, on_change=lambda _: None)


def state_directory(config_file: Path | None) -> Path:
    """Return where profiles are kept: as configured, or the user's folder for states.

    Raises ConfigError when there is a configuration that cannot be used.
    """
    if find_file(config_file) is None:
        return default_state_directory()
    return load_settings(config_file).settings.bluetooth.state_directory.expanduser()
