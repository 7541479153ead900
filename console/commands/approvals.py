"""`runbooks approvals list/show/approve/reject`: a person decides with the identity that AWS has verified."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from console import approval_view
from console.approvals import question_of, title_of
from console.aws import connect
from console.choosing import REJECT, choose, needs_open, until_of
from console.errors import ConsoleError, ExitCode
from console.operators import Operators
from console.options import env_option, json_option, print_json


@click.group()
def approvals() -> None:
    """What waits for a person's decision, and the decision itself."""


@approvals.command("list")
@env_option
@json_option
def list_(env: str | None, as_json: bool) -> None:
    """Every request that somebody still has something to do with, the oldest first."""
    found = Operators.of(connect(env)).approvals()
    if as_json:
        print_json(found)
    else:
        _print(approval_view.listed(found, datetime.now(UTC)))


@approvals.command()
@click.argument("approval_id")
@env_option
@json_option
def show(approval_id: str, env: str | None, as_json: bool) -> None:
    """One request whole: what is asked, what each answer does, who was asked, who decided."""
    found = Operators.of(connect(env)).approval(approval_id)
    if as_json:
        print_json(found)
    else:
        _print(approval_view.whole(found, datetime.now(UTC)))


@approvals.command()
@click.argument("approval_id")
@click.option("--option", "wanted", metavar="ID", help="Which option, where there are several besides `reject`.")
@click.option("--confirm", metavar="PHRASE", help="Act and target, as shown; asked for if not given.")
@click.option("--note", help="Why; kept with the decision and in the incident.")
@click.option("--until", metavar="WHEN", help="45m, 2h or a time with its zone, where the option has an end.")
@env_option
@json_option
def approve(
    approval_id: str, wanted: str | None, confirm: str | None, note: str | None, until: str | None,
    env: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Choose an option of APPROVAL_ID."""
    _decide(approval_id, wanted, confirm, note, until, env, as_json)


@approvals.command()
@click.argument("approval_id")
@click.option("--confirm", metavar="PHRASE", help="Act and target, as shown; asked for if not given.")
@click.option("--note", help="Why; kept with the decision and in the incident.")
@env_option
@json_option
def reject(approval_id: str, confirm: str | None, note: str | None, env: str | None, as_json: bool) -> None:
    """Say no to APPROVAL_ID."""
    _decide(approval_id, REJECT, confirm, note, None, env, as_json)


def _decide(
    approval_id: str, wanted: str | None, confirm: str | None, note: str | None, until: str | None,
    env: str | None, as_json: bool,
) -> None:  # fmt: skip
    end = until_of(until, datetime.now(UTC)) if until is not None else None
    api = Operators.of(connect(env))
    shown = api.approval(approval_id)
    needs_open(shown)
    option = choose(shown, wanted)
    no_note = bool(option.get("note_required")) and not (note or "").strip()
    if confirm is None or no_note or (end is None and option.get("until_at_most_minutes")):
        _needs_a_terminal()
        head = Text(title_of(shown), style="bold")
        _print([head, *approval_view.also(shown), *approval_view.choice(option, question_of(shown))], stderr=True)
    if end is None and option.get("until_at_most_minutes"):
        end = until_of(click.prompt("until (45m, 2h, a time)", err=True), datetime.now(UTC))
    if no_note:
        note = click.prompt("note (why)", err=True)
    if confirm is None:
        confirm = click.prompt("type act and target together", err=True)
    answer = api.decide(
        approval_id, decision=str(option["id"]), confirm=str(confirm), note=note,
        until=end.isoformat() if end else None, members=len(shown.get("members") or ()),
    )  # fmt: skip
    print_json(answer) if as_json else click.echo(_told(answer, option))


def _told(answer: Mapping[str, Any], option: Mapping[str, Any]) -> str:
    return str(answer.get("message") or f"taken: {option['id']}")


def _needs_a_terminal() -> None:
    """A phrase that a pipe could bring by itself would be no person's."""
    if not sys.stdin.isatty():
        raise ConsoleError(
            ExitCode.USAGE, "a person has to type the phrase, and this is no terminal",
            "give --confirm (and --until or --note, where the option needs them)",
        )  # fmt: skip


def _print(lines: Iterable[Text], stderr: bool = False) -> None:
    console = Console(highlight=False, soft_wrap=True, stderr=stderr)
    for line in lines:
        console.print(line)
