"""The bridge as a long-running program: configured machines in, MQTT out, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time as time_of_day
from functools import partial
from importlib.metadata import version
from pathlib import Path

from ftms_bridge.app.bridge import Bridge
from ftms_bridge.app.broker_config import broker_settings
from ftms_bridge.app.hand_over import HandOver, HandOverRules
from ftms_bridge.app.health import NoRadio, NoRecorder
from ftms_bridge.app.links import LinkPlan, plan_links
from ftms_bridge.app.loop import stop_on_signals
from ftms_bridge.app.one_bridge import only_bridge
from ftms_bridge.app.profiles import load_profiles
from ftms_bridge.app.radio_meter import RadioMeter
from ftms_bridge.app.radios import make_bluetooth
from ftms_bridge.app.recorder import Recorder, RecorderSettings
from ftms_bridge.app.uplink import Identity, Uplink, UplinkSettings
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.endless import keep_running
from ftms_bridge.config.bluetooth import BluetoothLink
from ftms_bridge.config.convert import pipeline_settings
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import BridgeError
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.recordings.header import RecordingHeader

log = logging.getLogger(__name__)

_HOUSEKEEPING_S = 60.0
BETWEEN_ROUNDS_S = 1.0
"""Rest of a recording that loops: also the shortest one must not keep the bridge from the rest."""


def hand_over_rules(link: BluetoothLink) -> HandOverRules:
    """Return when a machine is given away and taken back, as it is configured."""
    return HandOverRules(
        idle_min=link.release_after_idle_min,
        back_after_min=link.resume_after_min,
        back_at=tuple(time_of_day.fromisoformat(text) for text in link.resume_at),
    )


def monotonic_clock() -> Callable[[], float]:
    """Return a clock that starts at 0 and ticks in microseconds, as recordings do."""
    zero = time.monotonic()
    return lambda: round(time.monotonic() - zero, 6)


class Daemon:
    """One run of the bridge.

    remember: keep on disk which devices were bound.
    profiles: what calibration has proven, by machine.

    Raises, when it is made, whatever is wrong with the links or the recording folder: better at
    once than in the middle of a ride.
    """

    def __init__(
        self,
        settings: Settings,
        broker: BrokerSettings | None = None,
        *,
        remember: bool = True,
        profiles: Mapping[str, DirectionProfile] | None = None,
    ) -> None:
        self.clock = monotonic_clock()
        self._settings = settings
        self._broker = broker or broker_settings(settings)
        self._bluetooth = make_bluetooth(settings, self.clock, remember=remember)
        self._plans = plan_links(settings, self.clock, self._bluetooth)
        self._identity = Identity(
            version=version("ftms-bridge"),
            run_id=secrets.token_hex(4),
            machines=tuple(plan.machine for plan in self._plans),
            wall_zero=round(time.time() - self.clock(), 3),
        )
        configured = replace(
            pipeline_settings(
                settings, run_id=self._identity.run_id, wall_zero=self._identity.wall_zero
            ),
            profiles=profiles or {},
        )
        self._recorder = self._open_recorder(configured)
        # the links know more of their machines than the configuration says, such as sensors
        self.pipeline = Pipeline(replace(configured, machines=self._identity.machines))

    async def run(self, stop: asyncio.Event) -> None:
        """Bridge until ``stop`` is set; then end the sessions and say goodbye to the broker."""
        outbox = Outbox(self._settings.mqtt.base)
        hand_over = self._hand_over(self._bluetooth) if self._bluetooth else None
        bridge = Bridge(self.pipeline, outbox, self.clock, self._recorder, links=hand_over)
        uplink = Uplink(
            UplinkSettings(
                broker=self._broker,
                base=self._settings.mqtt.base,
                health_every_s=self._settings.telemetry.health_every_s,
                recorder=self._recorder or NoRecorder(),
                radio=RadioMeter(self._bluetooth) if self._bluetooth else NoRadio(),
            ),
            self._identity,
            self.pipeline,
            outbox,
            on_command=bridge.obey,
            on_reading=bridge.sense,
            clock=self.clock,
        )
        bridge.begin()
        async with uplink:
            tasks = [asyncio.create_task(self._follow(plan, bridge)) for plan in self._plans]
            if self._bluetooth is not None and hand_over is not None:
                tasks.append(asyncio.create_task(self._bluetooth.run(), name="bluetooth"))
                watching = keep_running(hand_over.watch, "the hand-over")
                tasks.append(asyncio.create_task(watching, name="hand-over"))
            if self._recorder is not None:
                tasks += self._keep_recording(self._recorder)
            try:
                await stop.wait()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                bridge.finish()
                if self._recorder is not None:
                    self._recorder.close()
                if self._bluetooth is not None:
                    await self._bluetooth.radio.stack.close()

    async def _follow(self, plan: LinkPlan, bridge: Bridge) -> None:
        """Run one machine's link; its trouble is told and costs this machine only."""
        machine = plan.machine.id
        try:
            while True:
                await plan.open().run(bridge.deliver)
                if not plan.loop:
                    break
                await asyncio.sleep(BETWEEN_ROUNDS_S)
            log.info("%s: the link has delivered all it has", machine)
        except BridgeError as error:
            log.error("%s: %s %s", machine, error.what, error.hint)  # noqa: TRY400 - no fault of ours
        except Exception:
            # one machine's fault must not stop the others; it is logged with its trace
            log.exception("%s: its link failed and is not opened again", machine)

    def _keep_recording(self, recorder: Recorder) -> list[asyncio.Task[None]]:
        runs = (recorder.sync_forever, partial(self._keep_house, recorder))
        return [asyncio.create_task(keep_running(run, "the recording")) for run in runs]

    async def _keep_house(self, recorder: Recorder) -> None:
        while True:
            await asyncio.sleep(_HOUSEKEEPING_S)
            if not self.pipeline.busy:
                recorder.rotate(self.clock())

    def _hand_over(self, bluetooth: Bluetooth) -> HandOver:
        rules = {
            machine.id: hand_over_rules(machine.link)
            for machine in self._settings.machine
            if isinstance(machine.link, BluetoothLink)
        }
        return HandOver(bluetooth, rules, self._idle_since, clock=self.clock)

    def _idle_since(self, machine: str) -> float | None:
        """Return since when no session of a machine is open and nothing moves, or None."""
        return self.pipeline.machine(machine).idle_since

    def _open_recorder(self, configured: PipelineSettings) -> Recorder | None:
        recording = self._settings.recording
        if not recording.enabled:
            return None
        recorder = Recorder(
            RecorderSettings(Path(recording.directory).expanduser(), recording.keep_days),
            RecordingHeader(
                self._identity.machines,
                wall_start=self._identity.wall_zero,
                software=self._identity.version,
                run_id=self._identity.run_id,
                rules=configured.rules,
                profiles=configured.profiles,
            ),
            wall=time.time,
        )
        recorder.open()
        return recorder


async def run_daemon(settings: Settings) -> None:
    """Run the bridge until the process is asked to stop.

    Raises InstanceRunning when this computer has one for that broker and base already.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    machines = [machine.id for machine in settings.machine]
    profiles = load_profiles(settings.bluetooth.state_directory, machines)
    daemon = Daemon(settings, profiles=profiles)
    log.info(
        "bridging %s; broker %s:%d; stop with Ctrl-C",
        ", ".join(machines),
        settings.mqtt.host,
        settings.mqtt.port,
    )
    if profiles:
        log.info("calibrated for direction: %s", ", ".join(profiles))
    mqtt = settings.mqtt
    with only_bridge(f"{mqtt.host}:{mqtt.port}", mqtt.base):
        await daemon.run(stop)
    log.info("stopped")
