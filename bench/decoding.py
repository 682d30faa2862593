"""D1 to D4: the typed decode against pyftms, pycycling and the bare ``Struct.unpack``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from struct import Struct

from bench.peers import find_pycycling, find_pyftms
from bench.rides import BIKE, TREADMILL
from bench.rows import Bar, Row, not_run
from bench.timing import Candidate, best_of, calls
from ftms_bridge.gatt.codec import CODECS, codec_for, decode

FASTER_THAN_PYFTMS = Bar(20, at_least=True)
FASTER_THAN_PYCYCLING = Bar(4, at_least=True)
CALLS = 2000
ROUNDS = 15
RANDOM_CHUNKS = 100
RANDOM_PER_CHUNK = 10_000
LONGEST_RANDOM = 40
OURS, BY_CODEC, AS_DICT = "ours", "by codec", "as dict"
FLOOR = "bare Struct.unpack"


@dataclass(frozen=True, slots=True)
class Sample:
    """One record shape; ``floor`` is the one ``Struct`` call that no decoder can beat."""

    name: str
    characteristic: int
    data: bytes
    floor: Struct


SAMPLES = (
    Sample("bike_min", BIKE, bytes.fromhex("4400ce09a0002c01"), Struct("<2xHHh")),
    Sample(
        "bike_rich",
        BIKE,
        bytes.fromhex("740bce09a0007011010c002c01640058020a8cb004"),
        Struct("<2xHHHBhhHHBBH"),
    ),
    Sample(
        "treadmill",
        TREADMILL,
        bytes.fromhex("8c05b60370110119000e00640058020a8cb004"),
        Struct("<2xHHBhhHHBBH"),
    ),
)


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Measure the decode; first all that decode must agree on the values."""
    rows: list[Row] = []
    for sample in SAMPLES:
        rows += _sample_rows(sample, rounds)
    rows += _random_rows()
    return sorted(rows, key=lambda row: row.id)


def decode_times(sample: Sample, rounds: int) -> dict[str, float]:
    """Return nanoseconds of our decode, of the floor and of the peers there are, for one shape.

    The bars are for the public function, which is told the characteristic with each record. Peers
    are called by their decoder of this one characteristic; ours of that kind is measured beside it.
    """
    heard = bytearray(sample.data)  # what bleak hands over
    number = sample.characteristic
    codec = codec_for(number)
    assert codec is not None
    candidates = {
        OURS: calls(decode, number, heard, count=CALLS),
        BY_CODEC: calls(codec.decode, heard, count=CALLS),
        AS_DICT: calls(lambda data: decode(number, data).fields, heard, count=CALLS),
        FLOOR: calls(sample.floor.unpack, heard, count=CALLS),
    }
    for name, peer in (("pyftms", find_pyftms()), ("pycycling", find_pycycling())):
        if not isinstance(peer, str) and (parse := peer.parser(number)):
            peer.check(number, sample.data)
            candidates[name] = calls(parse, heard, count=CALLS // 10)
    return best_of(candidates, rounds)


def floor_row(row_id: str, what: str, best: dict[str, float]) -> Row:
    """Return our decode against the one `struct` call."""
    return Row(row_id, what, "ns", best[OURS], best[FLOOR], FLOOR)


def _sample_rows(sample: Sample, rounds: int) -> list[Row]:
    best = decode_times(sample, rounds)
    what = f"decode {sample.name}, {len(sample.data)} B"
    pyftms = _against("D1", what, best, "pyftms", FASTER_THAN_PYFTMS, find_pyftms())
    pycycling: list[Row] = []
    if sample.characteristic == BIKE:  # it knows no treadmill
        pycycling = _against("D2", what, best, "pycycling", FASTER_THAN_PYCYCLING, find_pycycling())
    return [*pyftms, *pycycling, floor_row("D3", what, best)]


def _against(
    row_id: str, what: str, best: dict[str, float], peer: str, bar: Bar, found: object
) -> list[Row]:
    """Return the row with the bar, and two without one: by the codec, and with a dict of fields."""
    if isinstance(found, str):
        return [not_run(row_id, what, found, bar)]
    theirs = best[peer]
    return [
        Row(row_id, what, "ns", best[OURS], theirs, peer, bar, faster=True),
        Row(f"{row_id}b", f"{what}, codec at hand", "ns", best[BY_CODEC], theirs, peer,
            faster=True),
        Row(f"{row_id}d", f"{what}, as a dict of fields", "ns", best[AS_DICT], theirs, peer,
            faster=True),
    ]  # fmt: skip


def _random_rows() -> list[Row]:
    """Decode a million random strings, and a million times random values behind known flags."""
    valid = SAMPLES[1]
    shape = best_of({"valid": calls(decode, valid.characteristic, valid.data, count=CALLS)}, 20)
    noise = _best_of_chunks(_random_strings())
    values = _best_of_chunks(_random_values(valid))
    count = RANDOM_CHUNKS * RANDOM_PER_CHUNK
    return [
        Row("D4", f"{count:,} random values behind known flags", "ns", values, shape["valid"],
            "the valid record",
            note="D4: no exception in any of them; the best of 100 chunks is shown."),
        Row("D4", f"{count:,} random strings, all characteristics", "ns", noise, shape["valid"],
            "the valid record",
            note="D4: nearly every random string has a flag word that was never seen before, so "
            "a new decoder is compiled for it; a real machine sends one to three flag words."),
    ]  # fmt: skip


def _best_of_chunks(chunks: Iterator[list[tuple[int, bytes]]]) -> float:
    """Return the best time per string over all chunks; an exception ends the benchmark."""

    def prepared(strings: list[tuple[int, bytes]]) -> Candidate:
        def run() -> None:
            for characteristic, data in strings:
                decode(characteristic, data)

        return Candidate(lambda: run, len(strings))

    return min(best_of({"chunk": prepared(chunk)}, 1)["chunk"] for chunk in chunks)


def _random_strings() -> Iterator[list[tuple[int, bytes]]]:
    random = Random(1)
    known = list(CODECS)
    for _ in range(RANDOM_CHUNKS):
        yield [
            (random.choice(known), random.randbytes(random.randrange(LONGEST_RANDOM)))
            for _ in range(RANDOM_PER_CHUNK)
        ]


def _random_values(sample: Sample) -> Iterator[list[tuple[int, bytes]]]:
    random = Random(2)
    flags, size = sample.data[:2], len(sample.data) - 2
    for _ in range(RANDOM_CHUNKS):
        yield [
            (sample.characteristic, flags + random.randbytes(size)) for _ in range(RANDOM_PER_CHUNK)
        ]
