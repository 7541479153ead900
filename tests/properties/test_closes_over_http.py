"""Closes under faults, deaths and moving owners, by the real ccxt adapter over HTTP to the stand-in venue.

The law is judged from the venue's own books. `CLOSES_HTTP_SEEDS=first:count` plays others; the bench plays 300. One
seed with its whole trace: `python -m tests.properties.closes_over_http 17 1 -v`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.properties.close_faults import AFTER, BEFORE, PASSING
from tests.properties.close_http_world import Crowded, Held, HttpCloseWorld
from tests.properties.closes import Played, summary
from tests.properties.closes_over_http import OverHttp, over_http
from tests.properties.wrong_closes import WITHIN, WRONG

SHARE = 95
# Something of each in these closes.
OFTEN = ("create: late", "create: after", "fault at GET", "fault at closes", "death at exchange")


def seeds() -> range:
    first, _, count = os.environ.get("CLOSES_HTTP_SEEDS", "0:30").partition(":")
    return range(int(first), int(first) + int(count or 30))


@pytest.fixture(scope="module")
def there() -> Iterator[OverHttp]:
    with over_http() as served:
        yield served


@pytest.fixture(scope="module")
def played(there: OverHttp) -> list[Played]:
    found = [there.run(seed) for seed in seeds()]
    print(summary(found, "HTTP"))
    return found


def told(found: list[Played]) -> str:
    return "\n".join("\n".join([f"seed {one.seed}: {one.violations}", *one.trace]) for one in found)


def test_no_close_over_http_breaks_the_law_whatever_befalls_it(played: list[Played]) -> None:
    broken = [one for one in played if one.violations]
    assert not broken, told(broken)


def test_what_can_be_recovered_over_http_ends_proven_flat(played: list[Played]) -> None:
    recoverable = [one for one in played if one.recoverable]
    lost = [one for one in recoverable if not one.flat]
    assert 100 * len(lost) <= (100 - SHARE) * len(recoverable), told(lost)
    assert len(recoverable) > len(played) / 2


def test_the_search_over_http_has_seen_enough(played: list[Played]) -> None:
    seen = [what for one in played for what in one.seen]
    assert not [what for what in OFTEN if not any(name.startswith(what) for name in seen)]


@pytest.mark.parametrize("kind", [Crowded, Held])
def test_where_much_happens_no_law_is_broken_either(there: OverHttp, kind: type[HttpCloseWorld]) -> None:
    # Both kinds have found what no calm world had: an entry that no table told, after a stop.
    broken = [one for one in (there.run(seed, kind) for seed in range(5, 10)) if one.violations]
    assert not broken, told(broken)


@pytest.mark.parametrize(
    "said", [*PASSING, *BEFORE, *AFTER], ids=lambda said: f"{said[0]}-{said[1].get('code', '')}"
)
def test_each_thing_that_can_befall_the_order_closes_nothing_twice(there: OverHttp, said: Any) -> None:
    one = there.run(7_010, first=said)
    assert any(what.startswith("create: first") for what in one.seen)
    assert not one.violations, told([one])
    assert one.flat or not one.recoverable, told([one])


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_close_that_is_wrong_on_purpose_is_found(
    there: OverHttp, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = WRONG[name]
    wrong.make(monkeypatch)
    for seed in range(wrong.seed, wrong.seed + WITHIN):
        one = there.run(seed, wrong.kind, zombie_at=wrong.zombie_at)
        if any(re.search(wrong.says, what) for what in one.violations):
            return
    pytest.fail(f"{name}: not found in {WITHIN} closes from seed {wrong.seed}")
