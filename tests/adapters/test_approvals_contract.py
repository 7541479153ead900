"""The approvals table: what stands in it, who wins a race, and that the token stays where it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import settings as searching

from functions.adapters.approval_items import ATTRIBUTES, approval_of, item_of
from functions.adapters.attribute_values import packed_item, unpacked_item
from functions.approvals import Approval, CloseTerms, Delivery, Glass, Standing
from functions.errors import Broken
from tests.adapters.asked import approval, approvals, decided
from tests.adapters.conftest import NOW
from tests.adapters.rigs import MemoryRig, Rig

TOKEN = "token-that-nobody-may-see"


def ask(rig: Rig, *requests: Approval) -> None:
    for one in requests:
        assert rig.ports.approvals.ask(one, TOKEN)


@searching(max_examples=300, deadline=None)
@given(approvals())
def test_any_request_comes_back_from_the_table_as_it_went_in(request: Approval) -> None:
    stored = unpacked_item(packed_item(item_of(request, "w")))
    assert approval_of(stored) == request
    assert {field.name for field in fields(Approval)} == set(ATTRIBUTES)


def test_a_request_is_read_as_it_was_asked(rig: Rig) -> None:
    request = approval()
    ask(rig, request)
    assert rig.ports.approvals.get(request.approval_id) == request
    assert rig.ports.approvals.get("apr-none") is None


def test_a_request_is_asked_once_and_keeps_its_first_token(rig: Rig) -> None:
    request = approval()
    ask(rig, request)
    assert not rig.ports.approvals.ask(replace(request, runbook="another"), "another token")
    assert rig.ports.approvals.get(request.approval_id) == request
    assert rig.ports.approvals.token(request.approval_id) == TOKEN


TERMS = CloseTerms(
    position_id="p1",
    venue="binanceusdm",
    account="main",
    symbol="BTC/USDT:USDT",
    side="long",
    amount=Decimal("0.050"),
    worst_price=Decimal("59700.1"),
    mark_price=Decimal(60000),
    average=None,
    quoted_at=NOW,
)


def closing(terms: CloseTerms | None = TERMS) -> Approval:
    return replace(approval(), question=replace(approval().question, kind="close", close=terms))


def test_what_a_close_may_do_is_read_as_it_was_approved(rig: Rig) -> None:
    ask(rig, closing())
    assert rig.ports.approvals.change(decided(closing()))
    found = rig.ports.approvals.get(closing().approval_id)
    assert found is not None
    assert found.question.close == TERMS
    item = rig.item("approvals", closing().approval_id)
    assert item is not None
    assert item["question"]["close"]["worst_price"] == Decimal("59700.1")
    assert item["question"]["close"]["quoted_at"] == "2026-01-31T03:00:00.000000Z"


def test_a_request_from_before_there_were_terms_is_read_without_them(rig: Rig) -> None:
    ask(rig, closing(None))
    item = rig.item("approvals", closing().approval_id)
    assert item is not None
    assert item["question"].pop("close") is None
    rig.put("approvals", item)
    assert rig.ports.approvals.get(closing().approval_id) == closing(None)


@pytest.mark.parametrize("broken", [{"amount": "much"}, {"side": "up"}, {"quoted_at": None}, {"worst_price": None}])
def test_terms_that_cannot_be_read_allow_nothing(rig: Rig, broken: dict[str, object]) -> None:
    ask(rig, closing())
    item = rig.item("approvals", closing().approval_id)
    assert item is not None
    item["question"]["close"] |= broken
    rig.put("approvals", item)
    with pytest.raises(Broken, match=f"question.close.{next(iter(broken))}"):
        rig.ports.approvals.get(closing().approval_id)


def test_an_auditor_reads_the_item_without_this_code(rig: Rig) -> None:
    request = approval()
    ask(rig, request)
    assert rig.ports.approvals.change(decided(request))
    item = rig.item("approvals", request.approval_id)
    assert item is not None
    assert (item["version"], item["standing"], item["delivery"]) == (Decimal(2), "decided", "due")
    assert (item["asked_at"], item["lapses_at"]) == ("2026-01-31T03:01:00.000000Z", "2026-01-31T03:16:00.000000Z")
    assert item["asked"][0]["person_id"] == "ana"
    assert item["decision"] == {
        "option": "approve",
        "by": ["ana"],
        "at": "2026-01-31T03:02:00.000000Z",
        "note": "seen it",
        "until": None,
        "why_alone": None,
    }
    option = item["question"]["options"][1]
    assert {name: option[name] for name in ("id", "label", "consequence", "risk", "act", "needed")} == {
        "id": "reject",
        "label": "Leave it",
        "consequence": "nothing changes",
        "risk": "none",
        "act": "LEAVE",
        "needed": Decimal(1),
    }


def test_the_token_stays_with_the_request_and_is_read_by_nothing_else(rig: Rig) -> None:
    request = approval()
    ask(rig, request)
    changed = decided(request)
    assert rig.ports.approvals.change(changed)
    item = rig.item("approvals", request.approval_id)
    assert item is not None
    assert item["task_token"] == TOKEN
    assert rig.ports.approvals.token(request.approval_id) == TOKEN
    assert rig.ports.approvals.token("apr-none") is None
    seen = [rig.ports.approvals.get(request.approval_id), *rig.ports.approvals.open()]
    assert TOKEN not in repr(seen) + json.dumps([asdict(one) for one in seen if one], default=str)


def test_a_change_is_written_whole_and_what_it_leaves_out_is_gone(rig: Rig) -> None:
    request = approval(requester="ana", parent="apr-parent", reminded_at=NOW)
    ask(rig, request)
    changed = replace(request, version=2, parent=None, reminded_at=None, requester="bo")
    assert rig.ports.approvals.change(changed)
    assert rig.ports.approvals.get(request.approval_id) == changed


def test_a_change_that_leaves_nothing_out_is_written_too(rig: Rig) -> None:
    request = approval()
    ask(rig, request)
    whole = decided(
        request,
        requested_by="ana",
        requester="ana",
        again={"runbook": "stale-heartbeat"},
        reminded_at=NOW,
        delivered_at=NOW,
        parent="apr-parent",
        repeat_at=NOW,
        acknowledged_by="ana",
        glass=Glass(NOW, paged_at=NOW, note="nobody answered"),
    )
    assert None not in asdict(whole).values()
    assert rig.ports.approvals.change(whole)
    assert rig.ports.approvals.get(request.approval_id) == whole


@pytest.mark.parametrize("version", [1, 3, 4])
def test_a_change_of_another_version_writes_nothing(rig: Rig, version: int) -> None:
    request = approval()
    ask(rig, request)
    assert not rig.ports.approvals.change(replace(decided(request), version=version))
    assert rig.ports.approvals.get(request.approval_id) == request


def test_a_request_that_is_not_there_is_not_made_by_a_change(rig: Rig) -> None:
    assert not rig.ports.approvals.change(decided(approval()))
    assert not rig.ports.approvals.change(replace(approval(), version=1))
    assert rig.item("approvals", approval().approval_id) is None


CLOSED: dict[str, Callable[[Approval], Approval]] = {
    "delivered": lambda one: decided(one, delivery=Delivery.TAKEN),
    "superseded": lambda one: replace(one, version=2, standing=Standing.SUPERSEDED),
    "revoked": lambda one: replace(one, version=2, standing=Standing.REVOKED),
    "acknowledged": lambda one: replace(one, version=2, standing=Standing.LAPSED, acknowledged_by="ana"),
}
OPEN: dict[str, Callable[[Approval], Approval]] = {
    "voted": lambda one: replace(one, version=2, rungs_sent=1),
    "decided": decided,
    "lapsed": lambda one: replace(one, version=2, standing=Standing.LAPSED, delivery=Delivery.TAKEN),
    "unreached": lambda one: replace(one, version=2, standing=Standing.UNREACHED, delivery=Delivery.OVER),
}


@pytest.mark.parametrize("how", sorted(CLOSED))
def test_a_request_with_nothing_left_to_do_is_not_among_the_open_ones(rig: Rig, how: str) -> None:
    done, other = approval(1), approval(2)
    ask(rig, done, other)
    assert rig.ports.approvals.change(CLOSED[how](done))
    assert rig.ports.approvals.open() == [other]
    assert "open_marker" not in (rig.item("approvals", done.approval_id) or {})


@pytest.mark.parametrize("how", sorted(OPEN))
def test_a_request_with_something_left_to_do_is_open(rig: Rig, how: str) -> None:
    request = approval()
    ask(rig, request)
    changed = OPEN[how](request)
    assert rig.ports.approvals.change(changed)
    assert rig.ports.approvals.open() == [changed]


def test_open_requests_come_over_all_pages_the_oldest_first(rig: Rig) -> None:
    many = [approval(number) for number in range(120)]
    ask(rig, *reversed(many))
    assert rig.ports.approvals.open() == many


def race(rig: Rig, racers: int, number: int = 1) -> None:
    """`racers` who all saw the same version, ten at the same moment: also those who write the very same."""
    request = approval(number)
    ask(rig, request)
    people, ready = [f"person-{racer // 2}" for racer in range(racers)], Barrier(10)

    def run(person: str) -> bool:
        ready.wait()
        return rig.ports.approvals.change(decided(request, person))

    with ThreadPoolExecutor(10) as pool:
        won = list(pool.map(run, people))
    assert won.count(True) == 1
    stands = rig.ports.approvals.get(request.approval_id)
    assert stands == decided(request, people[won.index(True)])


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_of_changes_that_race_exactly_one_wins(rig: Rig) -> None:
    race(rig, 100)


@pytest.mark.usefixtures("restless")
def test_of_a_thousand_changes_that_race_exactly_one_wins() -> None:
    race(MemoryRig(NOW), 1_000)


@pytest.mark.usefixtures("restless")
def test_one_wins_each_of_a_hundred_races() -> None:
    """The first moment decides: a hundred of them show a twin whose write is not one step."""
    rig = MemoryRig(NOW)
    for number in range(100):
        race(rig, 10, number)


def test_those_who_read_again_and_try_again_all_come_in(rig: Rig) -> None:
    """What a lost race means for a task: nothing was written, look again."""
    request = approval()
    ask(rig, request)

    def note(number: int) -> None:
        while True:
            seen = rig.ports.approvals.get(request.approval_id)
            assert seen is not None
            trouble = (*seen.trouble, str(number))
            if rig.ports.approvals.change(replace(seen, version=seen.version + 1, trouble=trouble)):
                return

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(note, range(20)))
    stands = rig.ports.approvals.get(request.approval_id)
    assert stands is not None
    assert (stands.version, sorted(stands.trouble, key=int)) == (21, [str(number) for number in range(20)])


def test_an_item_that_cannot_be_read_is_named_without_what_stands_in_it(rig: Rig) -> None:
    request = approval()
    ask(rig, request)
    item = rig.item("approvals", request.approval_id)
    assert item is not None
    rig.put("approvals", {**item, "lapses_at": "never, secret"})
    with pytest.raises(Broken, match=f"{request.approval_id}: lapses_at cannot be read") as caught:
        rig.ports.approvals.get(request.approval_id)
    assert "secret" not in str(caught.value)


def test_one_that_cannot_be_read_keeps_no_other_from_being_listed(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Else one item would stop the sweeper, and nobody could ask anything any more."""
    good, bad = approval(), approval(approval_id="apr-bad")
    ask(rig, good)
    ask(rig, bad)
    item = rig.item("approvals", bad.approval_id)
    assert item is not None
    rig.put("approvals", {**item, "standing": "of another version"})
    assert [one.approval_id for one in rig.ports.approvals.open()] == [good.approval_id]
    assert "an approval is passed over" in caplog.messages


def test_a_request_stays_for_ever(rig: Rig) -> None:
    request = approval()
    ask(rig, request)
    rig.set_time(NOW + timedelta(days=4000))
    assert rig.ports.approvals.change(decided(request, delivery=Delivery.OVER))
    item = rig.item("approvals", request.approval_id)
    assert item is not None
    assert "ttl" not in item
