"""What all tables have in common."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ftms_bridge.config.section import Section


class Light(Section):
    """A table for the tests."""

    brightness: float = 1.0


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Light.model_validate({"brightnes": 1})


def test_a_number_that_is_none_is_refused_and_no_error_repeats_a_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Light.model_validate({"brightness": "secret-7"})
    assert "secret-7" not in str(caught.value)
    with pytest.raises(ValidationError, match="finite"):
        Light(brightness=float("nan"))
