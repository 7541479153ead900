"""The view for a terminal: ended states stand still above, what is going on moves below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from console.incident import headline, outcome_of, sections
from console.live.marks import STATUS_STYLES, TONES, Marks, clock, lasted, marks_for
from console.live.steps import Finding, Moment, Run, Status, Step, Tone, What
from console.live.views import QUIET

TITLE = 26
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
        self._told = 0
        self._run: Run | None = None
        self._live = Live(console=console, auto_refresh=False, transient=True, get_renderable=self._moving)

    def __enter__(self) -> ScreenView:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def note(self, text: str) -> None:
        self._console.print(Text(text))

    def tell(self, moment: Moment) -> None:
        if moment.run.depth:
            return
        self._run = moment.run
        if moment.what is What.RUN_STARTED:
            name = moment.run.arn.rsplit(":", 1)[-1]
            self._console.print(self._rule(f"{moment.run.machine}  {clock(moment.at)}  {name}{self._about}"))

    def tick(self) -> None:
        self._settle()
        self._live.refresh()

    def end(self, run: Run, incident: Mapping[str, Any] | None) -> None:
        self._run = run
        self._settle(everything=True)
        self._live.stop()
        self._console.print(self._ending(run, incident))

    def _settle(self, everything: bool = False) -> None:
        """Prints the states that have ended for good above the moving part, once."""
        steps = self._run.steps if self._run else []
        while self._told < len(steps) and (everything or _is_over(steps, self._told)):
            rows = list(self.rows(steps[self._told], 0))
            self._told += 1
            if rows:
                self._console.print(Group(*rows))

    def _moving(self) -> RenderableType:
        if self._run is None:
            return Text("")
        rows = [row for step in self._run.steps[self._told :] for row in self.rows(step, 0)]
        room = max(self._console.height - 3, 5)
        hidden = len(rows) - room
        if hidden > 0:
            rows = [Text(f"  ({hidden} lines above)", style="dim"), *rows[hidden + 1 :]]
        return Group(*rows, self._footer(self._run))

    def _footer(self, run: Run) -> Text:
        began = run.started or self._now()
        text = f"{lasted((self._now() - began).total_seconds())} since the start"
        comment = next((s.comment for s in reversed(_running(run)) if s.comment), "")
        return _cut(Text(f"  {text}  {comment}".rstrip(), style="dim"), self._width)

    # --- one step ---

    def rows(self, step: Step, depth: int) -> Iterator[Text]:
        """The lines of one step and of everything below it."""
        if step.kind in QUIET or (step.kind == "Wait" and step.status is not Status.RUNNING):
            return
        yield from self._own_rows(step, depth)
        for part in list(step.parts):
            yield from self.rows(part, depth + 1)
        for inner in list(step.child.steps) if step.child else ():
            yield from self.rows(inner, depth + 1)

    def _own_rows(self, step: Step, depth: int) -> Iterator[Text]:
        pad = "  " * depth
        row = Text(pad)
        row.append(f"{self._mark(step)} ", style=self._mark_style(step))
        title = step.title + (f" {self._marks.times}{step.count}" if step.count > 1 else "")
        row.append(title, style="bold" if step.act or depth == 0 else "")
        findings = step.findings
        inline = findings[0] if findings and findings[0].tone is not Tone.VERDICT else None
        note = self._note(step, inline)
        column = max(TITLE, len(pad) + 2)
        if note.plain:
            row.append(" " * max(1, column - row.cell_len))
            row.append_text(note)
        yield from self._fitted(row, lasted(step.seconds) if depth < 2 else "", column)
        for finding in findings[1:] if inline else findings:
            yield from self._finding(finding, pad, column)

    def _note(self, step: Step, inline: Finding | None) -> Text:
        if step.status is Status.FAILED and step.kind == "Fail":
            return Text("")
        if step.error:
            told = f"{step.error}: {step.cause}" if step.cause else step.error
            return Text(f"{' '.join(told.split())}{' (caught)' if step.status is Status.CAUGHT else ''}",
                        style="yellow" if step.status is not Status.FAILED else "red")  # fmt: skip
        if step.kind == "Wait":
            return Text(self._countdown(step), style="cyan")
        if inline is None:
            retried = f"{step.retries} retries" if step.retries > 1 else "1 retry" if step.retries else ""
            return Text(retried, style="yellow")
        note = self._bar(inline) if inline.looks else Text("")
        note.append(inline.text, style=TONES[inline.tone])
        if step.retries:
            note.append(f"  after {step.retries} retr{'y' if step.retries == 1 else 'ies'}", style="yellow")
        return note

    def _bar(self, finding: Finding) -> Text:
        done, every = finding.looks or (0, 0)
        bar = Text(self._marks.full * done, style=TONES[finding.tone])
        bar.append(self._marks.empty * (every - done), style="dim")
        bar.append(f" {done}/{every}  ")
        return bar

    def _countdown(self, step: Step) -> str:
        if step.until is None:
            return "waiting"
        left = (step.until - self._now()).total_seconds()
        return f"{int(left) // 60}:{int(left) % 60:02d} left" if left > 0 else "any moment"

    def _finding(self, finding: Finding, pad: str, column: int) -> Iterator[Text]:
        if finding.tone in (Tone.VERDICT, Tone.EVIDENCE) and column == TITLE and pad == "":
            row = Text("  ")
            row.append(f"{self._marks.bar} ", style="magenta")
            yield from self._wrapped(row, Text(finding.text, style=TONES[finding.tone]), 4)
        else:
            yield from self._wrapped(
                Text(" " * column), Text(finding.text, style=TONES[finding.tone]), column
            )

    def _wrapped(self, row: Text, text: Text, column: int) -> Iterator[Text]:
        lines = text.wrap(self._console, max(self._width - column, 20))
        for number, line in enumerate(lines):
            line.rstrip()
            head = row if number == 0 else Text(" " * column)
            yield Text.assemble(head, line)

    def _fitted(self, row: Text, took: str, column: int) -> Iterator[Text]:
        """The row with the duration at the right edge; what does not fit goes on below."""
        room = self._width - 10
        if row.cell_len > room:
            lines = row.wrap(self._console, room)
            row = lines[0]
            row.rstrip()
            rest = Text(" ").join(lines[1:])
        else:
            rest = Text("")
        if took:
            row.append(" " * max(1, self._width - row.cell_len - len(took)))
            row.append(took, style="dim")
        yield row
        if rest.plain:
            yield from self._wrapped(Text(" " * column), rest, column)

    def _mark(self, step: Step) -> str:
        if step.status is Status.RUNNING and step.kind == "Wait":
            return self._marks.wait
        return self._marks.of(step.status)

    def _mark_style(self, step: Step) -> str:
        return STATUS_STYLES[step.status]

    # --- the end ---

    def _rule(self, text: str) -> Text:
        line = Text(f"{self._marks.rule * 2} {text} ", style="bold")
        line.append(self._marks.rule * max(0, self._width - line.cell_len), style="dim")
        return _cut(line, self._width)

    def _ending(self, run: Run, incident: Mapping[str, Any] | None) -> RenderableType:
        item = incident or {}
        outcome = outcome_of(run.output, run.error, incident)
        took = lasted((run.ended - run.started).total_seconds()) if run.ended and run.started else ""
        top = headline(outcome, item.get("incident_id"), item.get("runbook") or run.machine)
        rows = [self._rule("incident"), Text(f"{top.text}  {took}", style=f"bold {TONES[top.tone]}")]
        for section in sections(run.output, run.error, run.cause, incident):
            for number, finding in enumerate(section.lines):
                head = Text(f"  {section.title if number == 0 else '':<12}", style="dim")
                sign = {Tone.GOOD: self._marks.done, Tone.BAD: self._marks.failed, Tone.UNKNOWN: "?"}.get(
                    finding.tone
                )
                if sign:
                    head.append(f"{sign} ", style=TONES[finding.tone])
                rows.extend(self._wrapped(head, Text(finding.text), 16 if sign else 14))
        return Group(*rows)


def _is_over(steps: list[Step], index: int) -> bool:
    """Ended, and not about to be entered again: a later one of its level has begun, or the run goes on."""
    step = steps[index]
    return step.left is not None and any(
        later.left is None or later.kind not in QUIET for later in steps[index + 1 :]
    )


def _running(run: Run) -> list[Step]:
    """The running steps from the outermost to the innermost execution."""
    found: list[Step] = []
    for step in run.every_step():
        if step.status is Status.RUNNING:
            found.append(step)
            if step.child is not None:
                found.extend(_running(step.child))
    return found


def _cut(text: Text, width: int) -> Text:
    text.truncate(width, overflow="ellipsis")
    return text
