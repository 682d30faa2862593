"""What the outside must offer to the application: a link that delivers, a sink that publishes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ftms_bridge.gatt.notification import Arrival
from ftms_bridge.telemetry.publish import Publish

Deliver = Callable[[Arrival], None]
"""Takes one arrival; returns at once, never raises, never awaits."""


class MachineLink(Protocol):
    """Delivers the notifications of one machine with its sensors: radio, simulator or recording."""

    async def run(self, deliver: Deliver) -> None:
        """Deliver arrivals in order until cancelled or over; stamp them with the daemon's clock."""


class TelemetrySink(Protocol):
    """Takes what is to be published; must not block and must not raise."""

    def publish(self, effect: Publish) -> None:
        """Take one effect for delivery as its topic's row says."""
