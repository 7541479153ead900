"""Nothing is said twice on one page."""

from __future__ import annotations

from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.once import once

LONG = "5 of 5 strategies are proven stopped and none of them trades any more"


def kept(*sections: Section, whole: frozenset[str] = frozenset()) -> dict[str, tuple[str, ...]]:
    return {one.title: one.lines for one in once(sections, whole=whole)}


def test_a_sentence_that_stands_in_a_cell_or_a_line_further_up_is_left_away() -> None:
    first = Section("a", tables=(Table(("what", "value"), (("x", f"Done.\x1e{LONG}."),)),))
    found = kept(first, Section("b", (f"Known: {LONG}", "Something that is told here alone, and stays")))
    assert found["b"] == ("Something that is told here alone, and stays",)


def test_whatever_leads_it_it_is_the_same_sentence() -> None:
    leads = ("Known", "Done", "Open at the end", "Cause", "Left to a person", "Not known", "never_submitted")
    for lead in leads:
        assert "b" not in kept(Section("a", (LONG,)), Section("b", (f"{lead}: {LONG}.",))), lead


def test_several_sentences_go_where_each_of_them_stands_further_up() -> None:
    other = "No position was closed, and every protective order stays where it is"
    text = f"{LONG}. {other}"
    assert "b" not in kept(Section("a", (LONG, other)), Section("b", (text,)))
    assert kept(Section("a", (LONG,)), Section("b", (text,)))["b"] == (text,)


def test_short_lines_tables_and_what_is_told_by_time_stay() -> None:
    table = (Table(("a", "b"), ((LONG, LONG),)),)
    found = kept(
        Section("a", (LONG, "Nobody was asked.")),
        Section("b", ("Nobody was asked.", LONG), table),
        Section("Timeline", (LONG,)),
        whole=frozenset({"Timeline"}),
    )
    assert found == {"a": (LONG, "Nobody was asked."), "b": ("Nobody was asked.",), "Timeline": (LONG,)}


def test_a_section_of_which_nothing_is_left_is_none() -> None:
    assert list(kept(Section("a", (LONG,)), Section("b", (LONG,)))) == ["a"]


def test_within_one_section_nothing_is_said_twice_either() -> None:
    found = kept(Section("a", (f"Stopped and verified: {LONG}. No position was closed.", f"Done: {LONG}")))
    assert len(found["a"]) == 1
