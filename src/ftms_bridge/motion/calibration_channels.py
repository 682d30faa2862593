"""Which channels say one thing forward and another thing backward: counts, and a verdict on each.

A channel is proven by having been right both ways. What says the same both ways is useless, and
to know that is worth as much: it would have been believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Final

from ftms_bridge.motion.calibration_trace import Part, Sense
from ftms_bridge.motion.profile import ChannelProof

LEAST_SAMPLES: Final = 8
LEAST_SHARE: Final = 0.9
"""House choices: a coin shows eight of one side and then eight of the other once in 65,536."""

CAP: Final = 6.0
"""No channel is ever believed more than this, as log-odds (`docs/direction.md`)."""

SAMPLE_EVERY_S: Final = 1.0
"""Samples closer to each other than that tell the same story twice."""

SPEAKS_ONE_WAY: Final = frozenset(
    {
        "signed_speed", "wheel_counter", "crank_counter", "negative_power", "falling_distance",
        "negative_climb", "status_text",
    }
)  # fmt: skip
"""Channels of which only the reading "backward" is remarkable: that it is missing one way is an
answer too. That "forward" is missing is none: there may only have been too little to see."""

NOT_JUDGED: Final = frozenset({"engagement_line", "gait_ratio"})
"""Channels that depend on what else is learnt; they are judged by that."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one channel; ``text`` says it in words, without its name.

    blind: it says the same both ways.
    """

    channel: str
    source: str
    text: str
    proof: ChannelProof | None = None
    blind: bool = False


class Allowance:
    """Lets one sample per second through, however they are spread."""

    def __init__(self) -> None:
        self._left = 1.0
        self._at: float | None = None

    def take(self, at: float) -> bool:
        """Say whether a sample of this instant counts."""
        if self._at is not None:
            self._left = min(self._left + (at - self._at) / SAMPLE_EVERY_S, 2.0)
        self._at = at
        if self._left < 1.0 - 1e-6:  # sums of floats fall short
            return False
        self._left -= 1.0
        return True


@dataclass(slots=True)
class Tally:
    """How often a channel said each sign while one thing was done; ``silent`` is the 0."""

    backward: int = 0
    forward: int = 0
    silent: int = 0
    speaking: Allowance = field(default_factory=Allowance)
    keeping_silent: Allowance = field(default_factory=Allowance)

    @property
    def spoken(self) -> int:
        """Return how many samples said anything."""
        return self.backward + self.forward

    def count(self, sign: int, at: float) -> None:
        """Count one sample, unless it comes too soon after the last."""
        if sign == 0:
            self.silent += self.keeping_silent.take(at)
        elif self.speaking.take(at):
            self.backward += sign > 0
            self.forward += sign < 0

    def main_sign(self) -> int:
        """Return the sign that it said nearly always, 0 when there is none."""
        if self.spoken < LEAST_SAMPLES:
            return 0
        if self.backward >= LEAST_SHARE * self.spoken:
            return 1
        return -1 if self.forward >= LEAST_SHARE * self.spoken else 0

    def odds(self) -> float:
        """Return how much its main sign is to be believed, as log-odds; counter-examples cost."""
        most, least = max(self.backward, self.forward), min(self.backward, self.forward)
        return log((most + 1) / (least + 1))


@dataclass(slots=True)
class _Both:
    """One channel of one source, both ways."""

    forward: Tally = field(default_factory=Tally)
    backward: Tally = field(default_factory=Tally)


class ChannelLedger:
    """Counts what every channel says forward and backward."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], _Both] = {}

    def take(self, sense: Sense, part: Part, at: float) -> None:
        """Count one clean sample; only forward and backward teach anything."""
        if sense.channel in NOT_JUDGED:
            return
        row = self._rows.setdefault((sense.channel, sense.source), _Both())
        if part is Part.FORWARD:
            row.forward.count(sense.sign, at)
        elif part is Part.BACKWARD:
            row.backward.count(sense.sign, at)

    def findings(self, forward_s: float, backward_s: float) -> list[Finding]:
        """Return a verdict on each channel that was heard.

        forward_s, backward_s: how long each way was gone. A channel that stays silent then has
        been silent for that long, whether it was heard or not.
        """
        heard_s = min(forward_s, backward_s)
        return [_judge(name, row, heard_s) for name, row in sorted(self._rows.items())]


def _judge(name: tuple[str, str], row: _Both, heard_s: float) -> Finding:
    """Return the verdict on one channel."""
    channel, source = name
    if heard_s < LEAST_SAMPLES:
        return Finding(channel, source, "was not heard both ways for long enough")
    ahead, back = row.forward.main_sign(), row.backward.main_sign()
    if ahead and back:
        if ahead == back:
            return Finding(channel, source, "says the same both ways: it cannot tell", blind=True)
        samples = min(row.forward.spoken, row.backward.spoken)
        return _proven(name, back, samples, min(row.forward.odds(), row.backward.odds()))
    if channel in SPEAKS_ONE_WAY:
        return _judge_one_way(name, row, int(heard_s))
    if not row.forward.spoken and not row.backward.spoken:
        return Finding(channel, source, "said nothing, neither forward nor backward")
    few = min(row.forward.spoken, row.backward.spoken)
    if few < LEAST_SAMPLES:
        text = f"was heard too rarely one way ({few} clean samples, {LEAST_SAMPLES} are needed)"
        return Finding(channel, source, text)
    return Finding(channel, source, "wavers: it says now this, now that, while nothing changes")


def _judge_one_way(name: tuple[str, str], row: _Both, heard: int) -> Finding:
    """Return the verdict on a channel whose rare sign, backward as it reads, is what tells."""
    channel, source = name
    forward, backward = row.forward, row.backward
    if not forward.backward and not backward.backward:
        return Finding(channel, source, "shows the same both ways: it cannot tell", blind=True)
    for speaking, other, polarity in ((backward, forward, 1), (forward, backward, -1)):
        if speaking.main_sign() > 0 and not other.backward:
            samples = min(speaking.spoken, heard)
            return _proven(name, polarity, samples, min(speaking.odds(), log(heard + 1)))
    return Finding(channel, source, "speaks up at times, but not reliably one way only")


def _proven(name: tuple[str, str], polarity: int, samples: int, odds: float) -> Finding:
    """Return the verdict on a channel that can tell."""
    channel, source = name
    text = f"tells forward from backward ({samples} clean samples of each)"
    if polarity < 0:
        text += "; it has them swapped, which is put right from now on"
    cap = round(min(CAP, odds), 3)
    return Finding(channel, source, text, ChannelProof(channel, source, polarity, samples, cap))
