"""From the lines that the log's queries brought to signs: what failed, how often, whose it was, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.log_queries import LogRow
from functions.rules.log_lines import hidden
from functions.rules.orders.causes import Cause
from functions.rules.orders.facts import MOST_SIGNS, OrderLogFact, Sign
from functions.rules.orders.nets import BY_CAUSE, FOREIGN, PLACED
from functions.rules.orders.reading import code_told, counts_orders_of, strategy_told, symbol_told, venue_told
from functions.rules.orders.signs import causes_of_line, went_well
from functions.rules.retry_after import retry_after_seconds

# Characters of a sample, so that a hundred signs fit into a state.
SAMPLE_MOST = 200
# So many of them before the code, where the line is longer.
BEFORE = 80
# Signs of one cause in the facts: the newest of each.
MOST_OF_A_CAUSE = 20


@dataclass(frozen=True, slots=True)
class Lines:
    """What one net caught: `matched` by the log service's count, `rows` the newest of them."""

    matched: int
    rows: tuple[LogRow, ...]


@dataclass(frozen=True, slots=True)
class Who:
    """`named`: the strategies that a line names. `venues`: by strategy, where it trades by its config."""

    named: Mapping[str, Sequence[str]] = field(default_factory=dict)
    venues: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Hit:
    """One failure of one cause in one line."""

    row: LogRow
    strategy_id: str | None
    venue: str | None
    code: str | None
    symbol: str | None
    retry_after: int | None
    counts_orders: bool | None


def fact_of(
    lines: Mapping[str, Lines],
    unread: Iterable[tuple[str, str]],
    start: datetime,
    end: datetime,
    who: Who,
    *,
    only: str | None = None,
) -> OrderLogFact:
    """`only`: lines that name another strategy, and not this one, are none of its."""
    signs: list[Sign] = []
    matched: dict[str, int] = {}
    missing = list(unread)
    hits_by: dict[Cause, list[_Hit]] = {}
    for cause in Cause:
        caught = lines.get(cause.value)
        if caught is None:
            continue
        hits = [hit for row in (*caught.rows, *_slipped(cause, lines)) for hit in _hits(row, cause, who, only)]
        hits_by[cause] = hits
        count, why = _counted(caught, len({(hit.row.at, hit.row.message) for hit in hits}))
        matched[cause.value] = count
        if why is not None and not (cause is Cause.UNKNOWN and any(hits_by.values())):
            missing.append((cause.value, why))
        signs += _signs(cause, hits)
    placed = lines.get(PLACED.name)
    went: dict[str, int] = {}
    newest: dict[str, datetime] = {}
    for row in placed.rows if placed else ():
        if not went_well(row.message, None):
            continue
        for strategy_id in who.named.get(row.message, ()) or ("",):
            went[strategy_id] = went.get(strategy_id, 0) + 1
            newest[strategy_id] = max(newest.get(strategy_id, row.at), row.at)
    waits = [sign.retry_after_seconds for sign in signs if sign.retry_after_seconds is not None]
    counted = {sign.counts_orders for sign in signs if sign.counts_orders is not None}
    return OrderLogFact(
        start=start,
        end=end,
        matched=matched,
        signs=_most(signs),
        placed=went,
        placed_at=newest,
        retry_after_seconds=max(waits, default=None),
        counts_orders=True in counted if counted else None,
        unread=tuple(missing),
    )


def _slipped(cause: Cause, lines: Mapping[str, Lines]) -> list[LogRow]:
    """Lines that the net of their cause did not catch (in other letters, in escapes), but a wider one did."""
    wider = (FOREIGN.name,) if cause is Cause.UNKNOWN else (FOREIGN.name, Cause.UNKNOWN.value)
    rows = [row for name in wider if name in lines for row in lines[name].rows]
    return [row for row in dict.fromkeys(rows) if not BY_CAUSE[cause].catches(row.message)]


def _hits(row: LogRow, cause: Cause, who: Who, only: str | None) -> list[_Hit]:
    # A strategy that no table knows (any more) is somebody all the same: its failures are nobody else's.
    stranger = strategy_told(row.message)
    named = tuple(who.named.get(row.message, ())) or ((stranger,) if stranger else ())
    if only is not None and named and only not in named:
        return []
    told = venue_told(row.message)
    by_config = {who.venues.get(one) for one in named}
    venue = told or (by_config.pop() if len(by_config) == 1 else None)
    if cause not in causes_of_line(row.message, venue):
        return []
    common = (
        venue,
        code_told(row.message, venue, cause),
        symbol_told(row.message),
        retry_after_seconds(row.message, now=row.at),
        counts_orders_of(row.message),
    )
    mine = (only,) if only is not None and only in named else named
    return [_Hit(row, one, *common) for one in (mine or (None,))]


def _counted(caught: Lines, hits: int) -> tuple[int, str | None]:
    """Exact where all lines were read. Else the log service's count, as far as the newest are what they seem."""
    read = len(caught.rows)
    if caught.matched <= read:
        return hits, None
    if hits:
        return round(caught.matched * hits / read), None
    return 0, f"of {caught.matched} lines that look like it the newest {read} are none, and the rest was not read"


def _signs(cause: Cause, hits: Sequence[_Hit]) -> list[Sign]:
    """One for each code, venue, strategy and symbol; the newest line is its sample."""
    groups: dict[tuple[str | None, ...], list[_Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.code, hit.venue, hit.strategy_id, hit.symbol), []).append(hit)
    return [_sign(cause, found) for found in groups.values()]


def _sign(cause: Cause, found: Sequence[_Hit]) -> Sign:
    times = [hit.row.at for hit in found]
    newest = max(found, key=lambda hit: hit.row.at)
    waits = [hit.retry_after for hit in found if hit.retry_after is not None]
    counted = {hit.counts_orders for hit in found if hit.counts_orders is not None}
    return Sign(
        cause=cause,
        count=len(found),
        first_at=min(times),
        last_at=newest.row.at,
        sample=shown(newest.row.message, newest.code),
        code=newest.code,
        venue=newest.venue,
        strategy_id=newest.strategy_id,
        symbol=newest.symbol,
        retry_after_seconds=max(waits, default=None),
        counts_orders=True in counted if counted else None,
    )


def shown(line: str, code: str | None) -> str:
    """The part of the line that tells it: what a structured line begins with tells nothing."""
    text = hidden(line)
    if len(text) <= SAMPLE_MOST:
        return text
    told = [text.find(word) for word in (code or "", "error", "Error", "fail") if word]
    at = next((place for place in told if place >= 0), 0)
    begins = max(0, min(at - BEFORE, len(text) - SAMPLE_MOST))
    return f"{'…' if begins else ''}{text[begins : begins + SAMPLE_MOST]}"


def _most(signs: Sequence[Sign]) -> tuple[Sign, ...]:
    """The newest of each cause, so that a frequent one hides no other."""
    newest = sorted(signs, key=lambda sign: sign.last_at, reverse=True)
    kept: list[Sign] = []
    for cause in Cause:
        kept += [sign for sign in newest if sign.cause is cause][:MOST_OF_A_CAUSE]
    return tuple(sorted(kept, key=lambda sign: sign.last_at, reverse=True)[:MOST_SIGNS])
