"""What people read of a run at once: the subject and the message. Plain text, facts first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from unicodedata import category

from functions.contracts import Run
from functions.rules.conclude import Ending
from functions.rules.reporting.redact import clean

SUBJECT_MOST = 100
# Control and format characters.
UNSHOWN: Final = frozenset({"Cc", "Cf"})


def subject(env: str, runbook: str, ending: Ending) -> str:
    """At most 100 ASCII characters (SNS); what is not done and not proven stands in it."""
    unproven = [f"not proven: {', '.join(ending.not_proven)}"] if ending.not_proven else []
    told = clean("; ".join([*ending.headline, *unproven]))
    gaps = f" ({told})" if told else ""
    head = f"[tradai {env}] {str(ending.outcome).upper().replace('_', ' ')} {runbook}"
    text = f"{head}{gaps}".encode("ascii", "replace").decode()
    return text if len(text) <= SUBJECT_MOST else _cut(text)


def _cut(text: str) -> str:
    """At the end of a word, where there is one."""
    short = text[: SUBJECT_MOST - 3]
    whole = short if text[len(short)] in " ;,)" else short.rpartition(" ")[0]
    return f"{(whole or short).rstrip(' ;,')}..."


def message(run: Run, ending: Ending, report_url: str | None, problems: Iterable[str]) -> str:
    """The notification's text."""
    lines = [
        _line(ending.summary),
        "",
        *_section("Known", ending.known),
        *_section("Done", ending.done),
        *_section("Not done", ending.not_done),
        *_section("Unknown", ending.unknown),
        *_section("Not proven", ending.not_proven),
        *_section("Trouble on the way", problems),
        f"Incident: {run.incident_id}",
        f"Execution: {run.execution_arn}",
        f"Report: {report_url or 'could not be stored'}",
        *(["", *_section("Exposure", ending.exposure)] if ending.exposure else []),
    ]
    return "\n".join(lines)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    listed = [f"- {_line(line)}" for line in lines]
    return [f"{title}:", *listed, ""] if listed else []


def plain(text: str) -> str:
    """One line without control and format characters, which would ring a bell or turn the line around, and without
    what looks like a secret."""
    return clean("".join(one for one in " ".join(text.split()) if category(one) not in UNSHOWN))


def _line(text: str) -> str:
    """Outside words (ids, reasons, an alarm's or an engine's text) cannot begin a section of their own."""
    return plain(text)
