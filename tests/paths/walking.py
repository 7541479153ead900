"""One walk through a definition to one point of it: what its input and its answers must be, is found on the way."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from local.engine.meter import Point
from tests.paths.answers import CAUSE, Answers
from tests.paths.errors import first, leading_to, throws
from tests.paths.goals import Aim, Goal
from tests.paths.reading import assume, at, both_may_hold, filled, put
from tests.paths.swelling import parts, swell
from tests.paths.targets import FAR, inside, to_an_end, ways
from tests.paths.unknowns import FROM_THE_ENGINE, Conflict, Unknown, known

MOST_STATES: Final = 300
TOO_LARGE: Final = "States.DataLimitExceeded"


class NoSuchTurn(Exception):
    """Every error of a retrier, every later rule of a Choice, every way on from a catcher has had its turn."""


class Escaped(Exception):
    """A definition inside another ended with an error."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Walk:
    """`outer`: the states that the machine itself enters, in order. `inner`: those inside Parallel and Map, which
    may be entered in any order; `torn`: a branch failed, so that others may have been stopped anywhere. `asked`:
    what the tasks are given, attempt by attempt; `carried`: what the last of `outer` is given. `fallen`: the
    catcher that is looked for has taken its error."""

    pick: random.Random
    noise: float
    answers: dict[str, Answers] = field(default_factory=dict)
    outer: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    asked: list[Unknown] = field(default_factory=list)
    carried: Unknown = field(default_factory=Unknown)
    output: Unknown | None = None
    torn: bool = False
    swollen: bool = False
    reached: bool = False
    homeward: bool = False
    fallen: bool = False
    given: Unknown = field(default_factory=lambda: Unknown(record=True, label="given"))
    steps: int = 0
    turn: int = 0

    def through(self, machine: Mapping[str, Any], goal: Point) -> str | None:
        """To the point and on to an end; the error that it ends with, None where it succeeds. Raises Conflict."""
        error = None
        try:
            context = _context(self.given)
            self.output = self._level(machine, (), self.given, context, Goal(tuple(goal.state.split("/")), goal))
        except Escaped as escaped:
            error = escaped.error
        if not self.reached:
            raise Conflict("it ended before it was there")
        return error

    def _level(
        self, machine: Mapping[str, Any], around: tuple[str, ...], data: Unknown, context: Unknown, goal: Aim
    ) -> Unknown:
        name, over = str(machine["StartAt"]), to_an_end(machine)
        to = goal.distances(machine) if goal else over
        while True:
            self.steps += 1
            if self.steps > MOST_STATES:
                raise Conflict("it goes round and round")
            state = machine["States"][name]
            (self.inner if around else self.outer).append(name)
            self.carried = self.carried if around else data
            here = goal if goal and not goal.done(self) and goal.is_at(name) else None
            far = over if goal is None or goal.done(self) else to
            self.homeward = far is over
            if far[name] >= FAR and not here:
                raise Conflict(f"the way is not to be reached from {name}")
            if here and here.is_last:
                self.reached = self.reached or here.by_state
            data, after = self._state(name, state, (*around, name), data, context, here, far)
            if after is None:
                return data
            name = after

    def _state(
        self,
        name: str,
        state: Mapping[str, Any],
        path: tuple[str, ...],
        data: Unknown,
        context: Unknown,
        here: Aim,
        far: Mapping[str, int],
    ) -> tuple[Unknown, str | None]:
        raw, data = data, at(state.get("InputPath", "$"), data, context)
        match state["Type"]:
            case "Choice":
                return data, self._choice(state, data, context, here, far)
            case "Fail":
                for field_ in ("CausePath", "ErrorPath"):
                    if field_ in state:
                        at(state[field_], data, context).text()
                raise Escaped(str(state["Error"]))
            case "Wait":
                if "SecondsPath" in state:
                    at(state["SecondsPath"], data, context).scalar(1)
            case "Pass":
                assert "Result" not in state, "no definition has one"
                result = filled(state["Parameters"], data, context) if "Parameters" in state else data
                data = put(raw, result, state.get("ResultPath", "$"))
            case "Task":
                return self._called(name, state, data, context, here, far)
            case "Parallel" | "Map":
                return self._composite(state, path, data, context, here, far)
        return self._out(state, data, context), state.get("Next")

    def _out(self, state: Mapping[str, Any], data: Unknown, context: Unknown) -> Unknown:
        return at(state["OutputPath"], data, context) if "OutputPath" in state else data

    def _choice(
        self, state: Mapping[str, Any], data: Unknown, context: Unknown, here: Aim, far: Mapping[str, int]
    ) -> str:
        options = list(ways(state))
        point = here.point if here and here.is_last and here.point.kind == "choice" else None
        if point:
            (way,) = (one for one in options if one[1] == point.index)
            self.reached = True
        else:
            way = min(options, key=lambda one: self._rank(far[str(one[2])]))
        taken = len(state["Choices"]) if way[1] == "Default" else int(way[1] or 0)
        # First what must hold: it decides how those before it fail.
        for rule in state["Choices"][taken : taken + 1]:
            assume(rule, data, context, True, self.pick)
        for rule in state["Choices"][:taken]:
            assume(rule, data, context, False, self.pick)
        if point and self.turn:
            assume(self._later(state["Choices"], taken), data, context, True, self.pick)
        return str(way[2])

    def _later(self, rules: Sequence[Mapping[str, Any]], taken: int) -> Mapping[str, Any]:
        """A rule that would hold as well and leads elsewhere, so that their order decides: each has its `turn`."""
        later = [
            rule
            for rule in rules[taken + 1 :]
            if rule["Next"] != rules[taken]["Next"] and both_may_hold(rules[taken], rule)
        ]
        if self.turn > len(later):
            raise NoSuchTurn
        return later[self.turn - 1]

    def _rank(self, distance: int) -> float:
        return distance if distance >= FAR else distance + self.noise * self.pick.random()

    def _called(
        self,
        name: str,
        state: Mapping[str, Any],
        data: Unknown,
        context: Unknown,
        here: Aim,
        far: Mapping[str, int],
    ) -> tuple[Unknown, str | None]:
        asked = filled(state.get("Parameters", {}), data, context)
        answers = self.answers.setdefault(name, Answers())
        before = len(answers.given)
        try:
            return self._answered(name, answers, state, data, context, here, far)
        finally:
            self.asked += [asked] * (len(answers.given) - before)

    def _answered(
        self,
        name: str,
        answers: Answers,
        state: Mapping[str, Any],
        data: Unknown,
        context: Unknown,
        here: Aim,
        far: Mapping[str, int],
    ) -> tuple[Unknown, str | None]:
        retriers = state.get("Retry", [])
        if here and (escaping := here.escaping(state)):
            self._throw(answers, escaping, throws(retriers, escaping))
        point = here.point if here and here.is_last else None
        if point and point.kind == "catch":
            catcher = int(point.index or 0)
            if self.turn > _turns_of(state, catcher):
                raise NoSuchTurn
            back, self.fallen = self.fallen, True
            self.reached = back or not self.turn
            if not back:
                return self._caught(answers, state, catcher, data)
        if point and point.kind == "retry":
            spent = self._retried(answers, retriers, int(point.index or 0))
            if spent is not None:
                return self._taken(state, spent, data)
        options = [way for way in ways(state) if way[0] == "ok" or far[str(way[2])] < FAR]
        best = min(options, key=lambda way: self._rank(self._far_after(way, state, far)))
        if best[0] == "catch" and not (point and self.fallen):
            return self._caught(answers, state, int(best[1] or 0), data)
        result = Unknown(label=f"{name} {len(answers.given)}")
        answers.given.append(result)
        if "ResultSelector" in state:
            result = filled(state["ResultSelector"], result, context)
        data = put(data, result, state.get("ResultPath", "$"))
        return self._out(state, data, context), state.get("Next")

    def _retried(self, answers: Answers, retriers: Sequence[Mapping[str, Any]], index: int) -> str | None:
        """As often as it is tried again, each time by another of its errors: `turn` says which of them come first.
        The last turn is once too often; the error is returned then."""
        errors = list(dict.fromkeys(leading_to(retriers, index)))
        if not errors:
            raise Conflict("no error leads there")
        named = [one for one in errors if one in retriers[index]["ErrorEquals"]] or errors[:1]
        most = int(retriers[index].get("MaxAttempts", 3))
        before, self.reached = self.turn * most, True
        if before < len(named):
            answers.given += (named[before:] + named)[:most]
            return None
        if before >= len(named) + most:
            raise NoSuchTurn
        answers.given += [named[0]] * (most + 1)
        return named[0]

    def _taken(self, state: Mapping[str, Any], error: str, data: Unknown) -> tuple[Unknown, str | None]:
        """By the catcher that takes it, or out of the definition."""
        index = first(state.get("Catch", []), error)
        if index is None:
            raise Escaped(error)
        return self._after_catch(state["Catch"][index], error, data)

    def _far_after(
        self, way: tuple[str, int | str | None, str | None], state: Mapping[str, Any], far: Mapping[str, int]
    ) -> int:
        if way[2] is None:
            return 0 if self.homeward or self.reached else FAR
        # An error is the longer way, so that it is taken only where nothing else leads there.
        return far[way[2]] + (3 if way[0] == "catch" else 0)

    def _throw(self, answers: Answers, error: str, times: int) -> NoReturn:
        answers.given += [error] * times
        self.reached = self.torn = True
        raise Escaped(error)

    def _caught(
        self, answers: Answers, state: Mapping[str, Any], index: int, data: Unknown
    ) -> tuple[Unknown, str | None]:
        error = next(leading_to(state["Catch"], index), None)
        if error is None:
            raise Conflict("no error leads there")
        answers.given += [error] * throws(state.get("Retry", []), error)
        return self._after_catch(state["Catch"][index], error, data)

    def _after_catch(self, catcher: Mapping[str, Any], error: str, data: Unknown) -> tuple[Unknown, str]:
        told = known({"Error": error, "Cause": CAUSE})
        return put(data, told, catcher.get("ResultPath", "$")), str(catcher["Next"])

    def _composite(
        self,
        state: Mapping[str, Any],
        path: tuple[str, ...],
        data: Unknown,
        context: Unknown,
        here: Aim,
        far: Mapping[str, int],
    ) -> tuple[Unknown, str | None]:
        if here and here.is_last and here.point.kind == "catch" and self.turn:
            raise NoSuchTurn
        goal = here.inside(state) if here else None
        if goal and not any(goal.is_for(one) for one in inside(state)):
            return self._too_large(state, path, data, context, goal.point)
        try:
            result = self._within(state, path, data, context, goal)
        except Escaped as escaped:
            index = first(state.get("Catch", []), escaped.error)
            if index is None:
                raise
            if here and here.is_last and here.point.index != index:
                raise Conflict("another handler takes it") from None
            return self._after_catch(state["Catch"][index], escaped.error, data)
        if here and here.is_last and here.point.kind == "catch":
            raise Conflict("nothing failed inside")
        if "ResultSelector" in state:
            result = filled(state["ResultSelector"], result, context)
        return self._out(state, put(data, result, state.get("ResultPath", "$")), context), state.get("Next")

    def _too_large(
        self, state: Mapping[str, Any], path: tuple[str, ...], data: Unknown, context: Unknown, point: Point
    ) -> tuple[Unknown, str | None]:
        """Nothing leaves what is inside, but what it hands on can be more than the engine takes."""
        index = first(state["Catch"], TOO_LARGE)
        if index != point.index:
            raise Conflict("every state inside catches what could leave it")
        before = len(self.inner)
        result = self._within(state, path, data, context, None, least=2)
        results = result.listed()
        answers = [self.answers[name].given for name in set(self.inner[before:]) & set(self.answers)]
        told = {part for given in answers for one in given if isinstance(one, Unknown) for part in parts(one)}
        # Items that are alike are one value, which stands there twice.
        if sum(swell(one, told) for one in dict.fromkeys(results)) < (1 if len(set(results)) == 1 else 2):
            raise Conflict("nothing inside can hand on so much")
        self.swollen = True
        self.reached = True
        return self._after_catch(state["Catch"][index], TOO_LARGE, data)

    def _within(
        self,
        state: Mapping[str, Any],
        path: tuple[str, ...],
        data: Unknown,
        context: Unknown,
        goal: Aim,
        least: int = 1,
    ) -> Unknown:
        """What the branches, or at `least` so many items, hand on."""
        if state["Type"] == "Map":
            return self._items(state, path, data, context, goal, least)
        given = filled(state["Parameters"], data, context) if "Parameters" in state else data
        results = []
        for branch in state["Branches"]:
            mine = goal if goal and not goal.done(self) and goal.is_for(branch) else None
            results.append(self._level(branch, path, given, context, mine))
        return Unknown(items=results)

    def _items(
        self,
        state: Mapping[str, Any],
        path: tuple[str, ...],
        data: Unknown,
        context: Unknown,
        goal: Aim,
        least: int,
    ) -> Unknown:
        items = at(state.get("ItemsPath", "$"), data, context).listed(least)
        (inner,) = inside(state)
        results, before = [], len(self.inner)
        if len(items) > 1 and goal:
            raise Conflict("items side by side")
        for item in items[:1]:
            mine = context.with_field("Map", Unknown(closed=True, fields={"Item": _item(item)}))
            given = filled(state["ItemSelector"], data, mine) if "ItemSelector" in state else item
            results.append(self._level(inner, path, given, mine, goal))
        if len(items) > 1:
            self.inner += self.inner[before:] * (len(items) - 1)
            for name in set(self.inner[before:]) & set(self.answers):
                self.answers[name].shared = True
            results *= len(items)
        return Unknown(items=results)


def _turns_of(state: Mapping[str, Any], catcher: int) -> int:
    """1 where the error is put into what the state's own result replaces: a run that comes back there and succeeds
    must have forgotten it. Else 0."""
    own, error = (one.get("ResultPath", "$") for one in (state, state["Catch"][catcher]))
    return int(own not in (None, "$") and (error or "").startswith(f"{own}."))


def _context(given: Unknown) -> Unknown:
    """$$ of an execution with this input; all else of it only the engine knows."""
    own = {"Execution": ("Id", "Name", "StartTime", "RoleArn"), "StateMachine": ("Id", "Name"), "Task": ("Token",),
           "State": ("Name", "EnteredTime", "RetryCount")}  # fmt: skip
    fields = {
        part: Unknown(closed=True, fields={one: known(FROM_THE_ENGINE) for one in names})
        for part, names in own.items()
    }
    fields["Execution"].fields["Input"] = given
    return Unknown(closed=True, fields=fields)


def _item(value: Unknown) -> Unknown:
    return Unknown(closed=True, fields={"Value": value, "Index": known(FROM_THE_ENGINE)})
