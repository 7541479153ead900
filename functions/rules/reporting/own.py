"""What a runbook tells of its own in its report, beside what every incident has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from functions.rules.reporting.document import Section, Table


@dataclass(frozen=True, slots=True)
class Own:
    """`title` in place of the runbook's name. `short`: rows of "In short", in the place of the one of that name or
    behind the first. `causes`: sentences on the cause. `sections` stand behind the approvals, `money` behind the
    checklist. `questions` are for a person to answer afterwards. `acts_told`: orders that those sections
    tell better than the list of acts. `later`: what a person has to do later, each with its command between
    backticks; it stands in the first table too."""

    title: str = ""
    short: tuple[tuple[str, str], ...] = ()
    causes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    money: tuple[Section, ...] = ()
    questions: tuple[str, ...] = ()
    acts_told: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


def stored(own: Own) -> str:
    """As JSON; pictures are not kept, for nothing that was stored is ever shown as markup."""
    return json.dumps(asdict(own), sort_keys=True)


def own_of(text: str) -> Own:
    """What `stored` wrote. Raises `ValueError` where it is something else."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("brackets without an end in place of a runbook's own sections") from None
    if not isinstance(data, dict):
        raise ValueError(f"{type(data).__name__} in place of a runbook's own sections")
    try:
        return of_map(data)
    except (AttributeError, TypeError) as error:
        raise ValueError(f"no runbook's own sections: {error}") from error


def of_map(data: Mapping[str, Any]) -> Own:
    """The same from what the text holds."""
    return Own(
        title=str(data.get("title") or ""),
        short=tuple((row[0], row[1]) for row in map(_texts, data.get("short") or ()) if len(row) > 1),
        causes=_texts(data.get("causes") or ()),
        sections=_sections(data.get("sections") or ()),
        money=_sections(data.get("money") or ()),
        questions=_texts(data.get("questions") or ()),
        acts_told=_texts(data.get("acts_told") or ()),
        later=_texts(data.get("later") or ()),
    )


def _sections(found: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    return tuple(
        Section(
            str(one.get("title") or ""),
            _texts(one.get("lines") or ()),
            tuple(
                Table(_texts(table.get("heads") or ()), tuple(map(_texts, table.get("rows") or ())))
                for table in one.get("tables") or ()
            ),
        )
        for one in found
    )


def _texts(found: Sequence[Any]) -> tuple[str, ...]:
    return tuple(map(str, found))
