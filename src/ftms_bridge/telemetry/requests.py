"""Payload types of what others send to the bridge; part of the contract, see `messages`."""

from __future__ import annotations

from typing import Literal, TypedDict

from ftms_bridge.telemetry.blocks import ActionWord, Number


class CommandRequest(TypedDict, total=False):
    """Body of ``set/<verb>``: a JSON object, ``{}`` at least.

    id: any text; it comes back in the result.
    action: only for the verb link, and needed there: release gives the Bluetooth links of the
    machine and its sensors away, so that another app can connect; resume takes them back.
    minutes: only with release: after how long they are taken back, above 0 and at most 10080 (a
    week); without it, when you ask for it or as it is configured.
    direction: only for the verb declare, and needed there: which way you move, as far as you know;
    clear takes it back.
    """

    id: str
    action: ActionWord
    minutes: Number
    direction: Literal["forward", "backward", "stopped", "clear"]


class SensorReading(TypedDict):
    """What a direction sensor sends: this object, or the number alone.

    value: a step or 1/min, positive forward and negative backward, from -300 to 300; 0 while
    nothing turns.
    """

    value: Number
