"""When the loss of an adapter, of bluetoothd or of the bus is told."""

from __future__ import annotations

import pytest

from ftms_bridge.ble.bluez_objects import StackTrouble
from ftms_bridge.ble.bluez_watch import AdapterWatch
from ftms_bridge.ble.stack import Adapter
from ftms_bridge.gatt.notification import Verdict

HCI0 = Adapter("hci0", "00:00:00:00:00:AA", powered=True)
HCI1 = Adapter("hci1", "00:00:00:00:00:BB", powered=True)
PATH0, PATH1 = "/org/bluez/hci0", "/org/bluez/hci1"
GONE = StackTrouble(Verdict.SERVICE_DOWN, "bluetoothd ended")


class Watched:
    def __init__(self) -> None:
        self.told: list[Verdict] = []
        self.details: list[str] = []
        self.watch = AdapterWatch(lambda: {"hci0": "blocked by software (rfkill)"})
        self.watch.on_trouble = self._note

    def _note(self, verdict: Verdict, detail: str) -> None:
        self.told.append(verdict)
        self.details.append(detail)


@pytest.fixture
def one() -> Watched:
    watched = Watched()
    watched.watch.take({PATH0: HCI0})
    return watched


@pytest.fixture
def two() -> Watched:
    watched = Watched()
    watched.watch.take({PATH0: HCI0, PATH1: HCI1})
    return watched


def test_what_never_worked_is_not_told() -> None:
    watched = Watched()
    watched.watch.take({})
    watched.watch.lose_service(GONE)
    assert watched.told == []


def test_each_loss_is_told_once(one: Watched) -> None:
    one.watch.power(PATH0, False)
    one.watch.power(PATH0, False)
    one.watch.power(PATH0, True)
    one.watch.drop(PATH0)
    one.watch.drop(PATH0)
    assert one.told == [Verdict.BLUETOOTH_OFF, Verdict.ADAPTER_MISSING]
    assert one.details[0].endswith("blocked by software (rfkill)")


def test_an_orderly_end_of_the_service_tells_the_true_reason_last(one: Watched) -> None:
    one.watch.drop(PATH0)
    one.watch.lose_service(GONE)
    one.watch.lose_service(GONE)
    assert one.told == [Verdict.ADAPTER_MISSING, Verdict.SERVICE_DOWN]


def test_while_a_service_comes_up_nothing_is_told(one: Watched) -> None:
    one.watch.lose_service(GONE)
    one.watch.take({})
    one.watch.put(PATH0, Adapter("hci0", HCI0.address, powered=False))
    one.watch.power(PATH0, True)
    assert one.told == [Verdict.SERVICE_DOWN]
    one.watch.lose_service(GONE)
    assert one.told == [Verdict.SERVICE_DOWN] * 2


def test_one_of_two_adapters_may_go_when_none_is_named(two: Watched) -> None:
    two.watch.drop(PATH0)
    assert two.told == []
    two.watch.power(PATH1, False)
    assert two.told == [Verdict.BLUETOOTH_OFF]


def test_the_adapter_that_is_named_must_stay(two: Watched) -> None:
    two.watch.want("HCI0")
    two.watch.drop(PATH0)
    assert two.told == [Verdict.ADAPTER_MISSING]
    assert two.details == ["no adapter hci0; there is hci1 (00:00:00:00:00:BB)"]


def test_one_event_is_told_once_whoever_wants_what(one: Watched) -> None:
    one.watch.want(HCI0.address)
    one.watch.want("hci0")
    one.watch.drop(PATH0)
    assert one.told == [Verdict.ADAPTER_MISSING]


def test_unknown_adapters_are_ignored_and_silence_is_possible(one: Watched) -> None:
    one.watch.power(PATH1, False)
    one.watch.drop(PATH1)
    one.watch.on_trouble = None
    one.watch.drop(PATH0)
    assert one.told == []
