"""`runbooks demo RUNBOOK [--fault F]`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from console import demo as demos
from console import local_stack, order_demo, runs, stop_demo, stopping, stuck_demo, watching
from console.aws import connect
from console.errors import ConsoleError, ExitCode
from console.expectations import DEMOS, default_fault
from console.live.steps import Tone
from console.live.views import View
from console.local_api import LocalApi
from console.options import json_option


@click.command()
@click.argument("runbook")
@click.option("--fault", help="What is broken; the first of the runbook's faults if not given.")
@click.option("--strategy", help="Break only this strategy, where the fault allows it.")
@click.option("--time-scale", type=click.FloatRange(0, 1, min_open=True), default=0.02, show_default=True,
              help="Shortens waits; a running embedded AWS keeps its own.")  # fmt: skip
@json_option
def demo(runbook: str, fault: str | None, strategy: str | None, time_scale: float, as_json: bool) -> int:
    """Break the stand-in platform and watch RUNBOOK cure it. Exits 0 only if it ended as it should."""
    runs.check_runbook(runbook)
    if runbook == stopping.RUNBOOK:
        return _stop(fault or strategy, time_scale, as_json)
    if runbook == stuck_demo.RUNBOOK:
        return _stuck(fault or stuck_demo.STUCK[0], strategy, time_scale, as_json)
    if runbook == order_demo.RUNBOOK:
        return _orders(fault or next(iter(order_demo.DEMOS)), strategy, time_scale, as_json)
    if runbook not in DEMOS:
        there = ", ".join((*DEMOS, stopping.RUNBOOK, stuck_demo.RUNBOOK, order_demo.RUNBOOK))
        raise ConsoleError(ExitCode.UNKNOWN_RUNBOOK, f"{runbook} has no demo", f"there are {there}")
    fault = fault or default_fault(runbook)
    expected = DEMOS[runbook].get(fault)
    if expected is None:
        raise ConsoleError(
            ExitCode.USAGE, f"{runbook} has no demo of {fault!r}", f"there are {', '.join(DEMOS[runbook])}"
        )
    with watching.view(as_json, f"  (local, time scale {time_scale:g})") as shown, _platform(time_scale, shown):
        wrong = demos.play(connect("local"), runbook, fault, strategy, expected, shown)
        if not wrong:
            shown.note(
                f"as it should be: {fault} - {f'only {strategy} was touched' if strategy else expected.why}",
                Tone.GOOD,
            )
    if wrong:
        raise ConsoleError(ExitCode.DEMO_FAILED, "not as it should be: " + "; ".join(wrong))
    return ExitCode.OK


def _stop(given: str | None, time_scale: float, as_json: bool) -> int:
    if given is not None:
        raise ConsoleError(ExitCode.USAGE, "nothing is broken in the demo of the emergency stop", "leave it out")
    with watching.view(as_json, f"  (local, time scale {time_scale:g})") as shown, _platform(time_scale, shown):
        wrong = stop_demo.play(connect("local"), shown)
        if not wrong:
            shown.note("as it should be: all stopped, proven, and nothing came back", Tone.GOOD)
    if wrong:
        raise ConsoleError(ExitCode.DEMO_FAILED, "not as it should be: " + "; ".join(wrong))
    return ExitCode.OK


def _stuck(stuck: str, strategy: str | None, time_scale: float, as_json: bool) -> int:
    if stuck not in stuck_demo.STUCK:
        there = f"there are {', '.join(stuck_demo.STUCK)}"
        raise ConsoleError(ExitCode.USAGE, f"{stuck_demo.RUNBOOK} has no demo of {stuck!r}", there)
    with watching.view(as_json, f"  (local, time scale {time_scale:g})") as shown, _platform(time_scale, shown):
        wrong = stuck_demo.play(connect("local"), stuck, strategy, shown)
        if not wrong:
            shown.note("as it should be: closed once, inside the bound, proven flat, and accounted for", Tone.GOOD)
    if wrong:
        raise ConsoleError(ExitCode.DEMO_FAILED, "not as it should be: " + "; ".join(wrong))
    return ExitCode.OK


def _orders(fault: str, strategy: str | None, time_scale: float, as_json: bool) -> int:
    expected = order_demo.DEMOS.get(fault)
    if expected is None:
        there = f"there are {', '.join(order_demo.DEMOS)}"
        raise ConsoleError(ExitCode.USAGE, f"{order_demo.RUNBOOK} has no demo of {fault!r}", there)
    with watching.view(as_json, f"  (local, time scale {time_scale:g})") as shown, _platform(time_scale, shown):
        wrong = order_demo.play(connect("local"), fault, strategy, expected, shown)
        if not wrong:
            shown.note(f"as it should be: {fault} - {expected.why}", Tone.GOOD)
    if wrong:
        raise ConsoleError(ExitCode.DEMO_FAILED, "not as it should be: " + "; ".join(wrong))
    return ExitCode.OK


@contextmanager
def _platform(time_scale: float, shown: View) -> Iterator[None]:
    """The running embedded AWS with no fault, or one of our own that is stopped again."""
    standing = local_stack.running()
    if standing is not None:
        shown.note(f"using the embedded AWS at {standing.endpoint_url}")
        LocalApi(standing.endpoint_url).clear_faults()
        try:
            yield
        finally:
            LocalApi(standing.endpoint_url).clear_faults()
        return
    from console.pieces import RealPieces

    stack = local_stack.up(RealPieces(), shown.note, time_scale=time_scale)
    try:
        yield
    finally:
        stack.close()
