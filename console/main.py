"""The `runbooks` command. Every error is one line on stderr and an exit code of docs/cli.md."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click
from botocore.exceptions import BotoCoreError, ClientError

from console.aws import trouble
from console.commands.approvals import approvals
from console.commands.config import config
from console.commands.demo import demo
from console.commands.drill import drill
from console.commands.emergency_stop import emergency_stop, resume_trading
from console.commands.incidents import incidents
from console.commands.local import local
from console.commands.preflight import preflight
from console.commands.runs import start, watch
from console.errors import ConsoleError, ExitCode


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, envvar="TRADAI_DEBUG", help="Show the trace of an error.")
@click.version_option(package_name="tradai-runbooks")
def cli(debug: bool) -> None:
    """TradAI's trading runbooks as state machines: run them, watch them, rehearse them."""
    if debug:
        os.environ["TRADAI_DEBUG"] = "1"


COMMANDS = (
    emergency_stop, resume_trading, local, demo, drill, start, watch, approvals, incidents, config, preflight,
)  # fmt: skip
for command in COMMANDS:
    cli.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code; prints the one line that an error is worth."""
    try:
        result = cli.main(args=arguments, standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.OK
    except ConsoleError as error:
        return _tell(error.code, str(error))
    except (ClientError, BotoCoreError) as error:
        told = trouble(error)
        return _tell(told.code, str(told))
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return _tell(ExitCode.INTERRUPTED, "interrupted")
    except BrokenPipeError:
        # `runbooks ... | head`: nobody reads any more, which is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        return _tell(ExitCode.BROKEN, f"{type(error).__name__}: {error} (--debug shows where)")


def _tell(code: ExitCode, line: str) -> int:
    if os.environ.get("TRADAI_DEBUG") and sys.exc_info()[0] is not None:
        traceback.print_exc()
    click.echo(f"runbooks: {' '.join(line.split())}", err=True)
    return int(code)


def main() -> None:
    sys.exit(run())


if __name__ == "__main__":
    main()
