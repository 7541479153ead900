"""`runbooks local ...`: the embedded AWS with the stack and the stand-in platform."""

from __future__ import annotations

import signal
from types import FrameType

import click

from console import kill_switch, local_stack, positions
from console.aws import connect
from console.heartbeats import heartbeats
from console.live.marks import lasted
from console.local_api import LocalApi
from console.options import json_option, print_json


@click.group()
def local() -> None:
    """The embedded AWS on this machine, with the stand-in trading platform."""


@local.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 (default): a free one.")
@click.option("--time-scale", type=click.FloatRange(0, 1, min_open=True), default=1.0, show_default=True,
              help="Shortens waits and periods; never a threshold or an age.")  # fmt: skip
@click.option("--iam", is_flag=True, help="Enforce IAM, and print a key pair.")
@click.option("--detach", is_flag=True, help="Return when ready; `local down` ends it.")
@json_option
def up(port: int, time_scale: float, iam: bool, detach: bool, as_json: bool) -> None:
    """Start everything. Stays until Ctrl-C, unless --detach."""
    from console.pieces import RealPieces

    _terminate_like_ctrl_c()
    stack = local_stack.up(
        RealPieces(), lambda line: click.echo(line, err=True),
        port=port, time_scale=time_scale, iam=iam, detach=detach,
    )  # fmt: skip
    try:
        if as_json:
            print_json(stack.state.shown())
        else:
            _print_addresses(stack.state.shown())
            click.echo("ready")
        if not detach:
            click.echo("Ctrl-C ends it", err=True)
            local_stack.watch_over(stack)
    except KeyboardInterrupt:
        stack.close()
        click.echo("stopped", err=True)
    except BaseException:
        stack.close()
        raise


@local.command()
def down() -> None:
    """End it. Fine where nothing runs."""
    from console.pieces import RealPieces

    click.echo(local_stack.down(RealPieces()))


@local.command()
@json_option
def status(as_json: bool) -> None:
    """Whether it runs, and what the strategy service is doing."""
    state = local_stack.require()
    stats = LocalApi(state.endpoint_url).stats()
    active = LocalApi(state.endpoint_url).faults().get("active", [])
    held = LocalApi(state.endpoint_url).positions()
    if as_json:
        print_json({**state.shown(), "pid": state.pid, "time_scale": state.time_scale,
                    "active_faults": active, "stats": stats, "positions": held})  # fmt: skip
        return
    click.echo(f"running (pid {state.pid}, time scale {state.time_scale:g})")
    _print_addresses(state.shown())
    click.echo(f"  {'kill switch':<15} {kill_switch.told(connect('local'))}")
    for name, age in heartbeats(connect("local")).items():
        told = "unreadable" if age is None else f"{lasted(age.total_seconds())} old"
        click.echo(f"  {'heartbeat':<15} {name:<20} {told}")
    click.echo(f"  {'positions':<15} {positions.told(held)}")
    click.echo(f"  {'two copies':<15} traded at the same time in {stats.get('moments_with_two_copies')} moments")
    click.echo(f"  active faults   {', '.join(_names(active)) or 'none'}")


class FaultGroup(click.Group):
    """`local fault NAME`: whatever is no subcommand is the name of a fault, which the stand-in knows."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _injector(cmd_name)


def _injector(name: str) -> click.Command:
    @click.command(name, help=f"Inject the fault {name}.")
    @click.option("--strategy", help="Only this strategy, where the fault allows it.")
    @click.option("--count", type=click.IntRange(0), help="What it counts: see `local fault list`.")
    @json_option
    def inject(strategy: str | None, count: int | None, as_json: bool) -> None:
        answer = _api().break_with(name, strategy=strategy, count=count)
        if as_json:
            print_json(answer)
        else:
            click.echo(f"fault: {name}{f' of {strategy}' if strategy else ''}")

    return inject


@local.group(cls=FaultGroup, subcommand_metavar="(list | clear | NAME [--strategy S] [--count N])")
def fault() -> None:
    """Break the stand-in platform the way the runbook's tables say."""


@fault.command("list")
@json_option
def fault_list(as_json: bool) -> None:
    """Every fault that can be injected, and which are active."""
    answer = _api().faults()
    if as_json:
        print_json(answer)
        return
    active = set(_names(answer.get("active", [])))
    wide = max(18, *(len(entry["name"]) for entry in answer["faults"]))
    for entry in answer["faults"]:
        click.echo(f"{'*' if entry['name'] in active else ' '} {entry['name']:<{wide}} {entry['about']}")
        if entry.get("count"):
            click.echo(f"  {'':<{wide}} --count: {entry['count']}")


@fault.command("clear")
def fault_clear() -> None:
    """End every fault. What was broken by it stays broken until somebody mends it."""
    _api().clear_faults()
    click.echo("no faults")


@local.command("open-position")
@click.option("--strategy", help="Default: the first strategy of the stand-in.")
@click.option("--symbol", default="BTC/USDT:USDT", show_default=True, help="Unified symbol.")
@click.option("--side", type=click.Choice(["long", "short"]), default="long", show_default=True)
@click.option("--amount", default="0.010", show_default=True, help="Base units.")
@click.option("--stuck", type=click.Choice(["never-submitted", "rejected", "unfilled", "partial"]),
              help="With the order history of that trouble.")  # fmt: skip
@json_option
def open_position(
    strategy: str | None, symbol: str, side: str, amount: str, stuck: str | None, as_json: bool
) -> None:
    """A position at the stand-in venue and in the platform's tables; prints its position_id."""
    made = positions.open_position(_api(), strategy=strategy, symbol=symbol, side=side, amount=amount, stuck=stuck)
    print_json(made) if as_json else click.echo(made["position_id"])


def _api() -> LocalApi:
    return LocalApi(local_stack.require().endpoint_url)


def _names(entries: list[dict[str, object]]) -> list[str]:
    return [str(entry["name"]) for entry in entries]


def _print_addresses(shown: dict[str, object]) -> None:
    for key in (
        "endpoint_url",
        "region",
        "approvals_url",
        "mailbox_url",
        "exchange_url",
        "access_key_id",
        "secret_access_key",
    ):
        if shown.get(key):
            click.echo(f"  {key.replace('_', ' '):<15} {shown[key]}")


def _terminate_like_ctrl_c() -> None:
    """A service manager's SIGTERM must stop the engine too, not orphan it."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
