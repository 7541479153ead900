"""The two views for pipes: one line of text, or one JSON object, for each thing that happens."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol

from console.incident import told_lines
from console.live.marks import clock, lasted, waiting
from console.live.steps import Moment, Run, Step, Tone, What

Say = Callable[[str], None]
# States that only lead from one to the next; programs get them, people need not.
QUIET = frozenset({"Choice", "Pass", "Succeed"})


class View(Protocol):
    """Shows a run: `tell` for each moment, `tick` while nothing happens, `end` once."""

    def note(self, text: str, tone: Tone = Tone.PLAIN) -> None: ...
    def tell(self, moment: Moment) -> None: ...
    def tick(self) -> None: ...
    def end(self, run: Run, incident: Mapping[str, Any] | None) -> None: ...


class PlainView:
    """Lines without any control code."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def note(self, text: str, tone: Tone = Tone.PLAIN) -> None:  # noqa: ARG002 - a colour, and here is none
        self._say(text)

    def tell(self, moment: Moment) -> None:
        pad = "  " * moment.run.depth
        for line in _lines(moment):
            self._say(f"{clock(moment.at)}  {pad}{line}")

    def tick(self) -> None:
        pass

    def end(self, run: Run, incident: Mapping[str, Any] | None) -> None:
        for line in told_lines(run.status, run.output, run.error, run.cause, incident):
            self._say(line)


def _lines(moment: Moment) -> list[str]:
    run, step = moment.run, moment.step
    if step is None:
        error = f" {moment.error}" if moment.error else ""
        what = "started" if moment.what is What.RUN_STARTED else f"ended {run.status}{error}"
        return [f"{run.machine} {what}"]
    if step.kind in QUIET:
        return []
    if moment.what is What.RETRY:
        return [f"{step.title}: {_error(moment)}; trying again ({step.retries + 1})"]
    if moment.what is What.ENTERED:
        return _entering(step)
    if moment.what is What.ASKED:
        asks = step.asks
        return [f"{step.title}: {asks.told(moment.at)}", f"  {asks.command}"] if asks else []
    return _leaving(moment, step)


def _entering(step: Step) -> list[str]:
    if step.kind == "Wait":
        return [f"{step.title}: {waiting(step)}"] if step.count == 1 else []
    if step.kind in ("Parallel", "Map"):
        return [f"{step.title}:"]
    return [f"{step.title}: act"] if step.act else []


def _leaving(moment: Moment, step: Step) -> list[str]:
    if step.kind in ("Wait", "Parallel", "Map"):
        return []
    took = lasted(step.seconds)
    if moment.error:
        return [f"{step.title}: {_error(moment)} - caught ({took})"]
    told = [finding.text for finding in step.findings]
    return [f"{step.title}: {told[0] if told else 'done'} ({took})", *(f"  {text}" for text in told[1:])]


def _error(moment: Moment) -> str:
    return f"{moment.error}: {moment.cause}" if moment.cause else str(moment.error)


class JsonView:
    """One object a line: `event`, `at`, `execution_arn`, `machine`, `depth`, and what the event is about."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def note(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        self._put({"event": "note", "text": text, "tone": tone.value})

    def tell(self, moment: Moment) -> None:
        run, step = moment.run, moment.step
        told: dict[str, Any] = {
            "event": moment.what.value, "at": moment.at.isoformat(), "execution_arn": run.arn,
            "machine": run.machine, "depth": run.depth,
        }  # fmt: skip
        if step is not None:
            told.update(state=step.name, type=step.kind, label=step.label, count=step.count, act=step.act)
            if moment.what is What.LEFT:
                told.update(seconds=step.seconds, findings=[
                    {"text": f.text, "tone": f.tone.value, "looks": f.looks} for f in step.findings
                ])  # fmt: skip
            if step.until is not None:
                told["until"] = step.until.isoformat()
            if step.asks is not None:
                told["asks"] = asdict(step.asks)
        if moment.what is What.RUN_ENDED:
            told.update(status=run.status, output=run.output)
        if moment.error:
            told.update(error=moment.error, cause=moment.cause)
        self._put({key: value for key, value in told.items() if value is not None})

    def tick(self) -> None:
        pass

    def end(self, run: Run, incident: Mapping[str, Any] | None) -> None:
        self._put({"event": "incident", "execution_arn": run.arn, "incident": incident})

    def _put(self, told: Mapping[str, Any]) -> None:
        self._say(json.dumps(told, default=str, ensure_ascii=False))
