"""The search: runs of several runbooks whose steps interleave, with bots, ECS, people and faults in between.

What a rule draws never depends on what the platform has become, so that every example can be played again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from functions.adapters.memory.world import Started
from functions.errors import RunbookError
from functions.facts import Outcome, Result
from functions.ids import incident_id_for
from functions.tasks import engage_kill_switch, stop_segment, watch_halt, watcher
from tests.properties.engine import Lost, Plan, Step, Thread, step
from tests.properties.law import LETS_GO, TRADES, Violation, Who
from tests.properties.platform import BREAKABLE, STRATEGIES, WORDS, Fault, Platform, Swap
from tests.properties.resumes import resume_trading
from tests.properties.runbooks import CURES, cure, emergency_stop
from tests.tasks.rig import MACHINE

NO_DAY: Mapping[str, Any] = MappingProxyType({})
MOST_RUNS = 4
PAST = 8
NAMES = tuple(STRATEGIES)
PICK = st.integers(0, 7)
NAME = st.sampled_from(NAMES)
SOME = st.lists(NAME, min_size=1, max_size=2, unique=True)
IDS = st.none() | st.none() | SOME
BEFORE = st.sampled_from(
    ["quiet", "halted", "in part", "manage_only", "trading", "trading", "trading", "restart", "redeploy"]
)
ON = st.sampled_from([0, 0, 2, 4, 5, 6, 8, 10])
STEPS = st.sampled_from([0, 2, 5, 30])
DECISIONS = st.sampled_from(["trading", "trading", "manage_only", "reject"])
RACED = st.sampled_from(
    ["trading_state.start", "trading_state.bring_back", "halts.release", "halts.allow_managing",
     "halts.allow_service", "incidents.intend", "guards.kill_switch"]
)  # fmt: skip
FAULT = st.builds(Fault, st.sampled_from(BREAKABLE), st.sampled_from(sorted(WORDS)))
FAULTS = st.lists(FAULT, max_size=3)
FLIP = st.none() | st.sampled_from(["alpha", "delta"])
# The write by which each of these steps lets go.
AT_ONCE = {"release_kill_switch": "halts.release", "allow_managing": "halts.allow_managing"}


@dataclass
class RunAtWork:
    arn: str
    runbook: str
    who: Who
    thread: Thread


class Search(RuleBasedStateMachine):
    """`tally`, `swap` and `day` are set by `search`."""

    tally: Counter[str]
    swap: Swap | None = None
    day: Mapping[str, Any] = NO_DAY

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.platform = Platform(self.seen, self.swap)
        self.runs: list[RunAtWork] = []
        self.past: list[tuple[Step, Who]] = []
        self.lose, self.number = False, 0

    def teardown(self) -> None:
        self.tally["examples"] += 1
        self.tally.update(what for what, times in self.seen.items() if times)
        self.tally["steps"] += self.seen["steps"]

    # Runs begin.

    @initialize(
        before=BEFORE, ids=SOME, on=ON, odd=st.booleans(), between=st.none() | RACED, faults=FAULTS, flip=FLIP
    )
    def a_day(
        self,
        before: str,
        ids: list[str],
        on: int,
        odd: bool,
        between: str | None,
        faults: list[Fault],
        flip: str | None,
    ) -> None:
        """What has happened before anything interleaves: `on` is how far a resume has come after its answer, or a
        cure after its plan; `between` is where somebody stops everything in the middle of the next step."""
        before, on = self.day.get("before", before), self.day.get("on", on)
        between = self.day.get("between", between)
        if odd:
            self.platform.strategy("golf", age=5, status="odd")
        if before in CURES:
            self.a_cure_begins(before, ["alpha", "bravo"], steps=3 + on % 3)
        elif before != "quiet":
            self.a_stop_begins(ids if before == "in part" else None, dry_run=False, steps=30)
        if before in ("trading", "manage_only"):
            self.a_resume_begins(None, "trading", before)
            if self.runs:
                self._far(self.runs[0], on, 63)
        if between is not None:
            lets_go = on == 0 and LETS_GO.get(before)
            self.a_stop_will_come_between(AT_ONCE[lets_go] if lets_go else between, None)
        if flip is not None:
            self.a_bot_flips_back(flip, watched=on > 4)
        for fault in faults:
            self.platform.breaks(fault)

    @rule(ids=IDS, dry_run=st.sampled_from([False] * 7 + [True]), steps=STEPS)
    def a_stop_begins(self, ids: list[str] | None, dry_run: bool, steps: int) -> None:
        given = {"reason": "drill", "requested_by": "ana", "dry_run": dry_run}
        given |= {} if ids is None else {"strategy_ids": ids}
        self._begin("emergency-stop", lambda arn, _: emergency_stop(self.platform, arn, given), steps)

    @rule(kind=st.sampled_from(sorted(CURES)), ids=SOME, steps=STEPS)
    def a_cure_begins(self, kind: str, ids: list[str], steps: int) -> None:
        """Of those that are silent by now."""
        for name in ids:
            self.platform.silent(name)
        self._begin("stale-heartbeat", lambda arn, _: cure(self.platform, arn, kind, tuple(ids)), steps)

    @rule(ids=IDS, to=st.sampled_from(["trading", "trading", "manage_only"]), decision=DECISIONS)
    def a_resume_begins(self, ids: list[str] | None, to: str, decision: str) -> None:
        """Up to its question."""
        given = {"to": to, **({} if ids is None else {"strategy_ids": ids})}
        self._begin("resume-trading", lambda arn, who: resume_trading(self.platform, arn, given, decision, who), 3)

    # Runs go on.

    @rule(pick=PICK, branches=st.lists(PICK, min_size=1, max_size=6))
    def one_goes_on(self, pick: int, branches: list[int]) -> None:
        for branch in branches:
            if self.runs:
                self._step(self.runs[pick % len(self.runs)], branch)

    @rule(pick=PICK, beats=st.sampled_from([63, 63, 62, 0]), steps=st.sampled_from([4, 12, 40]))
    def one_goes_far(self, pick: int, beats: int, steps: int) -> None:
        if self.runs:
            self._far(self.runs[pick % len(self.runs)], steps, beats)

    @rule(pick=PICK)
    def one_is_cut_off(self, pick: int) -> None:
        """Its function may be at work yet: what comes next happens late, or never."""
        if self.runs:
            run = self.runs.pop(pick % len(self.runs))
            self.seen["cut off"] += 1
            if run.thread.pending is not None:
                self.past.append((run.thread.pending, run.who))
            self._ended(run, "ABORTED")

    @rule(pick=PICK)
    def a_step_happens_late_or_twice(self, pick: int) -> None:
        if self.past:
            late, who = self.past[-1 - pick % min(PAST, len(self.past))]
            self.seen["late or twice"] += 1
            with suppress(RunbookError):
                self._do(late, who)

    @rule()
    def a_minute_passes(self) -> None:
        self.platform.world.advance(seconds=60)
        for task in (watch_halt, watcher):
            with suppress(RunbookError):
                answer = self._do(step(task), Who(task.__name__.rpartition(".")[2]))
                self.seen["the watch stopped some"] += task is watch_halt and answer.action == "stopped"

    # The world around them.

    @rule(seconds=st.sampled_from([1, 20, 130, 700]), beats=st.integers(0, 63))
    def time_passes(self, seconds: int, beats: int) -> None:
        self.platform.world.advance(seconds=seconds)
        self.platform.ecs()
        self.platform.beats(beats)

    @rule(name=NAME, watched=st.booleans())
    def a_bot_flips_back(self, name: str, watched: bool) -> None:
        self.platform.flips(name)
        if watched:
            self.a_minute_passes()

    @rule(name=NAME, status=st.sampled_from(["running", "paused", "stopped"]))
    def somebody_writes_a_status(self, name: str, status: str) -> None:
        self.platform.by_hand(name, status)

    @rule()
    def the_service_crashes(self) -> None:
        self.platform.crash()

    @rule(up=st.booleans())
    def the_venue(self, up: bool) -> None:
        self.platform.venue(up=up)

    @rule(fault=FAULT)
    def a_call_will_fail(self, fault: Fault) -> None:
        self.platform.breaks(fault)

    @rule()
    def an_answer_will_be_lost(self) -> None:
        self.lose = True

    @rule(method=RACED, ids=IDS)
    def a_stop_will_come_between(self, method: str, ids: list[str] | None) -> None:
        """In the middle of a step, between a look at the kill switch and the act."""
        self.number += 1
        arn = MACHINE.replace(":stateMachine:", ":execution:").replace("stale-heartbeat", "emergency-stop")
        given = {} if ids is None else {"strategy_ids": ids}

        def stop() -> None:
            with suppress(RunbookError):
                name = f"{arn}:raced-{self.number}"
                self.platform.work(
                    engage_kill_switch, given=given, execution_arn=name, started_at=self.platform.now
                )

        self.platform.races(method, stop)

    # How it is done.

    def _begin(self, runbook: str, plan: Callable[[str, Who], Plan], steps: int) -> None:
        if len(self.runs) >= MOST_RUNS:
            return
        self.number += 1
        arn = (
            f"{MACHINE.replace(':stateMachine:', ':execution:').replace('stale-heartbeat', runbook)}:r{self.number}"
        )
        who = Who("")
        run = RunAtWork(arn, runbook, who, Thread(plan(arn, who)))
        self.platform.world.executions[arn] = Started(arn, runbook, "r", {}, "RUNNING")
        self.runs.append(run)
        self.seen[f"{runbook} began"] += 1
        # Whoever is cured is silent.
        self._far(run, steps, 0 if runbook == "stale-heartbeat" else 63)

    def _far(self, run: RunAtWork, steps: int, beats: int) -> None:
        """ECS and the bots keep step with it."""
        for _ in range(steps):
            if run.thread.over:
                break
            self._step(run, 0)
            self.platform.ecs()
            self.platform.world.advance(seconds=5)
            self.platform.beats(beats)

    def _step(self, run: RunAtWork, branch: int) -> None:
        run.thread.step(lambda one: self._do(one, run.who), branch)
        if run.thread.over:
            self.runs.remove(run)
            self._ended(run, "FAILED" if run.thread.failed else "SUCCEEDED")

    def _ended(self, run: RunAtWork, status: str) -> None:
        self.platform.world.executions[run.arn] = Started(run.arn, run.runbook, "r", {}, status)
        result = run.thread.result
        if run.runbook != "stale-heartbeat" and result is not None:
            self.seen[f"{run.runbook} {result.output.outcome}"] += 1

    def _do(self, one: Step, who: Who) -> Any:
        platform = self.platform
        who.step = one.name
        platform.who, platform.law.raced = who, False
        self.seen["steps"] += 1
        if len(self.past) < 100:
            self.past.append((one, who))
        ended = platform.ended(one.request.get("execution_arn"))
        answer = platform.work(one.task, **one.request)
        # An end that stands already is only said once more, as it was.
        if one.name in CLAIMS and not ended:
            CLAIMS[one.name](platform, one.request, answer)
        if self.lose:
            self.lose = False
            self.seen["answer lost"] += 1
            raise Lost("the function may have run")
        return answer


def _not_trading(platform: Platform, step_name: str, rows: list[dict[str, Any]]) -> None:
    now = platform.law.sight()
    for row in rows:
        if row["result"] == Result.DONE and now.status(row["strategy_id"]) in TRADES:
            raise Violation(f"{step_name} calls {row['strategy_id']} stopped, and it trades")
    platform.seen["called stopped"] += bool(rows)


def _of_the_end(platform: Platform, request: dict[str, Any], answer: Any) -> None:
    job = request["state"]["job"]
    if job["order"].get("dry_run"):
        return
    rows, now = platform.rows(incident_id_for(request["execution_arn"])), platform.law.sight()
    _not_trading(platform, "conclude_stop", rows)
    if answer.output.outcome is Outcome.RESOLVED:
        ids = job["order"].get("strategy_ids")
        trading = [name for name in ids or now.items if now.status(name) in TRADES]
        up = ids is None and now.desired > 0
        if trading or up or not now.switch.engaged:
            raise Violation(f"conclude_stop says resolved: {trading} trade, desired {now.desired}, {now.switch}")


def _of_a_segment(platform: Platform, request: dict[str, Any], answer: Any) -> None:
    del answer
    call = stop_segment.CALLS - request["looks_left"]
    key = f"incidents/{request['job'].incident_id}/stop/segment-{request['segment']}-{call}.jsonl"
    _not_trading(platform, "stop_segment", platform.lines(key))


def _of_the_service(platform: Platform, request: dict[str, Any], answer: Any) -> None:
    everything = request["job"].order.get("strategy_ids") is None
    if everything and answer.result is Result.DONE and platform.law.sight().desired > 0:
        raise Violation("stop_service says done, and the service is up")


# What the steps of a stop say, held against the platform in that moment.
CLAIMS: dict[str, Callable[[Platform, dict[str, Any], Any], None]] = {
    "conclude_stop": _of_the_end,
    "stop_segment": _of_a_segment,
    "stop_service": _of_the_service,
}


def search(tally: Counter[str], swap: Swap | None = None, day: Mapping[str, Any] = NO_DAY) -> type[Search]:
    """The machine; `tally` counts examples by what happened in them, `day` says how each of them begins."""
    chosen = {"tally": tally, "swap": staticmethod(swap) if swap else None, "day": day}
    return type("SearchOfHalts", (Search,), chosen)
