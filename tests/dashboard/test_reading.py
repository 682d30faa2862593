"""What a document says, whichever topic it came on."""

from __future__ import annotations

from ftms_bridge.dashboard.document import Document, read_document
from ftms_bridge.dashboard.reading import EvidenceReading, read_live, read_state, read_summary
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.telemetry.messages import Payload
from tests.dashboard.build import COLUMNS, METRICS, evidence_row, known, live, state, summary


def document(payload: Payload) -> Document:
    return read_document(encode(payload))


def test_a_live_document_is_read_whole() -> None:
    reading = read_live(
        document(
            live(
                direction=known(confidence=0.9, since_s=12.5),
                by_direction=COLUMNS,
                sources=[{
                    "source": "pedals", "basis": "measured", "age_s": 0.1, "signals": ["power_w"],
                }],
            )
        )
    )  # fmt: skip
    assert reading.signals["speed_kmh"] == 24.84
    assert (reading.direction.word, reading.direction.basis) == ("backward", "measured")
    assert (reading.direction.confidence, reading.direction.since_s) == (0.9, 12.5)
    assert reading.session.state == "active"
    assert (reading.session.elapsed_s, reading.session.lap) == (754.2, 2)
    assert reading.direction.evidence == EvidenceReading("crank_angle", "rising", 4.2, 0.3, True)
    assert reading.session.metrics["work_kj"] == 98.4
    metrics = reading.session.metrics
    assert (metrics["backward_s"], metrics["unknown_s"]) == (190.0, 40.0)
    assert (metrics["direction_switches"], metrics["longest_backward_s"]) == (4.0, 95.0)
    assert reading.sources[0].source == "pedals"
    assert reading.sources[0].quantities == ("power_w",)


def test_a_state_is_read_into_the_same_shape() -> None:
    reading = read_state(document(state()))
    assert reading.signals["speed_kmh"] == 7.0
    assert reading.signals["power_w"] is None
    assert (reading.direction.word, reading.direction.reason) == ("unknown", "evidence_stale")
    assert (reading.session.state, reading.session.moving_s) == ("paused", 50.0)
    assert reading.session.metrics["distance_m"] == 1500
    assert reading.session.metrics["backward_s"] == 10.0


def test_a_state_tells_the_ground_of_a_direction() -> None:
    flat = state(direction="backward", direction_basis="measured", direction_confidence=0.9)
    direction = read_state(document(flat)).direction
    assert (direction.basis, direction.confidence) == ("measured", 0.9)


def test_a_value_of_evidence_can_be_a_number() -> None:
    evidence = [evidence_row(value=-12.5), evidence_row(channel="power")]
    top = read_live(document(live(direction=known(evidence=evidence)))).direction.evidence
    assert top is not None
    assert (top.channel, top.value) == ("crank_angle", "-12.5")


def test_a_summary_is_a_session_that_ended() -> None:
    session = read_summary(document(summary()))
    assert (session.state, session.elapsed_s, session.lap) == ("ended", 1800.0, 0.0)
    assert session.metrics["distance_m"] == METRICS["distance_m"]
    assert session.metrics["backward_s"] == 190.0


def test_a_direction_that_is_none_of_the_four_reads_as_unknown() -> None:
    reading = read_live(Document({"direction": {"direction": "sideways"}}))
    assert (reading.direction.word, reading.direction.reason) == ("unknown", "sideways")


def test_an_empty_document_says_nothing_and_does_no_harm() -> None:
    for reading in (read_live(Document({})), read_state(Document({}))):
        assert reading.direction.word == "unknown"
        assert reading.session.state == "idle"
        assert reading.session.elapsed_s is None
    assert read_summary(Document({})).elapsed_s is None
