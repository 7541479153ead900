"""What the tasks of the way back answer is told in words, by what they really answer."""

from __future__ import annotations

from typing import Any

import pytest

from console.live.meaning import findings
from console.live.steps import Tone
from tests.tasks.resumes import ResumeDesk, names


class Shown(ResumeDesk):
    """Keeps the words of every step."""

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, list[str]] = {}

    def step(self, task: Any, **request: Any) -> Any:
        answer = super().step(task, **request)
        told = findings({}, {"it": answer.model_dump(mode="json")})
        self.words.setdefault(self.steps[-1], []).extend(one.text for one in told)
        return answer


def walked(**broken: Any) -> dict[str, list[str]]:
    desk = Shown()
    desk.platform(*names(6))
    desk.broken, desk.mute = set(broken.get("broken", ())), set(broken.get("mute", ()))
    desk.stop()
    desk.resume()
    return desk.words


def test_each_step_of_a_resume_that_goes_well_says_what_it_did() -> None:
    words = walked(mute=["s00001"])
    assert words["plan_resume"][0] == "people are asked: Resume trading: 6 strategies would come back"
    assert any(line.startswith("Do the positions agree") for line in words["plan_resume"])
    assert words["release_kill_switch"] == ["kill switch: released for all"]
    assert words["look_for_service"][-1] == "service: 1 of 1 tasks run"
    assert words["plan_batch"][:2] == ["batch 1: 1 of 6 that are left", "batch 2: 5 of 5 that are left"]
    assert "all of the batch beat" in words["look_at_batch"]
    assert "no signal seen of s00001" in words["look_at_batch"]
    assert words["promote_batch"] == [
        "1 strategy back in the status of before the stop",
        "5 strategies back in the status of before the stop",
    ]
    assert words["stop_failed"] == ["batch 1: 1 of 1 are back", "batch 2: 5 of 5 are back"]


def test_a_batch_that_fails_and_halts_everything_says_so() -> None:
    words = walked(broken=["s00000"])
    assert words["stop_failed"] == ["batch 1: 0 of 1 are back, 1 failed: s00000"]
    assert words["plan_batch"][-1] == "the first strategy that was brought back failed"
    [halted] = words["halt_again"]
    assert halted.startswith("everything halted again, kill switch engaged: the resume failed")


PLAN: dict[str, Any] = {"verdict": "escalate", "reason": "1 check fails", "question": None, "scope": {},
                        "failing": ["Is every stop over? No: arn runs"], "unknown": [], "left_out": []}  # fmt: skip
SERVICE: dict[str, Any] = {"up": False, "again": True, "looks_left": 3, "desired": 1, "why": "0 of 1 tasks run"}
BEATS: dict[str, Any] = {"since": "x", "again": True, "looks_left": 2, "missing": 2, "silent": 0,
                         "silent_names": [], "signals_unread": None, "stopped": None}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (PLAN, [("nobody is asked: 1 check fails", Tone.BAD), ("Is every stop over? No: arn runs", Tone.BAD)]),
        ({**PLAN, "verdict": "nothing_to_do", "failing": [], "forgotten": ["z: nobody knows"]},
         [("nothing to do: 1 check fails", Tone.VERDICT), ("z: nobody knows", Tone.BAD)]),
        (SERVICE, [("service: 0 of 1 tasks run", Tone.PLAIN)]),
        ({**SERVICE, "again": False}, [("service: 0 of 1 tasks run", Tone.BAD)]),
        ({**SERVICE, "stopped": "stopped again by dora"}, [("stopped again by dora", Tone.BAD)]),
        (BEATS, [("no heartbeat yet of 2 strategies, 2 looks left", Tone.PLAIN)]),
        ({**BEATS, "again": False}, [("no heartbeat yet of 2 strategies", Tone.BAD)]),
        ({**BEATS, "missing": 0, "signals_unread": "throttled"},
         [("all of the batch beat", Tone.GOOD), ("signals could not be read: throttled", Tone.UNKNOWN)]),
        ({**BEATS, "stopped": "stopped again"}, [("stopped again", Tone.BAD)]),
        ({"promoted": 1, "left": 2, "whys": ["a: denied"]},
         [("1 strategy back in the status of before the stop; 2 still in warmup", Tone.BAD),
          ("a: denied", Tone.UNKNOWN)]),
    ],
)  # fmt: skip
def test_what_goes_wrong_has_its_words(answer: dict[str, Any], told: list[tuple[str, Tone]]) -> None:
    assert [(one.text, one.tone) for one in findings({}, {"it": answer})] == told
