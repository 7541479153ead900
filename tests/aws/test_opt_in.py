"""AWS is asked only by who wants it and can: everybody else gets one line."""

from __future__ import annotations

import pytest

from tests.aws.__main__ import main
from tests.aws.opt_in import SWITCH, why_not


class Session:
    """As boto3's, with or without credentials."""

    def __init__(self, credentials: object | None) -> None:
        self._credentials = credentials
        self.asked = 0

    def get_credentials(self) -> object | None:
        self.asked += 1
        return self._credentials


@pytest.mark.parametrize("value", [None, "", "0", "true"])
def test_without_the_switch_not_even_credentials_are_looked_for(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(SWITCH, raising=False)
    else:
        monkeypatch.setenv(SWITCH, value)
    session = Session(object())
    assert why_not(session) == "TRADAI_TEST_AWS=1 is not set"
    assert session.asked == 0


def test_without_credentials_it_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "1")
    assert why_not(Session(None)) == "there are no AWS credentials"
    assert why_not(Session(object())) is None


def test_the_command_says_in_one_line_why_it_was_skipped_and_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    assert main() == 0
    assert capsys.readouterr().out == "skipped: TRADAI_TEST_AWS=1 is not set\n"
