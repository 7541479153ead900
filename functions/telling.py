"""What people read about a run: the subject, the message and the report. Plain text, facts first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from unicodedata import category

from functions.contracts import ActRecord, Run
from functions.rules.conclude import Ending
from functions.settings import Settings

SUBJECT_MOST = 100
# Control and format characters.
UNSHOWN: Final = frozenset({"Cc", "Cf"})


def subject(env: str, runbook: str, ending: Ending) -> str:
    """At most 100 ASCII characters (SNS); what is not done and not proven stands in it."""
    unproven = [f"not proven: {', '.join(ending.not_proven)}"] if ending.not_proven else []
    told = "; ".join([*ending.headline, *unproven])
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


def report(run: Run, ending: Ending, item: Mapping[str, Any], acts: Iterable[ActRecord], settings: Settings) -> str:
    """The incident as Markdown. Text that may hold outside words (ids, log lines, reasons) is shown as code,
    never as markup."""
    evidence = [
        f"- {_at(e.get('at'))} {_code(e.get('what'))}: {_code(e.get('value'))} ({_code(e.get('where'))})"
        for e in item.get("evidence", [])
    ]
    actions = [
        f"- {a.at:%H:%M:%S} **{a.result}** {_code(a.action)} {_code(a.target)}: "
        f"{_code(a.before)} -> {_code(a.after)}"
        for a in acts
    ]
    checks = [
        f"- **{c.get('result')}** {_code(c.get('question'))}: {_code(c.get('value'))} ({_code(c.get('source'))})"
        for c in item.get("checklist", []) or []
    ]
    strategies = ", ".join(_code(s) for s in item.get("strategy_ids", []) or []) or "none"
    parts = [
        f"# {run.runbook} in {settings.env}: {ending.outcome}",
        _code(ending.summary),
        "",
        f"- Incident {_code(run.incident_id)}, opened {run.opened_at:%Y-%m-%d %H:%M:%S} UTC",
        f"- Execution {_code(run.execution_arn)}",
        f"- Started by: {_code(run.alarm_name) if run.alarm_name else _code(run.requested_by or 'nobody named')}",
        f"- Strategies: {strategies}",
        f"- Cause: {_code(item.get('cause') or 'not found')}",
        "## What was done",
        *(actions or ["- nothing"]),
        "## Checklist",
        *(checks or ["- not walked"]),
        "## Left to a person",
        *([f"- {_code(line)}" for line in (*ending.not_done, *ending.unknown)] or ["- nothing"]),
        "## Not proven",
        *([f"- {_code(line)}" for line in ending.not_proven] or ["- nothing"]),
        "## Evidence",
        *(evidence or ["- none"]),
        *(["## Exposure", *(f"- {_code(line)}" for line in ending.exposure)] if ending.exposure else []),
    ]
    return "\n".join(parts) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    listed = [f"- {_line(line)}" for line in lines]
    return [f"{title}:", *listed, ""] if listed else []


def plain(text: str) -> str:
    """One line without control and format characters, which would ring a bell or turn the line around."""
    return "".join(one for one in " ".join(text.split()) if category(one) not in UNSHOWN)


def _line(text: str) -> str:
    """Outside words (ids, reasons, an alarm's or an engine's text) cannot begin a section of their own."""
    return plain(text)


def _code(value: object) -> str:
    """Inline code that no back-tick in the text can leave."""
    text = plain(str(value)) if value is not None else ""
    return f"`{text.replace('`', chr(39)) or '-'}`"


def _at(value: object) -> str:
    return str(value)[11:19]
