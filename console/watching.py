"""Watching one run to its end, in the view that fits where the output goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from console.aws import Aws
from console.errors import ExitCode
from console.live.follow import Follower
from console.live.screen import ScreenView
from console.live.steps import Run
from console.live.views import JsonView, PlainView, View
from console.runs import exit_code, incident_of


@contextmanager
def view(as_json: bool, about: str = "") -> Iterator[View]:
    """JSON lines if wanted, the moving view on a terminal, plain lines else."""
    if as_json:
        yield JsonView(click.echo)
    elif sys.stdout.isatty():
        with ScreenView(Console(highlight=False), about=about) as screen:
            yield screen
    else:
        yield PlainView(click.echo)


def about(aws: Aws) -> str:
    scale = f", time scale {aws.time_scale:g}" if aws.time_scale != 1 else ""
    return f"  ({aws.env}{scale})"


def follow(
    aws: Aws, execution_arn: str, shown: View, *, watched: Callable[[Run], None] = lambda _: None
) -> Run:  # fmt: skip
    """Shows the run until it has ended, its incident last. `watched` is called all the while and may raise."""
    follower = Follower(
        aws.client("stepfunctions"), execution_arn, prefix=f"tradai-{aws.env}-",
        time_scale=aws.time_scale, list_children=aws.local is not None,
        records=lambda: list((incident_of(aws, execution_arn) or {}).get("approvals") or ()),
    )  # fmt: skip

    def tick() -> None:
        shown.tick()
        watched(follower.run)

    for moment in follower.moments(aws.look_every, tick):
        shown.tell(moment)
    shown.end(follower.run, incident_of(aws, execution_arn))
    return follower.run


def watch(aws: Aws, execution_arn: str, as_json: bool) -> ExitCode:
    """Follows and gives the exit code of how the run ended."""
    with view(as_json, about(aws)) as shown:
        return exit_code(follow(aws, execution_arn, shown))
