"""Payload to bytes and back, and the JSON Schema of each payload type."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import (
    Any,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pydantic_core import from_json, to_json

from ftms_bridge.telemetry import messages, requests
from ftms_bridge.telemetry.messages import Payload

PAYLOAD_TYPES: Final = (
    messages.Live, messages.State, messages.Event, messages.LinkReport, messages.SessionSummary,
    requests.CommandRequest, requests.SensorReading, messages.CommandResult, messages.BridgeInfo,
    messages.BridgeHealth,
)  # fmt: skip
"""Every JSON payload of the contract; plain-text topics have no schema."""


def encode(payload: Payload) -> bytes:
    """Return a payload as it goes over the wire: text as UTF-8, everything else as JSON.

    A number that is none (NaN, infinity) becomes null, which is the contract's "not known now":
    JSON has no NaN, and one bad number must not cost the whole document. Keys keep their order, so
    equal payloads give equal bytes.

    Raises ValueError when the payload holds what is no text, number, list or dict.
    """
    if isinstance(payload, str):
        return payload.encode()
    return to_json(payload, inf_nan_mode="null")


def decode(payload: bytes) -> object:
    """Return what the JSON of others says; NaN and infinity are none. Raises ValueError."""
    decoded: object = from_json(payload, allow_inf_nan=False)
    return decoded


def payload_schemas() -> dict[str, dict[str, object]]:
    """Return the JSON Schema (draft 2020-12) of each payload type by its name."""
    from pydantic import TypeAdapter  # here, because the daemon never needs it

    return {
        cls.__name__: TypeAdapter(checkable(cls)).json_schema(mode="serialization")
        for cls in PAYLOAD_TYPES
    }


def checkable(annotation: Any) -> Any:
    """Return a type with every TypedDict in it rebuilt so that pydantic checks it strictly.

    Unknown keys become errors. Rebuilding is needed because pydantic takes no ``typing.TypedDict``
    before Python 3.12, and the core may import nothing else.
    """
    if is_typeddict(annotation):
        return _rebuilt(annotation)
    origin, parts = get_origin(annotation), tuple(map(checkable, get_args(annotation)))
    if origin is None or origin is Literal:
        return annotation
    if origin is types.UnionType or origin is Union:
        return Union[parts]  # noqa: UP007 - the parts are only known at run time
    return origin[parts]


def _rebuilt(cls: Any) -> Any:
    import typing_extensions  # pydantic brings it

    make: Callable[..., Any] = vars(typing_extensions)["TypedDict"]  # mypy wants literal names
    fields = {key: checkable(hint) for key, hint in get_type_hints(cls).items()}
    modern = make(cls.__name__, fields, total=cls.__total__)
    modern.__doc__ = cls.__doc__
    modern.__pydantic_config__ = {"extra": "forbid"}
    return modern
