"""What the user declares, and how it ends."""

from __future__ import annotations

from ftms_bridge.motion.declaration import HOLDS_S, Declaration
from ftms_bridge.motion.direction import DirectionBasis
from tests.motion.bench import BACKWARD, FORWARD


def test_nothing_is_declared_at_first() -> None:
    declaration = Declaration()
    assert (declaration.estimate, declaration.expires_at, declaration.expired) == (
        None,
        None,
        False,
    )
    assert not declaration.expire()
    assert not declaration.expired


def test_what_is_declared_holds_for_two_minutes_or_until_a_stop() -> None:
    declaration = Declaration()
    declaration.declare(BACKWARD, 10.0, until_stop=False)
    assert declaration.expires_at == 10.0 + HOLDS_S == 130.0
    declaration.declare(BACKWARD, 20.0, until_stop=True)
    assert declaration.expires_at is None


def test_a_declaration_has_no_confidence_and_a_sharp_onset() -> None:
    declaration = Declaration()
    declaration.declare(FORWARD, 10.0, until_stop=False)
    estimate = declaration.estimate
    assert estimate is not None
    assert (estimate.direction, estimate.since) == (FORWARD, 10.0)
    assert estimate.basis is DirectionBasis.DECLARED
    assert (estimate.confidence, estimate.onset_uncertainty_s) == (None, 0.0)


def test_taking_it_back_is_no_expiry() -> None:
    declaration = Declaration()
    declaration.declare(FORWARD, 10.0, until_stop=False)
    declaration.declare(None, 11.0, until_stop=False)
    assert (declaration.estimate, declaration.expires_at, declaration.expired) == (
        None,
        None,
        False,
    )


def test_it_expires_once_and_the_next_one_makes_that_forgotten() -> None:
    declaration = Declaration()
    declaration.declare(FORWARD, 10.0, until_stop=False)
    assert declaration.expire()
    assert (declaration.estimate, declaration.expires_at, declaration.expired) == (None, None, True)
    assert not declaration.expire()
    declaration.declare(BACKWARD, 12.0, until_stop=False)
    assert not declaration.expired
