"""What the evaluation needs of the core: the pipeline with its word on the direction."""

from __future__ import annotations

from typing import Protocol

from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.motion.direction import DirectionEstimate
from ftms_bridge.motion.evidence import Evidence
from ftms_bridge.telemetry.publish import Publish


class Tracker(Protocol):
    """What is said about the direction of one machine now."""

    @property
    def measured(self) -> DirectionEstimate:
        """Return the measured posterior alone; another object whenever it changes."""

    def evidence(self, at: float) -> list[Evidence]:
        """Return what speaks for and against it, strongest first."""


class Core(Protocol):
    """The pipeline, as `app.play` drives it."""

    def begin(self, at: float) -> list[Publish]:
        """Start the run."""

    def receive(self, notification: Notification) -> list[Publish]:
        """Take one notification."""

    def change_link(self, change: LinkChange) -> list[Publish]:
        """Take note of a link that went up or down."""

    def sense(self, reading: DirectionReading) -> list[Publish]:
        """Take a reading of an external direction sensor."""

    def deadline(self) -> float | None:
        """Return when `handle_timer` must be called next."""

    def handle_timer(self, at: float) -> list[Publish]:
        """Do what is due."""

    def finish(self, at: float) -> list[Publish]:
        """End the run."""
