"""The one form of report: what stands in it, in which order, and that nothing from outside does anything."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from functions.facts import Outcome
from functions.history import History, StateSpan
from functions.rules.reporting.addresses import alarm_url, execution_url, log_group_url
from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.incident import Incident, Place
from functions.rules.reporting.incident import told as as_told
from functions.rules.reporting.lines import BREAK, TYPED
from functions.rules.reporting.own import Own, own_of, stored
from functions.rules.reporting.questions import questions_of
from functions.rules.reporting.report import documents, sections
from functions.rules.reporting.short import title_of
from functions.rules.reporting.timeline import timeline_of

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
PLACE = Place("dev", "eu-central-1", "/ecs/tradai-strategy-service-dev", ("tradai-dev-heartbeat-stale",))
ARN = "arn:aws:states:eu-central-1:111111111111:execution:tradai-dev-stale-heartbeat:night"
CHILD = "arn:aws:states:eu-central-1:111111111111:execution:tradai-dev-redeploy-service:child"


def at(minutes: float) -> str:
    return (NOW + timedelta(minutes=minutes)).isoformat()


APPROVAL = {
    "approval_id": "apr-1", "title": "Close p1?", "asked_at": at(1), "lapses_at": at(11), "standing": "decided",
    "requester": None,
    "options": [{"id": "close", "label": "Close at market"}, {"id": "leave", "label": "Leave it"}],
    "asked": [{"person": "ana", "name": "Ana Lima", "at": at(1), "mail": "delivered", "why": None}],
    "seen": [{"person": "ana", "at": at(2), "via": "link"}],
    "votes": [{"person": "ana", "option": "close", "at": at(3), "note": "go", "via": "link"}],
    "replaced_votes": [{"person": "ana", "option": "leave", "at": at(2.5), "note": None, "via": "link"}],
    "decision": {
        "option": "close", "by": ["ana"], "at": at(3), "note": "go", "until": None, "why_alone": "ben is silent"
    },
}  # fmt: skip
ITEM: dict[str, Any] = {
    "incident_id": "inc-1", "runbook": "stale-heartbeat", "execution_arn": ARN, "opened_at": at(0),
    "ended_at": at(5), "closed_at": at(5), "outcome": "resolved", "summary": "Resolved and verified: one was stale",
    "cause": "service_crashed", "root_cause": "service_crashed", "alarm_name": "tradai-dev-heartbeat-stale",
    "requested_by": None, "strategy_ids": ["s1"], "position_ids": ["p1"], "pnl_impact": "+550.00 USDT",
    "not_proven": ["orders"],
    "told": {
        "known": ["the service had no task"], "done": ["redeployed"], "not_done": ["s2 was left"],
        "unknown": ["whether s3 trades"], "exposure": ["p1 is open"],
    },
    "open_questions": ["What lies behind service_crashed?"],
    "evidence": [{"what": "heartbeat", "where": "s1", "value": "130 s old, status running", "at": at(0)}],
    "actions": [{
        "action": "redeploy the service", "target": "svc", "result": "done", "before": "2 tasks",
        "after": "ecs-svc/2", "by": ARN, "at": at(2),
    }],
    "checklist": [{
        "id": "heartbeats", "question": "Do all heartbeats come?", "result": "pass", "value": "5 of 5",
        "source": "trading state", "query": "Scan status, last_heartbeat", "at": at(4), "concerns": "run",
    }, {
        "id": "alarms", "question": "Is no alarm on?", "result": "fail", "value": "disk-full is on",
        "source": "alarms", "query": "DescribeAlarms", "at": at(4), "concerns": "before",
        "began_at": at(-60), "incident_id": "inc-9",
    }],
    "approvals": [APPROVAL],
    "follow_up": [{"field": "prevention", "text": "more memory", "by": "ana", "at": at(60)}],
}  # fmt: skip


def incident(**more: Any) -> Incident:
    return Incident({**ITEM, **more}, PLACE, NOW + timedelta(minutes=6))


def part(it: Incident, title: str) -> Section:
    return next(one for one in sections(it) if one.title.startswith(title))


def rows(section: Section) -> list[tuple[str, ...]]:
    return [row for table in section.tables for row in table.rows]


def short(it: Incident) -> dict[str, str]:
    """As a person reads it: what is typed between backticks, one line below the other."""
    found = rows(part(it, "In short"))
    return {row[0]: row[1].replace(TYPED, "`").replace(BREAK, "\n") for row in found}


def history() -> History:
    later = NOW + timedelta(minutes=2)
    spans = (
        StateSpan("stale-heartbeat", ARN, "FindStale", "Task", NOW, NOW + timedelta(minutes=1)),
        StateSpan("redeploy-service", CHILD, "Redeploy", "Task", later, later + timedelta(minutes=1)),
    )
    return History(ARN, "stale-heartbeat", "SUCCEEDED", NOW, NOW + timedelta(minutes=5), spans, 12, ("x: gone",))


def whole() -> Incident:
    own = Own(
        title="Stuck position p1",
        short=(("position", "long 1"), ("money", "-1 USDT in all")),
        causes=("Margin was short.",),
        sections=(Section("The position", ("long",), (Table(("a", "b", "c"), (("1", "2", "3"),)),)),),
        money=(Section("P&L impact", ("-1",)),),
    )
    drawn = timeline_of(ITEM, history(), end=NOW + timedelta(minutes=5))
    return replace(
        incident(), own=own, history=history(), timeline=drawn, picture='<svg role="img"></svg>', final=True
    )


def test_the_parts_stand_in_the_order_of_the_page() -> None:
    assert [one.title for one in sections(whole())] == [
        "In short",
        "Open questions",
        "What happened, and why",
        "Timeline (UTC)",
        "What was done",
        "Approvals",
        "The position",
        "Checklist",
        "P&L impact",
        "Root cause, prevention and notes of people",
        "Left to a person",
        "Links (AWS console, with your own rights)",
        "Evidence",
    ]


def test_in_short_it_says_what_why_who_money_proven_and_left() -> None:
    assert short(incident()) == {
        "what happened": "Resolved; NOT PROVEN: order execution.\n"
        "1 strategy had sent no heartbeat: s1.\n"
        "Cured by: redeploy the service (svc).",
        "why": "The strategy service had crashed: none of its tasks ran.",
        "who decided": 'Ana Lima [personal link], alone: ben is silent: Close at market ("go").',
        "money": "+550.00 USDT",
        "proven": "1 of 2 checks pass: fresh heartbeats.\nRedeployed.",
        "not proven": "Order execution.",
        "beside this run": "FAILS, and is not this run's: An alarm is up - disk-full is on, "
        "since 2026-03-01 02:00:00 UTC (incident inc-9).",
        "left to a person": "s2 was left.\nNot known: whether s3 trades.\n"
        "Look again at what is not proven (order execution): "
        '`runbooks start verify-trading --env dev --input \'{"requested_by": "YOU"}\'`\n'
        "Beside this run: An alarm is up. See `runbooks incidents show inc-9 --env dev`\n"
        "Write down what lay behind it and what prevents it: "
        '`runbooks incidents note inc-1 --root-cause "..." --env dev`',
        "strategies, positions": "s1, p1",
        "when": "2026-03-01 03:00:00 UTC to 2026-03-01 03:05:00 UTC (took 5 min)",
        "started by": "the alarm tradai-dev-heartbeat-stale",
        "incident": "inc-1, as of 2026-03-01 03:06:00 UTC",
    }


def test_a_runbooks_own_rows_stand_behind_the_first_or_in_the_place_of_the_general_ones() -> None:
    found = short(whole())
    assert list(found)[:3] == ["what happened", "position", "why"]
    assert found["money"] == "-1 USDT in all"


@pytest.mark.parametrize(
    ("fields", "title", "first"),
    [
        ({}, "stale-heartbeat in dev: resolved; not proven: order execution", "First edition"),
        ({"not_proven": []}, "stale-heartbeat in dev: resolved", "First edition"),
        ({"dry_run": True, "outcome": "dry_run"}, "Dry run: stale-heartbeat in dev: dry run", "Dry run: nothing"),
        (
            {"dry_run": True, "drill": True, "outcome": "dry_run"},
            "DRILL: stale-heartbeat in dev: dry run",
            "DRILL: this was practised",
        ),
        ({"outcome": None}, "stale-heartbeat in dev: not over yet", "First edition"),
    ],
)
def test_a_drill_and_a_dry_run_say_so_in_title_and_first_line(
    fields: dict[str, Any], title: str, first: str
) -> None:
    it = incident(**fields)
    assert title_of(it) == title
    assert part(it, "In short").lines[0].startswith(first)
    text = documents(it)["report.md"][0]
    assert text.splitlines()[0] == f"# {title}"


def test_a_dry_run_says_of_its_acts_that_they_would_have_been_done() -> None:
    assert [one.title for one in sections(incident(dry_run=True))][3] == "What would have been done"


def test_who_asked_whom_and_who_looked_voted_and_decided_stands_step_by_step() -> None:
    assert [row[1:] for row in rows(part(incident(), "Approvals"))] == [
        ("the run", "asked", "Close p1?, answer by 2026-03-01 03:11:00 UTC"),
        ("Ana Lima", "was asked by mail", "delivered"),
        ("Ana Lima", "looked at it", "by personal link"),
        ("Ana Lima", "voted, and changed it later", "Leave it (by personal link)"),
        ("Ana Lima", "voted", "Close at market: go (by personal link)"),
        ("Ana Lima", "decided", "Close at market; note: go; decided alone: ben is silent; approval apr-1"),
    ]


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        ("lapsed", "nobody answered in time"),
        ("unreached", "nobody could be reached"),
        ("revoked", "withdrawn unanswered"),
        ("pending", "nobody has answered yet"),
    ],
)
def test_a_question_that_nobody_answered_says_so(standing: str, told: str) -> None:
    open_one = {**APPROVAL, "standing": standing, "decision": None, "trouble": ["mail bounced"]}
    it = incident(approvals=[open_one])
    assert short(it)["who decided"] == f"{told[0].upper()}{told[1:]}: Close p1?"
    assert rows(part(it, "Approvals"))[-1][2:] == (f"undecided: {standing}", "mail bounced")


def test_a_decision_in_an_emergency_says_whether_it_was_ratified() -> None:
    glass = {"ratify_by": at(60), "ratified_by": None, "note": None}
    told = rows(part(incident(approvals=[{**APPROVAL, "glass": glass}]), "Approvals"))[-1]
    assert told == ("2026-03-01 04:00:00 UTC", "none", "decided in an emergency: not ratified yet", "none")


def test_acts_tell_before_after_and_by_whom() -> None:
    (row,) = rows(part(incident(), "What was done"))
    assert row == (
        "2026-03-01 03:02:00 UTC", "redeploy the service", "svc", "done", "2 tasks", "ecs-svc/2",
    )  # fmt: skip
    person = {"action": "pause", "target": "s1", "result": "done", "by": "ana", "at": at(3)}
    whose = [one[-1] for one in rows(part(incident(actions=[*ITEM["actions"], person]), "What was done"))]
    assert whose == ["the run itself", "ana"], "where somebody else acted too, each says who"


def test_orders_that_a_section_of_its_own_tells_stand_only_there() -> None:
    order = {"action": "close 1 at 59700 or better", "target": "rb1", "result": "done", "by": ARN, "at": at(2)}
    other = {"action": "withdraw a pause", "target": "rb1", "result": "done", "by": ARN, "at": at(2)}
    it = replace(incident(actions=[order, other]), own=Own(acts_told=("rb1",)))
    found = part(it, "What was done")
    assert [row[1] for row in rows(found)] == ["withdraw a pause"]
    assert found.lines == ("1 order at the exchange stands below, under 'Orders sent to the exchange'.",)


def test_the_checklist_tells_question_result_value_source_query_and_whom_a_failure_concerns() -> None:
    good, bad = rows(part(incident(), "Checklist"))
    assert good == (
        "Do all heartbeats come?", "pass", "5 of 5", "trading state", "Scan status, last_heartbeat",
        "2026-03-01 03:04:00 UTC",
    )  # fmt: skip
    assert bad[2] == "disk-full is on; failed before this run; since 2026-03-01 02:00:00 UTC; incident inc-9"


def test_a_list_that_was_cut_says_how_many_there_are_and_where_the_whole_lies() -> None:
    acts = [
        {"action": "stop", "target": f"s{n}", "result": "done", "by": ARN, "at": at(n / 60)} for n in range(200)
    ]
    acts[150]["result"], acts[199]["result"] = "unknown", "not_done"
    more = {"actions": acts, "actions_total": 1_000, "actions_counts": {"done": 998, "unknown": 1, "not_done": 1}}
    it = replace(incident(**more), place=replace(PLACE, details="https://s3.console.aws.amazon.com/x"))
    found = part(it, "What was done")
    assert found.lines == (
        "1000 in all (998 done, 1 not_done, 1 unknown), of which 200 stand here; the whole list: "
        "https://s3.console.aws.amazon.com/x.",
    )
    assert [row[2] for row in rows(found)[:3]] == ["s150", "s199", "s0"], "what did not go well comes first"
    assert part(incident(evidence_total=900), "Evidence").lines == (
        "900 pieces in all; what stands further up is not told again.",
        "The incident holds 1 of them.",
    )


def test_what_people_wrote_afterwards_stands_with_author_and_time_and_what_is_missing_is_said() -> None:
    found = part(incident(), "Root cause, prevention")
    assert rows(found) == [("prevention", "more memory", "ana", "2026-03-01 04:00:00 UTC")]
    assert found.lines == ("Nobody has written down yet: root cause.",)


def test_links_are_console_addresses_of_execution_children_logs_and_alarms_never_presigned() -> None:
    found = {one.name: one.url for one in part(whole(), "Links").links}
    assert found == {
        "run of stale-heartbeat": execution_url("eu-central-1", ARN),
        "run of redeploy-service": execution_url("eu-central-1", CHILD),
        f"log of the strategy service ({PLACE.log_group})": log_group_url("eu-central-1", PLACE.log_group),
        "alarm tradai-dev-heartbeat-stale": alarm_url("eu-central-1", "tradai-dev-heartbeat-stale"),
    }
    text = documents(whole())["report.md"][0]
    assert all(url.startswith("https://eu-central-1.console.aws.amazon.com/") for url in found.values())
    assert all(url.partition("#")[0] in text for url in found.values())
    assert "X-Amz" not in text


def test_several_executions_of_one_machine_are_told_apart_by_when_they_began() -> None:
    second = f"{CHILD}-2"
    found = history()
    again = StateSpan("redeploy-service", second, "Redeploy", "Task", NOW + timedelta(minutes=3), None)
    it = replace(whole(), history=replace(found, spans=(*found.spans, again)))
    names = {one.url: one.name for one in part(it, "Links").links}
    assert names[execution_url("eu-central-1", CHILD)] == "run of redeploy-service (03:02:00 UTC)"
    assert names[execution_url("eu-central-1", second)] == "run of redeploy-service (03:03:00 UTC)"


def test_a_log_groups_address_is_escaped_as_the_console_does() -> None:
    assert log_group_url("eu-central-1", "/ecs/a").endswith("#logsV2:log-groups/log-group/$252Fecs$252Fa")


def test_the_timeline_stands_as_picture_and_in_words_and_names_what_is_not_in_it() -> None:
    found = part(whole(), "Timeline")
    assert found.picture == '<svg role="img"></svg>'
    assert any("redeploy the service" in line for line in found.lines)
    assert found.lines[-1] == "Not in it: x: gone"
    page, text = (documents(whole())[name][0] for name in ("report.html", "report.md"))
    assert '<svg role="img"></svg>' in page
    assert "svg" not in text
    assert "redeploy the service" in text


def test_an_incident_of_which_nothing_is_known_says_so_everywhere() -> None:
    it = Incident({"incident_id": "inc-1"}, PLACE, NOW, unread=("the execution's history: gone",))
    lines = [line for one in sections(it) for line in one.lines]
    for told in (
        "The run has not ended.",
        "Nothing was changed.",
        "Nobody was asked.",
        "Not walked.",
        "Not measured.",
        "No evidence was kept.",
    ):
        assert told in lines, told
    found = short(it)
    assert found["what happened"] == "The run has not ended."
    assert found["why"] == "Not found yet."
    assert (found["proven"], found["money"]) == ("Nothing yet.", "Not measured.")
    assert found["left to a person"] == "Could not be read for this report: the execution's history: gone"
    assert found["started by"].startswith("nobody named")


def test_a_run_that_proved_nothing_does_not_claim_that_nothing_is_unproven() -> None:
    ended = Incident({"incident_id": "inc-1", "ended_at": at(1), "outcome": "failed"}, PLACE, NOW)
    found = short(ended)
    assert found["proven"] == "Nothing: the run ended before it could prove anything."
    assert found["what happened"] == "THE RUN ITSELF FAILED before its end."
    unknown = {"id": "orders", "question": "Do orders work?", "result": "unknown", "value": "no answer"}
    failed = {"id": "signals", "question": "Signals?", "result": "fail", "value": "0 of 1", "concerns": "run"}
    skipped = {"id": "alarms", "question": "Alarms?", "result": "skipped", "value": "asleep: why"}
    told = short(incident(not_proven=["orders"], checklist=[unknown, failed, skipped]))["not proven"]
    assert told.split("\n") == [
        "FAIL: signals processed - 0 of 1.",
        "UNKNOWN: order execution - no answer.",
        "Not asked (asleep): quiet alarms.",
    ]
    others = {**unknown, "id": "positions"}
    many = short(incident(not_proven=[], checklist=[unknown, others]))["not proven"]
    assert many == "UNKNOWN: order execution; positions accounted for."
    assert "not proven" not in short(incident(not_proven=[], checklist=ITEM["checklist"][:1]))


def test_what_was_done_is_told_where_the_checklist_says_what_is_proven() -> None:
    assert "Redeployed." in short(incident())["proven"]
    assert "Known: the service had no task" in part(incident(), "What happened").lines


def test_a_cause_is_told_in_words_and_with_one_full_stop() -> None:
    assert short(incident(cause="exchange_down"))["why"].startswith("The exchange did not answer")
    assert short(incident(cause="margin."))["why"] == "Margin."
    stuck = incident(runbook="stuck-position", cause="rejected: -2019 margin.", root_cause="rejected: the key.")
    assert short(stuck)["why"] == "The exchange rejected the exit order.\n-2019 margin."
    told = "Root cause, as the run found it: The exchange rejected the exit order. the key."
    assert told in part(stuck, "What happened").lines


def test_a_requests_steps_stand_by_time_and_say_what_each_mail_was_for() -> None:
    mails = [("ana", 1), ("ana", 6), ("ben", 6), ("ana", 11.1)]
    asked = [{"person": who, "name": who, "at": at(when), "mail": "delivered"} for who, when in mails]
    lapsed = {**APPROVAL, "standing": "lapsed", "decision": None, "votes": [], "replaced_votes": [], "asked": asked}
    found = rows(part(incident(approvals=[lapsed]), "Approvals"))
    assert [row[0] for row in found] == sorted(row[0] for row in found)
    assert [row[1:3] for row in found] == [
        ("the run", "asked"),
        ("ana", "was asked by mail"),
        ("ana", "looked at it"),
        ("ana", "was reminded by mail"),
        ("ben", "was asked by mail"),
        ("none", "undecided: lapsed"),
        ("ana", "was told by mail that nobody decided"),
    ]


def test_acts_stand_by_time() -> None:
    acts = [{"action": name, "at": at(when)} for name, when in (("later", 3), ("first", 1), ("second", 2))]
    assert [row[1] for row in rows(part(incident(actions=acts), "What was done"))] == ["first", "second", "later"]


def test_a_dry_run_that_stops_before_its_acts_says_what_it_would_have_changed() -> None:
    would = {"not_done": ["widen the limit offset: would change: s1: limit_offset_bps 5 to 10"]}
    found = part(incident(dry_run=True, actions=[], told=would), "What would have been done")
    assert found.lines == ("Widen the limit offset: would change: s1: limit_offset_bps 5 to 10.",)


def test_a_dry_run_without_acts_says_that_nothing_would_have_been_changed() -> None:
    found = part(incident(dry_run=True, actions=[]), "What would have been done")
    assert found.lines == ("Nothing would have been changed.",)


def test_a_column_in_which_nothing_stands_is_left_away() -> None:
    found = part(incident(checklist=[{"id": "orders", "result": "pass", "at": at(1)}]), "Checklist")
    assert found.tables[0].heads == ("question", "result", "at")
    assert rows(found) == [("orders", "pass", "2026-03-01 03:01:00 UTC")]


def test_words_that_leave_something_out_say_so() -> None:
    drawn = timeline_of(ITEM, history(), end=NOW + timedelta(minutes=5))
    assert drawn is not None
    whole = replace(incident(), timeline=replace(drawn, cut=3))
    assert "The picture leaves out 3 of these; the words do not." in part(whole, "Timeline").lines
    short_words = replace(incident(), timeline=replace(drawn, cut=3, told=("03:00 one", "and 7 more")))
    told = "The picture leaves out 3 of these; the words leave out the later ones too."
    assert told in part(short_words, "Timeline").lines


@pytest.mark.parametrize("poison", ["x", 7, None, ["x"], {"a": 1}, [None], [["x"]]])
def test_fields_of_any_shape_make_a_report(poison: Any) -> None:
    """An incident's fields are whatever their writers gave."""
    lists = ("evidence", "actions", "checklist", "approvals", "follow_up")
    for name in ("summary", "told", "open_questions", "strategy_ids", "opened_at", "not_proven"):
        documents(incident(**{name: poison}))
    if isinstance(poison, list) or poison is None:
        documents(incident(**dict.fromkeys(lists, poison)))


def filled(words: str) -> Incident:
    """Everything that comes from outside is `words`."""

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept if key in KEPT else put(kept) for key, kept in value.items()}
        if isinstance(value, list):
            return [put(one) for one in value]
        return words if isinstance(value, str) else value

    own = Own(
        title=words,
        short=((words, words),),
        causes=(words,),
        sections=(Section(words, (words,), (Table((words, words, words), ((words, words, words),)),)),),
        money=(Section("P&L", (words,)),),
    )
    return replace(incident(), item=put(ITEM), own=own, unread=(words,))


# Times, and what the form itself depends on.
KEPT = frozenset(
    {"asked_at", "lapses_at", "at", "began_at", "opened_at", "ended_at", "closed_at", "result", "field", "standing",
     "id", "person", "by", "option", "concerns", "execution_arn"}
)  # fmt: skip
POISON = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> \"'>&lt; </td></table> [a](http://evil.example) "
    "![b](x) `c` | d\n# e\n- f \u202e\u200b\x00 **g** __h__ ~~i~~ @j $k$ apiSecret=hunter2"
)


def shape(it: Incident) -> list[str]:
    page = BeautifulSoup(documents(it)["report.html"][0], "html.parser")
    return [tag.name for tag in page.find_all() if tag.name != "wbr"]


def harmless(words: str) -> str:
    """Words as long as these: what is left away because it stands above depends on that."""
    return re.sub(r"\S", "x", as_told(words))


def rendered(it: Incident) -> list[str]:
    """The kinds of what a reader of Markdown sees, without the text."""
    reader = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    tokens = reader.parse(documents(it)["report.md"][0])
    return [one.type for token in tokens for one in (token, *(token.children or ())) if one.type != "text_special"]


def test_markup_direction_marks_and_secrets_from_outside_are_text_or_gone() -> None:
    bad = filled(POISON)
    assert shape(bad) == shape(filled(harmless(POISON)))
    page, text = (documents(bad)[name][0] for name in ("report.html", "report.md"))
    for found in (page, text):
        assert "hunter2" not in found
        assert not {"\u202e", "\u200b", "\x00"} & set(found)
    assert "<script>alert(1)</script>" in BeautifulSoup(page, "html.parser").get_text()


@settings(deadline=None, max_examples=60)
@given(words=st.text(st.sampled_from("`<>[]()!*_#|\n\r\t \\ab~$&;"), max_size=30))
def test_no_text_from_outside_becomes_markup(words: str) -> None:
    shown = f"a{words}b"
    like_it = filled(harmless(shown))
    assert shape(filled(shown)) == shape(like_it)
    assert [one for one in rendered(filled(shown)) if one not in ("text", "softbreak")] == [
        one for one in rendered(like_it) if one not in ("text", "softbreak")
    ]


def test_what_a_runbook_tells_of_its_own_comes_back_as_it_was_but_for_pictures() -> None:
    own = whole().own
    assert own_of(stored(own)) == own
    drawn = replace(own, sections=(replace(own.sections[0], picture="<script></script>"),))
    assert own_of(stored(drawn)) == own


@pytest.mark.parametrize("text", ["", "[]", "7", '{"sections": 7}', '{"sections": ["x"]}', '{"short": 7}', "{"])
def test_what_is_no_section_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        own_of(text)


def test_questions_are_the_runbooks_own_or_the_one_of_every_incident_and_what_is_left() -> None:
    asked = questions_of(
        Outcome.ESCALATED, "database_unreachable", runbook="stale-heartbeat", not_done=("a",), unknown=("b",)
    )
    assert asked == (
        "What lies behind it (The database was not reachable), and what keeps it from happening again?",
        "Left to a person: a",
        "Not known: b",
    )
    assert questions_of(Outcome.RESOLVED, "resume asked for: x", runbook="resume-trading") == ()
    assert questions_of(Outcome.RESOLVED, None)[0].startswith("What was the cause")
    assert questions_of(Outcome.RESOLVED, "x", own=("Why?",)) == ("Why?",)


@pytest.mark.parametrize("outcome", ["nothing_to_do", "duplicate", "delegated", "dry_run", "invalid_input"])
def test_a_run_that_met_nothing_asks_nothing(outcome: str) -> None:
    assert questions_of(Outcome(outcome), None, own=("Why?",), not_done=("the whole run",)) == ()
