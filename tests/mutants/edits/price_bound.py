"""A price beyond what was approved, or an offset beyond its cap."""

from __future__ import annotations

from typing import Final

from tests.mutants.code import Edit, Kind

KIND: Final = Kind.PRICE_BOUND
STEP: Final = "functions/rules/closing/next_step.py"
PRICES: Final = "functions/rules/units/prices.py"
OFFSET: Final = "functions/rules/orders/offset.py"
STEP_TESTS: Final = ("tests/rules/closing/test_next_step.py", "tests/rules/closing/test_attempts.py")
CLOSE_TESTS: Final = ("tests/tasks/test_close_attempts.py", "tests/tasks/test_close_door.py")

EDITS: Final = (
    Edit(
        KIND,
        "an order of a close has no price",
        STEP,
        "    worst = facts.terms.worst_price if facts.bounded else None",
        "    worst = None if facts.bounded else facts.terms.worst_price",
        (*STEP_TESTS, *CLOSE_TESTS),
    ),
    Edit(
        KIND,
        "the order that is sent loses its price on the way",
        "functions/closing/sending.py",
        "NewOrder(attempt.client_order_id, job.unit, attempt.amount, attempt.worst_price, hedged)",
        "NewOrder(attempt.client_order_id, job.unit, attempt.amount, None, hedged)",
        CLOSE_TESTS,
    ),
    Edit(
        KIND,
        "a decision for a bounded close allows any price",
        "functions/rules/closing/approved.py",
        "    return approval.decision is None or approval.decision.option != UNBOUNDED",
        "    return approval.decision is not None and approval.decision.option != BOUNDED",
        CLOSE_TESTS,
    ),
    Edit(
        KIND,
        "every close is unbounded",
        "functions/closing/opening.py",
        "        bounded=is_bounded(approval),",
        "        bounded=not is_bounded(approval),",
        CLOSE_TESTS,
    ),
    Edit(
        KIND,
        "more is closed than was approved",
        STEP,
        "pieces(min(standing.amount, facts.terms.amount - closed), market, facts.bounded)",
        "pieces(standing.amount, market, facts.bounded)",
        STEP_TESTS,
    ),
    Edit(
        KIND,
        "what an approval allows does not shrink by what it has closed",
        STEP,
        "min(standing.amount, facts.terms.amount - closed)",
        "min(standing.amount, facts.terms.amount)",
        STEP_TESTS,
    ),
    Edit(
        KIND,
        "a position that has grown does not void the approval",
        "functions/rules/closing/beyond.py",
        "    if left + closed > terms.amount + step:",
        "    if left > terms.amount + step:",
        ("tests/rules/closing/test_next_step.py", "tests/rules/closing/test_ends.py"),
    ),
    Edit(
        KIND,
        "a quote that is too old is used",
        "functions/rules/closing/beyond.py",
        "    if (away or not closed) and now > terms.quoted_at + holds:",
        "    if away and now > terms.quoted_at + holds:",
        ("tests/rules/closing/test_next_step.py", "tests/rules/closing/test_ends.py"),
    ),
    Edit(
        KIND,
        "after a venue was away an old quote is used",
        "functions/rules/closing/beyond.py",
        "    if (away or not closed) and now > terms.quoted_at + holds:",
        "    if not closed and now > terms.quoted_at + holds:",
        ("tests/rules/closing/test_away.py",),
    ),
    Edit(
        KIND,
        "the worst price of a short is on the wrong side",
        PRICES,
        '    return price >= worst if direction == "long" else price <= worst',
        "    return price >= worst",
        ("tests/rules/units/test_prices.py",),
    ),
    Edit(
        KIND,
        "the bound is rounded away from the mark",
        PRICES,
        '        return down + tick if direction == "long" and beyond else down',
        '        return down + tick if direction == "short" and beyond else down',
        ("tests/rules/units/test_prices.py",),
    ),
    Edit(
        KIND,
        "a book outside the bound is sent into",
        STEP,
        "        if reachable(facts.book, facts.terms.side, sendable[0], worst) <= 0:",
        "        if reachable(facts.book, facts.terms.side, sendable[0], worst) < 0:",
        STEP_TESTS,
    ),
    Edit(
        KIND,
        "an approval that was decided long ago lets a close begin",
        "functions/rules/closing/approved.py",
        "    if now > decision.at + holds:",
        "    if now < decision.at - holds:",
        ("tests/rules/closing/test_ends.py",),
    ),
    Edit(
        KIND,
        "the offset goes beyond the cap for what is done unasked",
        OFFSET,
        "    return min(2 * present, Decimal(most))\n\n\ndef widened_asked",
        "    return 2 * present\n\n\ndef widened_asked",
        ("tests/rules/orders/test_offset.py",),
    ),
    Edit(
        KIND,
        "an offset at the cap is widened unasked",
        OFFSET,
        "    if present is None or present <= 0 or present >= most:",
        "    if present is None or present <= 0:",
        ("tests/rules/orders/test_offset.py",),
    ),
    Edit(
        KIND,
        "a person is offered an offset beyond the largest one",
        OFFSET,
        "    return min(max(2 * present, Decimal(unasked_most)), Decimal(most))",
        "    return max(2 * present, Decimal(unasked_most))",
        ("tests/rules/orders/test_offset.py",),
    ),
    Edit(
        KIND,
        "unasked, the cap of what is asked for is taken",
        "functions/orders/widen_offset.py",
        "    most, made = context.settings.orders.offset_unasked_most, []",
        "    most, made = context.settings.orders.offset_asked_most, []",
        ("tests/tasks/test_order_remedies.py",),
    ),
    Edit(
        KIND,
        "a test order is placed although the market has come near",
        "functions/rules/test_order/allowed.py",
        "    if order.price > best * (1 - away_bps / BPS * STILL_AWAY):",
        "    if order.price > best * (1 + away_bps / BPS * STILL_AWAY):",
        ("tests/tasks/test_test_order_tasks.py",),
    ),
    Edit(
        KIND,
        "Binance is given no price",
        "functions/adapters/exchange/venues/binance_orders.py",
        '    if order.price is None:\n        asked["type"] = "MARKET"',
        '    if order.price is not None:\n        asked["type"] = "MARKET"',
        ("tests/adapters/test_exchange_requests.py", "tests/adapters/test_exchange_contract.py"),
    ),
    Edit(
        KIND,
        "Bybit is given no price",
        "functions/adapters/exchange/venues/bybit_orders.py",
        """    if order.price is not None:
        asked["price"] = plain(order.price)
    taken = client.privatePostV5OrderCreate(asked)["result"]
    return VenueOrder(""",
        """    taken = client.privatePostV5OrderCreate(asked)["result"]
    return VenueOrder(""",
        ("tests/adapters/venues/test_bybit.py",),
    ),
    Edit(
        KIND,
        "OKX is given no price",
        "functions/adapters/exchange/venues/okx_orders.py",
        '"ordType": "market" if order.price is None else "ioc",',
        '"ordType": "market",',
        ("tests/adapters/venues/test_okx.py",),
    ),
    Edit(
        KIND,
        "Kraken is given no price",
        "functions/adapters/exchange/venues/krakenfutures_orders.py",
        '        type="mkt" if order.price is None else "ioc",',
        '        type="mkt",',
        ("tests/adapters/venues/test_krakenfutures.py",),
    ),
    Edit(
        KIND,
        "an order rests at its price instead of being cancelled at once",
        "functions/adapters/exchange/venues/binance_orders.py",
        '"price": reading.plain(order.price), "timeInForce": "IOC"}',
        '"price": reading.plain(order.price), "timeInForce": "GTC"}',
        ("tests/adapters/test_exchange_requests.py",),
    ),
)
