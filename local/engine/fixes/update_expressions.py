"""An update expression that contradicts itself is refused, instead of doing half of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ministack.services import dynamodb

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")
Path = tuple[Any, ...]
Applied = tuple[dict[str, Any], set[Path]]


@fix("dynamodb-update-paths")
def refuse_contradictions(_setup: Setup) -> None:
    """Each path is changed once, and each clause stands once: what a later one says does not replace an earlier.

    AWS: DynamoDB developer guide, "Using update expressions in DynamoDB": an action keyword can appear only once;
    "Two document paths overlap with each other".
    """

    def make(original: Callable[..., Applied]) -> Callable[..., Applied]:
        def apply(
            item: Any, expression: str, values: Any, names: Any, updated_attrs: set[Path] | None = None
        ) -> Applied:
            _once(expression)
            changed = set() if updated_attrs is None else updated_attrs
            paths = _Paths()
            try:
                made, _ = original(item, expression, values, names, paths)
            finally:
                changed |= paths
            return made, changed

        return apply

    around(dynamodb, "_apply_update_expression", make)


class _Paths(set[Path]):
    """Refuses a path that is another one's, or lies on the way to it."""

    def add(self, path: Path, /) -> None:
        for one in self:
            shorter = min(len(one), len(path))
            if one[:shorter] == path[:shorter]:
                raise ValueError(
                    "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite "
                    f"one of these paths; path one: {_told(one)}, path two: {_told(path)}"
                )
        super().add(path)


def _told(path: Iterable[Any]) -> str:
    return f"[{', '.join(f'[{part}]' if isinstance(part, int) else str(part) for part in path)}]"


def _once(expression: str) -> None:
    words = Counter(str(token[1]).upper() for token in dynamodb._tokenize(expression) if token[0] == "IDENT")
    for clause in CLAUSES:
        if words[clause] > 1:
            raise ValueError(
                f'Invalid UpdateExpression: The "{clause}" section can only be used once in an update expression;'
            )
