"""How bleak is called: the one place where backends, adapter, stack, clock and chance are chosen.

Everything else in `ble` is given a `Radio`, so that the same code runs on BlueZ, on other systems,
on a virtual radio and under a virtual clock.
"""

from __future__ import annotations

import random as random_numbers
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from bleak import BleakClient, BleakScanner
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak_retry_connector import BleakClientWithServiceCache, establish_connection

from ftms_bridge.ble.bounded import BoundedCalls
from ftms_bridge.ble.stack import PlainStack, Stack
from ftms_bridge.ble.verdicts import LinkTrouble
from ftms_bridge.gatt.notification import Verdict

Clock = Callable[[], float]
OnAdvert = Callable[[BLEDevice, AdvertisementData], None]

CONNECT_LIMITS_S: Final = (6.0, 8.0, 10.0)
"""For connecting and finding the services, retries included: the first try after a good link, the
second, all others. A request that was lost costs the first limit, and a slow radio gets the last.
The retry connector alone would take up to 80 s, in which the machine may have come and gone."""

DISCONNECT_LIMIT_S: Final = 5.0
"""A mute link was seen to need 2.5 s."""

ATTEMPTS: Final = 2
"""Of the retry connector within one call; the supervisor rests and searches between calls."""


@dataclass(frozen=True, slots=True)
class Radio:
    """What all links of one bridge share.

    clock: stamps arrivals, in seconds. adapter: as configured, by name or address; "" is any.
    scanner_backend, client_backend: None is the one of this operating system.
    random: gives numbers from 0 up to 1.
    """

    clock: Clock
    stack: Stack = field(default_factory=PlainStack)
    adapter: str = ""
    scanner_backend: type[BaseBleakScanner] | None = None
    client_backend: type[BaseBleakClient] | None = None
    random: Callable[[], float] = random_numbers.random
    calls: BoundedCalls = field(default_factory=BoundedCalls)

    async def scanner(self, on_advert: OnAdvert) -> BleakScanner:
        """Return a scanner that is not started yet.

        Raises LinkTrouble when the adapter that was asked for is not there.
        """
        arguments: dict[str, Any] = {"backend": self.scanner_backend}
        if name := await self._adapter_name():
            arguments["bluez"] = {"adapter": name}
        return BleakScanner(on_advert, **arguments)

    async def connect(
        self,
        device: BLEDevice,
        name: str,
        on_lost: Callable[[], None],
        *,
        limit_s: float = CONNECT_LIMITS_S[0],
    ) -> BleakClient:
        """Connect and find the services, within ``limit_s`` seconds.

        Raises what bleak raises, or TookTooLong; then there is no link, or one that was told to go.
        """
        made: list[BleakClient] = []
        call = establish_connection(
            _NotedClient,
            device,
            name,
            disconnected_callback=lambda _: on_lost(),
            max_attempts=ATTEMPTS,
            use_services_cache=False,
            made=made,
            backend=self.client_backend,
        )
        try:
            return await self.calls.run(call, limit_s, "connecting")
        except BaseException:
            for client in made:
                await self.disconnect(client)
            raise

    async def disconnect(self, client: BleakClient) -> bool:
        """End a connection and everything that bleak keeps for it; False when it would not end.

        This is needed after a loss too: until then bleak keeps a socket to the system, and on some
        systems the next connection gets every value twice.
        """
        try:
            await self.calls.run(client.disconnect(), DISCONNECT_LIMIT_S, "disconnecting")
        except Exception:  # noqa: BLE001 - whatever it says, there is nothing more to be done
            return False
        return True

    async def _adapter_name(self) -> str | None:
        """Return the adapter to use; bleak left alone takes any one, even one that is off."""
        if not self.adapter:
            state = await self.stack.look()
            return next((one.name for one in state.adapters if one.powered), None)
        name = await self.stack.adapter_name(self.adapter)
        if name is None:
            raise LinkTrouble(Verdict.ADAPTER_MISSING, f"there is no adapter {self.adapter}")
        return name


class _NotedClient(BleakClientWithServiceCache):
    """Puts itself down in a list when it is made: on failure the retry connector drops it."""

    def __init__(self, *args: Any, made: list[BleakClient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made.append(self)
