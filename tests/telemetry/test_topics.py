"""The table of topics."""

from __future__ import annotations

from ftms_bridge.telemetry.topics import LINK, SENSOR_DIRECTION, SET, TOPICS, Delivery, Flow


def test_links_are_told_on_a_retained_topic_of_the_machine() -> None:
    assert LINK in TOPICS
    assert LINK.path("gym", machine="bike") == "gym/bike/link"
    assert (LINK.qos, LINK.retain, LINK.delivery) == (1, True, Delivery.LATEST)


def test_no_two_topics_share_a_name_or_a_path() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert len({topic.template for topic in TOPICS}) == len(TOPICS)


def test_every_retained_topic_has_one_slot() -> None:
    assert all((topic.delivery is Delivery.LATEST) == topic.retain for topic in TOPICS)


def test_what_comes_in_is_never_retained_and_nobody_of_ours_publishes_it() -> None:
    incoming = [topic for topic in TOPICS if topic.flow is Flow.IN]
    assert incoming == [SET, SENSOR_DIRECTION]
    assert not any(topic.retain for topic in incoming)
    assert SENSOR_DIRECTION.path("gym", machine="bike") == "gym/bike/sensor/direction"
