"""`runbooks drill RUNBOOK`: everything is read, nothing changed, nobody asked; reported like any run."""

from __future__ import annotations

import json

import click

from console import drill as drills
from console import runs, watching
from console.aws import connect
from console.commands.runs import read_object
from console.live.steps import Tone
from console.options import env_option, json_option


@click.command()
@click.argument("runbook")
@click.option("--input", "text", default="{}", show_default=True, metavar="JSON", help="As of `start`.")
@env_option
@json_option
def drill(runbook: str, text: str, env: str | None, as_json: bool) -> int:
    """Rehearse RUNBOOK: a dry run, watched to its end, whose incident and report are marked as a drill.

    The exit code says how it ended, as of `watch`.
    """
    given = read_object(text)
    drills.check(runbook)
    aws = connect(env)
    arn = runs.start(aws, runbook, drills.input_of(aws, runbook, given))
    if as_json:
        click.echo(json.dumps({"event": "started", "execution_arn": arn}))
    with watching.view(as_json, watching.about(aws)) as shown:
        shown.note("drill: nothing of the platform is changed, and nobody is asked", Tone.GOOD)
        run = watching.follow(aws, arn, shown)
    if not as_json and (incident := runs.incident_of(aws, arn)):
        click.echo(f"  read it: runbooks incidents open {incident['incident_id']} --env {aws.env}")
    return runs.exit_code(run)
