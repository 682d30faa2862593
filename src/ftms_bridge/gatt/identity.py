"""Who made a machine, and how full its battery is: name, Device Information, Battery Level.

Sources: the SIG characteristic XML of each.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Field, Layout


def _text(characteristic: int, title: str, name: str) -> Layout:
    """Return the layout of a characteristic that is one text."""
    return Layout(characteristic, title, flag_bytes=0, fields=(Field(name, "utf8"),))


DEVICE_NAME: Final = _text(0x2A00, "Device Name", "name")
MODEL_NUMBER: Final = _text(0x2A24, "Model Number String", "model")
SERIAL_NUMBER: Final = _text(0x2A25, "Serial Number String", "serial")
FIRMWARE_REVISION: Final = _text(0x2A26, "Firmware Revision String", "firmware")
HARDWARE_REVISION: Final = _text(0x2A27, "Hardware Revision String", "hardware")
SOFTWARE_REVISION: Final = _text(0x2A28, "Software Revision String", "software")
MANUFACTURER_NAME: Final = _text(0x2A29, "Manufacturer Name String", "manufacturer")

SYSTEM_ID: Final = Layout(
    characteristic=0x2A23,
    title="System ID",
    flag_bytes=0,
    fields=(Field("manufacturer_id", "uint40"), Field("organization_id", "uint24")),
)

PNP_ID: Final = Layout(
    characteristic=0x2A50,
    title="PnP ID",
    flag_bytes=0,
    fields=(
        Field("vendor_id_source", "uint8", words={1: "bluetooth_sig", 2: "usb_forum"}),
        Field("vendor_id", "uint16"),
        Field("product_id", "uint16"),
        Field("product_version", "uint16"),
    ),
)

BATTERY_LEVEL: Final = Layout(
    characteristic=0x2A19,
    title="Battery Level",
    flag_bytes=0,
    fields=(Field("battery_pct", "uint8", "%"),),
)
