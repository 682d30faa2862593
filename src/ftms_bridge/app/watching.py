"""Joins what is heard from the broker, the view and the display, until asked to end."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ftms_bridge.app.broker_config import broker_settings as configured_broker
from ftms_bridge.app.broker_url import DEFAULT_URL, broker_settings, shown_url
from ftms_bridge.app.loop import pass_over_dead_sockets, stop_on_signals
from ftms_bridge.config.loading import find_file, load_settings
from ftms_bridge.dashboard.display import REFRESH_EVERY_S, Display, Show
from ftms_bridge.dashboard.screen import Caption
from ftms_bridge.dashboard.view import SHOWN_TOPICS, View
from ftms_bridge.errors import BrokerUnavailable, ConfigError, UsageError
from ftms_bridge.mqtt.listening import listen
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import NOTHING_LISTENS, UNKNOWN_HOST, Trouble
from ftms_bridge.telemetry.topics import DEFAULT_BASE

COMPLETE_WITHIN_S: Final = 10.0
"""How long a single look may take; house choice: ten times what a running bridge needs."""

_HOPELESS: Final = (NOTHING_LISTENS, UNKNOWN_HOST)
"""Troubles that will not pass while a single look waits."""

Clock = Callable[[], float]
OnMessage = Callable[[str, bytes, bool], None]
"""Takes topic, payload, and whether the broker had kept it."""
OnChange = Callable[[Trouble | None], None]
"""Takes None when the broker is there, else why it is not."""


class Listen(Protocol):
    """Subscribes and reports, connecting again for ever; ``mqtt.listening.listen`` is one."""

    async def __call__(
        self,
        broker: BrokerSettings,
        topics: Sequence[str],
        *,
        on_message: OnMessage,
        on_change: OnChange,
    ) -> None:
        """Listen until cancelled."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What to watch and for how long.

    once: end when every machine has been heard, at the latest after ten seconds.
    seconds: end after that time; None: only when asked to.
    note: something to keep in sight, such as a command to paste elsewhere.
    """

    broker: BrokerSettings
    base: str = DEFAULT_BASE
    once: bool = False
    seconds: float | None = None
    note: str = ""


async def watch(settings: WatchSettings, display: Display, stop: asyncio.Event) -> None:
    """Show what the bridge publishes until ``stop`` is set or the time is over.

    Raises BrokerUnavailable when a single look finds no broker, or not all there is to see.
    """
    await Watch(settings, display, listen).run(stop)


async def run_watch(settings: WatchSettings, display: Display) -> None:
    """Watch until the process is asked to stop.

    Raises what ``watch`` raises, and BrokerUnavailable when the time is over without a broker.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    pass_over_dead_sockets()
    watching = Watch(settings, display, listen)
    await watching.run(stop)
    if not stop.is_set():
        watching.check_was_connected()


def find_bridge(
    broker: str | None, config_file: Path | None, base: str | None
) -> tuple[BrokerSettings, str]:
    """Return broker and base topic of the bridge, from the options of the command line.

    Without broker and file it is the configuration that the bridge itself would find; without
    any, a broker on this computer. Raises UsageError or ConfigError when that cannot be.
    """
    if broker is not None:
        if config_file is not None:
            raise UsageError("--broker and --config both name a broker.", hint="Give one of them.")
        return broker_settings(broker, os.environ), checked_base(
            DEFAULT_BASE if base is None else base
        )
    if config_file is not None:
        return _configured(config_file, base)
    try:
        found = find_file(None)
        if found is None:
            return find_bridge(DEFAULT_URL, None, base)
        return _configured(found, base)
    except (ConfigError, PermissionError) as error:
        what = (
            error.what if isinstance(error, ConfigError) else f"{error.filename}: may not be read."
        )
        hint = "Mend it, or name the broker: --broker mqtt://HOST:PORT"
        raise ConfigError(what, hint=hint) from None


def _configured(file: Path, base: str | None) -> tuple[BrokerSettings, str]:
    settings = load_settings(file).settings
    return configured_broker(settings), checked_base(settings.mqtt.base if base is None else base)


def checked_base(base: str) -> str:
    """Return the base topic if anything can be heard below it.

    Raises UsageError otherwise. Source: MQTT 5.0, 4.7.1 (wildcards) and 4.7.3 (topics).
    """
    if all(base.split("/")) and base.isprintable() and not set(base) & {"+", "#"}:
        return base
    raise UsageError(
        f"The base topic {base!a} cannot be one.",
        hint="Give that of the bridge, such as ftms or home/gym: no +, no #, no / at its ends.",
    )


class Watch:
    """A look at a bridge; ``listen`` and ``clock`` are the world outside."""

    def __init__(
        self,
        settings: WatchSettings,
        display: Display,
        listen: Listen,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self.view = View(settings.base)
        self._settings = settings
        self._display = display
        self._listen = listen
        self._clock = clock
        self._complete = asyncio.Event()
        self._hopeless = asyncio.Event()
        self._was_connected = False

    async def run(self, stop: asyncio.Event) -> None:
        """Show what the bridge publishes until ``stop`` is set or the time is over.

        Raises BrokerUnavailable when a single look finds no broker, or not all there is to see.
        """
        if self._settings.once:
            await self._look_once(stop)
        caption = Caption(shown_url(self._settings.broker), self._settings.note)
        with self._display(self.view, caption) as show:
            if not self._settings.once:
                await first_end(
                    self._hear(), self._keep_showing(show), stop.wait(), self._time_out()
                )
            show(self._clock())

    async def _look_once(self, stop: asyncio.Event) -> None:
        ends = (self._complete.wait(), self._hopeless.wait(), stop.wait(), self._time_out())
        await first_end(self._hear(), *ends)
        if self._complete.is_set() or stop.is_set():
            return
        url = shown_url(self._settings.broker)
        if not self.view.connected:
            raise self._no_broker()
        raise BrokerUnavailable(
            f"The broker at {url} is there, but not all of {self.view.base}/ was heard in time.",
            hint="Start the bridge with: ftms-bridge run; --base must be that of the bridge.",
        )

    def check_was_connected(self) -> None:
        """Raise BrokerUnavailable when there was no broker all the time."""
        if not self._was_connected:
            raise self._no_broker()

    def _no_broker(self) -> BrokerUnavailable:
        trouble = self.view.trouble or "it does not answer"
        return BrokerUnavailable(
            f"No broker at {shown_url(self._settings.broker)}: {trouble}.",
            hint="Start it, or name another one with --broker or --config.",
        )

    async def _time_out(self) -> None:
        limit_s = self._settings.seconds
        if self._settings.once:
            limit_s = min(limit_s or COMPLETE_WITHIN_S, COMPLETE_WITHIN_S)
        await (asyncio.Event().wait() if limit_s is None else asyncio.sleep(limit_s))

    async def _keep_showing(self, show: Show) -> None:
        while True:
            show(self._clock())
            await asyncio.sleep(REFRESH_EVERY_S)

    async def _hear(self) -> None:
        topics = [topic.path(self.view.base, machine="+") for topic in SHOWN_TOPICS]
        await self._listen(
            self._settings.broker, topics, on_message=self._receive, on_change=self._change
        )

    def _receive(self, topic: str, payload: bytes, retained: bool) -> None:
        self.view.receive(topic, payload, self._clock(), retained=retained)
        if self.view.complete():
            self._complete.set()

    def _change(self, trouble: Trouble | None) -> None:
        if trouble is None:
            self._was_connected = True
            self.view.connect()
        else:
            self.view.lose(trouble.what)
            if trouble in _HOPELESS:
                self._hopeless.set()
