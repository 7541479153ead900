"""The book of a run: what is known of it when it ends, as sentences under the headings that people read."""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.rules.pieces import Asked


@dataclass(slots=True)
class Tally:
    """`not_done` or `unknown` with an entry keeps a run from being resolved; `not_proven` does not. `open` is what
    a person said no to or accepted, with what follows from it; `asked` are all questions and their answers."""

    known: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
