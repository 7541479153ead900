"""Options that several commands share, and how a command speaks: to people on stderr, results on stdout."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def env_option(command: F) -> F:
    """`--env`, or `TRADAI_ENV`; required by whatever talks to AWS, checked in `console.aws`."""
    return click.option(
        "--env",
        "env",
        envvar="TRADAI_ENV",
        metavar="ENV",
        help="dev, staging, prod or local (or TRADAI_ENV). Required.",
    )(command)


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="One JSON document (or line) for programs.")(
        command
    )


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))
