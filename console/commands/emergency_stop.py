"""`runbooks emergency-stop`, which asks nobody, and `runbooks resume-trading`, which does."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from console import callers, runs, stopping, watching
from console.aws import Aws, connect
from console.errors import ExitCode
from console.live.marks import TONES
from console.live.steps import Finding, Tone
from console.live.views import View
from console.options import env_option, json_option

WIDTH = 14


def _some_reason(_: click.Context, __: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("say in a few words why")
    return value


reason_option = click.option(
    "--reason", required=True, callback=_some_reason, help="Why; kept and told to everybody."
)
strategy_option = click.option(
    "--strategy", "strategies", multiple=True, metavar="S", help="Only this one (repeatable); without it: all."
)


@click.command("emergency-stop")
@reason_option
@strategy_option
@click.option("--keep-entry-orders", is_flag=True, help="Do not cancel entry orders.")
@click.option("--dry-run", is_flag=True, help="Read everything, change nothing, say what would be stopped.")
@click.option("--direct", is_flag=True, help="The same steps from here, without Step Functions.")
@env_option
@json_option
def emergency_stop(
    reason: str, strategies: tuple[str, ...], keep_entry_orders: bool, dry_run: bool, direct: bool,
    env: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Stop all trading NOW, and keep it stopped. Asks nothing.

    Exits 0 only if it is proven (`resolved`; `dry_run` where that was wanted).
    """
    aws = connect(env, to_stop=True)
    order: dict[str, Any] = {"reason": reason, "requested_by": callers.claim(aws), "dry_run": dry_run}
    if strategies:
        order["strategy_ids"] = list(dict.fromkeys(strategies))
    if keep_entry_orders:
        order["cancel_entry_orders"] = False
    with watching.view(as_json, watching.about(aws)) as shown:
        _announce(aws, order, shown)
        try:
            end = stopping.stop(aws, order, shown, directly=direct)
        except KeyboardInterrupt:
            shown.note("the stop goes on; `runbooks incidents list --open` shows it", Tone.UNKNOWN)
            raise
    rows = stopping.told(end)
    if as_json:
        click.echo(json.dumps({
            "event": "stopped", "outcome": end.outcome, "execution_arn": end.execution_arn,
            "incident_id": end.incident_id, "report_url": end.report,
            "rows": [{"what": title, "text": row.text, "tone": row.tone.value} for title, row in rows],
        }, ensure_ascii=False))  # fmt: skip
    else:
        _print(rows)
    wanted = "dry_run" if dry_run else "resolved"
    return ExitCode.RUN_FAILED if end.code is ExitCode.OK and end.outcome != wanted else end.code


@click.command("resume-trading")
@reason_option
@click.option("--to", type=click.Choice(["trading", "manage_only"]), default="trading", show_default=True,
              help="manage_only: exits are managed, no entries are taken.")  # fmt: skip
@strategy_option
@click.option("--dry-run", is_flag=True, help="Check and say what would be done; ask nobody.")
@env_option
@json_option
def resume_trading(
    reason: str, to: str, strategies: tuple[str, ...], dry_run: bool, env: str | None, as_json: bool
) -> int:
    """Bring trading back after an emergency stop. Asks other people than you.

    The reason says what the cause was, and why it is over.
    """
    aws = connect(env)
    given: dict[str, Any] = {
        "requested_by": callers.claim(aws), "reason": reason, "to": to, "dry_run": dry_run,
    }  # fmt: skip
    if strategies:
        given["strategy_ids"] = list(dict.fromkeys(strategies))
    arn = runs.start(aws, "resume-trading", given)
    with watching.view(as_json, watching.about(aws)) as shown:
        shown.note(f"started {arn}")
        if not dry_run:
            people = "one person is" if to == "manage_only" else "two people are"
            shown.note(
                f"{people} asked by mail before anything is released, whoever started this; "
                f"they answer by their link, or with `runbooks approvals list --env {aws.env}`",
                Tone.UNKNOWN,
            )
        return runs.exit_code(watching.follow(aws, arn, shown))


def _announce(aws: Aws, order: dict[str, Any], shown: View) -> None:
    whom = ", ".join(order["strategy_ids"]) if "strategy_ids" in order else "ALL strategies"
    what = "DRY RUN, nothing is changed: would stop" if order["dry_run"] else "STOPPING"
    shown.note(f'{what} {whom} in {aws.env}: "{order["reason"]}", by {order["requested_by"]}')
    if aws.unverified:
        shown.note(f"whose credentials these are is not known ({aws.unverified}): going on", Tone.UNKNOWN)


def _print(rows: list[tuple[str, Finding]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print()
    if console.is_terminal:
        # What does not fit goes on under its own column. Elsewhere a row is one line, whatever its length.
        grid = Table.grid(padding=0)
        grid.add_column(width=WIDTH, no_wrap=True, style="bold")
        grid.add_column(overflow="fold")
        for title, row in rows:
            grid.add_row(title, Text(row.text, TONES[row.tone]))
        console.print(grid, soft_wrap=False)
    else:
        for title, row in rows:
            console.print(f"{title:<{WIDTH}}{row.text}", markup=False)
    sys.stdout.flush()
