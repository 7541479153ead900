"""State machine definitions: strict loading, rendering, and what they refer to.

definition = load(Path("statemachines/stale-heartbeat"))
text = render(definition, {"task:find_stale": arn, ...} | number_values(definition, settings))
"""

from infra.asl.definition import Definition, discover, load
from infra.asl.placeholders import placeholders
from infra.asl.references import References, references
from infra.asl.rendering import number_values, render, with_defaults
from infra.asl.runbook import Harm, Number, Runbook, Trigger
from infra.asl.strict_yaml import DefinitionError

__all__ = [
    "Definition",
    "DefinitionError",
    "Harm",
    "Number",
    "References",
    "Runbook",
    "Trigger",
    "discover",
    "load",
    "number_values",
    "placeholders",
    "references",
    "render",
    "with_defaults",
]
