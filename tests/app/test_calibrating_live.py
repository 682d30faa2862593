"""Live calibration: which machine is meant, keys, and how it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ftms_bridge.app.calibrating_live import (
    Guide,
    Opened,
    Scene,
    calibrate_live,
    open_machine,
    state_directory,
)
from ftms_bridge.app.record_plan import Wanted
from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.calibration import Part
from ftms_bridge.motion.calibration_wizard import Outcome
from ftms_bridge.ports import Deliver

BIKE = MachineSpec("bike", MachineKind.INDOOR_BIKE)

CONFIG = """
[bluetooth]
state_directory = "{state}"

[[machine]]
id = "bike"
kind = "indoor_bike"
link = {{ type = "simulator", scenario = "bike_with_sensors" }}

[[machine]]
id = "rower"
kind = "rower"
link = {{ type = "bluetooth" }}

[[machine]]
id = "belt"
kind = "treadmill"
link = {{ type = "bluetooth" }}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "c.toml"
    path.write_text(CONFIG.format(state=tmp_path / "state"))
    return path


def clock() -> float:
    return 0.0


def test_a_simulated_machine_gets_an_obedient_rider(config: Path) -> None:
    opened = open_machine(Wanted("bike", config_file=config), clock)
    assert opened.is_virtual
    assert opened.machine.id == "bike"
    assert opened.bluetooth is None


def test_a_machine_over_bluetooth_is_opened_with_its_sensor_topic(config: Path) -> None:
    opened = open_machine(Wanted("belt", config_file=config), clock)
    assert opened.bluetooth is not None
    assert opened.sensor is not None
    assert opened.sensor[1] == "ftms"


@pytest.mark.parametrize(("machine", "said"), [("oven", "no machine 'oven'"), ("rower", "rower")])
def test_what_cannot_be_calibrated_is_refused(config: Path, machine: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        open_machine(Wanted(machine, config_file=config), clock)


def test_a_recording_is_to_be_studied_instead(tmp_path: Path) -> None:
    ride = tmp_path / "ride.ndjson"
    ride.touch()
    path = tmp_path / "c.toml"
    path.write_text(
        '[[machine]]\nid = "bike"\nkind = "indoor_bike"\n'
        f'link = {{ type = "recording", file = "{ride}" }}\n'
    )
    with pytest.raises(UsageError) as raised:
        open_machine(Wanted("bike", config_file=path), clock)
    assert "--from" in raised.value.hint


def test_profiles_go_where_the_configuration_says(config: Path, tmp_path: Path) -> None:
    assert state_directory(config) == tmp_path / "state"


class Clocked:
    """A guide with a clock that the test moves."""

    def __init__(self) -> None:
        self.at = 0.0
        self.guide = Guide(BIKE, lambda: self.at)
        self.guide.bridge.begin()

    def show(self, speed: float, cadence: float, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.at += 1.0
            data = encode(0x2AD2, {"speed_kmh": speed, "cadence_rpm": cadence, "power_w": 50})
            self.guide.deliver(Notification(self.at, "bike", 0x2AD2, data))
            self.guide.tick()


async def test_readings_move_the_wizard_and_label_the_samples() -> None:
    run = Clocked()
    run.guide.deliver(LinkChange(0.0, "bike", up=True))
    assert run.guide.link == "connected"
    run.show(0.0, 0.0, 5)
    run.show(25.0, 70.0, 10)
    assert run.guide.wizard.part is Part.FORWARD
    assert run.guide.witness.calibration.part is Part.FORWARD
    assert run.guide.scene.reading.cadence_rpm == 70.0
    assert run.guide.readings == 15


async def test_a_direction_sensor_is_heard_beside_the_machine() -> None:
    run = Clocked()
    run.guide.deliver(DirectionReading(1.0, "bike", 60.0))
    assert run.guide.readings == 0


async def test_space_skips_and_q_twice_gives_up() -> None:
    run = Clocked()
    run.show(0.0, 0.0)
    before = run.guide.wizard.prompt.number
    run.guide.press(" ")
    assert run.guide.wizard.prompt.number == before + 1
    run.guide.press("q")
    assert run.guide.scene.may_end
    run.guide.press("x")
    run.guide.press("q")
    run.at += 5.0
    run.guide.press("Q")
    assert not run.guide.is_over
    run.guide.press("q")
    assert run.guide.is_over
    assert run.guide.wizard.outcome is Outcome.RUNNING


class ShortLink:
    """A link that delivers one reading and is over."""

    async def run(self, deliver: Deliver) -> None:
        deliver(LinkChange(0.0, "bike", up=True))
        deliver(Notification(0.1, "bike", 0x2AD2, encode(0x2AD2, {"speed_kmh": 1.0})))


async def test_a_link_that_ends_ends_it_unfinished() -> None:
    scenes: list[Scene] = []
    loop = asyncio.get_running_loop()
    finished = await calibrate_live(
        Opened(BIKE, ShortLink()), clock=loop.time, show=scenes.append, stop=asyncio.Event()
    )
    assert not finished.completed
    assert finished.readings == 1
    assert finished.problem == ""
    assert scenes
