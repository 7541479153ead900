"""A choice rule in a few words: `$.plan.verdict StringEquals act` as `verdict is act`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from infra.checks.choices import comparison
from infra.checks.graph import items

_SIGNS: Final = {
    "Equals": "is",
    "LessThan": "below",
    "LessThanEquals": "at most",
    "GreaterThan": "above",
    "GreaterThanEquals": "at least",
}


def condition(rule: Mapping[str, Any]) -> str:
    """The rule in words; several values of one field are listed."""
    if "Not" in rule:
        return f"not ({condition(rule['Not'])})"
    if "And" in rule:
        return " and ".join(condition(inner) for inner in items(rule["And"]))
    if "Or" in rule:
        return _either(items(rule["Or"]))
    name = comparison(rule)
    field = _field(rule.get("Variable"))
    if name is None:
        return "?"
    wanted = _word(rule[name])
    if name == "BooleanEquals":
        return field if wanted is True else f"not {field}"
    if name == "IsPresent":
        return f"{field} is given" if wanted is True else f"{field} is not given"
    if name == "IsNull":
        return f"no {field}" if wanted is True else f"some {field}"
    if name.startswith("Is"):
        what = name.removeprefix("Is").lower()
        return f"{field} is {what}" if wanted is True else f"{field} is not {what}"
    if name == "StringMatches":
        return f"{field} looks like {wanted}"
    sign = name.removesuffix("Path")
    for kind in ("String", "Numeric", "Timestamp", "Boolean"):
        sign = sign.removeprefix(kind)
    return f"{field} {_SIGNS[sign]} {_field(wanted) if name.endswith('Path') else wanted}"


def _either(rules: list[Mapping[str, Any]]) -> str:
    one_field = {rule.get("Variable") for rule in rules}
    if len(one_field) == 1 and all("StringEquals" in rule for rule in rules):
        *firsts, last = [_word(rule["StringEquals"]) for rule in rules]
        return f"{_field(rules[0]['Variable'])} is {', '.join(firsts)} or {last}" if firsts else condition(rules[0])
    return " or ".join(condition(rule) for rule in rules)


def _word(value: Any) -> Any:
    return value.replace("_", " ") if isinstance(value, str) and not value.startswith("$") else value


def _field(path: Any) -> str:
    return str(path).rsplit(".", 1)[-1].replace("_", " ")
