"""The bridge on the real Linux Bluetooth stack, in a virtual computer that needs no hardware."""
