"""What a person is asked about a symbol that its venue does not trade any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions.approvals import Line, Option, Question, Risk
from functions.orders.configs import SYMBOLS, Config
from functions.orders.context import MOST_LINES, Context, evidence_of, facts_of
from functions.orders.symbol_states import for_good
from functions.orders.written import in_words
from functions.rules.orders.options import symbol_typed, ways_out
from functions.rules.orders.symbols import without
from functions.rules.orders.words import strategies
from functions.rules.proposals import names

TAKE_OUT: Final = "take_out"
# With a number behind it: the candidate that the question names there.
REPLACE: Final = "replace_"
# The new name is written into the note; nothing is changed by it.
NAMED: Final = "another_name"


def question(
    context: Context,
    symbol: str,
    state: str,
    users: Sequence[Config],
    new: Sequence[str] | None,
    typed: Sequence[Line],
) -> Question:
    lasting = f"It lasts until it is undone: `{context.undo}`."
    options = [
        Option(
            f"{REPLACE}{number}",
            f"It is called {one} now: replace it",
            f"{one} takes the place of {symbol} in the symbols of {strategies(len(users))}. {lasting}",
            Risk.ADDS,
            f"REPLACE{number}",
            needed=context.settings.approvals.needed["change"],
        )
        for number, one in enumerate(new or (), 1)
    ]
    only = [one.strategy_id for one in users if not without(one.symbols or (), symbol)]
    nothing_left = f" {names(only)} trades nothing then, because it is their only one." if only else ""
    options.append(
        Option(
            TAKE_OUT,
            f"Take {symbol} out of the configs",
            f"It is not traded by {strategies(len(users))} any more.{nothing_left} {lasting}",
            Risk.REDUCES,
            "TAKEOUT",
        )
    )
    if context.round.memo.questions + 1 < context.settings.orders.questions_a_remedy:
        options.append(
            Option(
                NAMED,
                "It has another name: I write it into the note",
                f"Nothing is changed yet. The venue is asked for that name (like {symbol}); you are asked again.",
                Risk.NONE,
                "RENAMED",
                note_required=True,
            )
        )
    lines = [Line("The symbol", f"{symbol} is {state}, by two reads"), *typed]
    if not for_good(state):
        lines.append(Line("It may trade again", "nothing says that it is gone for good: it may be halted"))
    unread = "not known: the venue does not say what it trades"
    lines += [Line("It may be called now", unread if new is None else ", ".join(new))] if new != () else []
    lines += [Line(one.strategy_id, f"{SYMBOLS}: {in_words(one.raw(SYMBOLS))}") for one in users[:MOST_LINES]]
    if len(users) > MOST_LINES:
        lines.append(Line("Others", f"{len(users) - MOST_LINES} more strategies, by the same rule"))
    lines.append(Line("Open positions in it", "none, neither in the table nor at the venue"))
    return Question(
        kind="change",
        title=f"{symbol} is {state} at {context.group.venue}: replace it, or take it out?",
        target=symbol_typed(symbol),
        facts=(*lines, *facts_of(context.group)),
        options=(*options, *ways_out(context.settings.orders.leave_at_most_minutes)),
        evidence=evidence_of(context.group),
        desk=context.desk,
        cause=context.group.cause.value,
        venue=context.group.venue,
    )
