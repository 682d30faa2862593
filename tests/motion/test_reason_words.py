"""No reason goes without words, and none of them is said twice."""

from __future__ import annotations

from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.reason_words import REASON_WORDS


def test_every_reason_has_words_in_the_order_of_the_enum() -> None:
    assert list(REASON_WORDS) == list(Reason)


def test_the_words_are_whole_sentences_and_differ() -> None:
    meanings = [words.meaning for words in REASON_WORDS.values()]
    assert len(set(meanings)) == len(meanings)
    for words in REASON_WORDS.values():
        for text in (words.meaning, words.remedy):
            assert text[0].isupper()
            assert text.endswith(".")
