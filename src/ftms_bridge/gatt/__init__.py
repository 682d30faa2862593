"""Bytes of Bluetooth GATT characteristics to named values and back; no filtering, no state."""
