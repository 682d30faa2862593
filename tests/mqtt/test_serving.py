from __future__ import annotations

import asyncio
import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.errors import InputMissing
from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.serving import MqttSession
from ftms_bridge.mqtt.session import is_harmless
from ftms_bridge.mqtt.settings import BrokerSettings, Protocol, Tls
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import AVAILABILITY, BRIDGE_INFO, EVENT, LIVE, STATE
from tests.brokers import HOST, Amqtt, BrokerProcess, Ear, Mosquitto, free_port, listening
from tests.mqtt.samples import EVENT as EVENT_SAMPLE
from tests.mqtt.samples import INFO
from tests.mqtt.samples import LIVE as LIVE_SAMPLE

BRIDGE = "ftms/bridge/availability"


def event(number: int) -> Publish:
    return Publish(EVENT, "bike", {**EVENT_SAMPLE, "event_id": f"run-{number}"})


def event_ids(ear: Ear) -> list[str]:
    return [json.loads(text)["event_id"] for text in ear.texts("ftms/bike/event")]


def settings(port: int, protocol: Protocol = "auto", **more: Any) -> BrokerSettings:
    return BrokerSettings(host=HOST, port=port, protocol=protocol, **more)


@pytest.fixture(params=["5", "3.1.1"])
def protocol(request: pytest.FixtureRequest, broker: BrokerProcess) -> Protocol:
    """Both versions of MQTT, where the broker speaks both."""
    if request.param == "5" and not broker.speaks_mqtt5:
        pytest.skip("this broker speaks MQTT 3.1.1 only")
    version: Protocol = request.param
    return version


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def soon(_: float) -> None:
    """Wait much shorter than asked for."""
    await asyncio.sleep(0.02)


@asynccontextmanager
async def running(session: MqttSession, *, connected: bool = True) -> AsyncIterator[None]:
    """Run a session; at the end cancel it as the application does."""
    task = asyncio.create_task(session.run())
    try:
        if connected:
            await until(lambda: session.stats.connected or task.done())
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


# ── birth, last will, goodbye ────────────────────────────────────────────────────────────────────


async def test_birth_comes_first_then_states_then_events(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    outbox = Outbox("ftms")
    outbox.publish(event(1))
    outbox.publish(Publish(BRIDGE_INFO, "", INFO))
    for number in range(50):
        outbox.publish(Publish(AVAILABILITY, f"bike_{number}", "online"))
    async with listening(broker.port) as ear:
        async with running(MqttSession(settings(broker.port, protocol), outbox)):
            await ear.until(lambda ear: len(ear.heard) == 53)
        topics = [message.topic for message in ear.heard]
    assert topics[0] == BRIDGE
    assert ear.heard[0].text == "online"
    assert topics[52] == "ftms/bike/event"


async def test_offline_is_said_when_the_session_is_cancelled(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    async with listening(broker.port) as ear:
        async with running(MqttSession(settings(broker.port, protocol), Outbox("ftms"))):
            await ear.until_text(BRIDGE, "online")
        await ear.until_text(BRIDGE, "online", "offline")
    async with listening(broker.port) as late:
        await late.until_text(BRIDGE, "offline")
        assert late.heard[0].retain


async def test_what_was_published_last_still_arrives_once_before_offline(
    broker: BrokerProcess,
) -> None:
    outbox = Outbox("ftms")
    async with listening(broker.port) as ear:
        async with running(MqttSession(settings(broker.port, "3.1.1"), outbox)):
            for number in range(50):
                outbox.publish(event(number))
            outbox.publish(Publish(AVAILABILITY, "bike", "offline"))
            await asyncio.sleep(0)  # the first batch is on its way now
        await ear.until_text(BRIDGE, "online", "offline")
        assert ear.heard[-1].topic == BRIDGE
        assert ear.texts("ftms/bike/availability") == ["offline"]
        assert event_ids(ear) == [f"run-{number}" for number in range(50)]


async def test_offline_is_said_when_a_command_makes_the_application_fail(
    broker: BrokerProcess,
) -> None:
    def fail(command: Command) -> None:
        raise ZeroDivisionError(command)

    session = MqttSession(
        settings(broker.port, "3.1.1"), Outbox("ftms"), machines=["bike"], on_command=fail
    )
    async with listening(broker.port) as ear:
        task = asyncio.create_task(session.run())
        await until(lambda: session.stats.connected)
        await ear.client.publish("ftms/bike/set/lap", "{}")
        with pytest.raises(ZeroDivisionError):
            await task
        await ear.until_text(BRIDGE, "online", "offline")


CHILD = """
import asyncio, signal, sys
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.serving import MqttSession
from ftms_bridge.mqtt.settings import BrokerSettings

async def main():
    settings = BrokerSettings(host="127.0.0.1", port=int(sys.argv[1]), protocol="3.1.1")
    session = MqttSession(settings, Outbox("ftms"))
    task = asyncio.create_task(session.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    while not session.stats.connected:
        await asyncio.sleep(0.005)
    print("connected", flush=True)
    await asyncio.wait([task])

asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_offline_is_known_however_the_process_ends(
    broker: BrokerProcess, how: signal.Signals
) -> None:
    async with listening(broker.port) as ear:
        command = (sys.executable, "-c", CHILD, str(broker.port))
        child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert await child.stdout.readline() == b"connected\n"
        child.send_signal(how)
        await ear.until_text(BRIDGE, "online", "offline")
        await asyncio.wait_for(child.wait(), 5)


async def test_a_session_can_be_cancelled_at_any_moment_and_leaves_no_false_online(
    broker: BrokerProcess,
) -> None:
    """Python 3.11 can lose a cancellation in ``wait_for``; here that would hang."""
    async with listening(broker.port) as ear:
        for tenths_ms in range(60):
            session = MqttSession(settings(broker.port, "3.1.1"), Outbox("ftms"))
            task = asyncio.create_task(session.run())
            await asyncio.sleep(tenths_ms / 10_000)
            task.cancel()
            done, _ = await asyncio.wait([task], timeout=3)
            assert done
        await ear.until(lambda ear: ear.texts(BRIDGE)[-1:] == ["offline"])


async def test_the_late_last_will_of_a_predecessor_is_contradicted(broker: BrokerProcess) -> None:
    async with (
        listening(broker.port) as ear,
        running(MqttSession(settings(broker.port, "3.1.1"), Outbox("ftms"))),
    ):
        await ear.until_text(BRIDGE, "online")
        await ear.client.publish(BRIDGE, "offline", qos=1, retain=True)
        await ear.until_text(BRIDGE, "online", "offline", "online")


# ── outages ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_broker_that_forgot_everything_gets_every_state_again(
    broker: BrokerProcess,
) -> None:
    outbox = Outbox("ftms")
    outbox.publish(Publish(AVAILABILITY, "bike", "online"))
    outbox.publish(Publish(BRIDGE_INFO, "", INFO))
    session = MqttSession(settings(broker.port, "3.1.1"), outbox, sleep=soon)
    async with running(session):
        broker.kill()
        await until(lambda: not session.stats.connected)
        outbox.publish(Publish(AVAILABILITY, "bike", "stale"))
        broker.start()
        await until(lambda: session.stats.connected)
        async with listening(broker.port) as ear:
            await ear.until(
                lambda ear: (
                    {"ftms/bridge/info", "ftms/bike/availability", BRIDGE}
                    <= {message.topic for message in ear.heard}
                )
            )
            assert ear.texts("ftms/bike/availability")[-1] == "stale"
            assert ear.texts(BRIDGE)[-1] == "online"
    assert (session.stats.connections, session.stats.reconnections) == (2, 1)


class Gate:
    """A ``sleep`` that ends when the test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.open = asyncio.Event()

    async def sleep(self, _: float) -> None:
        self.asked += 1
        await self.open.wait()


async def test_events_of_an_outage_arrive_afterwards_in_order_and_once(
    broker: BrokerProcess,
) -> None:
    outbox, gate = Outbox("ftms"), Gate()
    session = MqttSession(settings(broker.port, "3.1.1"), outbox, sleep=gate.sleep)
    async with running(session):
        broker.kill()
        await until(lambda: gate.asked > 0)
        for number in range(200):
            outbox.publish(event(number))
            outbox.publish(Publish(LIVE, "bike", LIVE_SAMPLE))
        assert (session.stats.queue, session.stats.dropped) == (200, 200)
        broker.start()
        async with listening(broker.port) as ear:
            gate.open.set()
            await ear.until(lambda ear: len(event_ids(ear)) >= 200)
            assert event_ids(ear) == [f"run-{number}" for number in range(200)]
            assert ear.texts("ftms/bike/live") == []
        await until(lambda: session.stats.queue == 0)


async def test_a_long_outage_keeps_the_newest_events_and_counts_the_rest() -> None:
    outbox = Outbox("ftms", queue_limit=100)
    session = MqttSession(settings(free_port()), outbox, sleep=soon)
    async with running(session, connected=False):
        for number in range(250):
            outbox.publish(event(number))
        await asyncio.sleep(0.05)
        assert (session.stats.queue, session.stats.dropped) == (100, 150)


async def test_a_broker_killed_in_the_middle_of_sending_costs_no_event(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    outbox = Outbox("ftms", queue_limit=100_000)
    session = MqttSession(settings(broker.port, protocol), outbox, sleep=soon)
    made, heard = 0, list[str]()
    async with running(session):
        for _ in range(3):
            async with listening(broker.port) as ear:
                await until(lambda: session.stats.connected)
                for _ in range(40):
                    outbox.publish(event(made))
                    made += 1
                    await asyncio.sleep(0.001)
                broker.kill()
                heard += event_ids(ear)
            await until(lambda: not session.stats.connected)
            broker.start()
        await until(lambda: session.stats.queue == 0)
    # the listener misses what the session sends before it is back itself, so only order and
    # repetition can be judged by what was heard, and completeness by what was acknowledged
    firsts = list(dict.fromkeys(heard))
    assert firsts == sorted(firsts, key=lambda text: int(text[4:]))
    assert session.stats.published >= made
    assert session.stats.dropped == 0


async def test_a_broker_that_freezes_is_noticed_by_its_missing_acknowledgement(
    broker: BrokerProcess, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox("ftms")
    session = MqttSession(settings(broker.port, "3.1.1", timeout_s=0.3), outbox, sleep=soon)
    async with running(session):
        broker.freeze()
        outbox.publish(event(1))
        await until(lambda: not session.stats.connected)
        await until(lambda: "does not answer" in caplog.text)
        assert session.stats.queue == 1
        broker.thaw()
        await until(lambda: session.stats.queue == 0)
    assert session.stats.failed >= 1


async def test_a_broker_that_is_down_at_the_start_is_awaited_and_logged_once(
    broker: BrokerProcess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    broker.kill()
    waits = list[float]()

    async def sleep(wait_s: float) -> None:
        waits.append(wait_s)
        await asyncio.sleep(0.01)

    session = MqttSession(
        settings(broker.port, "3.1.1"), Outbox("ftms"), sleep=sleep, random=lambda: 0.0
    )
    async with running(session, connected=False):
        await until(lambda: len(waits) >= 5)
        broker.start()
        await until(lambda: session.stats.connected)
    assert waits[:5] == [1.0] * 5
    assert session.stats.connections == 1
    (trouble,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "nothing listens there. Start the broker" in trouble.getMessage()


async def test_the_waits_grow_with_the_outage() -> None:
    now, waits = 0.0, list[float]()

    async def sleep(wait_s: float) -> None:
        nonlocal now
        now += wait_s
        waits.append(wait_s)

    session = MqttSession(
        settings(free_port()), Outbox("ftms"), sleep=sleep, clock=lambda: now, random=lambda: 0.0
    )
    async with running(session, connected=False):
        await until(lambda: now > 1000)
    assert (waits[0], waits[-1]) == (1.0, 30.0)
    assert waits == sorted(waits)


# ── versions, passwords, encryption ──────────────────────────────────────────────────────────────


async def test_mqtt_5_falls_back_to_3_1_1_and_stays_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    broker = Amqtt(tmp_path)
    broker.start()
    try:
        session = MqttSession(settings(broker.port, timeout_s=0.5), Outbox("ftms"), sleep=soon)
        async with running(session):
            broker.kill()
            await until(lambda: not session.stats.connected)
            broker.start()
            await until(lambda: session.stats.connected)
            assert "does not answer" not in caplog.text
        assert caplog.text.count("(MQTT 3.1.1)") == 2
    finally:
        broker.kill()


async def test_a_broker_that_refuses_mqtt_5_is_asked_in_3_1_1_at_once_and_from_then_on() -> None:
    versions = list[int]()

    async def hang_up_soon(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Refuse version 5 as MQTT 3.1.1 brokers do; accept the other and close after a message."""
        connect = await reader.read(100)
        versions.append(connect[8])
        writer.write(b"\x20\x02\x00" + (b"\x01" if connect[8] == 5 else b"\x00"))
        await reader.read(1)
        writer.close()

    waited_after = list[int]()

    async def sleep(_: float) -> None:
        waited_after.append(len(versions))
        await asyncio.sleep(0)

    async with await asyncio.start_server(hang_up_soon, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        session = MqttSession(settings(port), Outbox("ftms"), sleep=sleep)
        async with running(session, connected=False):
            await until(lambda: len(versions) >= 4)
    assert versions[:4] == [5, 4, 4, 4]
    assert waited_after[0] == 2


async def test_a_host_that_never_answers_does_not_pile_up_sockets() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    attempts = list[int]()

    async def sleep(_: float) -> None:
        attempts.append(open_files())
        await asyncio.sleep(0)

    async with await asyncio.start_server(say_nothing, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        session = MqttSession(settings(port, timeout_s=0.05), Outbox("ftms"), sleep=sleep)
        async with running(session, connected=False):
            await until(lambda: len(attempts) >= 6)
    assert attempts[5] <= attempts[0]


async def test_a_wrong_password_gives_one_clear_line_without_the_password(
    broker_with_login: BrokerProcess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = settings(
        broker_with_login.port, "3.1.1", username="rider", password="wr0ng-pass", timeout_s=1.0
    )
    waited = 0

    async def sleep(_: float) -> None:
        nonlocal waited
        waited += 1
        await asyncio.sleep(0.01)

    async with running(MqttSession(wrong, Outbox("ftms"), sleep=sleep), connected=False):
        await until(lambda: waited >= 3)
    (trouble,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "user name" in trouble.getMessage()
    assert "Check username and password" in trouble.getMessage()
    assert "wr0ng-pass" not in caplog.text


async def test_the_right_password_is_accepted(broker_with_login: BrokerProcess) -> None:
    login = ("rider", "secret-7")
    right = settings(broker_with_login.port, "3.1.1", username=login[0], password=login[1])
    async with (
        listening(broker_with_login.port, login=login) as ear,
        running(MqttSession(right, Outbox("ftms"))),
    ):
        await ear.until_text(BRIDGE, "online")


def test_a_missing_certificate_stops_before_anything_is_sent(tmp_path: Path) -> None:
    tls = Tls(ca_file=tmp_path / "none.pem")

    async def make() -> None:
        MqttSession(settings(1, tls=tls), Outbox("ftms"))

    with pytest.raises(InputMissing):
        asyncio.run(make())


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def encrypted(mosquitto_folder: Path) -> Iterator[tuple[Mosquitto, Path]]:
    """A mosquitto with TLS, and the folder of its authority's certificate ``ca.pem``."""
    folder = mosquitto_folder
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    openssl(
        folder, "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca",
        "-addext", "keyUsage=critical,keyCertSign",
    )  # fmt: skip
    openssl(
        folder, "req", "-x509", *curve, "-keyout", "broker.key", "-out", "broker.pem",
        "-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=broker",
        "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
        "-addext", "authorityKeyIdentifier=keyid",
    )  # fmt: skip
    extra = (f"certfile {folder}/broker.pem", f"keyfile {folder}/broker.key")
    broker = Mosquitto(folder, extra=extra)
    broker.start()
    yield broker, folder
    broker.kill()


async def test_an_encrypted_connection_works_with_the_right_authority(
    encrypted: tuple[Mosquitto, Path],
) -> None:
    broker, folder = encrypted
    session = MqttSession(settings(broker.port, tls=Tls(ca_file=folder / "ca.pem")), Outbox("ftms"))
    async with running(session):
        assert session.stats.connected


async def test_an_unknown_authority_is_refused_and_explained(
    encrypted: tuple[Mosquitto, Path], caplog: pytest.LogCaptureFixture
) -> None:
    broker, _ = encrypted
    session = MqttSession(settings(broker.port, tls=Tls()), Outbox("ftms"), sleep=soon)
    async with running(session, connected=False):
        await until(lambda: "certificate is not trusted" in caplog.text)
    assert session.stats.connections == 0


async def test_a_port_without_encryption_is_explained(caplog: pytest.LogCaptureFixture) -> None:
    async def answer_in_plain_text(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(1)
        writer.write(b"\x20\x02\x00\x00 and more than a TLS header")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer_in_plain_text, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        session = MqttSession(settings(port, tls=Tls()), Outbox("ftms"), sleep=soon)
        async with running(session, connected=False):
            await until(lambda: bool(caplog.records))
    assert "no encrypted connection comes about. Check that this port" in caplog.text


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


async def test_commands_come_in_and_rejections_go_out(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    commands = list[Command]()
    session = MqttSession(
        settings(broker.port, protocol), Outbox("ftms"),
        machines=["bike"], on_command=commands.append,
    )  # fmt: skip
    async with listening(broker.port) as ear, running(session):
        await ear.client.publish("ftms/bike/set/lap", b'{"id":"1"}', qos=1)
        await ear.client.publish("ftms/bike/set/start", b'{"id":"2"}', qos=1)
        await ear.until(lambda ear: len(ear.texts("ftms/bike/result")) == 1)
        await until(lambda: bool(commands))
        (result,) = map(json.loads, ear.texts("ftms/bike/result"))
    assert commands == [Command("bike", Verb.LAP, "1")]
    assert (result["id"], result["status"], result["reason"]) == ("2", "rejected", "unknown_verb")


async def test_a_command_that_waits_retained_at_the_broker_is_never_carried_out(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    commands = list[Command]()
    session = MqttSession(
        settings(broker.port, protocol), Outbox("ftms"),
        machines=["bike"], on_command=commands.append,
    )  # fmt: skip
    async with listening(broker.port) as ear:
        await ear.client.publish("ftms/bike/set/end", b'{"id":"old"}', qos=1, retain=True)
        async with running(session):
            await ear.client.publish("ftms/bike/set/lap", b'{"id":"new"}', qos=1)
            await until(lambda: bool(commands))
        assert commands == [Command("bike", Verb.LAP, "new")]


async def test_a_command_sent_retained_is_refused_while_connected_with_mqtt_5(
    mosquitto_folder: Path,
) -> None:
    broker = Mosquitto(mosquitto_folder)
    broker.start()
    commands = list[Command]()
    session = MqttSession(
        settings(broker.port, "5"), Outbox("ftms"), machines=["bike"], on_command=commands.append
    )
    async with listening(broker.port) as ear, running(session):
        await ear.client.publish("ftms/bike/set/end", b'{"id":"1"}', qos=1, retain=True)
        await ear.until(lambda ear: len(ear.texts("ftms/bike/result")) == 1)
        assert json.loads(ear.texts("ftms/bike/result")[0])["reason"] == "retained_command"
    assert commands == []
    broker.kill()


async def test_clearing_a_retained_command_is_never_carried_out(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    outbox, commands = Outbox("ftms"), list[Command]()
    session = MqttSession(
        settings(broker.port, protocol), outbox, machines=["bike"], on_command=commands.append
    )
    async with listening(broker.port) as ear:
        await ear.client.publish("ftms/bike/set/end", "{}", qos=1, retain=True)
        async with running(session):
            await ear.client.publish("ftms/bike/set/end", qos=1, retain=True)
            await ear.client.publish("ftms/bike/set/lap", "{}", qos=1)
            await until(lambda: bool(commands))
        await ear.until(lambda ear: ear.texts(BRIDGE)[-1:] == ["offline"])
        reasons = [json.loads(text)["reason"] for text in ear.texts("ftms/bike/result")]
    assert commands == [Command("bike", Verb.LAP)]
    assert reasons == ([] if protocol == "5" else ["retained_command", "payload_empty"])


# ── readings of a direction sensor ───────────────────────────────────────────────────────────────

SENSOR = "ftms/bike/sensor/direction"


def sensing(
    broker: BrokerProcess, protocol: Protocol, readings: list[DirectionReading]
) -> MqttSession:
    return MqttSession(
        settings(broker.port, protocol),
        Outbox("ftms"),
        machines=["bike"],
        on_reading=readings.append,
        clock=lambda: 7.5,
    )


@pytest.mark.parametrize("qos", [0, 1])
async def test_readings_arrive_in_order_with_the_time_of_their_arrival(
    broker: BrokerProcess, protocol: Protocol, qos: int
) -> None:
    readings = list[DirectionReading]()
    session = sensing(broker, protocol, readings)
    async with listening(broker.port) as ear, running(session):
        for payload in ("-62.5", "junk", '{"value": 0}', "3001", "1"):
            await ear.client.publish(SENSOR, payload, qos=qos)
        await until(lambda: len(readings) == 3)
    assert readings == [DirectionReading(7.5, "bike", value) for value in (-62.5, 0.0, 1.0)]
    assert session.stats.rejected == 2


async def test_a_kept_reading_is_old_and_a_new_one_is_not_however_it_is_flagged(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    """Sensors made with ESPHome set the retain flag by default."""
    readings = list[DirectionReading]()
    session = sensing(broker, protocol, readings)
    async with listening(broker.port) as ear:
        await ear.client.publish(SENSOR, "-1", qos=1, retain=True)
        async with running(session):
            await ear.client.publish(SENSOR, "60", qos=1, retain=True)
            await until(lambda: bool(readings))
        await ear.client.publish(SENSOR, b"", qos=1, retain=True)
    assert [reading.value for reading in readings] == [60.0]
    assert session.stats.rejected == (0 if protocol == "5" else 1)


async def test_commands_and_readings_do_not_get_in_each_others_way(
    broker: BrokerProcess, protocol: Protocol
) -> None:
    readings, commands, outbox = list[DirectionReading](), list[Command](), Outbox("ftms")
    session = MqttSession(
        settings(broker.port, protocol), outbox, machines=["bike"],
        on_command=commands.append, on_reading=readings.append,
    )  # fmt: skip
    async with listening(broker.port) as ear, running(session):
        await ear.client.publish(SENSOR, "-4", qos=1)
        await ear.client.publish("ftms/bike/set/declare", '{"direction":"backward"}', qos=1)
        await until(lambda: bool(readings and commands))
    assert commands == [Command("bike", Verb.DECLARE, direction="backward")]
    assert readings[0].value == -4.0


async def test_readings_are_not_asked_for_where_nobody_takes_them(broker: BrokerProcess) -> None:
    commands, outbox = list[Command](), Outbox("ftms")
    session = MqttSession(
        settings(broker.port, "3.1.1"), outbox, machines=["bike"], on_command=commands.append
    )
    async with listening(broker.port) as ear, running(session):
        await ear.client.publish(SENSOR, "junk", qos=1)
        await ear.client.publish("ftms/bike/set/lap", "{}", qos=1)
        await until(lambda: bool(commands))
    assert outbox.stats.rejected == 0


async def test_a_refused_subscription_is_told_and_publishing_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    published = list[str]()

    async def refuse_subscriptions(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Play an MQTT 3.1.1 broker whose access list allows publishing only."""
        while head := await reader.read(1):
            body = await reader.readexactly((await reader.readexactly(1))[0])
            match head[0] >> 4:
                case 1:  # CONNECT
                    writer.write(b"\x20\x02\x00\x00")
                case 3:  # PUBLISH with QoS 1
                    end = 2 + int.from_bytes(body[:2])
                    published.append(body[2:end].decode())
                    writer.write(b"\x40\x02" + body[end : end + 2])
                case 8:  # SUBSCRIBE
                    writer.write(b"\x90\x04" + body[:2] + b"\x80\x80")
        writer.close()

    outbox = Outbox("ftms")
    async with await asyncio.start_server(refuse_subscriptions, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        session = MqttSession(settings(port, "3.1.1"), outbox, on_command=lambda _: None)
        async with running(session):
            outbox.publish(Publish(AVAILABILITY, "bike", "online"))
            await until(lambda: "ftms/bike/availability" in published)
    assert "refuses the subscription" in caplog.text
    assert published == [BRIDGE, "ftms/bike/availability", BRIDGE]


# ── what must not disturb ────────────────────────────────────────────────────────────────────────


async def test_a_payload_that_cannot_be_sent_costs_itself_only(
    broker: BrokerProcess, caplog: pytest.LogCaptureFixture
) -> None:
    unsendable: Any = {"detail": object()}
    outbox, broken = Outbox("ftms"), Publish(EVENT, "bike", unsendable)
    async with (
        listening(broker.port) as ear,
        running(MqttSession(settings(broker.port, "3.1.1"), outbox)),
    ):
        outbox.publish(broken)
        outbox.publish(event(2))
        await ear.until(lambda ear: event_ids(ear) == ["run-2"])
    assert (outbox.stats.failed, outbox.stats.queue) == (1, 0)
    assert "ftms/bike/event was thrown away" in caplog.text


async def test_a_broker_that_comes_and_goes_leaves_no_open_sockets_and_no_noise(
    broker: BrokerProcess,
) -> None:
    loop, noise = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(
        lambda _, context: None if is_harmless(context) else noise.append(context)
    )
    outbox = Outbox("ftms")
    session = MqttSession(settings(broker.port, "3.1.1"), outbox, sleep=soon)
    async with running(session):
        before = open_files()
        for number in range(10):
            outbox.publish(event(number))
            broker.kill()
            await until(lambda: not session.stats.connected)
            broker.start()
            await until(lambda: session.stats.connected)
        assert open_files() <= before
    assert noise == []
    assert session.stats.reconnections == 10


def test_only_the_echo_of_a_cut_connection_is_harmless() -> None:
    writer = "Exception in callback BaseSelectorEventLoop.add_writer(7, <function>)"
    assert is_harmless({"message": writer, "exception": OSError(9, "Bad file descriptor")})
    assert is_harmless({"message": writer, "exception": ValueError("Invalid file descriptor: -1")})
    assert is_harmless({"message": "never retrieved", "exception": aiomqtt.MqttError("lost")})
    assert is_harmless({"message": "in callback", "exception": asyncio.CancelledError()})
    assert not is_harmless({"message": writer, "exception": OSError(28, "No space left")})
    assert not is_harmless({"message": "Exception in callback tick()", "exception": OSError(9, "")})
    assert not is_harmless({"message": "Task exception", "exception": ValueError("x")})
    assert not is_harmless({"message": "no exception at all"})


async def test_publishing_takes_no_time_while_the_broker_is_frozen(broker: BrokerProcess) -> None:
    outbox = Outbox("ftms")
    session = MqttSession(settings(broker.port, "3.1.1", timeout_s=0.5), outbox, sleep=soon)
    async with running(session):
        broker.freeze()
        started = time.perf_counter()
        for number in range(2000):
            outbox.publish(Publish(LIVE, "bike", LIVE_SAMPLE))
            outbox.publish(Publish(STATE, "bike", "state"))
            outbox.publish(event(number))
        assert time.perf_counter() - started < 0.2  # 6000 calls at about 2 us
        assert session.stats.queue == 1000
        broker.thaw()


async def test_the_last_of_a_burst_is_not_held_back(broker: BrokerProcess) -> None:
    """Nagle's algorithm would hold it for 40 ms, the time of a delayed acknowledgement."""
    outbox, delays_s = Outbox("ftms"), list[float]()
    async with (
        listening(broker.port) as ear,
        running(MqttSession(settings(broker.port, "3.1.1"), outbox)),
    ):
        for number in range(1, 12):
            started = time.perf_counter()
            for machine in ("bike", "mill", "rower"):
                outbox.publish(Publish(LIVE, machine, LIVE_SAMPLE))
            await ear.until(lambda ear: len(ear.texts("ftms/rower/live")) == number)  # noqa: B023
            delays_s.append(time.perf_counter() - started)
    assert sorted(delays_s)[5] < 0.02
    assert outbox.stats.dropped == 0


def test_the_default_client_id_is_new_for_each_session() -> None:
    async def ids() -> set[str]:
        return {MqttSession(settings(1), Outbox("ftms")).client_id for _ in range(3)}

    found = asyncio.run(ids())
    assert len(found) == 3
    assert all(client_id.startswith("ftms-bridge-") for client_id in found)
