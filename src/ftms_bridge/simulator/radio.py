"""The way through the air: delay, loss, and everything that damages bytes on the way."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Final

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.simulator.scenario import Fault, Radio

Payload = tuple[int, bytes]
"""Characteristic and bytes, as a source hands them to its radio."""

SPACING_S: Final = 0.0075
"""Two notifications of one source are at least the shortest BLE connection interval apart."""

LONGEST_GARBAGE: Final = 20
"""Bytes of a notification with the default ATT MTU of 23."""

FLAG_BYTES: Final = {0x2ACE: 3, 0x2A5B: 1, 0x2A37: 1, 0x2A53: 1, 0x2A64: 1}
"""Width of the flags, where it is not 2; ``all_ones`` leaves the flags as they are."""


class Channel:
    """The link of one source: takes its payloads and says when which bytes arrive."""

    def __init__(self, source: str, spec: Radio, rng: Random) -> None:
        self._source = source
        self._spec = spec
        self._rng = rng
        self._sent: dict[int, bytes] = {}
        self._last_at = 0.0

    def send(
        self, payloads: Iterable[Payload], at: float, faults: tuple[Fault, ...]
    ) -> list[Notification]:
        """Return what arrives of these payloads; delays never change the order."""
        arrivals: list[Notification] = []
        for characteristic, data in payloads:
            acting = [fault for fault in faults if self._rng.random() < fault.probability]
            received = self._damage(characteristic, data, acting)
            kinds = {fault.kind for fault in acting}
            lost = self._rng.random() < self._spec.loss or "loss" in kinds or "gap" in kinds
            copies = 0 if lost else 2 if "duplicate" in kinds else 1
            arrivals += [
                Notification(self._arrival(at), self._source, characteristic, received)
                for _ in range(copies)
            ]
        return arrivals

    def _arrival(self, at: float) -> float:
        late = at + self._rng.random() * self._spec.jitter_s
        self._last_at = round(max(late, self._last_at + SPACING_S), 6)
        return self._last_at

    def _damage(self, characteristic: int, data: bytes, acting: list[Fault]) -> bytes:
        kinds = {fault.kind for fault in acting}
        if "freeze" in kinds:
            data = self._sent.get(characteristic, data)
        self._sent[characteristic] = data
        for fault in acting:
            data = self._damaged(characteristic, data, fault)
        return data

    def _damaged(self, characteristic: int, data: bytes, fault: Fault) -> bytes:
        if fault.kind == "garbage":
            length = 1 + int(self._rng.random() * LONGEST_GARBAGE)
            return self._rng.getrandbits(8 * length).to_bytes(length, "little")
        if fault.kind == "all_ones":
            flags = FLAG_BYTES.get(characteristic, 2)
            return data[:flags] + b"\xff" * (len(data) - flags)
        if fault.kind == "truncate":
            return data[: fault.length]
        if fault.kind == "trailing":
            return data + self._rng.getrandbits(8 * fault.length).to_bytes(fault.length, "little")
        return data
