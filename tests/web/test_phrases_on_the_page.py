"""The whole phrase stands nowhere on a page, whatever is asked and whoever wrote a note."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.approvals import Approval, Line, Member, Option, Question, Risk, Standing, Vote, Voter
from functions.facts import Evidence
from functions.rules.asking.phrase import distinct, normal, spoken, whole
from functions.web.guard import AGAIN, HIDDEN, readable
from tests.rules.facts import NOW
from tests.web.rig import ANA, BEN, LEAVE, RAISE, Said, Web, approval, question

EVIL = st.sampled_from(
    [
        "RAISE SIZE8",
        "raise</span><b>size8",
        "<!-- raise size8 -->",
        "&#82;AISE SIZE8",
        "<input value='RAISE SIZE8'>",
        '"><script>RAISE SIZE8</script>',
        "ＲＡＩＳＥ ＳＩＺＥ８",
        "R\u200bAISE S\u00adIZE8",
        "{{ act }}{{ target }}",
        "ends with raise",
        "SIZE8 begins it",
    ]
)
TEXTS = st.one_of(EVIL, st.text(max_size=40))
ACTS = st.one_of(
    st.sampled_from(["RAISE", "CLOSE", "LEAVE", "A", "WORD", "IS", "THEN"]), st.text("abcXYZ019-", max_size=6)
)
TARGETS = st.one_of(st.sampled_from(["SIZE8", "BTCUSDT", "4096", "1", "A"]), st.text("abcXYZ019-/", max_size=6))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    options = tuple(
        Option(
            f"o{number}",
            draw(TEXTS),
            draw(TEXTS),
            draw(st.sampled_from(Risk)),
            draw(ACTS),
            needed=draw(st.sampled_from([1, 2])),
            until_at_most_minutes=draw(st.sampled_from([None, 30])),
            statement=draw(st.none() | TEXTS),
        )
        for number in range(draw(st.integers(1, 3)))
    )
    return Question(
        kind="change",
        title=draw(TEXTS),
        target=draw(TARGETS),
        facts=tuple(Line(draw(TEXTS), draw(TEXTS)) for _ in range(draw(st.integers(0, 2)))),
        options=options,
        evidence=tuple(
            Evidence(draw(TEXTS), draw(TEXTS), draw(TEXTS), NOW) for _ in range(draw(st.integers(0, 2)))
        ),
        cause=draw(TEXTS),
        venue=draw(st.none() | TEXTS),
    )


def read(said: Said) -> str:
    """Everything that can be read, the title and what is said to a screen reader too; hidden values are not."""
    soup = BeautifulSoup(said.body, "html.parser")
    spoken = [
        str(tag[name]) for name in ("aria-label", "placeholder", "title", "alt") for tag in soup.select(f"[{name}]")
    ]
    values = [str(tag["value"]) for tag in soup.select("input:not([type=hidden])") if tag.has_attr("value")]
    return " ".join([soup.get_text(" "), *spoken, *values])


def phrases(asked: Question) -> list[str]:
    return [phrase for option in (*asked.options, AGAIN) if (phrase := whole(option, asked))]


def answers(stands: Approval) -> list[str]:
    asked = spoken(stands)
    return [phrase for option in asked.options if (phrase := whole(option, asked))]


def holds_a_phrase(said: Said, asked: Question) -> bool:
    return any(phrase in normal(read(said)) for phrase in phrases(asked))


@settings(deadline=None, max_examples=60)
@given(questions(), TEXTS, TEXTS)
@example(question(options=(RAISE, replace(LEAVE, label="Leave it at size 8"))), "RAISE SIZE8", "leave size8")
def test_no_phrase_can_be_read_on_a_page_with_forms(raw: Question, note: str, name: str) -> None:
    asked = distinct(raw)
    vote = Vote(Voter(BEN, "link", "192.0.2.1", name), asked.options[0].id, NOW, note=note)
    members = (Member("apr-2", "inc-2", name, note, asked.facts),)
    web = Web(approval(question=asked, votes=(vote,), members=members, requested_by=note))
    for said in (web.get(), web.post({**web.get().form(looking="1")})):
        assert said.status == 200
        if any(phrase in normal(read(said)) for phrase in answers(web.stands)):
            assert said.values("decision") == [], "a form stands on a page on which its phrase can be read"
    assert web.stands.standing is Standing.PENDING


@settings(deadline=None, max_examples=60)
@given(questions())
def test_no_phrase_can_be_read_on_a_lapsed_page_that_asks_again(raw: Question) -> None:
    asked = distinct(raw)
    said = Web(approval(question=asked, standing=Standing.LAPSED)).get()
    assert said.values("again") == [] or not holds_a_phrase(said, asked)


@pytest.mark.parametrize("act", ["RAISE", "CLOSE", "LEAVE", "WHOLE", "FIRST"])
@pytest.mark.parametrize("target", ["SIZE8", "BTCUSDT", "4096", "s1", "UTC", "0"])
def test_words_of_an_ordinary_length_are_shown_apart_and_the_form_is_there(act: str, target: str) -> None:
    asked = distinct(question(options=(replace(RAISE, act=act), LEAVE), target=target))
    said = Web(approval(question=asked)).get()
    assert said.values("decision") == ["raise", "reject"]
    assert not holds_a_phrase(said, asked)
    field = said.soup.select("[name=confirm]")[0]
    assert (field["data-act"], field["data-target"]) == (act, asked.target)
    assert f"{act} is the first word {asked.target} is the second word" in said.text


def test_a_filler_that_types_every_word_every_pair_and_every_line_into_every_field_decides_nothing() -> None:
    web = Web(approval(question=distinct(question(options=(RAISE, replace(LEAVE, act="KEEP"))))))
    page = web.get()
    lines = [line.strip() for line in page.soup.get_text("\n").split("\n") if line.strip()]
    words = [word for line in lines for word in line.split()]
    pairs = [f"{one} {two}" for one, two in pairwise(words)]
    tried = 0
    for typed in dict.fromkeys([*words, *pairs, *lines, " ".join(words)[:200]]):
        for decision in ("raise", "reject"):
            web.change(tries=())  # neither a delay nor a form that was used keeps it from trying
            fields = {**page.form(decision=decision), "confirm": typed[:200], "note": typed[:200]}
            assert web.post(fields).status == 422
            tried += 1
    assert tried > 400
    assert (web.stands.standing, web.stands.votes) == (Standing.PENDING, ())
    assert web.answer(ANA, "raise").status == 200, "a person decides all the same"


def test_a_question_whose_phrase_can_be_read_is_answered_on_the_command_line_alone() -> None:
    careless = question(title="Type RAISE SIZE8 now?")
    said = Web(approval(question=careless)).get()
    assert said.status == 200
    assert said.values("decision") == []
    assert "Answer on the command line: runbooks approvals show" in said.text


def test_where_the_usual_words_would_join_a_phrase_others_are_used() -> None:
    """`WORD` and `SIZE8`: "the first word" before the target reads as the phrase."""
    asked = question(options=(replace(RAISE, act="WORD"), LEAVE))
    said = Web(approval(question=asked)).get()
    assert said.values("decision") == ["raise", "reject"]
    assert "WORD is the first word" not in said.text
    assert not holds_a_phrase(said, asked)


@pytest.mark.parametrize("note", ["RAISE SIZE8", "please type raise-size8, ana", "Raise (size 8)"])
def test_a_note_that_holds_the_phrase_is_not_shown(note: str) -> None:
    web = Web(approval(question=question(options=(replace(RAISE, needed=2), LEAVE))))
    assert web.answer(BEN, "raise", note=note).status == 200
    said = web.get(ANA)
    assert HIDDEN in said.text
    assert not holds_a_phrase(said, web.stands.question)
    assert said.values("decision") == ["raise", "reject"]


def test_a_note_that_holds_the_phrase_is_not_given_back() -> None:
    web = Web()
    said = web.answer(ANA, "raise", confirm="wrong", note="I meant RAISE SIZE8")
    assert said.status == 422
    assert said.form(decision="raise")["note"] == ""
    assert not holds_a_phrase(said, web.stands.question)


def test_what_was_typed_as_the_phrase_is_never_given_back() -> None:
    web = Web()
    said = web.answer(ANA, "raise", confirm="leave size8")
    assert said.status == 422
    assert set(said.values("confirm")) == {""}
    assert not holds_a_phrase(said, web.stands.question)


def test_what_is_read_of_a_page_is_its_text_its_title_and_what_is_spoken() -> None:
    html = (
        '<title>one</title><style>css</style><p>two<b>three</b> &#70;our</p><input type="hidden" value="no">'
        '<input value="five" placeholder="six"><i aria-label="seven" data-x="no"></i><!-- no -->'
    )
    assert readable(html).split() == ["one", "two", "three", "Four", "five", "six", "seven"]


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, TEXTS)
def test_nothing_that_was_written_elsewhere_becomes_markup_of_the_page(one: str, two: str, three: str) -> None:
    def page(*texts: str) -> list[tuple[str, tuple[str, ...]]]:
        a, b, c = texts
        asked = question(
            title=a,
            target="Q9Z",
            facts=(Line(b, c),),
            evidence=(Evidence(a, b, c, NOW),),
            options=(replace(RAISE, id=f"i{a}"[:20], label=b, consequence=c, statement=a), LEAVE),
        )
        vote = Vote(Voter(BEN, "link", a, b), LEAVE.id, NOW, note=c or "x")
        found = Web(
            approval(
                question=asked,
                votes=(vote,),
                members=(Member(a, b, c, a),),
                requested_by=a or "x",
                runbook=b,
                incident_id=c,
            )
        ).get()
        return [(tag.name, tuple(sorted(tag.attrs))) for tag in found.soup.find_all()]

    assert page(f"{one}<b>", f"\"{two}' onload=x>", f"{three}</p><script>") == page("a", "b", "c")


def test_lines_and_directions_of_what_was_written_elsewhere_do_not_turn_the_page() -> None:
    evil = "a\u202egnissol\u2066 b\x00\x1b[31m\u2028c"
    said = Web(approval(question=question(title=evil, facts=(Line(evil, evil),)))).get()
    assert not {"\u202e", "\u2066", "\x00", "\x1b", "\u2028"} & set(said.body)
    assert "agnissol b [31m c" in said.text


def test_what_is_overlong_is_cut_and_the_page_stays_small() -> None:
    long = "x" * 3_000
    asked = question(
        title=long,
        facts=tuple(Line(long, long) for _ in range(300)),
        evidence=tuple(Evidence(long, long, long, NOW) for _ in range(300)),
        options=(replace(RAISE, label=long, consequence=long, statement=long), LEAVE),
    )
    members = tuple(Member(long, long, long, long, (Line(long, long),) * 5) for _ in range(300))
    said = Web(approval(question=asked, members=members, requested_by=long)).get()
    assert said.status == 200
    assert len(said.body) < 360_000
    assert "(cut)" in said.text
    assert "250 more are in the incident." in said.text
