"""`runbooks incidents list/show/ack/ratify`: what the runs have left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import click

from console import runs
from console.aws import connect
from console.errors import ConsoleError, ExitCode
from console.incident import told_lines
from console.live.shapes import words
from console.operators import Operators
from console.options import env_option, json_option, print_json
from console.redact import redact


@click.group()
def incidents() -> None:
    """What every run has left behind."""


@incidents.command("list")
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="The newest so many.")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not closed.")
@env_option
@json_option
def list_(most: int, only_open: bool, env: str | None, as_json: bool) -> None:
    """The newest incidents."""
    aws = connect(env)
    found = [
        item for item in _all(aws.table(aws.names.incidents_table)) if not (only_open and item.get("closed_at"))
    ]
    found = sorted(found, key=lambda item: str(item.get("opened_at")), reverse=True)[:most]
    if as_json:
        _json(found)
        return
    for item in found:
        what = words(item.get("outcome") or "open")
        cause = words(item.get("cause") or "")
        opened = str(item.get("opened_at", ""))[:19]
        row = (
            f"{opened:<20}",
            f"{item['incident_id']:<25}",
            f"{item.get('runbook', ''):<16}",
            f"{what:<14}",
            cause,
        )
        click.echo(" ".join(row).rstrip())
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
    item = aws.table(aws.names.incidents_table).get_item(Key={"incident_id": incident_id}).get("Item")
    if item is None:
        raise ConsoleError(
            ExitCode.NOT_FOUND,
            f"there is no incident {incident_id!r} in {aws.env}",
            "`runbooks incidents list`",
        )
    item = redact(runs.shown(item))
    if as_json:
        _json(item)
        return
    for line in told_lines(None, None, None, None, item):
        click.echo(line)
    click.echo(f"  {'opened':<13}{item.get('opened_at')}")
    click.echo(f"  {'closed':<13}{item.get('closed_at') or 'not yet'}")
    click.echo(f"  {'execution':<13}{item.get('execution_arn')}")
    for seen in item.get("evidence", []) if with_evidence else []:
        click.echo(f"  {str(seen.get('at'))[:19]}  {seen.get('what')}: {seen.get('value')}  ({seen.get('where')})")


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


def _all(table: Any) -> list[Mapping[str, Any]]:
    """Every item without its long lists. Incidents are hundreds a year, so a scan is right."""
    names = {f"#{n}": n for n in ("incident_id", "runbook", "outcome", "cause", "opened_at", "closed_at",
                                  "execution_arn", "severity", "strategy_ids", "position_ids")}  # fmt: skip
    wanted = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    found: list[Mapping[str, Any]] = []
    while True:
        page = table.scan(**wanted)
        found.extend(page["Items"])
        if "LastEvaluatedKey" not in page:
            return found
        wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _json(value: Any) -> None:
    def plain(other: Any) -> Any:
        if isinstance(other, Decimal):
            return int(other) if other == other.to_integral_value() else str(other)
        return sorted(other) if isinstance(other, (set, frozenset)) else str(other)

    click.echo(json.dumps(value, indent=2, default=plain, ensure_ascii=False))
