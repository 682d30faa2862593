"""The table of every characteristic that this program knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.gatt import control_point, identity, machine, sensors
from ftms_bridge.gatt.climbers import STAIR_CLIMBER_DATA, STEP_CLIMBER_DATA
from ftms_bridge.gatt.cross_trainer_data import CROSS_TRAINER_DATA
from ftms_bridge.gatt.fields import AnyLayout
from ftms_bridge.gatt.indoor_bike_data import INDOOR_BIKE_DATA
from ftms_bridge.gatt.rower_data import ROWER_DATA
from ftms_bridge.gatt.treadmill_data import TREADMILL_DATA

LAYOUTS: Final[Mapping[int, AnyLayout]] = {
    layout.characteristic: layout
    for layout in (
        machine.ADVERTISEMENT,
        identity.DEVICE_NAME,
        identity.BATTERY_LEVEL,
        identity.SYSTEM_ID,
        identity.MODEL_NUMBER,
        identity.SERIAL_NUMBER,
        identity.FIRMWARE_REVISION,
        identity.HARDWARE_REVISION,
        identity.SOFTWARE_REVISION,
        identity.MANUFACTURER_NAME,
        sensors.HEART_RATE_MEASUREMENT,
        identity.PNP_ID,
        sensors.RSC_MEASUREMENT,
        sensors.RSC_FEATURE,
        sensors.CSC_MEASUREMENT,
        sensors.CSC_FEATURE,
        sensors.SENSOR_LOCATION,
        sensors.CYCLING_POWER_MEASUREMENT,
        sensors.CYCLING_POWER_VECTOR,
        sensors.CYCLING_POWER_FEATURE,
        machine.FITNESS_MACHINE_FEATURE,
        TREADMILL_DATA,
        CROSS_TRAINER_DATA,
        STEP_CLIMBER_DATA,
        STAIR_CLIMBER_DATA,
        ROWER_DATA,
        INDOOR_BIKE_DATA,
        machine.TRAINING_STATUS,
        machine.SPEED_RANGE,
        machine.INCLINATION_RANGE,
        machine.RESISTANCE_RANGE,
        machine.HEART_RATE_RANGE,
        machine.POWER_RANGE,
        control_point.CONTROL_POINT,
        control_point.MACHINE_STATUS,
    )
}
"""Layout by characteristic, in the order of their numbers."""

DATA_CHARACTERISTICS: Final = (0x2ACD, 0x2ACE, 0x2ACF, 0x2AD0, 0x2AD1, 0x2AD2)
"""The characteristics whose notifications carry the measurements of a machine."""
