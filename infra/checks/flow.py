"""Follows what is surely known through a machine: at each state the join over every way into it.

A catch edge carries the state's own input with `Error` and `Cause` put in; a choice edge carries what the
rule has made sure. The walk is repeated until nothing changes, and only then are findings told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.asl import Definition
from infra.asl.rendering import with_defaults
from infra.asl.states import Scope, scopes
from infra.checks.context import Context
from infra.checks.shapes import UNKNOWN, Shape, join, join_all
from infra.checks.step import Out, step

Told = Callable[[str, str, str], None]
_MOST_ROUNDS = 1000


@dataclass
class Walk:
    """One walk over one machine; `tell(where, rule, message)` hears the findings once the walk is stable."""

    definition: Definition
    context: Context
    tell: Told
    calls: tuple[str, ...] = ()
    _outputs: dict[str, Shape] = field(default_factory=dict)

    def machine(self, start: Shape = UNKNOWN) -> Shape:
        """The shape of the machine's output when it ends well."""
        return self.scope(top(self.definition), start)

    def scope(self, scope: Scope, start: Shape, *, quiet: bool = False) -> Shape:
        """The shape with which a scope ends, joined over all its ends; UNKNOWN where it cannot end well."""
        inputs = self._stable(scope, start)
        ends = [
            out.shape
            for name, shape in inputs.items()
            for out in self._step(scope, name, shape, quiet=quiet)
            if out.target is None
        ]
        return join_all(ends) if ends else UNKNOWN

    def child_output(self, name: str) -> Shape:
        """What a child machine of that name returns; UNKNOWN where it is not known or calls itself."""
        if name not in self.context.definitions or name in (*self.calls, self.definition.name):
            return UNKNOWN
        if name not in self._outputs:
            self._outputs[name] = self._child(name, lambda *_: None).machine()
        return self._outputs[name]

    def child_input(self, name: str, given: Shape, tell: Callable[[str, str], None]) -> None:
        """Tells where the input given to a child does not fit what its first task requests."""
        if name not in self.context.definitions or name in (*self.calls, self.definition.name):
            return

        def only_requests(_where: str, rule: str, message: str) -> None:
            if rule == "request":
                tell("request", f"{name} would refuse its input: {message}")

        child = self._child(name, only_requests)
        first = top(child.definition)
        if first.start in first.states:
            child._step(first, first.start, given, quiet=False)

    def _child(self, name: str, tell: Told) -> Walk:
        return Walk(self.context.definitions[name], self.context, tell, (*self.calls, self.definition.name))

    def _stable(self, scope: Scope, start: Shape) -> Mapping[str, Shape]:
        if scope.start not in scope.states:
            return {}
        inputs = {scope.start: start}
        todo = [scope.start]
        for _ in range(_MOST_ROUNDS * len(scope.states)):
            if not todo:
                return inputs
            name = todo.pop(0)
            for out in self._step(scope, name, inputs[name], quiet=True):
                if out.target is None or out.target not in scope.states:
                    continue
                known = inputs.get(out.target)
                new = out.shape if known is None else join(known, out.shape)
                if new != known:
                    inputs[out.target] = new
                    todo += [out.target] if out.target not in todo else []
        raise RuntimeError(f"{scope.at(name)}: what is known never becomes stable")  # pragma: no cover

    def _step(self, scope: Scope, name: str, shape: Shape, *, quiet: bool) -> list[Out]:
        where = scope.at(name)

        def tell(rule: str, message: str) -> None:
            if not quiet:
                self.tell(where, rule, message)

        return list(step(self, scope, name, shape, tell, quiet=quiet))


def top(definition: Definition) -> Scope:
    """The machine's own scope, its numbers replaced by their defaults."""
    return next(iter(scopes(with_defaults(definition))))
