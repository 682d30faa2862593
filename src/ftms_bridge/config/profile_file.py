"""The text of a direction profile: TOML that a person can read, check and mend."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from ftms_bridge.config.section import Section
from ftms_bridge.errors import ConfigError
from ftms_bridge.motion.profile import (
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    GaitBaseline,
    SpeedSource,
)

FORMAT: Final = 1
"""Number of this form; a later one that means something else gets another."""

Positive = Annotated[float, Field(gt=0, le=1000)]
Text = Annotated[str, Field(max_length=500)]

_HEAD: Final = """\
# What calibration has proven about this machine with its sensors and firmware.
# Made by `ftms-bridge calibrate`; delete it, or use `--forget`, and nothing is proven any more.
# It counts for this firmware only. Change it by hand at your own risk: a wrong profile makes the
# bridge say a wrong direction.
"""


class _Machine(Section):
    manufacturer: Text | None = None
    model: Text | None = None
    firmware: Text | None = None


class _Drive(Section):
    drivetrain: Drivetrain = Drivetrain.UNKNOWN
    speed_source: SpeedSource = SpeedSource.UNKNOWN
    ratio_min: Positive | None = None
    ratio_max: Positive | None = None
    smoothing_s: float = Field(1.0, gt=0, le=60)
    coasting_power: bool = False


class _Channel(Section):
    channel: str = Field(min_length=1, max_length=64)
    source: str = Field(min_length=1, max_length=64)
    polarity: Literal[1, -1]
    samples: int = Field(ge=1)
    cap: float = Field(ge=0, le=20)


class _Blind(Section):
    channel: str = Field(min_length=1, max_length=64)
    source: str = Field(min_length=1, max_length=64)


class _Gait(Section):
    source: str = Field(min_length=1, max_length=64)
    speed_kmh: Positive
    forward_spm: Positive
    backward_spm: Positive | None = None
    scatter: float = Field(gt=0, le=1)


class _File(Section):
    format: Literal[1]
    machine: _Machine = _Machine()
    drive: _Drive = _Drive()
    gait: _Gait | None = None
    warnings: tuple[Text, ...] = ()
    channel: tuple[_Channel, ...] = ()
    blind: tuple[_Blind, ...] = ()


def parse_profile(text: str, shown: str) -> DirectionProfile:
    """Return the profile in this text; ``shown`` names the file in errors.

    Raises ConfigError with everything that is wrong in it.
    """
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _wrong(shown, str(error)) from error
    except ValidationError as error:
        problems = (f"{_path(one['loc'])}: {one['msg']}" for one in error.errors())
        raise _wrong(shown, "; ".join(problems)) from error
    profile = _profile(file)
    low, high = profile.ratio_min, profile.ratio_max
    if (low is None) != (high is None) or (low is not None and high is not None and low > high):
        raise _wrong(shown, "drive: ratio_min and ratio_max must both be there and in this order")
    return profile


def _profile(file: _File) -> DirectionProfile:
    gait = file.gait
    return DirectionProfile(
        manufacturer=file.machine.manufacturer,
        model=file.machine.model,
        firmware=file.machine.firmware,
        drivetrain=file.drive.drivetrain,
        speed_source=file.drive.speed_source,
        ratio_min=file.drive.ratio_min,
        ratio_max=file.drive.ratio_max,
        smoothing_s=file.drive.smoothing_s,
        coasting_power=file.drive.coasting_power,
        channels=tuple(
            ChannelProof(one.channel, one.source, one.polarity, one.samples, one.cap)
            for one in file.channel
        ),
        gait=None if gait is None else _baseline(gait),
        warnings=file.warnings,
        blind=tuple((one.channel, one.source) for one in file.blind),
    )


def _baseline(gait: _Gait) -> GaitBaseline:
    return GaitBaseline(
        source=gait.source,
        speed_kmh=gait.speed_kmh,
        forward_spm=gait.forward_spm,
        backward_spm=gait.backward_spm,
        scatter=gait.scatter,
    )


def profile_text(profile: DirectionProfile) -> str:
    """Return the text of a profile; `parse_profile` makes the same profile of it."""
    return _HEAD + "\n".join(_lines(profile)) + "\n"


def _lines(profile: DirectionProfile) -> Iterator[str]:
    """Yield the lines of the file behind its head."""
    yield f"format = {FORMAT}"
    yield from _pairs({"warnings": list(profile.warnings) or None})
    yield "\n# As the machine says of itself.\n[machine]"
    yield from _pairs(
        {
            "manufacturer": profile.manufacturer,
            "model": profile.model,
            "firmware": profile.firmware,
        }
    )
    yield "\n[drive]"
    words = ", ".join(one.value for one in Drivetrain)
    yield f"drivetrain = {_value(profile.drivetrain.value)}  # {words}"
    words = ", ".join(one.value for one in SpeedSource)
    yield f"speed_source = {_value(profile.speed_source.value)}  # {words}"
    if profile.ratio_min is not None:
        yield "# km/h of wheel speed per turn of the crank in a minute, driving forward"
    yield from _pairs({"ratio_min": profile.ratio_min, "ratio_max": profile.ratio_max})
    yield f"smoothing_s = {_value(profile.smoothing_s)}  # how slowly shown values follow"
    yield f"coasting_power = {_value(profile.coasting_power)}  # shows power though nobody drives"
    yield from _gait_lines(profile.gait)
    yield from _channel_lines(profile)


def _gait_lines(gait: GaitBaseline | None) -> Iterator[str]:
    if gait is None:
        return
    yield "\n# How one user steps, in steps a minute at this speed.\n[gait]"
    yield from _pairs(
        {
            "source": gait.source,
            "speed_kmh": gait.speed_kmh,
            "forward_spm": gait.forward_spm,
            "backward_spm": gait.backward_spm,
            "scatter": gait.scatter,
        }
    )


def _channel_lines(profile: DirectionProfile) -> Iterator[str]:
    for proof in profile.channels:
        yield "\n# Proven: it said one thing forward and another backward.\n[[channel]]"
        yield from _pairs({"channel": proof.channel, "source": proof.source})
        yield f"polarity = {proof.polarity}  # -1: it has forward and backward swapped"
        yield f"samples = {proof.samples}"
        yield f"cap = {_value(proof.cap)}  # largest log-odds believed: ln(samples + 1) at most"
    for channel, source in profile.blind:
        yield "\n# Says the same both ways: it is not believed.\n[[blind]]"
        yield from _pairs({"channel": channel, "source": source})


def _pairs(values: Mapping[str, str | float | list[str] | None]) -> Iterator[str]:
    """Yield a line per value that is known."""
    for key, value in values.items():
        if value is not None:
            yield f"{key} = {_value(value)}"


def _value(value: str | float | list[str]) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON escapes what TOML does, but for one control character
        clean = value.encode("utf-8", "replace").decode("utf-8")
        return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path or "the file"


def _wrong(shown: str, problem: str) -> ConfigError:
    return ConfigError(
        f"The direction profile {shown} cannot be used: {problem}.",
        hint="Mend it, or make it anew: ftms-bridge calibrate",
    )
