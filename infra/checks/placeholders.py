"""Placeholders and numbers: each resolves, each is used, each default is the settings' own."""

from __future__ import annotations

from pydantic import BaseModel

from infra.asl import Definition, placeholders
from infra.asl.placeholders import malformed
from infra.checks.context import Context
from infra.checks.finding import Finding


def check(definition: Definition, context: Context) -> list[Finding]:
    """Rules `placeholder` and `number`."""
    found = [
        Finding(
            definition.name,
            where.split(".")[1] if "." in where else "",
            "placeholder",
            f"{text!r} is malformed",
        )
        for where, text in malformed(definition)
    ]
    numbers = definition.runbook.numbers
    named = placeholders(definition)
    for name in sorted(named):
        kind, _, target = name.rpartition(":")
        unknown = {
            "task": bool(context.tasks) and target not in context.tasks,
            "machine": bool(context.definitions) and target not in context.definitions,
            "": context.names is not None and name not in context.names and name not in numbers,
        }[kind]
        if unknown:
            found.append(Finding(definition.name, "", "placeholder", f"nothing gives ${{{name}}} a value"))
    for name, number in numbers.items():
        if name not in named:
            found.append(Finding(definition.name, "", "placeholder", f"the number {name} is declared and not used"))
        if context.settings is not None and (message := _differs(context.settings, number.setting, number.default)):
            found.append(Finding(definition.name, "", "number", f"{name}: {message}"))
    return found


def _differs(settings: type[BaseModel], path: str, default: int) -> str | None:
    """Why the settings' field is not there or has another default; None where both agree.

    A property that a part of the settings works out of its fields counts as one of them.
    """
    model: object = settings
    *parts, last = path.split(".")
    for part in parts:
        fields = getattr(model, "model_fields", {})
        model = fields[part].annotation if part in fields else None
    fields = getattr(model, "model_fields", {})
    if last in fields:
        theirs = fields[last].default
    elif isinstance(model, type) and isinstance(getattr(model, last, None), property):
        theirs = getattr(model(), last)
    else:
        return f"the settings have no field {path}"
    if theirs != default:
        return f"its default is {default} and that of the settings' {path} is {theirs}"
    return None
