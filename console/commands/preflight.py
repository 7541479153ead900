"""`runbooks preflight`."""

from __future__ import annotations

import click
from rich.console import Console
from rich.text import Text

from console.aws import connect
from console.errors import ExitCode
from console.live.marks import marks_for
from console.options import env_option, json_option, print_json
from console.preflight import asking, exchanges, ours, platform, stopping
from console.preflight.model import Answer, Check, Result, ask

CHECKS: tuple[tuple[str, Check], ...] = (
    ("tables of the platform", platform.tables),
    ("strategy service", platform.service),
    ("log group", platform.logs),
    ("heartbeat alarm", platform.alarm),
    ("heartbeat detector", platform.detector),
    ("alerts topic", platform.topic),
    ("account map", platform.accounts),
    ("tables of the stack", ours.tables),
    ("state machines", ours.machines),
    ("modes", ours.modes),
    ("kill switch", ours.kill_switch),
    ("watch of a halt", stopping.halt_watch),
    ("auto-scaling", stopping.scaling),
    ("Lambda concurrency", stopping.concurrency),
    ("risk alarms", stopping.risk_alarms),
    ("status page", stopping.status_page),
    ("who may stop", stopping.operators),
    ("network", ours.network),
    ("exchange keys", exchanges.keys),
    ("freqtrade", exchanges.bots),
    ("mail sender", asking.sender),
    ("mail account", asking.mail_account),
    ("configuration set", asking.configuration_set),
    ("approvers", asking.approvers),
    ("identities", asking.identities),
    ("paging topic", asking.paging),
    ("task roles", asking.roles),
    ("clock", ours.clock),
)
STYLES = {Result.PASS: "green", Result.NOTE: "yellow", Result.FAIL: "red", Result.UNKNOWN: "yellow"}


@click.command()
@env_option
@json_option
def preflight(env: str | None, as_json: bool) -> int:
    """Look by day at everything a night run needs. Changes nothing; exit code 30 where something is wrong."""
    aws = connect(env)
    answers: list[Answer] = []
    console = Console(highlight=False, soft_wrap=True)
    for answer in ask(aws, CHECKS):
        answers.append(answer)
        if not as_json:
            console.print(_line(answer, console.encoding))
    bad = [answer for answer in answers if answer.result in (Result.FAIL, Result.UNKNOWN)]
    if as_json:
        print_json(
            {"env": aws.env, "ready": not bad, "checks": [
                {"what": a.what, "result": a.result.value, "value": a.value, "advice": a.advice} for a in answers
            ]}
        )  # fmt: skip
    else:
        console.print(f"{len(answers) - len(bad)} of {len(answers)} are fine" + (", see above" if bad else ""))
    return ExitCode.PREFLIGHT_FAILED if bad else ExitCode.OK


def _line(answer: Answer, encoding: str) -> Text:
    marks = marks_for(encoding)
    signs = {Result.PASS: marks.done, Result.NOTE: "i", Result.FAIL: marks.failed, Result.UNKNOWN: "?"}
    line = Text.assemble((f"{signs[answer.result]} ", STYLES[answer.result]), f"{answer.what}: {answer.value}")
    if answer.advice:
        line.append(f"\n    {answer.advice}", style="dim")
    return line
