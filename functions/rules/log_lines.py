"""Lines of the service's log: which strategies a line names, and what of it may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

MOST_SAMPLES: Final = 5
SAMPLE_CHARACTERS: Final = 300

# A query of Logs Insights holds 10,000 characters at most; the pattern beside the ids takes up to 1,000.
IDS_CHARACTERS: Final = 6_000

_SECRET: Final = re.compile(
    r"(?i)((?:api[-_ ]?key|secret|signature|token|password|passphrase|authorization|listenkey)[\"']?"
    r"\s*[=:]\s*(?:bearer\s+)?[\"']?)[^\s\"'&,;}]+"
)


def chunks(strategy_ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids, each once, in groups that fit into one query."""
    chunk: list[str] = []
    used = 0
    for strategy_id in dict.fromkeys(strategy_ids):
        cost = len(escaped(strategy_id)) + 1
        if chunk and used + cost > IDS_CHARACTERS:
            yield chunk
            chunk, used = [], 0
        chunk.append(strategy_id)
        used += cost
    if chunk:
        yield chunk


def insights_regex(strategy_ids: Sequence[str]) -> str:
    """Lines that name one of these strategies, as the text between the slashes of a query."""
    return rf"(^|[^\w-])({'|'.join(map(escaped, _longest_first(strategy_ids)))})([^\w-]|$)"


class Names:
    """Finds the strategies that a line names: `s1` is not named by `s10` nor by `old-s1`.

    ASCII only, as in Insights: what a query finds by a name must be found by the same name here.
    """

    def __init__(self, strategy_ids: Sequence[str]) -> None:
        ids = "|".join(map(re.escape, _longest_first(strategy_ids)))
        self._regex = re.compile(rf"(?<![\w-])(?:{ids})(?![\w-])", re.ASCII) if ids else None

    def within(self, line: str) -> set[str]:
        return set(self._regex.findall(line)) if self._regex else set()


def hidden(line: str) -> str:
    """One line, without what looks like a secret."""
    return _SECRET.sub(r"\1***", " ".join(line.split()))


def sample(line: str) -> str:
    """A line as it may stand in an incident: one line, cut, and without what looks like a secret."""
    text = hidden(line)
    return text if len(text) <= SAMPLE_CHARACTERS else text[: SAMPLE_CHARACTERS - 1] + "…"


def _longest_first(strategy_ids: Sequence[str]) -> list[str]:
    return sorted(strategy_ids, key=lambda each: (-len(each), each))


def escaped(strategy_id: str) -> str:
    return re.escape(strategy_id).replace("/", r"\/")
