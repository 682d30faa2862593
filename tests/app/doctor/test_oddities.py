"""One oddity as a finding."""

from __future__ import annotations

from ftms_bridge.app.doctor.oddities import MILES, Fix, Oddity


def test_it_says_where_it_is_and_points_at_the_proposal_only_if_there_is_one() -> None:
    fix = Fix(0x2ACD, "speed_kmh", resolution=0.016)
    mendable = Oddity(MILES, "belt", 0x2ACD, "speed_kmh", "It is.", (fix,)).finding
    assert mendable.check == "belt 2acd speed_kmh"
    assert "proposal below" in mendable.remedy
    other = Oddity(MILES, "belt", 0x2ACD, "", "It is.").finding
    assert other.check == "belt 2acd"
    assert other.remedy == "Compare with the machine's display."
