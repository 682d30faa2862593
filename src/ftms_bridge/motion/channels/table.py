"""The table of channels: what each can say, how strongly, and when it is wrong.

The strengths are assumptions of ours until a machine has proven otherwise; docs/direction.md shows
this table and what a simulation makes of it.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.motion.evidence import ChannelKind

MOVEMENT_BIT: Final = ChannelKind(
    "movement_direction_bit",
    "the direction bit of a cross trainer's record",
    backward=6.0, forward=0.0, forward_later=4.0, proven=6.0, cap=6.0, cap_proven=6.0,
    fresh_s=5.0, explicit=True,
    fails="never implemented (reads forward), firmware that inverts it",
    reference="FTMS, Cross Trainer Data, flag bit 15; no feature bit announces it",
    promising=True,
    remembers=True,
)  # fmt: skip
SIGNED_SPEED: Final = ChannelKind(
    "signed_speed",
    "a speed that is the two's complement of a negative one",
    backward=6.0, forward=0.0, forward_later=4.0, proven=6.0, cap=6.0, cap_proven=6.0,
    fresh_s=5.0, explicit=True,
    fails="garbage; no machine that does it is known in public",
    reference="the field is unsigned; machines whose belt reverses may store a negative number",
    remembers=True,
)  # fmt: skip
WHEEL_COUNTER: Final = ChannelKind(
    "wheel_counter",
    "the wheel's revolution count falls",
    backward=5.0, forward=0.0, forward_later=4.0, proven=5.0, cap=5.0, cap_proven=5.0,
    fresh_s=5.0, explicit=True,
    fails="most sensors count magnet passes of either way; a freewheel does not turn back",
    reference="CSCS: the count may decrease, never below 0",
)  # fmt: skip
CRANK_COUNTER: Final = ChannelKind(
    "crank_counter",
    "the crank's revolution count falls",
    backward=4.0, forward=0.0, forward_later=4.0, proven=5.0, cap=4.0, cap_proven=5.0,
    fresh_s=5.0, explicit=True,
    fails="no specification foresees it; most sensors count passes of either way",
    reference="assumption; a fall of 1 to 10 is read as turning back",
)  # fmt: skip
CRANK_ANGLE: Final = ChannelKind(
    "crank_angle",
    "the crank's angle between two packets of a power meter",
    backward=5.0, forward=5.0, forward_later=5.0, proven=5.0, cap=5.0, cap_proven=5.0,
    fresh_s=5.0, explicit=False,
    fails="blind near 30 n f rpm at f packets per second; a meter that assumes forward",
    reference="CPS, Cycling Power Vector: the angle grows in forward pedalling",
    promising=True,
)  # fmt: skip
EXTREME_ANGLES: Final = ChannelKind(
    "extreme_angles",
    "the angle of the largest torque: near 90 degrees forward, near 270 backward",
    backward=1.5, forward=1.5, forward_later=1.5, proven=1.5, cap=1.5, cap_proven=4.0,
    fresh_s=5.0, explicit=False,
    fails="a meter that assumes forward, uneven legs",
    reference="Raasch and Zajac 1999, Ting 1999: the power phase of the leg is kept",
    promising=True,
)  # fmt: skip
NEGATIVE_POWER: Final = ChannelKind(
    "negative_power",
    "power below zero while the crank turns",
    backward=1.0, forward=0.0, forward_later=0.0, proven=1.5, cap=1.0, cap_proven=4.0,
    fresh_s=5.0, explicit=False,
    fails="most firmware shows no negative power; a fixed flywheel that drives the legs gives it",
    reference="power is the only signed field of FTMS and CPS",
    physical=True,
)  # fmt: skip
METER_CONTRADICTION: Final = ChannelKind(
    "meter_contradiction",
    "the machine shows power while a meter at the crank shows none (fixed drive)",
    backward=0.5, forward=0.0, forward_later=0.0, proven=1.0, cap=1.5, cap_proven=4.0,
    fresh_s=6.0, explicit=False,
    fails="a meter that drops out, measures one side, or shows the size of negative power",
    reference="a meter that takes every turn for forward sees negative work, and clips it",
    promising=True,
    physical=True,
)  # fmt: skip
ENGAGEMENT_LINE: Final = ChannelKind(
    "engagement_line",
    "the wheel is slower than a crank that turns forward would drive it (freewheel)",
    backward=0.0, forward=0.0, forward_later=0.0, proven=3.0, cap=0.0, cap_proven=4.0,
    fresh_s=3.0, explicit=False,
    fails="a speed made up from the cadence, another gear, a motor that drives the flywheel",
    reference="a freewheel lets the crank fall behind the wheel, never run ahead of it",
    held_s=0.5,
    dates=True,
    physical=True,
)  # fmt: skip
GAIT_RATIO: Final = ChannelKind(
    "gait_ratio",
    "steps per minute at this belt speed, against the walker's own ways of walking",
    backward=0.0, forward=0.0, forward_later=0.0, proven=0.7, cap=0.0, cap_proven=3.5,
    fresh_s=15.0, explicit=False,
    fails="holding rails, incline, sideways steps; people whose step rates do not differ",
    reference="steps are shorter backward (Laufer 2005); how much differs between people",
    promising=True,
    dates=True,
    physical=True,
)  # fmt: skip
FALLING_DISTANCE: Final = ChannelKind(
    "falling_distance",
    "the machine's distance goes down as fast as it moves",
    backward=1.5, forward=0.0, forward_later=0.0, proven=4.0, cap=1.5, cap_proven=4.0,
    fresh_s=10.0, explicit=True,
    fails="a goal that is counted down; a session that is reset",
    reference="assumption; no machine that does it is known in public",
    remembers=True,
    seldom=True,
)  # fmt: skip
NEGATIVE_CLIMB: Final = ChannelKind(
    "negative_climb",
    "the descent counter grows while the belt is inclined upward",
    backward=1.5, forward=0.0, forward_later=0.0, proven=4.0, cap=1.5, cap_proven=4.0,
    fresh_s=10.0, explicit=True,
    fails="firmware that copies the climb; a session that is reset",
    reference="assumption; no machine that does it is known in public",
    remembers=True,
    seldom=True,
)  # fmt: skip
STATUS_TEXT: Final = ChannelKind(
    "status_text",
    "the training status text says reverse, backward, retro or the like",
    backward=1.5, forward=0.0, forward_later=0.0, proven=6.0, cap=1.5, cap_proven=6.0,
    fresh_s=float("inf"), explicit=True,
    fails="other languages; a programme's name instead of what happens",
    reference="FTMS, Training Status 2AD3, string",
    remembers=True,
    seldom=True,
)  # fmt: skip
DIRECTION_SENSOR: Final = ChannelKind(
    "direction_sensor",
    "a sensor of your own that knows the way, over MQTT",
    backward=3.0, forward=3.0, forward_later=3.0, proven=6.0, cap=3.0, cap_proven=6.0,
    fresh_s=2.0, explicit=True,
    fails="mounted the wrong way round, which calibration finds",
    reference="two magnet passes in a known order, or a pedal sensor of an e-bike",
    promising=True,
)  # fmt: skip

CHANNELS: Final = (
    MOVEMENT_BIT, SIGNED_SPEED, WHEEL_COUNTER, CRANK_COUNTER, CRANK_ANGLE, EXTREME_ANGLES,
    NEGATIVE_POWER, METER_CONTRADICTION, ENGAGEMENT_LINE, GAIT_RATIO, FALLING_DISTANCE,
    NEGATIVE_CLIMB, STATUS_TEXT, DIRECTION_SENSOR,
)  # fmt: skip
