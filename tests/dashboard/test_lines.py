"""Lines of exact width, whatever is put into them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from rich.text import Text

from ftms_bridge.dashboard.document import harmless
from ftms_bridge.dashboard.lines import apart, chained, fit, framed, joined, right, spread
from tests.dashboard.build import EVIL_TEXTS

TEXTS = st.sampled_from(EVIL_TEXTS).map(harmless) | st.text(max_size=30).map(harmless)
WIDTHS = st.integers(8, 120)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("bike", 6, "bike  "), ("treadmill", 6, "tread…"), ("bike", 0, ""), ("bike", -1, "")],
)
def test_a_text_is_cut_or_filled(text: str, width: int, expected: str) -> None:
    assert fit(Text(text), width).plain == expected


@given(TEXTS, WIDTHS)
def test_fitting_counts_columns_not_characters(text: str, width: int) -> None:
    assert fit(Text(text), width).cell_len == width
    assert right(Text(text), width).cell_len == width


@given(TEXTS, TEXTS, WIDTHS)
def test_two_ends_of_a_line_never_meet(left: str, end: str, width: int) -> None:
    line = apart(Text(left), Text(end), width)
    assert line.cell_len == width


def test_the_right_end_is_kept_and_the_left_gives_way() -> None:
    assert apart(Text("a long name"), Text("end"), 10).plain == "a lo…  end"


def test_columns_share_a_line() -> None:
    assert spread([Text("a"), Text("bb"), Text("c")], 9).plain == "a  bb c  "
    assert spread([Text("abcdefg"), Text("b")], 9).plain == "abc… b   "


def test_empty_texts_leave_no_gap() -> None:
    assert joined([Text("a"), Text(), Text("b")]).plain == "a  b"


def test_every_text_keeps_its_own_style() -> None:
    line = chained(Text("a", Style(bold=True)), Text("b"))
    assert [span.style for span in line.spans] == [Style(bold=True)]
    assert (line.style, line.spans[0].end) == ("", 1)


def test_a_frame_carries_texts_at_its_edges() -> None:
    lines = framed(
        [Text("inside")], top=(Text("bike"), Text("online")), bottom=(Text(), Text("lap 1")),
        width=24, style=Style(),
    )  # fmt: skip
    assert [line.plain for line in lines] == [
        "╭─ bike ────── online ─╮",
        "│ inside               │",
        "╰───────────── lap 1 ──╯".replace("─ lap 1 ──", "── lap 1 ─"),
    ]


@given(TEXTS, TEXTS, TEXTS, WIDTHS)
def test_a_frame_has_its_width_whatever_it_carries(
    one: str, two: str, three: str, width: int
) -> None:
    edge = Text(one), Text(two)
    for line in framed([Text(three)], top=edge, bottom=edge, width=width, style=Style()):
        assert line.cell_len == width
