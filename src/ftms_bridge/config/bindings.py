"""Rules over everything that is bound by radio: no device may be meant twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ftms_bridge.config.bluetooth import SensorLink
from ftms_bridge.measurement.sources import MachineKind, SensorKind


@dataclass(frozen=True, slots=True)
class Bound:
    """One machine or sensor over Bluetooth; ``key`` is its place in the configuration."""

    key: str
    kind: MachineKind | SensorKind
    link: SensorLink


def doubly_bound(things: Iterable[Bound]) -> str | None:
    """Return what must not be, to follow "must", when two things would be the same device.

    They would with the same address, and as the same kind with the same name or without any.
    """
    seen: dict[tuple[str, ...], str] = {}
    for thing in things:
        wish = _wish(thing)
        if wish in seen:
            return _fault(thing, f"{seen[wish]} and {thing.key}")
        seen[wish] = thing.key
    return None


def _wish(thing: Bound) -> tuple[str, ...]:
    """Return what is alike for two things that would be bound to the same device."""
    if thing.link.address is not None:
        return ("address", thing.link.address)
    return (thing.kind.value, (thing.link.name or "").casefold())


def _fault(thing: Bound, both: str) -> str:
    kind, link = thing.kind.value, thing.link
    if link.address is not None:
        return f"not bind one address twice: {both} have {link.address}"
    if link.name is not None:
        return f"not look for one name twice: {both} are both {kind} with {link.name!r}"
    return f"tell by address or name which {kind} is which: {both} have neither"
