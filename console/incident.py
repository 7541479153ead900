"""An incident as a person reads it: outcome, cause, what was done, checklist, not proven, report.

Shapes are CONTRACT.md 4 (`output`) and 5 (the item). Where the item could not be read, the run's own output
has to do; what neither of them says is left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console import follow_up
from console.approvals import clean, in_words
from console.live.shapes import RESULT_TONES, cut, words
from console.live.steps import Finding, Tone

GOOD_ENDS = frozenset({"resolved", "nothing_to_do", "dry_run", "duplicate", "delegated"})
NEUTRAL = frozenset({"open", "running", "succeeded", "declined", "left_open"})
DECISION_TONES = {"decided": Tone.GOOD, "pending": Tone.UNKNOWN, "superseded": Tone.PLAIN, "revoked": Tone.UNKNOWN}
OF_ERRORS = {"Escalated": "escalated", "InvalidInput": "invalid_input"}
SIGNS = {Tone.GOOD: "+", Tone.BAD: "x", Tone.UNKNOWN: "?"}
WIDTH = 13
# Of what exactly was asked; the report has it whole.
MOST_ASKED = 60
# What stands in an incident that is not about a position.
NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Finding, ...]


def outcome_of(status: str | None, output: Any, error: str | None, incident: Mapping[str, Any] | None) -> str:
    """The outcome word, from the closed incident, else from how the run ended (`status`, None: unknown)."""
    if incident and incident.get("outcome"):
        return str(incident["outcome"])
    if isinstance(output, dict) and output.get("outcome"):
        return str(output["outcome"])
    if status == "FAILED":
        return OF_ERRORS.get(error or "", "failed")
    return (status or "open").lower()


def headline(outcome: str, incident_id: str | None, runbook: str | None, *, drill: bool = False) -> Finding:
    tone = Tone.GOOD if outcome in GOOD_ENDS else Tone.UNKNOWN if outcome in NEUTRAL else Tone.BAD
    about = "  ".join(part for part in (runbook, incident_id) if part)
    return Finding(f"{'DRILL, ' if drill else ''}{words(outcome).upper()}  {about}".rstrip(), tone)


def sections(
    output: Any, error: str | None, cause: str | None, incident: Mapping[str, Any] | None
) -> Iterator[Section]:
    """Everything below the headline, in the order in which one wants to know it."""
    item, output = incident or {}, output if isinstance(output, dict) else {}
    message = Message.read(cause or "")
    said = item.get("summary") or output.get("summary") or message.first or error
    if said:
        yield Section("", tuple(Finding(line) for line in str(said).splitlines()))
    if commands := re.findall(r"`((?:aws|runbooks) [^`]+)`", str(said or "")):
        yield Section("commands", tuple(Finding(command, Tone.COMMAND) for command in dict.fromkeys(commands)))
    if would := [line for line in _would(item) if line not in str(said)]:
        yield Section("dry run", tuple(Finding(clean(line), Tone.UNKNOWN) for line in would))
    for title, tone in (("not done", Tone.BAD), ("unknown", Tone.UNKNOWN)):
        # The first of them stands in the summary already.
        if lines := [line for line in message.lists.get(title, ()) if line not in str(said)]:
            yield Section(title, tuple(Finding(line, tone) for line in lines))
    if item.get("cause"):
        yield _one("cause", words(item["cause"]))
    if (pnl := str(item.get("pnl_impact") or "")) and pnl != NOT_MEASURED:
        yield _one("P&L", pnl)
    if item.get("strategy_ids"):
        yield _one("strategies", ", ".join(map(str, item["strategy_ids"])))
    actions = item.get("actions") or output.get("actions") or []
    if actions or incident is not None:
        yield Section("acts", tuple(_acts(actions)) or (Finding("nothing was changed"),))
    for asked in item.get("approvals") or ():
        tone = DECISION_TONES.get(str(asked.get("standing")), Tone.BAD)
        first, *rest = in_words(asked)
        yield Section("asked", (Finding(first, tone), *map(Finding, rest)))
    if later := tuple(_follow_ups(item)):
        yield Section("follow up", later)
    if checklist := item.get("checklist"):
        yield Section("checklist", tuple(map(_check, checklist)))
    if missing := output.get("not_proven") or item.get("not_proven"):
        yield Section("not proven", tuple(Finding(str(line), Tone.UNKNOWN) for line in missing))
    yield from (Section(*told) for told in follow_up.told(item))
    if report := output.get("report_url") or message.fields.get("report") or item.get("report_key"):
        yield _one("report", str(report))


@dataclass(frozen=True, slots=True)
class Message:
    """The cause of an escalation: a first paragraph, then `Title:` with `- ` lines below, then `Name: value`."""

    first: str
    lists: dict[str, list[str]]
    fields: dict[str, str]

    @classmethod
    def read(cls, text: str) -> Message:
        head, _, rest = text.partition("\n\n")
        lists: dict[str, list[str]] = {}
        fields: dict[str, str] = {}
        title = ""
        for line in rest.splitlines():
            name, colon, value = line.partition(":")
            if line.startswith("- "):
                lists.setdefault(title, []).append(line[2:])
            elif colon and not value.strip():
                title = name.lower()
            elif colon:
                fields[name.lower()] = value.strip()
        return cls(head, lists, fields)


def told_lines(
    status: str | None, output: Any, error: str | None, cause: str | None, incident: Mapping[str, Any] | None
) -> Iterator[str]:
    """Headline and sections as plain text."""
    item = incident or {}
    outcome = outcome_of(status, output, error, incident)
    yield headline(outcome, item.get("incident_id"), item.get("runbook"), drill=bool(item.get("drill"))).text
    for section in sections(output, error, cause, incident):
        for number, line in enumerate(section.lines):
            title = section.title if number == 0 else ""
            sign = f"{SIGNS[line.tone]} " if line.tone in SIGNS else ""
            yield f"  {title:<{WIDTH}}{sign}{line.text}"


def _would(item: Mapping[str, Any]) -> Iterator[str]:
    """What a dry run would have done, as it told people."""
    for lines in (item.get("told") or {}).values() if item.get("dry_run") else ():
        yield from (str(line) for line in lines if str(line).startswith("would "))


def _follow_ups(item: Mapping[str, Any]) -> Iterator[Finding]:
    """What a run has left for people to do later; its command on a line of its own, so that it can be copied."""
    for piece in item.get("evidence") or ():
        if piece.get("what") == "follow-up":
            text, _, command = clean(piece.get("value")).partition(": `")
            yield Finding(text, Tone.UNKNOWN)
            if command:
                yield Finding(command.rstrip("`"), Tone.COMMAND)


def _one(title: str, text: str) -> Section:
    return Section(title, (Finding(text),))


def _acts(actions: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """In the order of time; the same act on several targets, one after the other, is one line."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for act in sorted(actions, key=lambda one: str(one.get("at") or "")):
        key = (str(act.get("action")), str(act.get("after") or ""), str(act.get("result") or "intended"))
        alike.setdefault(key, []).append(str(act.get("target")))
    for (action, after, result), targets in alike.items():
        told = "" if result == "done" else f" ({words(result)})"
        more = f" - {after}" if after else ""
        yield Finding(f"{action}: {', '.join(targets)}{more}{told}", RESULT_TONES.get(result, Tone.UNKNOWN))


def _check(item: Mapping[str, Any]) -> Finding:
    result = str(item.get("result"))
    told = f"{item.get('question') or item.get('id')}: {item.get('value')}"
    if result == "pass":
        return Finding(told, RESULT_TONES[result])
    # A skipped item has not passed; saying why is all that can be done.
    since = f", since {item['began_at']}" if item.get("began_at") else ""
    asked = f" - asked: {cut(str(item['query']), MOST_ASKED)}" if item.get("query") and result != "skipped" else ""
    return Finding(f"{told} ({words(result)}{since}){asked}", RESULT_TONES.get(result, Tone.UNKNOWN))
