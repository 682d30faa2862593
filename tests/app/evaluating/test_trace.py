"""A trace has one line for each change, with what it rests on."""

from __future__ import annotations

from ftms_bridge.app.evaluating.trace import trace_lines
from ftms_bridge.motion.evidence import Evidence
from tests.app.evaluating.made import ride


def test_one_line_per_change() -> None:
    samples = ride("10f 10b", "2? 12F 6B")
    samples[14].evidence = (Evidence("crank_angle", "meter", -12.5, 3.25, 0.4, proven=True),)
    _, unknown, forward, late, backward = trace_lines(samples)
    assert unknown.split()[:4] == ["0.00", "forward", "yes", "unknown"]
    assert "after_stop_unconfirmed" in unknown
    assert "!" not in forward
    assert "0.950; since 2.00" in forward
    assert late.split()[:5] == ["10.00", "backward", "yes", "forward", "!20.0"]
    assert "crank_angle@meter +3.25 (-12.5, 0.4 s)" in backward


def test_unproven_evidence_is_called_that() -> None:
    samples = ride("2o", "2?", dark="2#")
    samples[0].evidence = (Evidence("negative_power", "bike", -20.0, 1.0, 0.1, proven=False),)
    lines = list(trace_lines(samples))
    assert "no" in lines[1].split()
    assert "negative_power@bike +1.00 (-20.0, 0.1 s, unproven)" in lines[1]
