"""The incident report: what it tells, and that nothing in it can do anything."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from functions.ports.exchange import Attempt, AttemptState
from functions.rules.reporting.document import MOST, MOST_ROWS, Section, Table, plain, to_html, to_markdown
from functions.rules.reporting.lines import BREAK
from functions.rules.units.attribution import attribute
from functions.rules.units.pnl import pnl
from functions.rules.units.report import own
from functions.rules.units.story import Story
from functions.rules.units.why_stuck import why_stuck
from tests.rules.units.makers import LONG, NOW, ago, d, fill, market, order, position, share, venue

REJECTED = order("x", status="rejected", error="-2019 Margin is insufficient", price=d(61_000))
POSITION = position(exit_signal_at=ago(20), exit_reason="roi")


def attempt(number: int = 1, **more: Any) -> Attempt:
    given: dict[str, Any] = {
        "amount": d(1),
        "worst_price": d(59_700),
        "state": AttemptState.DONE,
        "prepared_at": ago(3),
        "sent_at": ago(3),
        "order_id": "777",
        "filled": d("0.4"),
        "average": d(59_900),
        **more,
    }
    return Attempt("p1", "inc-1", number, f"rb{number}", LONG, **given)


def story(**more: Any) -> Story:
    """A rejected exit, closed in two attempts after ana said so."""
    given: dict[str, Any] = {
        "why": why_stuck(POSITION, [REJECTED], NOW),
        "orders": (REJECTED,),
        "attribution": attribute(POSITION, (), (share("2"),), venue("3"), market()),
        "attempts": (
            attempt(),
            attempt(2, state=AttemptState.REFUSED, order_id=None, filled=None, average=None, why="-2022"),
            attempt(3, state=AttemptState.PREPARED, sent_at=None, worst_price=None, order_id=None, filled=None),
        ),
        "pnl": pnl(
            direction="long",
            quote="USDT",
            entry_price=d(60_000),
            closing=[fill("1", "1", "59900", fee=d(30))],
            opening=[],
            rates={},
            funding=None,
            funding_share=None,
            due_price=d(60_500),
        ),
        "causes": ("Margin was short.",),
        "questions": ("Why was margin short?",),
        "unreadable": ("the order book: timed out",),
        **more,
    }
    return Story(POSITION, **given)


def sections(told: Story) -> tuple[Section, ...]:
    """Its own ones, in the order of the report."""
    found = own(told)
    return (*found.sections, *found.money)


def part(title: str, told: Story) -> Section:
    return next(section for section in sections(told) if section.title.startswith(title))


def test_its_sections_are_those_of_the_manual_runbook_that_no_other_runbook_has() -> None:
    assert [section.title for section in sections(story())] == [
        "The position",
        "Why it got stuck",
        "The record against the venue",
        "Orders sent to the exchange",
        "Not readable",
        "P&L impact, against the entry",
        "What the delay cost (implementation shortfall)",
    ]


def test_it_says_why_it_got_stuck_with_every_order() -> None:
    found = part("Why", story())
    assert "rejected: -2019 Margin is insufficient" in found.lines[0]
    assert found.lines[1] == "Its exit was due at 2026-03-01 02:40:00 UTC."
    row = found.tables[0].rows[0]
    assert row[1:] == ("c-x", "sell", "limit", "rejected", "1", "0", "61000", "-2019 Margin is insufficient")


def test_it_says_every_exchange_call_with_its_outcome_and_names_its_order_to_the_list_of_acts() -> None:
    (calls,) = part("Orders sent", story()).tables
    assert own(story()).acts_told == ("rb1", "rb2", "rb3")
    assert [row[4] for row in calls.rows] == ["done", "refused", "prepared"]
    assert calls.rows[0][:4] == (
        "1: rb1 (order 777)",
        "reduce long BTC/USDT:USDT by 1",
        "59700",
        "2026-03-01 02:57:00 UTC",
    )
    assert calls.rows[1][-1] == "-2022"
    assert calls.rows[2][2:4] == ("any (market)", "not sent")
    assert [row[5] for row in calls.rows] == ["0.4", "nothing", "nothing"]


def test_an_order_that_was_sent_and_never_heard_of_has_filled_nobody_knows_what() -> None:
    lost = story(attempts=(attempt(state=AttemptState.SENT, filled=None, average=None),))
    assert part("Orders sent", lost).tables[0].rows[0][4:7] == ("sent", "unknown", "none")


def test_the_record_says_when_it_was_closed_and_nothing_where_it_was_not() -> None:
    closed = replace(POSITION, status="closed", closed_at=NOW, exit_price=d(59_900))
    told = [
        row[1]
        for at in (POSITION, closed)
        for row in part("The position", replace(story(), position=at)).tables[0].rows
        if row[0] == "record"
    ]
    assert told == ["open", "closed at 2026-03-01 03:00:00 UTC for 59900"]


def test_what_the_delay_cost_stands_apart_from_profit_and_loss() -> None:
    impact, delay = part("P&L", story()), part("What the delay", story())
    assert ("price against the entry", "-100.00 USDT") in impact.tables[0].rows
    assert ("in all", "unknown") in impact.tables[0].rows
    assert "Not known: funding could not be read." in impact.lines
    assert not any("600" in text for row in impact.tables[0].rows for text in row)
    assert not any("when the exit was due" in line for line in impact.lines)
    assert delay.tables[0].rows[0][1] == "600.00 USDT"
    assert "the delay cost 600.00 USDT" in delay.lines[0]


def test_the_cause_the_questions_and_what_could_not_be_read_are_told() -> None:
    told = own(story())
    assert told.causes == ("Margin was short.",)
    assert told.questions == ("Why was margin short?",)
    assert part("Not readable", story()).lines == ("Could not be read: the order book: timed out",)


def test_owners_of_the_unit_are_told_with_what_had_to_stay() -> None:
    found = part("The record", story())
    assert [row[0] for row in found.tables[0].rows] == ["p1", "p2"]
    assert found.lines[1] == "2 of what the venue held had to stay."
    broken = replace(story(), attribution=attribute(POSITION, (), (), venue("3"), market()))
    assert len(part("The record", broken).lines) == 1


def test_what_is_not_there_is_said_to_be_not_there() -> None:
    empty = Story(POSITION, None)
    lines = [*own(empty).causes, *(line for section in sections(empty) for line in section.lines)]
    for told in (
        "Not judged.",
        "No order is on record.",
        "It could not be judged whose what is at the venue.",
        "No order was sent to the exchange by this run.",
        "Not measured: nothing is known to be closed.",
        "Its orders were not judged.",
    ):
        assert told in lines


POISON = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> \"'>&lt; </td></table> [a](http://evil.example) "
    "![b](x) `c` | d\n# e\n- f \u202e\u200b\x00 www.evil.example **g** __h__ ~~i~~ @j $k$"
)


def poisoned() -> Story:
    bad = replace(REJECTED, error=POISON, client_order_id=POISON, type=POISON, status=POISON)
    at = replace(POSITION, symbol=POISON, strategy_id=POISON, exit_reason=POISON, side="long")
    return replace(
        story(),
        position=at,
        orders=(bad,),
        why=why_stuck(at, [bad], NOW),
        causes=(POISON,),
        questions=(POISON,),
    )


def test_poisoned_texts_are_text_in_the_page_and_nothing_else() -> None:
    page = BeautifulSoup(to_html(sections(poisoned()), POISON), "html.parser")
    clean = BeautifulSoup(to_html(sections(story()), "clean"), "html.parser")
    # A long word may be broken: that is all that may be there besides.
    assert {tag.name for tag in page.find_all()} - {"wbr"} == {tag.name for tag in clean.find_all()} - {"wbr"}
    assert not page.find_all(["script", "img", "link", "iframe", "form", "object"])
    assert all(str(link["href"]).startswith("#s") for link in page.find_all("a")), "its own list of parts"
    allowed = {"lang", "charset", "http-equiv", "content", "name", "scope", "class", "data-head", "id", "href"}
    allowed |= {"aria-label", "aria-hidden"}
    assert {name for tag in page.find_all() for name in tag.attrs} <= allowed
    assert "<script>alert(1)</script>" in page.get_text()
    assert "\u202e" not in str(page)
    assert len(page.find_all("table")) == len(clean.find_all("table"))


def test_the_page_loads_nothing() -> None:
    policy = BeautifulSoup(to_html(sections(story()), "t"), "html.parser").find("meta", {"http-equiv": True})
    assert policy is not None
    assert str(policy["content"]).startswith("default-src 'none'")


def test_poisoned_texts_are_no_markup_in_markdown() -> None:
    text = to_markdown(sections(poisoned()), POISON)
    assert [line for line in text.splitlines() if re.match(r"\s*(- )?#{1,6} ", line)] == [
        line for line in text.splitlines() if line.startswith(("# ", "## "))
    ]
    assert len([line for line in text.splitlines() if line.startswith("# ")]) == 1
    assert len([line for line in text.splitlines() if line.startswith("## ")]) == 7
    for markup in ("<", "[a]", "](", "`", "http://", "www.", "**", "~~", "@", "$"):
        for found in re.finditer(re.escape(markup), text):
            inside = text[max(0, found.start() - 1) : found.end()]
            assert "\\" in inside, (markup, inside)
    assert re.search(r"(?<!\\)__", text) is None


def test_a_pipe_or_a_line_end_in_a_cell_makes_no_cell_and_no_row() -> None:
    table = Table(("a", "b"), (("x|y", "1\n2\r\n3"), ("only",), ("1", "2", "3")))
    lines = to_markdown([Section("s", (), (table,))], "t").splitlines()[4:]
    assert lines == ["| a | b |", "| --- | --- |", "| x\\|y | 1 2 3 |", "| only |  |", "| 1 | 2 |"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("never_submitted", "never_submitted"),
        ("_x_", "\\_x\\_"),
        ("1. first", "1\\. first"),
        ("- item", "\\- item"),
        ("0.05 at 60000.10", "0.05 at 60000.10"),
        ("a\\", "a\\\\"),
        ("-2019 margin", "-2019 margin"),
        ("P&L", "P&L"),
        ("&lt;b&gt; &#60;", "\\&lt;b\\&gt; \\&#60;"),
        ("## x", "\\## x"),
    ],
)
def test_markdown_escapes_what_is_markup_and_leaves_the_rest_readable(text: str, told: str) -> None:
    assert to_markdown([Section("s", (text,))], "t").splitlines()[-1] == f"- {told}"


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    for long in ("x" * (MOST + 1), "x" * 100_000, " " * 100_000 + "x"):
        assert len(plain(long)) <= MOST
        assert plain(long).endswith("(cut)")
    assert plain("x" * MOST) == "x" * MOST


def test_what_cannot_be_seen_parts_no_word_and_what_ends_a_line_does() -> None:
    assert plain("a\u200bb\u202ec\nd\x00e\u2028f") == "abc d e f"


def test_more_rows_than_anybody_reads_are_counted() -> None:
    table = Table(("a", "b"), tuple((str(n), "") for n in range(MOST_ROWS + 5)))
    for told in (to_markdown([Section("s", (), (table,))], "t"), to_html([Section("s", (), (table,))], "t")):
        assert "and 5 more" in told
        assert str(MOST_ROWS + 1) not in told


@given(st.text(max_size=80))
def test_any_text_reads_the_same_in_the_page(text: str) -> None:
    page = BeautifulSoup(to_html([Section("s", (text,))], text), "html.parser")
    assert [item.get_text() for item in page.find_all("li")] == [plain(text)]
    assert len(page.find_all()) == len(
        BeautifulSoup(to_html([Section("s", ("x",))], "x"), "html.parser").find_all()
    )


def test_in_short_it_says_position_why_money_and_delay() -> None:
    assert own(story()).short == (
        ("position", "long 1 BTC/USDT:USDT of s1"),
        (
            "money",
            BREAK.join(
                (
                    "The delay cost 600.00 USDT; closing fees 30.00 USDT.",
                    "STILL AT RISK: long 1 BTC/USDT:USDT, 60,000.00 USDT at its entry price.",
                    "The whole trade: -100.00 USDT by price; fees or funding unknown.",
                )
            ),
        ),
    )


def test_in_short_nothing_is_made_up() -> None:
    rows = dict(own(story(pnl=None, why=None)).short)
    assert rows["money"].split(BREAK)[0] == "Nothing of it is closed: no cost is known yet."
    assert own(story(why=None)).causes[0] == "Its orders were not judged."


def test_a_cell_of_a_wide_table_carries_its_head_for_a_phone() -> None:
    page = BeautifulSoup(to_html(sections(story()), "t"), "html.parser")
    cell = next(cell for cell in page.select("table.wide td") if cell.get_text() == "59700")
    assert cell["data-head"] == "worst price"
