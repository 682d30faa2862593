"""Errors survive being copied and sent to another process."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable

import pytest

from ftms_bridge import errors
from ftms_bridge.errors import BridgeError

KINDS = [kind for kind in vars(errors).values() if inspect.isclass(kind)]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(kind, BridgeError)])
@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_copy_says_the_same(
    kind: type[BridgeError], again: Callable[[BridgeError], BridgeError]
) -> None:
    error = again(kind("The file is gone.", hint="Look for it."))
    assert type(error) is kind
    assert (error.what, error.hint) == ("The file is gone.", "Look for it.")
    assert str(error) == "The file is gone. Look for it."
