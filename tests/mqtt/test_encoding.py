from __future__ import annotations

import json
import subprocess
import sys
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ftms_bridge.mqtt.encoding import PAYLOAD_TYPES, checkable, decode, encode, payload_schemas
from ftms_bridge.telemetry.topics import TOPICS
from tests.mqtt.samples import LIVE, SAMPLES

TYPES = {cls.__name__: cls for cls in PAYLOAD_TYPES}


def unchecked(value: object) -> Any:
    """Return a value that the type checker would not let through."""
    return value


def test_every_payload_type_of_the_topics_has_a_schema_and_a_sample() -> None:
    named = {topic.payload for topic in TOPICS} - {"text"}
    assert named == set(TYPES) == set(payload_schemas()) == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_encoded_sample_fits_its_type(name: str) -> None:
    sample = SAMPLES[name]
    encoded = encode(unchecked(sample))
    assert TypeAdapter(checkable(TYPES[name])).validate_json(encoded) == sample


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_with_a_key_too_many_or_of_a_wrong_type_does_not_fit(name: str) -> None:
    adapter = TypeAdapter(checkable(TYPES[name]))
    sample = unchecked(SAMPLES[name])
    with pytest.raises(ValidationError, match="extra_forbidden"):
        adapter.validate_python({**sample, "extra": 1})
    first = next(iter(sample))
    with pytest.raises(ValidationError):
        adapter.validate_python({**sample, first: ["no such type"]})


def test_schemas_forbid_unknown_keys_and_name_what_is_required() -> None:
    schemas = payload_schemas()
    assert all(schema["additionalProperties"] is False for schema in schemas.values())
    assert schemas["Live"]["required"] == list(LIVE)
    assert "required" not in schemas["CommandRequest"]


def test_schemas_keep_the_words_a_value_may_be() -> None:
    properties = unchecked(payload_schemas()["CommandResult"])["properties"]
    assert properties["status"]["enum"] == ["done", "rejected"]
    assert properties["id"]["anyOf"] == [{"type": "string"}, {"type": "null"}]


def test_text_goes_out_as_it_is() -> None:
    assert encode("offline") == b"offline"


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_a_number_that_is_none_becomes_null_at_any_depth(number: float) -> None:
    payload = unchecked({"signals": {"speed_kmh": number}, "list": [number, 1.5]})
    assert encode(payload) == b'{"signals":{"speed_kmh":null},"list":[null,1.5]}'


@pytest.mark.parametrize("value", ["\ud800", object(), b"\xff"])
def test_what_cannot_be_json_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match="JSON|serialize"):
        encode(unchecked({"signal": value}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_any_json_payload_comes_back_the_same_and_strict(payload: dict[str, object]) -> None:
    def refuse(word: str) -> None:
        pytest.fail(f"{word} is no JSON")

    encoded = encode(unchecked(payload))
    decoded = json.loads(encoded, parse_constant=refuse)
    assert decoded == json.loads(json.dumps(payload), parse_constant=lambda _: None)
    assert encode(unchecked(decoded)) == encoded


def test_encoding_a_live_payload_does_not_load_pydantic() -> None:
    program = (
        "import sys; from ftms_bridge.mqtt.encoding import encode; encode({'a': 1.0});"
        "sys.exit('pydantic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_what_is_encoded_can_be_decoded(payload: dict[str, object]) -> None:
    encoded = encode(unchecked(payload))
    assert decode(encoded) == json.loads(encoded)


@pytest.mark.parametrize("payload", [b"", b"NaN", b"-Infinity", b"{", b"{}{}", b"\xff", b"1,"])
def test_what_is_no_json_is_a_value_error(payload: bytes) -> None:
    with pytest.raises(ValueError, match="line 1"):
        decode(payload)
