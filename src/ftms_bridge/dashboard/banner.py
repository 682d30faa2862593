"""The direction word in letters that can be read from the saddle: three lines of half blocks."""

from __future__ import annotations

from typing import Final

LINES: Final = 3

_LETTERS: Final = {
    "A": (".##.", "#..#", "####", "#..#", "#..#"),
    "B": ("###.", "#..#", "###.", "#..#", "###."),
    "C": (".###", "#...", "#...", "#...", ".###"),
    "D": ("###.", "#..#", "#..#", "#..#", "###."),
    "E": ("####", "#...", "###.", "#...", "####"),
    "F": ("####", "#...", "###.", "#...", "#..."),
    "K": ("#..#", "#.#.", "##..", "#.#.", "#..#"),
    "N": ("#..#", "##.#", "#.##", "#..#", "#..#"),
    "O": (".##.", "#..#", "#..#", "#..#", ".##."),
    "P": ("###.", "#..#", "###.", "#...", "#..."),
    "R": ("###.", "#..#", "###.", "#.#.", "#..#"),
    "S": (".###", "#...", ".##.", "...#", "###."),
    "T": ("#####", "..#..", "..#..", "..#..", "..#.."),
    "U": ("#..#", "#..#", "#..#", "#..#", ".##."),
    "W": ("#...#", "#...#", "#.#.#", "##.##", "#...#"),
}
"""Five rows of dots per letter; only the letters of the contract's four words."""

_HALF_BLOCKS: Final = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}


def banner(word: str) -> list[str]:
    """Return a direction word as three lines of equal width."""
    letters = [_LETTERS[letter] for letter in word.upper()]
    rows = [".".join(row) for row in zip(*letters, strict=True)]
    rows.insert(0, "." * len(rows[0]))
    return [_halves(rows[line], rows[line + 1]) for line in range(0, 2 * LINES, 2)]


def _halves(upper: str, lower: str) -> str:
    return "".join(_HALF_BLOCKS[up + low] for up, low in zip(upper, lower, strict=True))
