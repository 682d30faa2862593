"""Between bleak's callbacks and the core: copies bytes, leaves, hands over in order.

The callback runs inside the Bluetooth stack; a fault of ours in there would end the link or lose
data. So it does nothing but copy and stamp. The rest happens one turn of the event loop later.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from ftms_bridge.ble.verdicts import Trouble
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.ports import Deliver

CAPACITY: Final = 1024
"""Entries that may wait; at 20 per second and seven sources this is seven seconds of a blocked
event loop. House choice."""

SAME_WITHIN_S: Final = 0.02
"""The same bytes twice in this time are counted as doubled: 50 Hz is above any machine's rate."""

Clock = Callable[[], float]
OnValue = Callable[[object, bytearray], None]


class Inbox:
    """What arrived for one machine and its sensors and has not been handed over yet.

    overflow: notifications that found it full.
    """

    def __init__(self, deliver: Deliver, clock: Clock) -> None:
        self.overflow = 0
        self._deliver = deliver
        self._clock = clock
        self._waiting: deque[Notification] = deque()

    def take(self, source: str, characteristic: int, data: bytes) -> Notification | None:
        """Keep one value for the next turn of the loop; return it, or None when there is no room.

        data: bytes that nobody changes any more.
        """
        if len(self._waiting) >= CAPACITY:
            self.overflow += 1
            return None
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.hand_over)
        notification = Notification(self._clock(), source, characteristic, data)
        self._waiting.append(notification)
        return notification

    def hand_over(self) -> None:
        """Deliver everything that waits, in the order in which it came."""
        try:
            while self._waiting:
                self._deliver(self._waiting.popleft())
        finally:
            if self._waiting:  # a fault costs the one value; nobody else would come for the rest
                asyncio.get_running_loop().call_soon(self.hand_over)

    @property
    def now(self) -> float:
        """Return the instant of the clock that stamps what arrives."""
        return self._clock()

    def change(self, change: LinkChange) -> None:
        """Deliver a change of the link, after everything that came before it."""
        self.hand_over()
        self._deliver(change)


class Gate:
    """Lets through what one connection brings, as long as that is the newest connection.

    A connection that is over may still call back (a late signal, a subscription that bleak did not
    end): its values would be counted twice, so each connection has a number of its own.

    connections: how many there were; on_open: is told of each.
    heard_at: when the newest measurement came, None before the first of this connection.
    taken: values let through; late: values of a connection that is over; duplicates: values that
    came twice within a moment, which are let through all the same.
    """

    def __init__(self, source: str, inbox: Inbox) -> None:
        self.connections = 0
        self.on_open: Callable[[Trouble | None], None] = lambda _: None
        self.heard_at: float | None = None
        self.taken = 0
        self.late = 0
        self.duplicates = 0
        self._source = source
        self._inbox = inbox
        self._generation = 0
        self._last: dict[int, tuple[float, bytes]] = {}

    def open(self, note: Trouble | None = None) -> None:
        """Begin a connection and tell that the link is up, with what is odd about it."""
        self._generation += 1
        self.heard_at = None
        self._last.clear()
        self.connections += 1
        self.on_open(note)
        if note is None:
            self._inbox.change(LinkChange(self._inbox.now, self._source, True, "connected"))
        else:
            self._change(note, up=True)

    def close(self) -> None:
        """End the connection; whatever it still brings is late."""
        self._generation += 1

    def tell_down(self, trouble: Trouble) -> None:
        """Tell why the link is down."""
        self._change(trouble, up=False)

    def entrance(self, characteristic: int, *, is_measurement: bool) -> OnValue:
        """Return the callback for one characteristic of the connection that is open now."""
        generation = self._generation

        def take(_sender: object, data: bytearray) -> None:
            if generation != self._generation:
                self.late += 1
                return
            self._pass(characteristic, bytes(data), is_measurement=is_measurement)

        return take

    def put(self, characteristic: int, data: bytes) -> None:
        """Let through what was read or advertised."""
        self._pass(characteristic, data, is_measurement=False)

    def _change(self, trouble: Trouble, *, up: bool) -> None:
        now = self._inbox.now
        self._inbox.change(LinkChange(now, self._source, up, trouble.reason, trouble.verdict))

    def _pass(self, characteristic: int, data: bytes, *, is_measurement: bool) -> None:
        kept = self._inbox.take(self._source, characteristic, data)
        if kept is None:
            return
        self.taken += 1
        before = self._last.get(characteristic)
        if before is not None and before[1] == data and kept.at - before[0] < SAME_WITHIN_S:
            self.duplicates += 1
        self._last[characteristic] = (kept.at, data)
        if is_measurement:
            self.heard_at = kept.at
