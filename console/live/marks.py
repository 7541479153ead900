"""The few signs and colours of the view, with letters where the terminal knows no others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from console.live.steps import Status, Step, Tone

TONES = {Tone.PLAIN: "", Tone.GOOD: "green", Tone.BAD: "red", Tone.UNKNOWN: "yellow",
         Tone.COMMAND: "cyan", Tone.VERDICT: "bold", Tone.EVIDENCE: "dim"}  # fmt: skip
STATUS_STYLES = {Status.RUNNING: "cyan", Status.DONE: "green", Status.CAUGHT: "yellow", Status.FAILED: "red"}


@dataclass(frozen=True, slots=True)
class Marks:
    running: str
    done: str
    news: str
    caught: str
    failed: str
    wait: str
    bar: str
    full: str
    empty: str
    rule: str
    arrow: str
    times: str

    def of(self, status: Status) -> str:
        return {Status.RUNNING: self.running, Status.DONE: self.done, Status.CAUGHT: self.caught,
                Status.FAILED: self.failed}[status]  # fmt: skip


FINE = Marks("●", "✓", "•", "!", "✗", "◌", "▎", "■", "□", "─", "→", "×")
PLAIN = Marks("*", "+", "o", "!", "x", ".", "|", "#", "-", "-", "->", "x")


def marks_for(encoding: str | None) -> Marks:
    """The fine ones where every one of them can be encoded."""
    try:
        "".join(getattr(FINE, name) for name in FINE.__slots__).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return FINE


def lasted(seconds: float | None) -> str:
    """`0.3 s`, `42 s`, `3 min 05 s`."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def clock(at: datetime) -> str:
    """Time of day in UTC, which is what logs and histories say."""
    return f"{at.astimezone(UTC):%H:%M:%SZ}"


def waiting(step: Step) -> str:
    """`60 s`, and what a shorter time scale makes of it."""
    if step.waits is None or step.until is None:
        return "waiting"
    real = (step.until - step.entered).total_seconds()
    scaled = f", {lasted(real)} at this time scale" if abs(real - step.waits) > 0.05 else ""
    return f"{lasted(step.waits)}{scaled}"
