"""What the venues answer to the checks before trading comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from functions.facts import Check
from functions.rules.entry_sweep import Sweep, asked
from functions.rules.proposals import names
from functions.rules.stuck.accounted import Verdict
from functions.venue import AccountFact

Answer = tuple[Check, str, str]
PAPER: Final = "nobody who comes back trades real money"
NOBODY: Final = "nobody says by which account, or whether for real money, they trade: compare them at the exchange"


@dataclass(frozen=True, slots=True)
class Looked:
    """`agreement`: the table against the venues; None: it could not be compared, and `why`. `entries`: what works
    there. `accounts`: each account, or why it could not be read."""

    agreement: Verdict | None
    why: str
    entries: Sweep
    accounts: Sequence[AccountFact | str]

    @property
    def asked(self) -> str:
        return f"{asked(self.entries.accounts)}, asked now"

    @property
    def nobody(self) -> Answer | None:
        """No account of real money is concerned, so that nothing can be asked."""
        if self.entries.accounts or self.entries.trouble:
            return None
        paper = self.entries.paper and not self.entries.unknown
        return (Check.SKIPPED, PAPER, "the settings") if paper else (Check.UNKNOWN, NOBODY, "not looked at")


def positions(looked: Looked) -> Answer:
    """What only others have does not hold these back."""
    if looked.nobody is not None:
        return looked.nobody
    if looked.agreement is None:
        return Check.UNKNOWN, f"could not be compared: {looked.why}", looked.asked
    if looked.agreement.result is not Check.PASS and looked.agreement.concerns == "others":
        return Check.PASS, f"theirs agree; of others: {looked.agreement.told}", looked.asked
    if looked.agreement.result is Check.FAIL:
        todo = "mend the table or the venue first, then start this again"
        return Check.FAIL, f"{looked.agreement.told}: {todo}", looked.asked
    if looked.agreement.result is Check.PASS and looked.entries.unknown:
        unknown = names(looked.entries.unknown, 5)
        return Check.UNKNOWN, f"{looked.agreement.told}; of {unknown} nobody says where they trade", looked.asked
    return looked.agreement.result, looked.agreement.told, looked.asked


def entry_orders(looked: Looked, table: Answer) -> Answer:
    """The venue's word counts; the table's where a venue says nothing."""
    sweep = looked.entries
    standing = [f"{one.name} {order}" for one in sweep.accounts for order in one.standing]
    if standing:
        return Check.FAIL, f"{names(standing, 3)} work: cancel them there, then start this again", looked.asked
    if looked.nobody is not None:
        return table
    unclear = [f"{one.name} {order}" for one in sweep.accounts for order in one.unclear]
    dark = [f"{one.name}: {one.unread}" for one in sweep.accounts if one.unread]
    unknown = [*dark, *sweep.trouble, *unclear]
    unknown += [f"of {names(sweep.unknown, 5)} nobody says where they trade"] if sweep.unknown else []
    if unknown and table[0] is Check.FAIL:
        return table
    if unknown:
        return Check.UNKNOWN, names(unknown, 5), looked.asked
    return Check.PASS, "; ".join(["none works at the venues", *sweep.told]), looked.asked


def account(looked: Looked) -> Answer:
    """Whether the accounts and their keys let trade, and have margin left."""
    if looked.nobody is not None:
        return looked.nobody
    bad, dark, well = list[str](), list[str](), list[str]()
    for one in looked.accounts:
        if isinstance(one, str):
            dark.append(one)
            continue
        name = f"{one.where.venue}/{one.where.account}"
        if one.frozen:
            bad.append(f"{name} is frozen ({one.frozen_why or 'the venue says so'})")
        elif one.can_trade is False:
            bad.append(f"{name} may not trade")
        elif one.available is not None and one.available <= 0:
            bad.append(f"{name} has no margin left")
        elif one.can_trade is None or one.frozen is None or one.available is None:
            dark.append(f"{name}: {names(one.unread, 3) if one.unread else 'the venue does not say'}")
        else:
            well.append(f"{name} may trade, {one.available:.2f} {one.quote or ''} available".replace("  ", " "))
    if bad:
        return (
            Check.FAIL,
            f"{names([*bad, *dark], 5)}: clear it at the exchange, then start this again",
            looked.asked,
        )
    if dark or not well:
        return Check.UNKNOWN, names(dark, 5) if dark else "no account was read", looked.asked
    return Check.PASS, names(well, 5), looked.asked
