"""Settings of the radio, and of what is bound over it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from ftms_bridge.config.radio_checks import (
    SYSTEM_RADIO,
    check_adapter,
    check_address,
    check_idle_minutes,
    check_radio,
    check_time_of_day,
    default_state_directory,
)
from ftms_bridge.config.section import Section

DAY_MIN: Final = 1440
"""Minutes of a day."""

Address = Annotated[str, AfterValidator(check_address)]
Pick = Literal["only", "strongest"]
TimeOfDay = Annotated[str, AfterValidator(check_time_of_day)]


class BluetoothSettings(Section):
    """Which radio is used, and what may be done when it fails."""

    adapter: Annotated[str, AfterValidator(check_adapter)] = Field(
        "", description="Bluetooth adapter, as `hci0` or by its address, which stays the same when "
        "adapters are plugged; empty for any",
    )  # fmt: skip
    radio: Annotated[str, AfterValidator(check_radio)] = Field(
        SYSTEM_RADIO, description="`system` is the computer's own Bluetooth; `tcp:HOST:PORT` a "
        "virtual adapter, as `ftms-bridge virtual` offers it",
    )  # fmt: skip
    recovery: Literal["off", "restart", "power", "reset"] = Field(
        "power", description="strongest step against a radio that fails: `restart` scans anew, "
        "`power` also switches the adapter off and on when nobody uses it, `reset` also resets it "
        "(needs the extra `recovery`)",
    )  # fmt: skip
    state_directory: Path = Field(
        default_factory=default_state_directory,
        description="where it is remembered which devices were bound; without it the user's folder "
        "for states",
    )


class SensorLink(Section):
    """Which device a sensor is."""

    type: Literal["bluetooth"] = Field("bluetooth", description="a sensor over Bluetooth")
    address: Address | None = Field(
        None, description="address of this device: six pairs of hex digits, or a UUID on macOS"
    )
    name: str | None = Field(
        None, min_length=1, max_length=100,
        description="name or alias that the device shows, in any case; `*` stands for any text; "
        "unused when `address` is given; with neither it is the only one of its kind in reach",
    )  # fmt: skip
    pick: Pick = Field(
        "only", description="when several fit: `only` takes none of them, `strongest` the nearest"
    )


class BluetoothLink(SensorLink):
    """Notifications come over Bluetooth from a machine."""

    type: Literal["bluetooth"] = Field(description="a machine over Bluetooth")
    release_after_idle_min: Annotated[float, AfterValidator(check_idle_minutes)] = Field(
        0.0, ge=0, le=DAY_MIN,
        description="minutes without use after which the machine is given away, so that another "
        "app can connect; at least 1, or 0 for never",
    )  # fmt: skip
    resume_after_min: float = Field(
        30.0, ge=0, le=DAY_MIN,
        description="minutes after which it is taken back from that; 0: only on request",
    )  # fmt: skip
    resume_at: tuple[TimeOfDay, ...] = Field(
        (), description="local times of day, such as `06:30`, at which it is taken back in any case"
    )
