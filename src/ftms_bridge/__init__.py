"""Bring fitness machines to MQTT; say which way the rider moves, or that it cannot be known."""
