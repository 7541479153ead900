"""The views: plain lines without control codes, JSON lines, and the terminal's rows at any width."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from console.live.follow import Follower
from console.live.screen import ScreenView
from console.live.steps import Moment, Run, What
from console.live.views import JsonView, PlainView, View
from tests.console.recorded import ALL, PlayedBack, load, told

WHOLE = ("stale_heartbeat", "redeploy_service", "prove_recovery")


def play(view: View, *names: str) -> None:
    client = PlayedBack(*names)
    follower = Follower(client, load(names[0])["executionArn"], prefix="tradai-dev-")
    while True:
        for moment in follower.look():
            view.tell(moment)
        view.tick()
        if not client.advance():
            break
    view.end(follower.run, None)


def plain(*names: str) -> list[str]:
    lines: list[str] = []
    play(PlainView(lines.append), *names)
    return lines


class Screen:
    """A terminal of that width, and what stood on it at the end of each look."""

    def __init__(self, width: int, *names: str, encoding: str = "utf-8", height: int = 40) -> None:
        self.buffer = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
        self.frames: list[str] = []
        client = PlayedBack(*names)
        self.console = Console(file=self.buffer, width=width, height=height, highlight=False, color_system=None)
        view = ScreenView(self.console, now=lambda: client.now)
        follower = Follower(client, load(names[0])["executionArn"], prefix="tradai-dev-")
        while True:
            for moment in follower.look():
                view.tell(moment)
            view.tick()
            frame = Console(file=io.StringIO(), width=width, height=height, color_system=None)
            frame.print(view.moving())
            assert isinstance(frame.file, io.StringIO)
            self.frames.append(frame.file.getvalue())
            if not client.advance():
                break
        view.end(follower.run, None)

    @property
    def text(self) -> str:
        self.buffer.flush()
        raw = self.buffer.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode(self.buffer.encoding)


@pytest.mark.parametrize("name", ALL)
def test_plain_lines_hold_no_control_codes(name: str) -> None:
    lines = plain(name)
    assert lines
    assert [line for line in lines if re.search(r"[\x00-\x1f\x7f]", line)] == []


def test_plain_lines_tell_the_story_in_its_order() -> None:
    story = "\n".join(plain(*WHOLE))
    for part in (
        "5 stale: breakout-sol", "Diagnose:", "0 of 1 tasks running", "trying again (2)",
        "service crashed -> redeploy (5 strategies)", "redeploy-service started", "Redeploy: act",
        "the new task runs and no old one is left", "redeploy-service ended SUCCEEDED", "every strategy beats",
        "stale-heartbeat ended SUCCEEDED", "RESOLVED",
    ):  # fmt: skip
        assert part in story, part
        story = story[story.index(part) :]


def test_children_are_indented_below_their_parent() -> None:
    lines = plain(*WHOLE)
    assert any(re.match(r"\d\d:\d\d:\d\dZ    Plan redeploy", line) for line in lines)
    assert any(re.match(r"\d\d:\d\d:\d\dZ  Classify", line) for line in lines)


def test_json_prints_one_object_a_line_and_names_execution_and_depth() -> None:
    lines: list[str] = []
    play(JsonView(lines.append), *WHOLE)
    told_ = [json.loads(line) for line in lines]
    assert all("\n" not in line for line in lines)
    assert {event["event"] for event in told_} >= {
        "run_started", "state_entered", "state_left", "retry", "run_ended", "incident"
    }  # fmt: skip
    assert {event["depth"] for event in told_ if "depth" in event} == {0, 1}
    verdict = next(e for e in told_ if e["event"] == "state_left" and e["state"] == "Classify")
    assert verdict["findings"][0] == {
        "text": "service crashed -> redeploy (5 strategies)", "tone": "verdict", "looks": None
    }  # fmt: skip


def test_json_keeps_the_states_that_people_are_spared() -> None:
    lines: list[str] = []
    play(JsonView(lines.append), *WHOLE)
    states = {json.loads(line).get("state") for line in lines}
    assert {"IsItOurs", "TookEffect"} <= states
    assert not any("Is it ours" in line for line in plain(*WHOLE))


@pytest.mark.parametrize("name", ["callback", "stale_heartbeat"])
def test_no_view_shows_a_task_token(name: str) -> None:
    lines: list[str] = []
    play(JsonView(lines.append), name)
    assert "AQCsAAAA" not in "\n".join([*lines, *plain(name), Screen(100, name).text])


@pytest.mark.parametrize("width", [80, 90, 100, 110, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = [line for part in [*Screen(width, *WHOLE).frames, Screen(width, *WHOLE).text]
             for line in part.splitlines()]  # fmt: skip
    assert max(len(line) for line in lines) <= min(width, 120)


def test_shows_the_signs_as_letters_where_the_terminal_knows_no_others() -> None:
    text = Screen(100, *WHOLE, encoding="ascii").text
    assert "+ Open incident" in text
    assert "##########" in text
    assert text.isascii()


def test_prints_each_top_level_state_once() -> None:
    text = Screen(100, *WHOLE).text
    for title in ("Open incident", "Diagnose", "Classify", "Prove recovery", "Conclude"):
        assert len(re.findall(rf"^✓ {title}", text, re.MULTILINE)) == 1, title


def test_the_watch_fills_a_bar_of_ten_cells() -> None:
    frames = Screen(100, *WHOLE).frames
    bars = [found for frame in frames for found in re.findall(r"■+□*(?= \d+/10)|□+(?= 0/10)", frame)]
    assert {len(bar) for bar in bars} == {10}
    assert {bar.count("■") for bar in bars} >= set(range(1, 10))


def test_a_wait_counts_down() -> None:
    frames = "\n".join(Screen(100, *WHOLE).frames)
    assert re.search(r"◌ Wait a minute.*1:00 left of 60 s", frames)


def test_a_shorter_time_scale_is_said_beside_the_countdown() -> None:
    client = PlayedBack("redeploy_service")
    follower = Follower(client, load("redeploy_service")["executionArn"], time_scale=0.02)
    lines: list[str] = []
    view = PlainView(lines.append)
    while client.advance():
        for moment in follower.look():
            view.tell(moment)
    assert any("15 s, 0.3 s at this time scale" in line for line in lines)


def test_running_states_show_how_long_they_have_been_running() -> None:
    frames = Screen(100, *WHOLE).frames
    assert any(re.search(r"● Redeploy \[service crashed\] +\d+ s", frame) for frame in frames)


def test_a_low_terminal_keeps_what_is_going_on_in_sight() -> None:
    frames = Screen(100, *WHOLE, height=8).frames
    assert max(len(frame.splitlines()) for frame in frames) <= 8
    assert any("lines above" in frame for frame in frames)


def test_acts_are_marked_by_a_word_and_not_by_colour_alone() -> None:
    assert re.search(r"✓ Redeploy +act  the new deployment", Screen(100, *WHOLE).text)


def test_a_caught_error_reads_as_caught() -> None:
    assert re.search(r"! Probe exchange +States.Timeout \(caught\)", Screen(100, *WHOLE).text)


def test_the_end_says_outcome_acts_and_what_is_not_proven() -> None:
    end = Screen(100, *WHOLE).text.split("── incident", 1)[1]
    for part in ("RESOLVED  stale-heartbeat", "✓ redeploy the service", "not proven  ? orders"):
        assert part in end


def test_moments_are_told_by_the_history_s_clock() -> None:
    _, moments = told("aborted")
    start: datetime = moments[0].at
    assert moments[-1].at - start > timedelta(seconds=2)


def test_a_state_that_ended_well_with_bad_news_has_no_tick() -> None:
    text = Screen(100, *WHOLE).text
    assert re.search(r"• Find stale +5 stale", text)
    assert re.search(r"• Look at service +0 of 1 tasks running", text)
    assert re.search(r"✓ Probe network", text)


@pytest.mark.parametrize(("width", "whole"), [(80, False), (120, True)])
def test_where_the_head_does_not_fit_the_name_of_the_execution_is_shortened(width: int, whole: bool) -> None:
    out, about = io.StringIO(), "  (local, time scale 0.02)"
    view = ScreenView(Console(file=out, width=width, color_system=None), about=about)
    name = "c1b277dd-2504-416c-9a04-f627b169cbb5"
    run = Run(arn=f"arn:aws:states:eu-central-1:1:execution:order-failures:{name}", machine="order-failures")
    view.tell(Moment(What.RUN_STARTED, datetime(2026, 3, 1, 3, tzinfo=UTC), run))
    head = out.getvalue().splitlines()[0]
    assert about in head, "what it is about is never what is cut"
    assert (name in head) is whole
    assert len(head) <= width
