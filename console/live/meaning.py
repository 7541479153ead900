"""What a state's output says to a person: findings by the *shape* of the result, not by the state's name.

So that a new runbook whose tasks answer in the same shapes (functions/stages.py and its like) reads well
without a word here, and an answer that nobody recognises is left out rather than dumped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from console.live import (
    asking_shapes,
    fact_shapes,
    order_shapes,
    resume_shapes,
    shapes,
    stop_shapes,
    stuck_shapes,
)
from console.live.steps import Finding, Tone

LABELS = ("strategy_id", "position_id", "group_id")
MOST = 12
Found = dict[str, Any]
Shape = tuple[frozenset[str], Callable[[Found], Iterator[Finding]]]

# The first shape whose fields are all there is taken, so the more telling ones come first.
SHAPES: tuple[Shape, ...] = (
    (frozenset({"verdict", "groups", "reason"}), shapes.verdict),
    (frozenset({"verdict", "venues", "left", "unknown"}), order_shapes.verdict),
    (frozenset({"queries", "looks_left", "fact", "why"}), order_shapes.log),
    (frozenset({"traders", "total", "unread"}), order_shapes.traders),
    (frozenset({"stuck", "total", "unread"}), order_shapes.stuck),
    (frozenset({"venues", "unread"}), order_shapes.venues),
    (frozenset({"step", "changes", "memo", "end"}), order_shapes.remedy),
    (frozenset({"proofs", "appeared", "looks_left", "why"}), order_shapes.proof),
    (frozenset({"verdict", "correction", "memo", "end"}), stuck_shapes.look),
    (frozenset({"position", "attempts", "pnl", "unreadable"}), stuck_shapes.accounted),
    (frozenset({"stale_total", "beating_total"}), shapes.heartbeats_found),
    (frozenset({"halt_id", "latched", "latch_why"}), stop_shapes.engaged),
    (frozenset({"segment", "again", "counts"}), stop_shapes.segment),
    (frozenset({"passes", "came_back", "latched"}), stop_shapes.look),
    (frozenset({"name", "result", "why", "items"}), stop_shapes.part),
    (frozenset({"verdict", "scope", "failing"}), resume_shapes.plan),
    (frozenset({"managing", "at", "why"}), resume_shapes.let_go),
    (frozenset({"up", "looks_left", "desired"}), resume_shapes.service),
    (frozenset({"verdict", "through", "size"}), resume_shapes.batch),
    (frozenset({"since", "missing", "silent"}), resume_shapes.beats),
    (frozenset({"promoted", "left", "whys"}), resume_shapes.promoted),
    (frozenset({"tried", "well", "failed_names"}), resume_shapes.batch_end),
    (frozenset({"latched", "execution", "why"}), resume_shapes.halted),
    (frozenset({"fact", "why"}), fact_shapes.fact),
    (frozenset({"looks_done", "looks_left", "own_failed"}), shapes.watch),
    (frozenset({"all_back", "missing"}), shapes.beats),
    (frozenset({"seen", "not_seen"}), shapes.signals),
    (frozenset({"accounted", "kept", "missing"}), shapes.accounts),
    (frozenset({"slowed", "left_alone"}), shapes.slowed),
    (frozenset({"approval_id", "decision", "decided_by"}), asking_shapes.answer),
    (frozenset({"method", "reason", "old_task_arns"}), shapes.redeploy_plan),
    (frozenset({"guard_id", "owned", "why"}), shapes.guard),
    (frozenset({"acknowledged", "looks_left"}), shapes.acknowledged),
    (frozenset({"question", "result", "value"}), shapes.checklist_item),
    (frozenset({"escalated", "output"}), shapes.ending),
    (frozenset({"keep_waiting", "wait", "result"}), asking_shapes.switched),
    (frozenset({"question", "switches", "kept"}), asking_shapes.switch_plan),
    (frozenset({"group_id", "remedy", "result"}), shapes.remedy),
    (frozenset({"proved", "beats", "monitor"}), shapes.proof),
    (frozenset({"outcome", "summary", "not_proven"}), shapes.child_run),
    (frozenset({"incident_id", "runbook", "mode"}), shapes.opened),
    (frozenset({"over", "again", "why"}), shapes.outlast),
    (frozenset({"gone", "again", "why"}), shapes.why),
    (frozenset({"state", "again", "why"}), shapes.why),
    (frozenset({"strategy_id", "result", "why"}), shapes.effect),
    (frozenset({"restarts", "why"}), shapes.why),
)


def findings(given: Any, output: Any) -> list[Finding]:
    """The lines worth showing of a state that turned `given` into `output`."""
    lines = [line for result in _results(given, output) for line in _read(result)]
    if len(lines) > MOST:
        lines = [*lines[: MOST - 1], Finding(f"... and {len(lines) - MOST + 1} more", Tone.EVIDENCE)]
    return lines


def label_of(given: Any) -> str | None:
    """What one round of a Map is about, from its input."""
    values = [given, *given.values()] if isinstance(given, dict) else []
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("segment"), int):
            return f"segment {value['segment']}"
    for name in LABELS:
        for value in values:
            if isinstance(value, dict) and isinstance(value.get(name), str):
                return str(value[name])
    return None


def _results(given: Any, output: Any) -> Iterator[Any]:
    """The parts of the output that this state has written: whole, or below the keys that changed."""
    if not isinstance(output, dict):
        return
    if _shape(output) is not None:
        yield output
        return
    before = given if isinstance(given, dict) else {}
    for key, value in output.items():
        was = before.get(key)
        if value == was or not isinstance(value, dict):
            continue
        if isinstance(was, dict) and (deeper := [v for k, v in value.items() if v != was.get(k)]):
            # `$.plan.beats` was written into a `$.plan` that stood already.
            recognised = [inner for inner in deeper if _shape(inner) is not None]
            yield from recognised or [value]
        else:
            yield value


def _shape(value: Any) -> Shape | None:
    if not isinstance(value, dict):
        return None
    return next((shape for shape in SHAPES if shape[0] <= value.keys()), None)


def _read(result: Any) -> list[Finding]:
    """A result of a known shape that holds something unexpected says nothing; the view must go on."""
    if isinstance(result, dict) and set(result) == {"outcome"}:
        result = result["outcome"]  # how the machines keep a child's output
    shape = _shape(result)
    if shape is None:
        return []
    try:
        return list(shape[1](result))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return []
