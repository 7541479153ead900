"""`runbooks incidents open`: the report of an incident, with the caller's own rights."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

import click

from console import report_files
from console.aws import connect
from console.items import incident
from console.options import env_option, json_option, print_json


@click.command("open")
@click.argument("incident_id")
@click.option("--markdown", is_flag=True, help="The Markdown instead of the page; its path is printed.")
@click.option("--print-path", is_flag=True, help="Print the file's path and open nothing.")
@click.option("--output", "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Keep it in this folder; without it, in a new private one.")  # fmt: skip
@env_option
@json_option
def open_(
    incident_id: str, markdown: bool, print_path: bool, folder: Path | None, env: str | None, as_json: bool
) -> None:
    """Fetch an incident's report and open it in the browser."""
    aws = connect(env)
    item = incident(aws, incident_id)
    report = report_files.stored(aws, item, markdown=markdown)
    path = report_files.written(report, incident_id, report_files.fetched(aws, item, report), folder)
    # A browser shows Markdown as it is typed; whoever asks for it has something better to read it with.
    shows = path.suffix == ".html" and not print_path
    opened = shows and _opened(path)
    if as_json:
        print_json(
            {
                "incident_id": incident_id, "path": str(path), "opened": opened,
                "bucket": report.bucket, "key": report.key, "report_url": report.url,
            }
        )  # fmt: skip
        return
    click.echo(str(path))
    if shows and not opened:
        click.echo("no browser could be opened here: the report lies there", err=True)


def _opened(path: Path) -> bool:
    """A browser's own chatter does not belong on stdout."""
    sys.stdout.flush()
    try:
        return webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        return False
