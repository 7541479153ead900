"""`runbooks config list/undo`: what incidents have changed in strategies' configs, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import click

from console.approvals import clean
from console.aws import Aws, connect
from console.configs import NEEDS, Standing, Undone, standing, undo
from console.direct import speak_as_the_caller
from console.errors import ConsoleError, ExitCode
from console.items import incident
from console.operators import Operators
from console.options import env_option, json_option, print_json
from functions.adapters.wiring import wire
from functions.errors import RunbookError
from functions.orders.written import in_words
from functions.ports import StrategyConfig

# A note has at most 2,000 characters.
LONGEST: Final = 1_900


@click.group()
def config() -> None:
    """What incidents have changed in strategies' configs."""


@config.command("list")
@click.option("--incident", "incident_id", metavar="ID", help="Only what this incident changed.")
@env_option
@json_option
def list_(incident_id: str | None, env: str | None, as_json: bool) -> None:
    """Every change that stands: old and new value, and until when."""
    found = _found(_table(connect(env)), incident_id)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    for one in found:
        click.echo(f"{clean(one.incident_id)}  {clean(one.told())}")
    if not found:
        click.echo("nothing is changed")


@config.command("undo")
@click.argument("incident_id")
@click.option("--dry-run", is_flag=True, help="Only show what would be put back.")
@env_option
@json_option
def undo_(incident_id: str, dry_run: bool, env: str | None, as_json: bool) -> int:
    """Put back what an incident changed, wherever its value still stands."""
    aws = connect(env)
    incident(aws, incident_id)
    table = _table(aws)
    changes = _found(table, incident_id)
    if dry_run:
        would = [f"would put back {one.back()}" for one in changes]
        planned = [{**_plain(one), "result": "would_be_put_back"} for one in changes]
        _show(as_json, planned, would or [f"nothing of {incident_id} stands"])
        return ExitCode.OK
    undone = list(undo(table, changes))
    lines = [one.told() for one in undone] or [f"nothing of {incident_id} stands any more"]
    if undone and (trouble := _noted(aws, incident_id, undone)) is not None:
        click.echo(f"the incident does not say so: {trouble}", err=True)
    _show(as_json, [{**_plain(one.change), "result": _word(one), "why": one.why} for one in undone], lines)
    return ExitCode.OK if all(one.done for one in undone) else ExitCode.NOT_UNDONE


def _table(aws: Aws) -> StrategyConfig:
    """The table, by the caller's own rights."""
    speak_as_the_caller(aws)
    return wire(aws.settings, NEEDS, environment={"TRADAI_ENV": aws.env}).strategy_config


def _found(table: StrategyConfig, incident_id: str | None) -> list[Standing]:
    try:
        return standing(table, incident_id)
    except RunbookError as error:
        raise ConsoleError(ExitCode.AWS_TROUBLE, f"the strategy configs cannot be read: {error}") from None


def _noted(aws: Aws, incident_id: str, undone: Sequence[Undone]) -> str | None:
    """Why the incident could not be told; None: it was."""
    text = f"config undo: {'; '.join(one.told() for one in undone)}"
    try:
        Operators.of(aws).note(incident_id, {"note": text[:LONGEST]})
    except ConsoleError as error:
        return str(error)
    return None


def _word(one: Undone) -> str:
    return {True: "done", False: "not_done", None: "unknown"}[one.done]


def _plain(one: Standing) -> dict[str, Any]:
    return {
        "incident_id": one.incident_id,
        "strategy_id": one.strategy_id,
        "field": one.field,
        "old": None if one.old is None else in_words(one.old),
        "value": None if one.value is None else in_words(one.value),
        "until": one.until.isoformat() if one.until else None,
        "lasting": not one.temporary,
    }


def _show(as_json: bool, values: list[dict[str, Any]], lines: Sequence[str]) -> None:
    if as_json:
        print_json(values)
        return
    for line in lines:
        click.echo(clean(line))
