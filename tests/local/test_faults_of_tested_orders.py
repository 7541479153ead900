"""An order that is only tested meets what one that is placed would meet at the gate."""

from __future__ import annotations

import pytest

from local.platform.exchange.faults import KINDS, ORDER_PATHS, TEST_PATH, asked_for

OF_ORDERS = sorted(name for name, kind in KINDS.items() if kind.orders and kind.when != "standing")


@pytest.mark.parametrize("name", OF_ORDERS)
def test_only_what_happens_inside_an_order_spares_one_that_is_tested(name: str) -> None:
    fault = asked_for(name, None, {})
    assert fault.concerns("POST", ORDER_PATHS[0], None, None)
    assert fault.concerns("POST", TEST_PATH, None, None) is (KINDS[name].when != "inside")
    assert not fault.concerns("GET", TEST_PATH, None, None)
