"""Records that were split over several notifications."""

from __future__ import annotations

from ftms_bridge.gatt.codec import Decoded, decode
from ftms_bridge.measurement.assembly import Assembly

DISTANCE = bytes.fromhex("1100d20400")  # more data, 1234 m
SPEED = bytes.fromhex("4400ce098e008e00")  # last part: speed, cadence, power
FLAGS_FOR_EVER = bytes.fromhex("0100")  # more data, nothing else


def part(data: bytes) -> Decoded:
    return decode(0x2AD2, data)


def test_a_record_in_one_part_passes_through() -> None:
    assembly, whole = Assembly(), part(SPEED)
    assert assembly.receive(whole, 0.0) == [whole]
    assert assembly.deadline() is None


def test_two_parts_make_one_record_in_their_order() -> None:
    assembly, first, last = Assembly(), part(DISTANCE), part(SPEED)
    assert assembly.receive(first, 0.0) == []
    assert assembly.deadline() == 1.0
    assert assembly.receive(last, 0.3) == [first, last]
    assert (assembly.deadline(), assembly.partial) == (None, 0)


def test_a_part_whose_rest_is_lost_is_released_after_a_second_and_counted() -> None:
    assembly, first = Assembly(), part(DISTANCE)
    assembly.receive(first, 0.0)
    assert assembly.expire(0.9) == []
    assert assembly.expire(1.0) == [first]
    assert (assembly.partial, assembly.deadline()) == (1, None)


def test_the_same_part_again_means_that_the_rest_was_lost() -> None:
    assembly, first, again = Assembly(), part(DISTANCE), part(DISTANCE)
    assembly.receive(first, 0.0)
    assert assembly.receive(again, 0.5) == [first]
    assert assembly.partial == 1
    last = part(SPEED)
    assert assembly.receive(last, 0.6) == [again, last]


def test_a_machine_that_always_says_more_data_still_gives_records() -> None:
    assembly = Assembly()
    released = [assembly.receive(part(DISTANCE), at / 2) for at in range(10)]
    assert sum(map(len, released)) == 9


def test_a_late_end_does_not_join_an_old_beginning() -> None:
    assembly, first, last = Assembly(), part(DISTANCE), part(SPEED)
    assembly.receive(first, 0.0)
    assert assembly.receive(last, 1.5) == [first, last]
    assert assembly.partial == 1


def test_an_empty_part_is_a_part() -> None:
    assembly = Assembly()
    assert assembly.receive(part(FLAGS_FOR_EVER), 0.0) == []
    assert assembly.deadline() == 1.0
