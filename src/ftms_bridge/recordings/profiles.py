"""What calibration has proven about a machine, as it stands in the header of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from ftms_bridge.motion.profile import (
    UNPROVEN,
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    GaitBaseline,
    SpeedSource,
)
from ftms_bridge.recordings.fields import (
    list_of,
    number_of,
    number_or_none,
    object_of,
    objects_of,
    text_of,
    text_or_none,
    texts_of,
)


def profile_fields(profile: DirectionProfile) -> dict[str, object]:
    """Return what is proven as the fields of a JSON object, named as in `DirectionProfile`.

    What is as it is by default is left out.
    """
    words = {
        "drivetrain": profile.drivetrain.value,
        "speed_source": profile.speed_source.value,
    }
    return {
        name: words.get(name, value)
        for name, value in asdict(profile).items()
        if getattr(profile, name) != getattr(UNPROVEN, name)
    }


def read_profile(fields: Mapping[str, object]) -> DirectionProfile:
    """Return the profile that fields describe; what is left out is not proven.

    Keys that are not ours are passed over. Raises ValueError or KeyError for what makes no sense.
    """
    gait = fields.get("gait")
    return DirectionProfile(
        manufacturer=text_or_none(fields.get("manufacturer")),
        model=text_or_none(fields.get("model")),
        firmware=text_or_none(fields.get("firmware")),
        drivetrain=Drivetrain(fields.get("drivetrain", UNPROVEN.drivetrain.value)),
        speed_source=SpeedSource(fields.get("speed_source", UNPROVEN.speed_source.value)),
        ratio_min=number_or_none(fields.get("ratio_min")),
        ratio_max=number_or_none(fields.get("ratio_max")),
        smoothing_s=number_of(fields.get("smoothing_s", UNPROVEN.smoothing_s)),
        coasting_power=fields.get("coasting_power") is True,
        channels=tuple(_read_proof(proof) for proof in objects_of(fields.get("channels", []))),
        gait=None if gait is None else _read_gait(object_of(gait)),
        warnings=texts_of(fields.get("warnings", [])),
        blind=tuple(_read_pair(pair) for pair in list_of(fields.get("blind", []))),
    )


def renamed_profile(profile: DirectionProfile, names: Mapping[str, str]) -> DirectionProfile:
    """Return the profile of a machine that is called otherwise, as its sensors are."""
    gait = profile.gait
    return replace(
        profile,
        channels=tuple(
            replace(proof, source=names.get(proof.source, proof.source))
            for proof in profile.channels
        ),
        gait=gait and replace(gait, source=names.get(gait.source, gait.source)),
        blind=tuple((channel, names.get(source, source)) for channel, source in profile.blind),
    )


def _read_proof(fields: Mapping[str, object]) -> ChannelProof:
    polarity, samples = fields["polarity"], fields["samples"]
    if isinstance(polarity, bool) or not isinstance(polarity, int) or polarity not in (-1, 1):
        raise ValueError("polarity is neither 1 nor -1")
    if isinstance(samples, bool) or not isinstance(samples, int) or samples < 0:
        raise ValueError("samples are no count")
    return ChannelProof(
        text_of(fields["channel"]),
        text_of(fields["source"]),
        polarity,
        samples,
        cap=number_of(fields["cap"]),
    )


def _read_pair(value: object) -> tuple[str, str]:
    texts = texts_of(value)
    if len(texts) != 2:
        raise ValueError("a blind channel is no pair of name and source")
    return texts[0], texts[1]


def _read_gait(fields: Mapping[str, object]) -> GaitBaseline:
    return GaitBaseline(
        text_of(fields["source"]),
        number_of(fields["speed_kmh"]),
        number_of(fields["forward_spm"]),
        number_or_none(fields.get("backward_spm")),
        scatter=number_of(fields["scatter"]),
    )
