"""What a timeline tells of an incident and of the execution that it happened in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.history import History, StateSpan
from functions.rules.reporting.timeline import (
    MOST_BARS,
    MOST_LANES,
    MOST_MARKS,
    Bar,
    Lane,
    Mark,
    Timeline,
    Tone,
    timeline_of,
)

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
END = AT + timedelta(hours=1)
RUN = "arn:aws:states:eu-central-1:123456789012:execution:tradai-prod-stale-heartbeat:run"


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def iso(seconds: float) -> str:
    return after(seconds).isoformat()


def item(**more: Any) -> dict[str, Any]:
    return {
        "opened_at": iso(0),
        "ended_at": iso(600),
        "closed_at": iso(600),
        "outcome": "resolved",
        "alarm_name": "heartbeat-stale",
        "alarm_at": iso(-20),
        **more,
    }


def span(state: str, start: float, end: float | None, kind: str = "Task", **more: Any) -> StateSpan:
    given: dict[str, Any] = {"machine": "stale-heartbeat", "execution_arn": RUN, **more}
    return StateSpan(
        state=state, kind=kind, entered_at=after(start), left_at=None if end is None else after(end), **given
    )


def history(*spans: StateSpan) -> History:
    return History(RUN, "stale-heartbeat", "SUCCEEDED", AT, after(600), spans, 10)


def drawn(found: dict[str, Any], told: History | None = None, end: datetime = END) -> Timeline:
    timeline = timeline_of(found, told, end=end)
    assert timeline is not None
    return timeline


def lane(timeline: Timeline, name: str) -> Lane:
    return next(one for one in timeline.lanes if one.name.startswith(name))


def test_the_incident_is_told_from_the_alarm_to_its_close() -> None:
    timeline = drawn(item(notified_at=iso(601)), history())
    found = lane(timeline, "Incident")
    assert found.bars == (Bar(AT, after(600), "resolved", Tone.GOOD, "the incident is opened"),)
    assert [mark.label for mark in found.marks] == [
        "alarm heartbeat-stale",
        "closed: resolved",
        "people were notified",
    ]
    assert (timeline.start, timeline.end) == (after(-20), after(601))
    assert timeline.told[0] == "01:59:40 alarm heartbeat-stale"


def test_an_incident_that_is_open_goes_on_to_the_end_of_the_axis() -> None:
    timeline = drawn(item(closed_at=None, outcome="escalated"), history())
    assert lane(timeline, "Incident").bars[0].end is None
    assert timeline.end == END
    assert "02:00:00 the incident is opened, not over yet" in timeline.told
    assert lane(timeline, "Incident").marks[-1] == Mark(after(600), "run ended: escalated", Tone.BAD)


def test_states_are_grouped_into_work_and_waits() -> None:
    states = [span("FindStale", 0, 2), span("Choose", 2, 2, "Choice"), span("Classify", 2, 4)]
    found = lane(drawn(item(), history(*states, span("WaitAWhile", 4, 64, "Wait"))), "stale-heartbeat")
    assert [(bar.label, bar.told, bar.tone) for bar in found.bars] == [
        ("find stale to classify", "works: find stale, classify", Tone.WORK),
        ("wait a while", "waits: wait a while", Tone.WAIT),
    ]


def test_a_wait_that_is_repeated_until_a_look_is_content_is_one_wait() -> None:
    states = []
    for n in range(12):
        states += [span("WaitForIt", n * 6, n * 6 + 5, "Wait"), span("LookAtIt", n * 6 + 5, n * 6 + 6)]
    timeline = drawn(item(), history(*states))
    labels = [bar.label for bar in lane(timeline, "stale-heartbeat").bars]
    assert labels == ["wait for it ×12", "look at it"]
    assert any(
        "waits: wait for it, 12 times, with a look after each (1 min 11 s)" in line for line in timeline.told
    )


def test_a_child_has_a_lane_of_its_own_and_its_parent_waits_for_it() -> None:
    child = {"machine": "redeploy-service", "execution_arn": f"{RUN}-child"}
    states = [span("Redeploy", 0, 30), span("PlanRedeploy", 1, 2, **child), span("Act", 2, 29, **child)]
    timeline = drawn(item(), history(*states))
    assert [bar.label for bar in lane(timeline, "stale-heartbeat").bars] == ["waits for redeploy-service"]
    assert [bar.tone for bar in lane(timeline, "redeploy-service").bars] == [Tone.WORK]
    assert not any("waits for redeploy-service" in line for line in timeline.told), "its own lane tells it"


def test_an_error_is_marked_where_it_came() -> None:
    found = lane(drawn(item(), history(span("ReadLogs", 0, 3, error="Transient", tries=3))), "stale-heartbeat")
    assert found.marks == (
        Mark(
            after(3),
            "read logs: a failure that passes after 3 tries",
            Tone.BAD,
            "error in read logs: a failure that passes after 3 tries",
        ),
    )


APPROVAL = {
    "title": "Close p1?",
    "asked_at": iso(60),
    "lapses_at": iso(660),
    "standing": "decided",
    "options": [{"id": "close", "label": "Close it now"}],
    "asked": [{"person": "ana", "name": "Ana (on call)", "at": iso(60)}],
    "seen": [{"person": "ana", "at": iso(90)}],
    "votes": [
        {"person": "ana", "option": "close", "at": iso(100)},
        {"person": "ben", "option": "no", "at": iso(99)},
    ],
    "decision": {"option": "close", "by": ["ana"], "at": iso(120)},
}


def test_an_approval_is_asked_looked_at_voted_and_decided() -> None:
    asks = span("AskAPerson", 60, 121, asks=True)
    timeline = drawn(item(approvals=[APPROVAL]), history(asks))
    found = lane(timeline, "Asked: Close p1?")
    assert found.bars == (Bar(after(60), after(120), "Close p1?", Tone.PERSON, "people are asked: Close p1?"),)
    assert [mark.label for mark in found.marks] == [
        "Ana (on call) looked",
        "ben says: no",
        "Ana (on call) says: Close it now",
        "decided: Close it now",
    ]
    assert "02:02:00 decided by Ana (on call): Close it now" in timeline.told
    assert lane(timeline, "stale-heartbeat").bars[0].tone is Tone.PERSON
    assert not any("waits for a person" in line for line in timeline.told), "the request's lane tells it"


@pytest.mark.parametrize(
    ("standing", "tone"), [("lapsed", Tone.BAD), ("unreached", Tone.BAD), ("revoked", Tone.UNKNOWN)]
)
def test_a_question_without_an_answer_says_how_it_ended(standing: str, tone: Tone) -> None:
    record = {**APPROVAL, "decision": None, "standing": standing, "seen": [], "votes": []}
    found = lane(drawn(item(approvals=[record]), history()), "Asked")
    assert found.marks == (Mark(after(660), standing, tone, f"the question ended: {standing}"),)


def test_acts_are_told_apart_by_their_results_and_many_of_a_kind_are_one() -> None:
    acts = [{"action": "stop strategy", "target": f"s{n}", "result": "done", "at": iso(n / 10)} for n in range(50)]
    acts += [
        {"action": "close", "target": "p1", "result": "unknown", "at": iso(70)},
        {"action": "close", "target": "p2", "result": "not_done", "at": iso(80)},
        {"action": "tell", "target": "a topic of a name that is far too long for a picture", "at": iso(90)},
    ]
    found = lane(drawn(item(actions=acts), history()), "Acts")
    assert found.bars == (
        Bar(after(0), after(4.9), "stop strategy ×50", Tone.GOOD, "acts, done: stop strategy ×50"),
    )
    assert [(mark.label, mark.tone) for mark in found.marks] == [
        ("close p1", Tone.UNKNOWN),
        ("close p2", Tone.BAD),
        ("tell", Tone.UNKNOWN),
    ]


def beats(*looks: tuple[str, float, str]) -> list[dict[str, str]]:
    return [{"what": "heartbeat", "where": who, "value": value, "at": iso(at)} for who, at, value in looks]


def watch(n: int, at: float, value: str) -> dict[str, str]:
    return {"what": f"watch, look {n}", "where": "trading state", "value": value, "at": iso(at)}


def test_silence_is_shown_from_the_last_heartbeat_to_the_first_one_again() -> None:
    evidence = [
        *beats(("s1", 10, "310 s old, status running"), ("s1", 100, "4 s old, status running")),
        watch(1, 160, "3 beat, 0 do not"),
        watch(2, 220, "2 beat, 1 do not: s1"),
    ]
    found = lane(drawn(item(evidence=evidence), history()), "Heartbeat of s1")
    assert [(bar.start, bar.end, bar.tone) for bar in found.bars] == [
        (after(-300), after(100), Tone.BAD),
        (after(100), after(220), Tone.GOOD),
    ]
    assert [mark.label for mark in found.marks] == ["5 min 10 s old", "4 s old"]


def test_strategies_that_tell_the_same_share_a_lane_and_a_failing_one_comes_first() -> None:
    stale = "310 s old, status running"
    evidence = [
        *beats(*((f"s{n}", 10, stale) for n in range(5)), ("z", 10, "missing")),
        watch(1, 60, "5 beat, 1 do not: z"),
    ]
    lanes = [one.name for one in drawn(item(evidence=evidence), history()).lanes]
    assert lanes[1:] == ["Heartbeat of z", "Heartbeats of s0, s1, s2 and 2 more"]


def test_a_look_that_names_only_some_of_the_silent_is_no_proof_for_the_others() -> None:
    evidence = [*beats(("s1", 10, "4 s old, status running")), watch(1, 60, "3 beat, 12 do not: a, b")]
    found = lane(drawn(item(evidence=evidence), history()), "Heartbeat")
    assert found.bars == (Bar(after(10), after(60), "beats", Tone.GOOD),)


def test_the_checklist_has_looked_too() -> None:
    line = {"id": "heartbeats", "value": "4 beat within 120 s, 1 stale: s1", "at": iso(580)}
    evidence = beats(("s1", 10, "310 s old, status running"))
    found = lane(drawn(item(evidence=evidence, checklist=[line]), history()), "Heartbeat")
    assert found.bars == (Bar(after(-300), after(580), "no heartbeat", Tone.BAD),)


def test_without_a_history_the_record_of_the_incident_tells_what_it_can() -> None:
    timeline = drawn(item(), None)
    assert [one.name for one in timeline.lanes] == ["Incident"]
    assert timeline.told[0].startswith("The execution's history could not be read")


@pytest.mark.parametrize("found", [{}, {"opened_at": "yesterday"}, {"evidence": [], "actions": None}])
def test_an_incident_that_tells_no_time_has_no_timeline(found: dict[str, Any]) -> None:
    assert timeline_of(found, None, end=END) is None


def test_a_claimed_time_far_off_does_not_stretch_the_axis_and_is_told() -> None:
    timeline = drawn(item(alarm_at="1970-01-01T00:00:00Z"), history())
    assert timeline.start == AT
    assert timeline.cut == 1
    assert timeline.told[0] == "1970-01-01 00:00:00 alarm heartbeat-stale"


def test_a_run_of_no_length_has_an_axis_all_the_same() -> None:
    timeline = drawn({"opened_at": iso(0), "closed_at": iso(0), "outcome": "duplicate"}, history(), end=AT)
    assert timeline.end > timeline.start


def test_a_thousand_states_are_a_picture_that_can_be_read_and_words_for_all_of_it() -> None:
    states = []
    for n in range(500):
        states += [span(f"Act{n}", n * 10, n * 10 + 4), span(f"Wait{n}", n * 10 + 4, n * 10 + 10, "Wait")]
    timeline = drawn(item(), history(*states), end=after(6000))
    found = lane(timeline, "stale-heartbeat")
    assert MOST_BARS / 2 < len(found.bars) <= MOST_BARS
    assert (found.bars[0].start, found.bars[-1].end) == (AT, after(5000)), "the whole of it, not its beginning"
    assert found.bars[0].told.startswith("42 stretches: act0 ... ")
    assert timeline.cut == 1000 - len(found.bars)
    assert len(timeline.told) < 320
    assert timeline.told[-1].startswith("and ")


def test_of_many_acts_those_that_went_wrong_are_all_marked_and_the_rest_is_spread_over_the_time() -> None:
    acts = [{"action": f"act {n}", "target": "t", "result": "done", "at": iso(n * 10)} for n in range(100)]
    acts += [{"action": "close", "target": f"p{n}", "result": "unknown", "at": iso(501 + 6 * n)} for n in range(3)]
    marks = lane(drawn(item(actions=acts), history()), "Acts").marks
    assert len(marks) == MOST_MARKS
    assert sum(mark.tone is Tone.UNKNOWN for mark in marks) == 3
    assert (marks[0].at, marks[-1].at) == (AT, after(990))


def test_secrets_and_markup_of_titles_and_targets_do_not_reach_the_picture() -> None:
    key = "sk" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d"
    acts = [{"action": "tell", "target": f"apiSecret={key}", "result": "done", "at": iso(5)}]
    timeline = drawn(item(actions=acts, approvals=[{**APPROVAL, "title": f"Close\n\u202e {key}?"}]), history())
    assert key not in str(timeline)
    assert "\u202e" not in str(timeline)


TIMES = st.one_of(
    st.none(), st.text(max_size=5), st.floats(-1e6, 1e6).map(iso), st.sampled_from([iso(0), iso(0.001), iso(600)])
)
WORDS = st.text(max_size=30)
ACTS = st.fixed_dictionaries({"action": WORDS, "target": WORDS, "result": WORDS, "at": TIMES})
VOTES = st.fixed_dictionaries({"person": WORDS, "option": WORDS, "at": TIMES})
VALUES = ["4 s old", "400 s old", "missing", "2 beat, 1 do not: a", "3 beat, 0 do not"]
MAPS = st.fixed_dictionaries(
    {},
    optional={
        "opened_at": TIMES, "closed_at": TIMES, "ended_at": TIMES, "alarm_at": TIMES, "notified_at": TIMES,
        "outcome": WORDS,
        "actions": st.lists(ACTS),
        "evidence": st.lists(
            st.fixed_dictionaries(
                {
                    "what": st.sampled_from(["heartbeat", "watch, look 1", "other"]),
                    "where": WORDS,
                    "value": st.sampled_from(VALUES),
                    "at": TIMES,
                }
            )
        ),
        "approvals": st.lists(
            st.fixed_dictionaries(
                {"asked_at": TIMES, "lapses_at": TIMES, "standing": WORDS, "title": WORDS},
                optional={"votes": st.lists(VOTES)},
            )
        ),
    },
)  # fmt: skip
SPANS = st.lists(
    st.builds(
        span,
        st.sampled_from(["FindStale", "WaitForIt", "X"]),
        st.floats(-100, 5000),
        st.one_of(st.none(), st.floats(-100, 5000)),
        st.sampled_from(["Task", "Wait", "Choice", "Map"]),
        asks=st.booleans(),
        error=st.one_of(st.none(), WORDS),
        machine=st.sampled_from(["stale-heartbeat", "redeploy-service"]),
        execution_arn=st.sampled_from([RUN, f"{RUN}-child"]),
    ),
    max_size=30,
)


@given(MAPS, st.one_of(st.none(), SPANS.map(lambda spans: history(*spans))))
def test_whatever_the_records_say_everything_is_on_the_axis(found: dict[str, Any], told: History | None) -> None:
    timeline = timeline_of(found, told, end=END)
    if timeline is None:
        return
    assert timeline.start < timeline.end
    assert len(timeline.lanes) <= MOST_LANES
    assert timeline.cut >= 0
    for one in timeline.lanes:
        assert len(one.bars) <= MOST_BARS
        assert len(one.marks) <= MOST_MARKS
        for bar in one.bars:
            assert timeline.start <= bar.start <= (bar.end or timeline.end) <= timeline.end
        for mark in one.marks:
            assert timeline.start <= mark.at <= timeline.end


def test_looks_that_only_count_who_beats_have_a_lane_too() -> None:
    evidence = [
        {"what": "batch", "where": "batch 1", "value": "1 of 1 beat, 0 failed, 0 without a signal", "at": iso(60)},
        {"what": "batch", "where": "batch 2", "value": "3 of 4 beat, 1 failed, 0 without a signal", "at": iso(90)},
    ]
    line = {"id": "heartbeats", "value": "5 beat within 120 s, 0 stale", "result": "pass", "at": iso(580)}
    found = lane(drawn(item(evidence=evidence, checklist=[line]), history()), "Heartbeats")
    assert [(mark.at, mark.label, mark.tone) for mark in found.marks] == [
        (after(60), "1 of 1 beat", Tone.GOOD),
        (after(90), "3 of 4 beat", Tone.BAD),
        (after(580), "5 beat within 120 s, 0 stale", Tone.GOOD),
    ]
    assert found.bars == (), "between looks that see another thing nobody knows what was"


def test_after_a_stop_silence_is_what_is_wanted() -> None:
    told = "pass {}: 5 strategies, {} proven stopped, 0 not stopped, 0 unknown; desired 0, tasks 0"
    looks = [
        {"what": "look at the stop", "where": "table", "value": told.format(n, 5), "at": iso(60 * n)}
        for n in (1, 2)
    ]
    found = lane(drawn(item(evidence=looks), history()), "Heartbeats")
    assert [(bar.start, bar.end, bar.tone) for bar in found.bars] == [(after(60), after(120), Tone.GOOD)]
    assert found.marks[0].told == "5 of 5 are silent, as they should be"
    alive = [{**looks[0], "value": told.format(1, 4)}]
    assert lane(drawn(item(evidence=alive), history()), "Heartbeats").marks[0].tone is Tone.BAD
