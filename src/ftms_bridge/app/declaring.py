"""Tells the running bridge which way the rider moves, as far as the rider knows."""

from __future__ import annotations

from ftms_bridge.app.commanding import ANSWER_WITHIN_S, Order, command_bridge
from ftms_bridge.control.commands import CLEAR, Verb
from ftms_bridge.mqtt.settings import BrokerSettings


async def declare(
    broker: BrokerSettings,
    base: str,
    *,
    machine: str,
    direction: str,
    within_s: float = ANSWER_WITHIN_S,
) -> str:
    """Declare a direction, one of `DIRECTIONS`; return what came of it, for people.

    Raises UsageError for an impossible machine, BrokerUnavailable when the broker or the bridge is
    not there or does not answer, CommandRejected when the bridge refuses.
    """
    body = {"direction": direction}
    what = f"declare {machine} {direction}"
    order = Order(machine, Verb.DECLARE, what, body)
    await command_bridge(broker, base, order, within_s=within_s)
    if direction == CLEAR:
        return f"{machine}: nothing is declared any more."
    return (
        f"{machine}: {direction} is declared. It counts where the direction cannot be measured, "
        "until it expires or you say otherwise."
    )
