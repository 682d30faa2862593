from __future__ import annotations

import errno
import logging
import socket
import ssl

import pytest

from ftms_bridge.mqtt.trouble import BY_CAUSE, BY_CODE, LOST, Announcer, explain


@pytest.mark.parametrize(
    ("code", "cause", "words"),
    [
        (132, None, "version of MQTT"),
        (134, None, "password"),
        (135, None, "password"),
        (142, None, "same client id"),
        (0, ConnectionRefusedError(), "nothing listens"),
        (0, socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "host name"),
        (0, ssl.SSLCertVerificationError(1, "certificate verify failed"), "not trusted"),
        (0, ssl.SSLError(1, "wrong version number"), "no encrypted connection"),
        (0, TimeoutError(), "does not answer"),
        (0, ConnectionResetError(), "closed the connection"),
        (0, OSError(errno.EHOSTUNREACH, "No route to host"), "cannot be reached"),
        (128, None, "lost"),
        (0, None, "lost"),
    ],
)
def test_each_trouble_is_told_from_the_others(
    code: int, cause: BaseException | None, words: str
) -> None:
    assert words in explain(code, cause).what


def test_every_trouble_says_what_to_do_in_a_sentence() -> None:
    for trouble in (*BY_CODE.values(), *(trouble for _, trouble in BY_CAUSE), LOST):
        assert trouble.hint.endswith(".")
        assert trouble.hint[0].isupper()


def test_a_trouble_is_logged_once_until_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    announcer = Announcer("broker:1883")
    for trouble in (LOST, LOST, BY_CODE[134], LOST):
        announcer.trouble(trouble)
    assert len(caplog.records) == 3
    assert "broker:1883: the broker refuses the user name" in caplog.text


def test_a_connection_in_between_makes_it_news_again(caplog: pytest.LogCaptureFixture) -> None:
    announcer = Announcer("broker:1883")
    with caplog.at_level(logging.INFO):
        announcer.trouble(LOST)
        announcer.connected("3.1.1")
        announcer.trouble(LOST)
    levels = [record.levelname for record in caplog.records]
    assert levels == ["WARNING", "INFO", "WARNING"]
    assert "MQTT 3.1.1" in caplog.text
