"""The table of topics."""

from __future__ import annotations

from ftms_bridge.telemetry.topics import LINK, TOPICS, Delivery


def test_links_are_told_on_a_retained_topic_of_the_machine() -> None:
    assert LINK in TOPICS
    assert LINK.path("gym", machine="bike") == "gym/bike/link"
    assert (LINK.qos, LINK.retain, LINK.delivery) == (1, True, Delivery.LATEST)


def test_no_two_topics_share_a_name_or_a_path() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert len({topic.template for topic in TOPICS}) == len(TOPICS)


def test_every_retained_topic_has_one_slot() -> None:
    assert all((topic.delivery is Delivery.LATEST) == topic.retain for topic in TOPICS)
