"""What became of the entry orders at the venues, account by account, and what people are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from functions.facts import Result
from functions.rules.proposals import names
from functions.rules.stop_pieces import many
from functions.venue import Where

PAPER_ONLY: Final = "nobody trades real money, so no venue was asked"
NOBODY: Final = "nobody says which account trades real money, so no venue was asked"


@dataclass(frozen=True, slots=True)
class Swept:
    """One account. `standing`: would open or increase, and still listed when it was looked at last, with what
    became of cancelling it. `unclear`: nobody can tell what it does or whose it is; it stays. `kept`: how many
    protective and reducing orders stay. `unread`: why it could not be looked at; what it lists is unknown then."""

    where: Where
    cancelled: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    kept: int = 0
    unread: str = ""

    @property
    def name(self) -> str:
        return f"{self.where.venue}/{self.where.account}"

    @property
    def result(self) -> Result:
        if self.standing:
            return Result.NOT_DONE
        return Result.UNKNOWN if self.unread or self.unclear else Result.DONE

    @property
    def proven(self) -> bool:
        """The venue lists no entry order any more; what is unclear may be one."""
        return not self.standing and not self.unread

    def items(self) -> list[str]:
        return [
            *([f"{self.name}: {self.unread}"] if self.unread else []),
            *(f"{self.name} still lists {one}" for one in self.standing),
            *(f"{self.name} lists {one}; it stays" for one in self.unclear),
            *(f"{self.name}: {one} cancelled" for one in self.cancelled),
        ]


@dataclass(frozen=True, slots=True)
class Sweep:
    """`unknown`: strategies of which nobody says where they trade; `paper`: some trade no money. `trouble`: what
    could not be read of the tables; then there may be more accounts than these. `told`: clauses that decide
    nothing."""

    accounts: tuple[Swept, ...]
    unknown: tuple[str, ...] = ()
    paper: bool = False
    trouble: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def result(self) -> Result:
        results = [one.result for one in self.accounts]
        if Result.NOT_DONE in results:
            return Result.NOT_DONE
        nobody = not self.accounts and not self.paper
        unknown = Result.UNKNOWN in results or self.unknown or self.trouble or nobody
        return Result.UNKNOWN if unknown else Result.DONE

    @property
    def pages(self) -> bool:
        """Somebody has to look at a venue now: an account of real money could not be cleared, or not be found."""
        return not self.dry_run and (bool(self.trouble) or not all(one.proven for one in self.accounts))

    def why(self) -> str:
        return "; ".join([*(_of(one, dry_run=self.dry_run) for one in self.accounts), *self._rest()])

    def items(self) -> list[str]:
        return [*self.trouble, *(item for one in self.accounts for item in one.items())]

    def _rest(self) -> list[str]:
        """What is said besides the accounts."""
        rest = [] if self.accounts else [PAPER_ONLY if self.paper and not self.unknown else NOBODY]
        if self.unknown:
            whom = names(self.unknown, 5)
            rest.append(f"nobody says by which account, or whether for real money, {whom} trade: not asked there")
        return [*rest, *self.trouble, *self.told]


def _of(one: Swept, *, dry_run: bool) -> str:
    if one.unread:
        done = f" ({many(len(one.cancelled), 'order')} cancelled before)" if one.cancelled else ""
        return f"{one.name} could not be read{done}: {one.unread}. What works there is unknown"
    stays = f"; {many(one.kept, 'protective or reducing order')} stay" if one.kept > 1 else ""
    stays = "; 1 protective or reducing order stays" if one.kept == 1 else stays
    unclear = f"; of {many(len(one.unclear), 'order')} nobody can tell what it does" if one.unclear else ""
    if one.standing and dry_run:
        return f"dry run: {many(len(one.standing), 'entry order')} at {one.name} would be cancelled{stays}{unclear}"
    if one.standing:
        some = f"{many(len(one.cancelled), 'entry order')} cancelled" if one.cancelled else "none cancelled"
        still = "1 is still listed" if len(one.standing) == 1 else f"{len(one.standing)} are still listed"
        return f"at {one.name} {some}, {still}{stays}{unclear}"
    if one.cancelled:
        cancelled = many(len(one.cancelled), "entry order")
        return f"{cancelled} cancelled at {one.name}, which lists none any more{stays}{unclear}"
    return f"{one.name} lists no entry order{stays}{unclear}"


def asked(accounts: Sequence[Swept]) -> str:
    """Where it was looked, in a clause."""
    return names([one.name for one in accounts], 5) if accounts else "no venue"
