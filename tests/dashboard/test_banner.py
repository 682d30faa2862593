"""Big letters for the four words of the contract."""

from __future__ import annotations

import pytest

from ftms_bridge.dashboard.banner import LINES, banner
from ftms_bridge.motion.direction import Direction


def test_a_word_is_drawn_in_three_lines_of_half_blocks() -> None:
    assert banner("forward") == [
        "▄▄▄▄  ▄▄  ▄▄▄  ▄   ▄  ▄▄  ▄▄▄  ▄▄▄ ",
        "█▄▄  █  █ █▄▄▀ █ ▄ █ █▄▄█ █▄▄▀ █  █",
        "█    ▀▄▄▀ █ ▀▄ █▀ ▀█ █  █ █ ▀▄ █▄▄▀",
    ]


@pytest.mark.parametrize("word", [direction.value for direction in Direction])
def test_every_direction_has_letters_and_leaves_room_for_the_reason(word: str) -> None:
    lines = banner(word)
    assert len(lines) == LINES
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= 40
    assert any(line.strip() for line in lines)
