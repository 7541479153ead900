"""`runbooks start` and `runbooks watch`."""

from __future__ import annotations

import json
from typing import Any

import click

from console import runs, watching
from console.aws import connect
from console.errors import ConsoleError, ExitCode
from console.options import env_option, json_option, print_json


@click.command()
@click.argument("runbook")
@click.option("--input", "text", default="{}", show_default=True, metavar="JSON", help="The run's input.")
@click.option("--watch", "watched", is_flag=True, help="Follow the run to its end.")
@env_option
@json_option
def start(runbook: str, text: str, watched: bool, env: str | None, as_json: bool) -> int:
    """Start RUNBOOK; prints the execution's ARN."""
    given = read_object(text)
    runs.check_runbook(runbook)
    aws = connect(env)
    arn = runs.start(aws, runbook, given)
    if watched:
        if as_json:
            click.echo(json.dumps({"event": "started", "execution_arn": arn}))
        return watching.watch(aws, arn, as_json)
    print_json({"execution_arn": arn}) if as_json else click.echo(arn)
    return ExitCode.OK


@click.command()
@click.argument("execution")
@env_option
@json_option
def watch(execution: str, env: str | None, as_json: bool) -> int:
    """Follow EXECUTION (ARN or name) live. The exit code says how it ended; Ctrl-C leaves it running."""
    aws = connect(env)
    return watching.watch(aws, runs.find(aws, execution), as_json)


def read_object(text: str) -> dict[str, Any]:
    """The JSON object of `--input`."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise ConsoleError(
            ExitCode.USAGE, f"--input is no JSON: {error}", """try --input '{"dry_run": true}'"""
        ) from None
    if not isinstance(given, dict):
        raise ConsoleError(ExitCode.USAGE, f"--input must be a JSON object, is {text!r}", "try --input '{}'")
    return given
