"""What must never be: two copies that trade, money without protection that nobody is told of, a token in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.sweep.seen import Seen

WITHOUT = re.compile(
    r"without (its )?protection|unprotected|not protected|no protective|protection is off", re.IGNORECASE
)


def no_two_copies_trade(seen: Seen) -> Iterator[str]:
    """Never two copies of a strategy trading; no remedy that makes things worse."""
    if seen.two_copies:
        yield f"two copies of a strategy traded at {seen.two_copies} moments"
    if seen.harm:
        yield f"remedies that made it worse: {', '.join(seen.harm)}"


def nothing_stays_unprotected_in_silence(seen: Seen) -> Iterator[str]:
    """Positions of the scenarios are opened with a stop: whoever leaves one without it says so."""
    told = " ".join([str(seen.incidents), *(mail.text for mail in seen.mails)])
    for symbol, amount in seen.held.items():
        if amount and seen.stops.get(symbol, 0) < abs(amount) and not WITHOUT.search(told):
            yield f"{amount} {symbol} are held, {seen.stops.get(symbol, 0)} of them protected, and nobody says so"


def no_token_is_told(seen: Seen) -> Iterator[str]:
    """A task token, or its name, is never in a mail, an output or an incident."""
    text = str([(mail.subject, mail.text) for mail in seen.mails]) + str(seen.incidents)
    text += str([(one.output, one.cause) for one in seen.tops])
    if re.search(r"task_?token", text, re.IGNORECASE) or any(token in text for token in seen.tokens):
        yield "a task token is told"
