"""Which causes there are: by the log, where enough failures are new enough, or by the venue, where orders fail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from functions.order_settings import OrderSettings
from functions.rules.orders.causes import Cause
from functions.rules.orders.confirming import gone, in_maintenance, second, unread_rows
from functions.rules.orders.facts import OrderFacts, OrderVenueFact, Sign
from functions.rules.orders.group_made import concerns, group_of, looked_at
from functions.rules.orders.grouping import OWN, Bucket, Place, bucket_of, buckets
from functions.rules.orders.plan import OrderGroup
from functions.venue import Row

# What the venue plainly denies, and the log has not repeated for so long, is over.
DENIED_FOR: Final = timedelta(seconds=180)


def causes_of(facts: OrderFacts, settings: OrderSettings, now: datetime) -> tuple[OrderGroup, ...]:
    """Each cause at each account as a group, in the order of the causes."""
    said = [one for one in buckets(_now_failing(facts, settings, now)) if not _over(one, facts, settings, now)]
    made = [group_of(one, facts, settings, now) for one in said]
    # What is too rare by itself counts where the facts say the same.
    made = [one for one in made if one.count >= settings.failures_least or one.confirmed]
    known = {(one.cause, one.venue, one.account) for one in made}
    for bucket in _by_facts(facts, said, settings, now):
        if (bucket.cause, bucket.place.venue, bucket.place.account) not in known:
            made.append(group_of(bucket, facts, settings, now))
    return _without_companions(made)


def _now_failing(facts: OrderFacts, settings: OrderSettings, now: datetime) -> OrderFacts:
    """Without the signs of whom did not fail by that cause lately: a cure of others is none of theirs."""
    if facts.logs is None:
        return facts
    oldest = now - timedelta(seconds=settings.failing_within)
    lately = {_whose(sign) for sign in facts.logs.signs if sign.last_at >= oldest}
    kept = tuple(sign for sign in facts.logs.signs if _whose(sign) in lately)
    return replace(facts, logs=replace(facts.logs, signs=kept))


def _whose(sign: Sign) -> tuple[Cause, str | None, str | None]:
    return sign.cause, sign.venue, sign.strategy_id if sign.cause in OWN else None


def _over(bucket: Bucket, facts: OrderFacts, settings: OrderSettings, now: datetime) -> bool:
    """The venue denies it, and orders of these strategies went well since, or no more failed for a while."""
    newest = bucket.last_at
    if newest is None or second(bucket, looked_at(bucket, facts), settings, now).says is not False:
        return False
    placed = facts.logs.placed_at if facts.logs else {}
    well = [placed[one] for one in bucket.strategy_ids if one in placed]
    return any(at > newest for at in well) or newest < now - DENIED_FOR


def _by_facts(
    facts: OrderFacts, said: Sequence[Bucket], settings: OrderSettings, now: datetime
) -> Iterable[Bucket]:
    """Where orders fail at all, whatever the lines say; and where the log could not be read."""
    for fact in facts.venues:
        place = Place(fact.venue, fact.account_name)
        fails = facts.logs is None or any(concerns(one.place, place) for one in said)
        stands = any(one.venue == fact.venue and one.account == fact.account_name for one in facts.stuck)
        if not (fails or stands):
            continue
        if in_maintenance(fact):
            yield bucket_of(Cause.MAINTENANCE, Place(fact.venue, None), facts.traders)
            continue
        account = fact.account
        if account is not None and account.frozen:
            yield bucket_of(Cause.ACCOUNT_FROZEN, place, facts.traders)
        elif Row.KEY.value in unread_rows(fact) or (account is not None and account.can_trade is False):
            yield bucket_of(Cause.PERMISSION, place, facts.traders)
        clock = bucket_of(Cause.CLOCK_SKEW, place, facts.traders)
        if second(clock, [fact], settings, now).says:
            yield clock
        if any(gone(one) for one in fact.symbols):
            yield _of_symbols(bucket_of(Cause.INVALID_SYMBOL, place, facts.traders), fact)


def _of_symbols(bucket: Bucket, fact: OrderVenueFact) -> Bucket:
    """Only those whose config holds one that is not traded."""
    not_traded = {one.symbol for one in fact.symbols if gone(one)}
    return replace(bucket, traders=tuple(one for one in bucket.traders if not_traded & set(one.symbols)))


def _without_companions(made: Sequence[OrderGroup]) -> tuple[OrderGroup, ...]:
    """A failure without a code beside a known one of the same strategies is what that one is told with a second
    time (a traceback, a time-out while the venue is away), as long as there are no more of them."""
    known = [one for one in made if one.cause is not Cause.UNKNOWN]

    def is_companion(one: OrderGroup) -> bool:
        near = [k for k in known if one.venue in (None, k.venue) and set(one.strategy_ids) <= set(k.strategy_ids)]
        return not one.codes and one.count <= sum(k.count for k in near)

    return tuple(one for one in made if one.cause is not Cause.UNKNOWN or not is_companion(one))
