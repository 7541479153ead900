"""The lines of one step on a terminal: sign, name, what it found, how long it took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from rich.console import Console
from rich.text import Text

from console.live.marks import STATUS_STYLES, TONES, Marks, lasted, waiting
from console.live.steps import Finding, Status, Step, Tone
from console.live.views import QUIET

# Columns for the name of a state, on a terminal that is wide enough and on a narrow one.
TITLE, NARROW_TITLE, WIDE = 32, 27, 100
LONG = 5.0
# Columns for the duration, and the narrowest that a note may get.
RIGHT, LEAST = 10, 30
NEWS = (Tone.BAD, Tone.UNKNOWN)


class Rows:
    """Lays lines out for one width. `now` is asked for countdowns."""

    def __init__(self, console: Console, width: int, marks: Marks, now: Callable[[], datetime]) -> None:
        self._console, self._width, self._marks, self._now = console, width, marks, now
        self._title = TITLE if width >= WIDE else NARROW_TITLE

    def of(self, step: Step, depth: int = 0) -> Iterator[Text]:
        """The lines of one step and of everything below it."""
        if step.kind in QUIET or (step.kind == "Wait" and step.status is not Status.RUNNING):
            return
        yield from self._own_rows(step, depth)
        for part in list(step.parts):
            yield from self.of(part, depth + 1)
        for inner in list(step.child.steps) if step.child else ():
            yield from self.of(inner, depth + 1)

    def _own_rows(self, step: Step, depth: int) -> Iterator[Text]:
        pad = "  " * depth
        row = Text(pad)
        row.append_text(self._sign(step)).append(" ")
        title = step.title + (f" {self._marks.times}{step.count}" if step.count > 1 else "")
        row.append(title, style="bold" if step.act or depth == 0 else "")
        findings = step.findings
        inline = findings[0] if findings and findings[0].tone is not Tone.VERDICT else None
        note = self._note(step, inline)
        if step.act:
            note = Text.assemble(("act  ", "magenta"), note)
        column = max(self._title, len(pad) + 2)
        yield from self._fitted(row, note, self._took(step, depth), column)
        if step.asks is not None and step.waits_for_a_person and step.asks.command:
            yield from self._finding(Finding(step.asks.command, Tone.COMMAND), pad, column)
        for finding in findings[1:] if inline else findings:
            yield from self._finding(finding, pad, column)

    def _took(self, step: Step, depth: int) -> str:
        """How long it took, or how long it has been running; of what lies deep, only where it was long."""
        seconds = ((step.left or self._now()) - step.entered).total_seconds()
        return "" if step.kind == "Wait" or (depth > 1 and seconds < LONG) else lasted(seconds)

    def _note(self, step: Step, inline: Finding | None) -> Text:
        if step.status is Status.FAILED and step.kind == "Fail":
            return Text("")
        if step.error:
            told = f"{step.error}: {step.cause}" if step.cause else step.error
            return Text(f"{' '.join(told.split())}{' (caught)' if step.status is Status.CAUGHT else ''}",
                        style="yellow" if step.status is not Status.FAILED else "red")  # fmt: skip
        if step.kind == "Wait":
            return Text(self._countdown(step), style="cyan")
        if step.asks is not None and step.waits_for_a_person:
            return Text(step.asks.told(self._now()), style=TONES[Tone.UNKNOWN])
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
        if left <= 0:
            return "any moment"
        told = f"{int(left) // 60}:{int(left) % 60:02d} left" if left >= 10 else f"{left:.1f} s left"
        return f"{told} of {waiting(step)}"

    def _finding(self, finding: Finding, pad: str, column: int) -> Iterator[Text]:
        if finding.tone in (Tone.VERDICT, Tone.EVIDENCE) and pad == "":
            row = Text("  ")
            row.append(f"{self._marks.bar} ", style="magenta")
            yield from self.wrapped(row, Text(finding.text, style=TONES[finding.tone]), 4)
        else:
            yield from self.wrapped(Text(" " * column), Text(finding.text, style=TONES[finding.tone]), column)

    def wrapped(self, row: Text, text: Text, column: int) -> Iterator[Text]:
        """`text` behind `row`, going on below itself at `column`."""
        if text.plain.startswith(("http", "aws ", "runbooks ")):
            # A broken address cannot be followed, a broken command not copied; the terminal folds them.
            yield Text.assemble(row, text, no_wrap=True, overflow="ignore")
            return
        lines = text.wrap(self._console, max(self._width - column, 20))
        for number, line in enumerate(lines):
            line.rstrip()
            head = row if number == 0 else Text(" " * column)
            yield Text.assemble(head, line)

    def _fitted(self, row: Text, note: Text, took: str, column: int) -> Iterator[Text]:
        """Name, note and duration in one line; the rest of a longer note below its beginning."""
        start = max(column, row.cell_len + 1)
        beside, below = self._width - RIGHT - start, max(self._width - RIGHT - column, LEAST)
        # A long name leaves a narrow column; a note that does not fit into it goes below as a whole.
        inline = beside > 0 and (start == column or note.cell_len <= beside)
        lines = list(note.wrap(self._console, below)) if note.plain else []
        if lines and inline:
            row.append(" " * (start - row.cell_len))
            row.append_text(lines.pop(0))
            row.rstrip()
        if took:
            row.append(" " * max(1, self._width - row.cell_len - len(took)))
            row.append(took, style="dim")
        yield row
        for line in lines:
            line.rstrip()
            yield Text.assemble(" " * column, line)

    def _sign(self, step: Step) -> Text:
        """A state that ended well and brought bad news is no success: its sign says so."""
        if step.waits_for_a_person or (step.status is Status.RUNNING and step.kind == "Wait"):
            return Text(self._marks.wait, style=STATUS_STYLES[step.status])
        if step.status is Status.DONE and step.findings and step.findings[0].tone in NEWS:
            return Text(self._marks.news, style=TONES[step.findings[0].tone])
        return Text(self._marks.of(step.status), style=STATUS_STYLES[step.status])
