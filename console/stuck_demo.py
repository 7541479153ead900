"""`demo stuck-position`: an exit that never happens, what a person is asked, and the close that he wants."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from console import positions
from console.aws import Aws
from console.demo import Patience, all_beat, executions, reason_of
from console.errors import ConsoleError, ExitCode
from console.incident import outcome_of
from console.live.steps import Run, Tone
from console.live.views import View
from console.local_api import LocalApi
from console.operators import Operators
from console.runs import incident_of
from console.watching import follow
from functions.ids import incident_id_for

RUNBOOK: Final = "stuck-position"
# How the exit got stuck: the seed's assessments. The first is shown where none is named.
STUCK: Final = ("rejected", "never-submitted", "unfilled", "partial")
SYMBOL, SIDE, AMOUNT = "BTC/USDT:USDT", "long", "0.050"
OPTION: Final = "emergency_close"
LOOKS_EVERY: Final = 0.3


def play(aws: Aws, stuck: str, strategy: str | None, shown: View) -> list[str]:
    """Plays it; what is wrong with its end is returned, empty if it ended as it should."""
    assert aws.local is not None  # noqa: S101 - a demo is only ever given the embedded AWS
    api, wait = LocalApi(aws.local.endpoint_url), Patience(aws)
    beating = wait.until("beat", lambda: all_beat(aws, api), "every strategy beats")
    shown.note(f"{len(beating)} strategies trade: {', '.join(beating)}", Tone.GOOD)
    position = positions.open_position(api, strategy=strategy, symbol=SYMBOL, side=SIDE, amount=AMOUNT, stuck=stuck)
    key = str(position["position_id"])
    about = f"{SIDE} {AMOUNT} {SYMBOL} of {position['strategy_id']}, entered at {position['entry_price']}"
    shown.note(f"stuck on purpose ({stuck}): {about}", Tone.BAD)
    alarm = wait.until("alarm", lambda: _alarm(aws), "the alarm on stuck positions goes off")
    shown.note(f"alarm {alarm['AlarmName']} went off: {reason_of(alarm)}", Tone.BAD)
    arn = wait.until("start", lambda: _run_of(aws, key), f"{RUNBOOK} is started for {key}")
    run = follow(aws, arn, shown, watched=Person(aws, incident_id_for(arn), shown))
    incident = incident_of(aws, run.arn) or {}
    return faults_found_in(
        outcome=outcome_of(run.status, run.output, run.error, incident),
        record=aws.table(aws.settings.platform.positions_table).get_item(Key={"position_id": key}).get("Item")
        or {},
        held=api.positions().get("venue", []),
        pnl=incident.get("pnl_impact"),
    )


class Person:
    """Answers what the run asks, as the person at the keyboard would, and says so."""

    def __init__(self, aws: Aws, incident_id: str, shown: View, wanted: Sequence[str] = (OPTION,)) -> None:
        """`wanted`: the first of these that a question offers is the answer."""
        self._wanted = wanted
        self._operators, self._incident_id, self._shown = Operators.of(aws), incident_id, shown
        self._answered: set[str] = set()
        self._looked = 0.0

    def __call__(self, _run: Run) -> None:
        if time.monotonic() < self._looked + LOOKS_EVERY:
            return
        self._looked = time.monotonic()
        for one in self._operators.approvals():
            if one["incident_id"] == self._incident_id and one["standing"] == "pending":
                self._answer(str(one["approval_id"]))

    def _answer(self, approval_id: str) -> None:
        if approval_id in self._answered:
            return
        self._answered.add(approval_id)
        asked = self._operators.approval(approval_id)["question"]
        offered = {one["id"]: one for one in asked["options"]}
        chosen = next((one for one in self._wanted if one in offered), None)
        if chosen is None:
            missing = " or ".join(self._wanted)
            raise ConsoleError(ExitCode.DEMO_FAILED, f"the question offers no {missing}", str(asked["title"]))
        option = offered[chosen]
        phrase = f"{option['act']} {asked['target']}"
        self._operators.decide(approval_id, decision=chosen, confirm=phrase, note=None, until=None, members=0)
        self._shown.note(f"asked: {asked['title']}. Answered, as a person would: {phrase}", Tone.COMMAND)


def faults_found_in(
    *, outcome: str, record: Mapping[str, Any], held: list[dict[str, Any]], pnl: object
) -> list[str]:
    """What is wrong with how it ended. `record`: the position's item; `held`: what the stand-in venue holds."""
    wrong: list[str] = []
    if outcome != "resolved":
        wrong.append(f"the run ended {outcome}, expected was resolved")
    if record.get("status") != "closed" or not record.get("exit_price"):
        wrong.append(f"its record says {record.get('status')}, without a price" if record else "its record is gone")
    if record.get("closed_manually") is not True:
        wrong.append("its record does not say that a person closed it")
    if held:
        wrong.append(f"the venue still holds {held}")
    if not pnl:
        wrong.append("nobody knows what it cost")
    return wrong


def _alarm(aws: Aws) -> dict[str, Any] | None:
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[f"tradai-{aws.env}-position-stuck"])
    return next((dict(one) for one in found["MetricAlarms"] if one["StateValue"] == "ALARM"), None)


def _run_of(aws: Aws, position_id: str) -> str | None:
    """The run that is about this position alone."""
    client = aws.client("stepfunctions")
    for entry in executions(aws, RUNBOOK):
        arn = str(entry["executionArn"])
        if json.loads(client.describe_execution(executionArn=arn)["input"]).get("position_id") == position_id:
            return arn
    return None
