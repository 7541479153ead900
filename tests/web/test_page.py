"""What the page shows in each state, and that it can be used without scripts, eyes or a mouse."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import Tag

from functions.approvals import Decision, Delivery, Line, MailStatus, Member, Risk, Seen, Standing, Vote, Voter
from functions.rules.asking.phrase import normal
from functions.web.rendering import TEMPLATES, css
from tests.rules.facts import NOW
from tests.web.rig import ANA, BEN, CLEO, INCIDENT, LEAVE, RAISE, RESUME, WAIT, Web, approval, asked, question

FOUR = (RAISE, RESUME, replace(WAIT, statement="No order works at the venue."), LEAVE)


@pytest.fixture
def web() -> Web:
    return Web(approval(question=question(options=FOUR), requested_by="ops-bot"))


def test_what_is_asked_for_whom_and_how_long_there_is_comes_first(web: Web) -> None:
    web.world.advance(minutes=3)
    text = web.get().text
    told = [
        "prod",
        "Raise the memory of the strategy service?",
        "For strategies s1 and s2. Incident inc-0123456789abcdef0123.",
        "Lapses in 12 min at 03:15 UTC, 1 Mar 2026",
        "The facts Present size 1024 CPU units, 2048 MiB",
        "Evidence (1) stopped OutOfMemoryError: container killed ECS task 7f3a, 03:00 UTC, 1 Mar 2026",
        "Your answer Raise the memory to 4096 MiB",
        "Who was asked",
        "Requested by (a claim) ops-bot",
    ]
    places = [text.index(part) for part in told]
    assert places == sorted(places)


def test_each_answer_says_what_it_does_its_risk_and_how_many_it_needs(web: Web) -> None:
    cards = [" ".join(card.get_text(" ").split()) for card in web.get().soup.select("details.answer")]
    assert [card.split(" Note ")[0] for card in cards[:2]] == [
        "Raise the memory to 4096 MiB Adds risk or cost A new revision of the task is deployed with 4096 MiB. "
        "Both strategies stop for about two minutes.",
        "Start trading again Adds risk or cost Needs 2 people Entries are taken again. "
        "2 people have to choose this, each by a link or an identity of their own.",
    ]
    assert "Keep waiting Changes nothing" in cards[2]
    assert "By choosing it you declare: No order works at the venue." in cards[2]
    assert "at most 60" in cards[2]


def test_who_else_was_asked_and_whether_they_were_reached(web: Web) -> None:
    web.change(
        asked=(
            asked(ANA),
            asked(BEN, mail=MailStatus.REFUSED),
            asked(CLEO, 1, message_id=None),
            replace(asked(BEN, 2, mail=MailStatus.NO_ADDRESS), at=NOW + timedelta(minutes=10)),
        )
    )
    text = web.get().text
    assert "Ana (you) mail sent, at once, 03:00:00 UTC" in text
    assert "Ben not reached: the mail was refused, at once" in text
    assert "Cleo mail on its way, second wave" in text
    assert "Ben paged, has no mail address, third wave, 03:10:00 UTC" in text


def test_a_mail_that_was_sent_again_is_shown_once(web: Web) -> None:
    web.change(asked=(asked(ANA, mail=MailStatus.NOT_REACHED), asked(BEN), asked(ANA)))
    assert web.get().text.count("Ana (you) mail sent") == 1
    assert "not reached" not in web.get().text


def test_members_of_a_storm_are_named(web: Web) -> None:
    web.change(members=tuple(Member(f"apr-{n}", f"inc-{n}", f"Raise it for s{n}?", "X1") for n in range(102)))
    text = web.get().text
    assert "Your answer counts for 102 more of the same" in text
    assert "Raise it for s0? about X1, incident inc-0" in text
    assert "and 2 more of the same" in text


def test_a_member_says_with_which_request_it_is_answered(web: Web) -> None:
    web.change(parent="apr-parent")
    assert "Answered with apr-parent" in web.get().text


def test_a_decision_says_who_when_with_what_note_and_why_one_was_enough(web: Web) -> None:
    made = Decision("resume", (ANA, "dee"), NOW, "calm\nagain", NOW + timedelta(hours=1), "the second was silent")
    web.change(standing=Standing.DECIDED, delivery=Delivery.DUE, decision=made)
    text = web.get().text
    for told in (
        "Decided: Start trading again By Ana and dee At 03:00 UTC, 1 Mar 2026 Until 04:00 UTC, 1 Mar 2026",
        "What it does Entries are taken again.",
        "Why one was enough the second was silent",
        "Where it is Being handed to the run",
        "calm again",
        "What could be answered",
    ):
        assert told in text
    assert not web.get().has_form()
    assert "Lapses" not in text


def test_a_decision_whose_option_is_not_known_any_more_is_named_by_its_id(web: Web) -> None:
    web.change(standing=Standing.DECIDED, decision=Decision("gone", (ANA,), NOW))
    assert "Decided: gone By Ana" in web.get().text
    web.change(decision=None)
    assert "Decided" in web.get().text


@pytest.mark.parametrize(
    ("standing", "told", "again"),
    [
        (Standing.LAPSED, "Lapsed: nobody decided in time At 03:15 UTC", True),
        (Standing.UNREACHED, "Nobody could be reached What was done Nothing was changed", True),
        (Standing.REVOKED, "Withdrawn: the run has ended What now Look at the incident.", False),
        (Standing.SUPERSEDED, "Replaced by a newer request What now The run has asked again since.", False),
    ],
)
def test_every_end_says_what_happened_and_what_now(web: Web, standing: Standing, told: str, again: bool) -> None:
    web.change(standing=standing)
    said = web.get()
    assert said.status == 200
    assert told in said.text
    assert said.values("again") == (["1"] if again else [])
    assert said.has_form() == again


def test_an_acknowledged_lapse_names_who_did_it(web: Web) -> None:
    web.change(standing=Standing.LAPSED, acknowledged_by=BEN)
    assert "Acknowledged by Ben" in web.get().text
    assert "until somebody acknowledges it" not in web.get().text


def test_between_the_last_second_and_the_sweeper_the_page_says_that_it_is_over(web: Web) -> None:
    web.world.advance(minutes=16)
    said = web.get()
    assert "The time is over It ended 60 s ago" in said.text
    assert not said.has_form()


def test_my_own_answer_is_marked_and_can_be_given_again(web: Web) -> None:
    web.answer(ANA, "resume")
    said = web.get(ANA)
    assert "Start trading again Adds risk or cost Needs 2 people Your answer so far" in said.text
    assert said.values("decision") == ["raise", "resume", "wait", "reject"]
    assert "Your answer so far" not in web.get(BEN).text


def test_who_looked_and_who_only_opened_it_are_told_apart(web: Web) -> None:
    web.change(
        seen=(
            Seen(Voter(BEN, "link", "192.0.2.1", "x"), NOW, looking=False),
            Seen(Voter(CLEO, "iam", "192.0.2.2", "y"), NOW, looking=True),
        )
    )
    text = web.get().text
    assert "Cleo is looking, said at 03:00:00 UTC" in text
    assert "Opened by Ben." in text
    assert "192.0.2" not in text


def test_strategies_are_named_up_to_a_dozen_then_counted(web: Web) -> None:
    item = web.world.item("incidents", web.stands.incident_id) or {}
    web.world.put("incidents", {**item, "strategy_ids": [f"s{n}" for n in range(15)]})
    assert "s10, s11 and 3 more. Incident" in web.get().text
    web.world.put("incidents", {**item, "strategy_ids": []})
    assert "For the whole service. Incident" in web.get().text


@pytest.mark.parametrize("risk", list(Risk))
def test_a_risk_is_said_in_words_and_not_by_its_colour_alone(risk: Risk) -> None:
    web = Web(approval(question=question(options=(replace(RAISE, risk=risk),))))
    words = {"none": "Changes nothing", "reduces": "Reduces risk", "adds": "Adds risk or cost"}
    assert words[risk.value] in web.get().text


# --- usable by everybody


def pages(web: Web) -> list[Tag]:
    """The page in every state that has something of its own."""
    wrong = web.answer(ANA, "wait", confirm="no", until_minutes="5")
    looking = web.post(web.get().form(looking="1"))
    web.change(votes=(Vote(Voter(BEN, "link", "x", "y"), "resume", NOW, note="fine"),))
    found = [web.get(), wrong, looking]
    web.change(standing=Standing.LAPSED)
    found.append(web.get())
    return [said.soup for said in found]


def test_every_field_has_a_label_every_id_is_there_once_and_every_reference_leads_somewhere(web: Web) -> None:
    for soup in pages(web):
        ids = [str(tag["id"]) for tag in soup.select("[id]")]
        assert len(set(ids)) == len(ids)
        for field in soup.select("input:not([type=hidden]), textarea"):
            assert soup.select(f'label[for="{field["id"]}"]'), field
        named = [
            str(tag[name]) for name in ("aria-labelledby", "aria-describedby") for tag in soup.select(f"[{name}]")
        ]
        for reference in " ".join(
            [*named, *(str(a["href"]).removeprefix("#") for a in soup.select("a[href]"))]
        ).split():
            assert reference in ids, reference


def test_there_are_landmarks_one_heading_of_the_first_rank_and_no_rank_is_left_out(web: Web) -> None:
    for soup in pages(web):
        assert [len(soup.select(name)) for name in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]
        assert {tag.name for tag in soup.select("h1, h2, h3, h4")} == {"h1", "h2"}
        html = soup.select_one("html")
        assert html is not None
        assert html["lang"] == "en"
        assert soup.select_one("meta[name=viewport]") is not None


def test_a_page_that_only_shows_has_no_way_to_answers() -> None:
    web = Web(approval(standing=Standing.REVOKED))
    assert web.get().soup.select("a.skip") == []


def test_an_error_is_said_at_its_field_and_at_the_head(web: Web) -> None:
    said = web.answer(ANA, "raise", confirm="no")
    assert len(said.soup.select("[role=alert]")) == 1
    (field,) = said.soup.select("[aria-invalid]")
    spoken = [said.soup.select_one(f'[id="{name}"]') for name in str(field["aria-describedby"]).split()]
    assert any("not the phrase" in one.get_text() for one in spoken if one is not None)


def test_everything_that_is_touched_is_large_enough_and_the_focus_is_seen() -> None:
    style = str(css())
    for rule in ("button {", "input, textarea {", "summary {"):
        found = re.search(re.escape(rule) + r"[^}]*min-height: ([\d.]+)rem", style)
        assert found, rule
        assert float(found[1]) * 16 >= 44
    assert ":focus-visible { outline: 3px solid" in style
    assert "outline: none" not in style
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert "@import" not in style


def luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_contrast_enough_in_light_and_dark(scheme: int) -> None:
    blocks = re.findall(r":root \{(.*?)\n *\}", str(css()), re.DOTALL)
    assert len(blocks) == 2
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme]))
    grounds = ("ground", "sheet")
    pairs = [(text, on) for text in ("ink", "soft", "act", "good", "warn", "bad") for on in grounds]
    pairs += [("ink", "sunk"), ("on-act", "act")]
    pairs += [(text, f"{tone}-ground") for tone in ("good", "warn", "bad") for text in (tone, "ink")]
    for text, on in pairs:
        assert contrast(colors[text], colors[on]) >= 4.5, f"{text} on {on}"
    for line in ("field", "focus"):
        for on in grounds:
            assert contrast(colors[line], colors[on]) >= 3, f"{line} on {on}"


def test_no_template_turns_the_escaping_off() -> None:
    for path in Path(TEMPLATES).glob("*.j2"):
        source = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe|autoescape|Markup|style=|\bon\w+=|<script", source), path.name


MANY = (
    Member("apr-2", "inc-2", "Close ETHUSDT?", "ETHUSDT", (Line("Size", "3 ETH"), Line("Loss", "-120 USDT"))),
    Member("apr-3", "inc-3", "Close SOLUSDT?", "SOLUSDT", (Line("Size", "40 <b>SOL</b>"),)),
)


def test_who_answers_for_many_sees_what_each_is_about_and_types_for_how_many(web: Web) -> None:
    web.change(members=MANY)
    said = web.get()
    for told in (
        "Your answer counts for 2 more of the same This request itself is about SIZE8.",
        "Close ETHUSDT? about ETHUSDT, incident inc-2 Size 3 ETH Loss -120 USDT",
        "Close SOLUSDT? about SOLUSDT, incident inc-3 Size 40 <b>SOL</b>",
    ):
        assert told in said.text
    fields = said.soup.select("[name=confirm]")
    assert {str(field["data-target"]) for field in fields} == {"ALL3"}
    assert "ALL3 is the second word" in said.text
    assert web.answer(ANA, "raise", confirm="raise size8").status == 422
    assert web.answer(ANA, "raise", confirm="raise all3").status == 200


def test_a_member_whose_text_holds_the_phrase_gives_it_away_to_nobody(web: Web) -> None:
    web.change(members=(replace(MANY[0], title="RAISE ALL2 now?", facts=(Line("log", "raise all2"),)),))
    said = web.get()
    target = str(said.soup.select("[name=confirm]")[0]["data-target"])
    assert target.startswith("ALL2-")
    assert normal(f"RAISE{target}") not in normal(said.text)


def test_asking_again_starts_one_run_and_is_typed_with_what_that_one_is_about(web: Web) -> None:
    web.change(members=MANY, standing=Standing.LAPSED)
    web.world.put("incidents", {**(web.world.item("incidents", INCIDENT) or {}), "ended_at": NOW.isoformat()})
    said = web.get()
    assert "It starts for this request alone" in said.text
    assert str(said.soup.select("[name=confirm]")[0]["data-target"]) == "SIZE8"
    assert web.post({**said.form(again="1"), "confirm": "again all3"}).status == 422
    assert web.post({**web.get().form(again="1"), "confirm": "again size8"}).status == 200
