"""The one effect of the pipeline: a payload that belongs on a topic now."""

from __future__ import annotations

from ftms_bridge.telemetry.messages import Payload
from ftms_bridge.telemetry.topics import Topic


class Publish:
    """This payload belongs on this topic of this machine now; treated as immutable.

    machine: machine id, or ``""`` for the bridge's own topics.
    """

    __slots__ = ("machine", "payload", "topic")

    def __init__(self, topic: Topic, machine: str, payload: Payload) -> None:
        self.topic = topic
        self.machine = machine
        self.payload = payload
