"""Fixtures of the MQTT tests; they start real brokers."""

from __future__ import annotations

from tests.brokers import broker, broker_with_login, mosquitto_folder

__all__ = ["broker", "broker_with_login", "mosquitto_folder"]
