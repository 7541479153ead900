"""Error names: only those that a task raises or an engine reports, and the last resorts where they belong."""

from __future__ import annotations

from functions.errors import KNOWN_WORDS, LAST_RESORT
from infra.asl import Definition
from infra.asl.states import every_state
from infra.checks.context import Context
from infra.checks.finding import Finding
from infra.checks.graph import items

# How a run ends (CONTRACT.md 4), and `Broken` from a child to its parent.
FAILURES = frozenset({"Escalated", "InvalidInput", "Broken"})


def check(definition: Definition, _context: Context) -> list[Finding]:
    """Rule `word`."""
    found = []
    for scope, name, state in every_state(definition.machine):
        told = []
        for field in ("Retry", "Catch"):
            entries = items(state.get(field))
            for index, entry in enumerate(entries):
                words = entry.get("ErrorEquals") or []
                told += [f"{field}: {word!r} is no known error" for word in words if word not in KNOWN_WORDS]
                if "States.ALL" in words and (len(words) > 1 or index < len(entries) - 1):
                    told.append(f"{field}: States.ALL stands alone and last")
                if field == "Retry":
                    told += [f"Retry: {word} is for catchers" for word in words if word in LAST_RESORT]
        if state.get("Type") == "Fail" and "Error" in state and state["Error"] not in FAILURES:
            told.append(f"a run ends in one of {', '.join(sorted(FAILURES))}, not in {state['Error']!r}")
        found += [Finding(definition.name, scope.at(name), "word", message) for message in told]
    return found
