"""The view for a terminal: ended states stand still above, what is going on moves below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from console.incident import headline, outcome_of, sections
from console.live.marks import TONES, Marks, clock, lasted, marks_for
from console.live.rows import Rows
from console.live.steps import Moment, Run, Status, Step, Tone, What
from console.live.views import QUIET

WIDEST = 120
Now = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ScreenView:
    """Use as a context manager: the moving part must be put away however the watching ends."""

    def __init__(self, console: Console, *, about: str = "", now: Now = _utc_now) -> None:
        self._console, self._about, self._now = console, about, now
        self._marks: Marks = marks_for(console.encoding)
        self._width = min(console.width, WIDEST)
        self._rows = Rows(console, self._width, self._marks, now)
        self._signs = {Tone.GOOD: self._marks.done, Tone.BAD: self._marks.failed, Tone.UNKNOWN: "?"}
        self._told = 0
        self._run: Run | None = None
        self._live = Live(console=console, auto_refresh=False, transient=True, get_renderable=self.moving)

    def __enter__(self) -> ScreenView:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def note(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        sign = self._signs.get(tone)
        row = Text(f"{sign} " if sign else "", style=TONES[tone])
        self._console.print(Group(*self._rows.wrapped(row, Text(text), row.cell_len)))

    def tell(self, moment: Moment) -> None:
        if moment.run.depth:
            return
        self._run = moment.run
        if moment.what is What.RUN_STARTED:
            self._console.print(self._rule(self._head(moment)))

    def _head(self, moment: Moment) -> str:
        """Where it does not fit, the execution's name is what is shortened: nobody types it."""
        name = moment.run.arn.rsplit(":", 1)[-1]
        lead, room = f"{moment.run.machine}  {clock(moment.at)}  ", self._width - 4
        left = max(room - len(lead) - len(self._about) - 3, 8)
        fits = len(lead) + len(name) + len(self._about) <= room
        return f"{lead}{name if fits else f'{name[:left]}...'}{self._about}"

    def tick(self) -> None:
        self._settle()
        self._live.refresh()

    def end(self, run: Run, incident: Mapping[str, Any] | None) -> None:
        self._run = run
        self._settle(everything=True)
        self._live.stop()
        # Commands and addresses are printed whole, whatever the width.
        self._console.print(self._ending(run, incident), crop=False)

    def _settle(self, everything: bool = False) -> None:
        """Prints the states that have ended for good above the moving part, once."""
        steps = self._run.steps if self._run else []
        while self._told < len(steps) and (everything or _is_over(steps, self._told)):
            rows = list(self._rows.of(steps[self._told]))
            self._told += 1
            if rows:
                self._console.print(Group(*rows))

    def moving(self) -> RenderableType:
        """What has not ended yet, as it looks now."""
        if self._run is None:
            return Text("")
        rows = [row for step in self._run.steps[self._told :] for row in self._rows.of(step)]
        room = max(self._console.height - 3, 5)
        hidden = len(rows) - room
        if hidden > 0:
            rows = [Text(f"  ({hidden} lines above)", style="dim"), *rows[hidden + 1 :]]
        return Group(*rows, self._footer(self._run))

    def _footer(self, run: Run) -> Text:
        began = run.started or self._now()
        text = f"{lasted((self._now() - began).total_seconds())} since the start"
        comment = _comment(_running(run))
        return _cut(Text(f"  {text}  {comment}".rstrip(), style="dim"), self._width)

    def _rule(self, text: str) -> Text:
        line = Text(f"{self._marks.rule * 2} {text} ", style="bold")
        line.append(self._marks.rule * max(0, self._width - line.cell_len), style="dim")
        return _cut(line, self._width)

    def _ending(self, run: Run, incident: Mapping[str, Any] | None) -> RenderableType:
        item = incident or {}
        outcome = outcome_of(run.status, run.output, run.error, incident)
        took = lasted((run.ended - run.started).total_seconds()) if run.ended and run.started else ""
        drill = bool(item.get("drill"))
        top = headline(outcome, item.get("incident_id"), item.get("runbook") or run.machine, drill=drill)
        rows = [self._rule("incident"), Text(f"{top.text}  {took}", style=f"bold {TONES[top.tone]}")]
        for section in sections(run.output, run.error, run.cause, incident):
            for number, finding in enumerate(section.lines):
                head = Text(f"  {section.title if number == 0 else '':<12}", style="dim")
                sign = self._signs.get(finding.tone)
                if sign:
                    head.append(f"{sign} ", style=TONES[finding.tone])
                rows.extend(
                    self._rows.wrapped(
                        head,
                        Text(finding.text, style=TONES[Tone.COMMAND] if finding.tone is Tone.COMMAND else ""),
                        16 if sign else 14,
                    )
                )
        return Group(*rows)


def _is_over(steps: list[Step], index: int) -> bool:
    """Ended with its children, and not about to be entered again: a later one of its level has begun."""
    step = steps[index]
    inner = [step, *step.parts]
    if step.left is None or any(one.child is not None and one.child.ended is None for one in inner):
        return False
    return any(later.left is None or later.kind not in QUIET for later in steps[index + 1 :])


def _running(run: Run) -> list[Step]:
    """The running steps from the outermost to the innermost execution."""
    found: list[Step] = []
    for step in run.every_step():
        if step.status is Status.RUNNING:
            found.append(step)
            if step.child is not None:
                found.extend(_running(step.child))
    return found


def _comment(running: list[Step]) -> str:
    """What the definition says of the state that runs; of several at once, nothing is said of only one."""
    leaves = [step for step in running if not step.parts and (step.child is None or not _running(step.child))]
    return leaves[0].comment if len(leaves) == 1 else ""


def _cut(text: Text, width: int) -> Text:
    text.truncate(width, overflow="ellipsis")
    return text
