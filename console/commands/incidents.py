"""`runbooks incidents list/show/note/open/ack/ratify`: what the runs have left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from console import runs
from console.approvals import clean
from console.aws import Aws, connect
from console.commands.report import open_
from console.errors import ConsoleError, ExitCode
from console.follow_up import marks
from console.incident import told_lines
from console.items import every_incident, incident
from console.live.shapes import words
from console.operators import Operators
from console.options import env_option, json_option, print_json
from console.outputs import output
from console.redact import redact
from console.report_files import BUCKET
from functions.adapters.reports import console_url
from functions.rules.follow_up import unanswered


@click.group()
def incidents() -> None:
    """What every run has left behind."""


incidents.add_command(open_)


@incidents.command("list")
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="The newest so many.")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not closed.")
@click.option("--questions", is_flag=True, help="Only those with open questions that nobody has answered.")
@click.option("--runbook", help="Only those of this runbook.")
@env_option
@json_option
def list_(most: int, only_open: bool, questions: bool, runbook: str | None, env: str | None, as_json: bool) -> None:
    """The newest incidents, with what is left to do about them."""
    if runbook is not None:
        runs.check_runbook(runbook)
    found = [
        item
        for item in every_incident(connect(env))
        if not (only_open and item.get("closed_at"))
        and not (questions and not unanswered(item))
        and runbook in (None, item.get("runbook"))
    ]
    found = sorted(found, key=lambda item: str(item.get("opened_at")), reverse=True)[:most]
    if as_json:
        _json([redact({**item, "marks": list(marks(item))}) for item in found])
        return
    _table([_row(item) for item in found])
    if not found:
        click.echo("no incidents")


@incidents.command()
@click.argument("incident_id")
@click.option("--evidence", "with_evidence", is_flag=True, help="Everything that was seen, in order.")
@env_option
@json_option
def show(incident_id: str, with_evidence: bool, env: str | None, as_json: bool) -> None:
    """One incident, whole."""
    aws = connect(env)
    item = redact(runs.shown(incident(aws, incident_id)))
    url = _report_url(aws, item)
    if as_json:
        _json({**item, "report_url": url})
        return
    for line in told_lines(None, {"report_url": url} if url else None, None, None, item):
        click.echo(line)
    click.echo(f"  {'opened':<13}{item.get('opened_at')}")
    click.echo(f"  {'closed':<13}{item.get('closed_at') or 'not yet'}")
    click.echo(f"  {'execution':<13}{item.get('execution_arn')}")
    for seen in item.get("evidence", []) if with_evidence else []:
        click.echo(f"  {str(seen.get('at'))[:19]}  {seen.get('what')}: {seen.get('value')}  ({seen.get('where')})")


@incidents.command()
@click.argument("incident_id")
@click.option("--root-cause", metavar="TEXT", help="What it came from, as far as a person has found out.")
@click.option("--prevention", metavar="TEXT", help="What keeps it from coming back.")
@click.option("--note", metavar="TEXT", help="Anything else that a later reader should know.")
@env_option
@json_option
def note(
    incident_id: str, root_cause: str | None, prevention: str | None, note: str | None,
    env: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Add what you know to an incident, open or closed. Nothing is written over; its report is written again."""
    given = {"root_cause": root_cause, "prevention": prevention, "note": note}
    said = {name: text for name, text in given.items() if text is not None}
    if not said:
        raise ConsoleError(ExitCode.USAGE, "nothing to add", "give --root-cause, --prevention or --note")
    answer = Operators.of(connect(env)).note(incident_id, said)
    if as_json:
        print_json(answer)
        return
    for one in answer.get("kept") or ():
        click.echo(f"{words(one.get('field'))}: {clean(one.get('text'))}")
    click.echo(f"{answer.get('message') or 'kept'} By {answer.get('by')}.")


@incidents.command()
@click.argument("incident_id")
@env_option
@json_option
def ack(incident_id: str, env: str | None, as_json: bool) -> None:
    """Take over an incident that nobody answered: it is closed, and repeats no more."""
    answer = Operators.of(connect(env)).acknowledge(incident_id)
    print_json(answer) if as_json else click.echo(str(answer.get("message") or f"{incident_id} is acknowledged"))


@incidents.command()
@click.argument("incident_id")
@click.option("--note", help="What you know of it; kept with the ratification and in the incident.")
@env_option
@json_option
def ratify(incident_id: str, note: str | None, env: str | None, as_json: bool) -> None:
    """Stand behind what another person decided alone by breaking the glass: the incident is closed by it."""
    answer = Operators.of(connect(env)).ratify(incident_id, note)
    print_json(answer) if as_json else click.echo(str(answer.get("message") or f"{incident_id} is ratified"))


def _report_url(aws: Aws, item: Mapping[str, Any]) -> str | None:
    """None for whoever may not ask the stack for its outputs: the key stands in the item anyway."""
    key = item.get("report_key")
    if not key:
        return None
    try:
        return console_url(aws.settings.region, output(aws, BUCKET), str(key))
    except (ConsoleError, ClientError, BotoCoreError):
        return None


def _row(item: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(item.get("opened_at", ""))[:19].replace("T", " "),
        str(item["incident_id"]),
        str(item.get("runbook", "")),
        words(item.get("outcome") or "running"),
        ", ".join(marks(item)),
        clean(words(item.get("cause") or "")),
    )


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True) if width).rstrip())


def _json(value: Any) -> None:
    def plain(other: Any) -> Any:
        if isinstance(other, Decimal):
            return int(other) if other == other.to_integral_value() else str(other)
        return sorted(other) if isinstance(other, (set, frozenset)) else str(other)

    click.echo(json.dumps(value, indent=2, default=plain, ensure_ascii=False))
