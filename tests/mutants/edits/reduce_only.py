"""An order that is to make a position smaller, and could make one larger or open another."""

from __future__ import annotations

from typing import Final

from tests.mutants.code import Edit, Kind

KIND: Final = Kind.REDUCE_ONLY
VENUES: Final = "functions/adapters/exchange/venues"
REQUESTS: Final = ("tests/adapters/test_exchange_requests.py", "tests/adapters/test_exchange_contract.py")

EDITS: Final = (
    Edit(
        KIND,
        "Binance, one-way: the close is not reduce-only",
        f"{VENUES}/binance_orders.py",
        'if order.hedged else {"reduceOnly": "true"}\n',
        "if order.hedged else {}\n",
        REQUESTS,
    ),
    Edit(
        KIND,
        "Binance, hedge mode: the close is of no side",
        f"{VENUES}/binance_orders.py",
        '{"positionSide": order.unit.side.upper()} if order.hedged',
        '{"positionSide": "BOTH"} if order.hedged',
        REQUESTS,
    ),
    Edit(
        KIND,
        "Binance: protection placed again is not reduce-only",
        f"{VENUES}/binance_orders.py",
        "        if order.reduce_only and not order.position_side:",
        "        if order.reduce_only and order.position_side:",
        REQUESTS,
    ),
    Edit(
        KIND,
        "Bybit: the close is not reduce-only",
        f"{VENUES}/bybit_orders.py",
        '        "reduceOnly": True,',
        '        "reduceOnly": False,',
        ("tests/adapters/venues/test_bybit.py",),
    ),
    Edit(
        KIND,
        "Bybit: protection placed again is not reduce-only",
        f"{VENUES}/bybit_orders.py",
        '        "reduceOnly": bool(order.reduce_only),',
        '        "reduceOnly": False,',
        ("tests/adapters/venues/test_bybit.py",),
    ),
    Edit(
        KIND,
        "OKX, one-way: the close is not reduce-only",
        f"{VENUES}/okx_orders.py",
        'if order.hedged else {"reduceOnly": True}),',
        "if order.hedged else {}),",
        ("tests/adapters/venues/test_okx.py",),
    ),
    Edit(
        KIND,
        "OKX: protection placed again is not reduce-only",
        f"{VENUES}/okx_orders.py",
        '        asked["reduceOnly"] = True\n',
        '        asked["reduceOnly"] = False\n',
        ("tests/adapters/venues/test_okx.py",),
    ),
    Edit(
        KIND,
        "Kraken: the close is not reduce-only",
        f"{VENUES}/krakenfutures_orders.py",
        "        reduce_only=True,\n",
        "        reduce_only=False,\n",
        ("tests/adapters/venues/test_krakenfutures.py",),
    ),
    Edit(
        KIND,
        "Kraken: no order is sent as reduce-only",
        f"{VENUES}/krakenfutures_orders.py",
        "    if order.reduce_only:\n",
        "    if order.reduce_only is None:\n",
        ("tests/adapters/venues/test_krakenfutures.py",),
    ),
    Edit(
        KIND,
        "a close goes the way of the position",
        "functions/venue.py",
        "        if self.side != CLOSES[unit.side]:\n            return False",
        "        if self.side == CLOSES[unit.side]:\n            return False",
        ("tests/rules/closing/test_own_orders.py", "tests/rules/test_venue_orders.py"),
    ),
    Edit(
        KIND,
        "an order of which nothing is said is taken for one that reduces",
        "functions/venue.py",
        "            return self.position_side == unit.side\n        return None",
        "            return self.position_side == unit.side\n        return True",
        ("tests/rules/closing/test_own_orders.py", "tests/rules/test_venue_orders.py"),
    ),
    Edit(
        KIND,
        "a position that was turned round is closed all the same",
        "functions/rules/closing/beyond.py",
        "    if opposite > 0:",
        "    if opposite < 0:",
        ("tests/rules/closing/test_next_step.py", "tests/rules/closing/test_ends.py"),
    ),
    Edit(
        KIND,
        "the last reading before the order overlooks the other direction",
        "functions/closing/sending.py",
        "    if venue.opposite > 0 and not venue.hedged:",
        "    if venue.opposite > 0 and venue.hedged:",
        ("tests/tasks/test_close_attempts.py", "tests/tasks/test_close_ends.py"),
    ),
    Edit(
        KIND,
        "an order of the table of which nothing is said counts as one that reduces",
        "functions/rules/stop_parts.py",
        "if not order.protective and order.reducing is not True)",
        "if not order.protective and order.reducing is False)",
        ("tests/rules/test_stop_parts.py",),
    ),
    Edit(
        KIND,
        "Bybit, hedge mode: the close is of no side",
        f"{VENUES}/bybit_orders.py",
        '        "positionIdx": INDEX[order.unit.side] if order.hedged else 0,',
        '        "positionIdx": 0,',
        ("tests/adapters/venues/test_bybit.py",),
    ),
    Edit(
        KIND,
        "OKX, hedge mode: the close is of no side",
        f"{VENUES}/okx_orders.py",
        '{"posSide": order.unit.side} if order.hedged',
        '{"posSide": "net"} if order.hedged',
        ("tests/adapters/venues/test_okx.py",),
    ),
    Edit(
        KIND,
        "Kraken, which has no hedge mode, is sent an order of it",
        f"{VENUES}/krakenfutures_orders.py",
        "    if order.hedged:\n",
        "    if order.hedged is None:\n",
        ("tests/adapters/venues/test_krakenfutures.py",),
    ),
    Edit(
        KIND,
        "an order that opens is kept by an emergency stop as one that reduces",
        "functions/rules/venue_orders.py",
        "        return Kind.REDUCES if order.side == CLOSES[order.position_side] else Kind.ENTRY",
        "        return Kind.REDUCES",
        ("tests/rules/test_venue_orders.py",),
    ),
)
