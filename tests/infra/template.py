"""A synthesized template as tests ask it, and the statements of its roles with every reference resolved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Allowed:
    """One (action, resource) of a role; `role` is its logical id."""

    role: str
    action: str
    resource: str
    conditions: Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    body: Mapping[str, Any]

    def of(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """Properties of every resource of a type, by logical id."""
        return {name: one.get("Properties", {}) for name, one in self.raw(kind).items()}

    def raw(self, kind: str) -> dict[str, Mapping[str, Any]]:
        return {name: one for name, one in self.body["Resources"].items() if one["Type"] == kind}

    def physical(self, kind: str, property_: str) -> dict[str, str]:
        """Logical ids by a naming property."""
        return {str(properties[property_]): name for name, properties in self.of(kind).items()}

    def roles_of(self, service: str) -> dict[str, Mapping[str, Any]]:
        """Roles that a service may assume."""
        return {name: role for name, role in self.of("AWS::IAM::Role").items() if service in _principals(role)}

    def allowed(self, role: str) -> list[Allowed]:
        """Everything that a role may do, one action on one resource each."""
        policies = self.of("AWS::IAM::Role")[role].get("Policies", [])
        return [one for policy in policies for one in self._said(role, policy["PolicyDocument"])]

    def allowed_by_managed(self) -> list[Allowed]:
        """Likewise for every managed policy; `role` is the policy's logical id."""
        policies = self.of("AWS::IAM::ManagedPolicy").items()
        return [one for name, policy in policies for one in self._said(name, policy["PolicyDocument"])]

    def _said(self, holder: str, document: Mapping[str, Any]) -> list[Allowed]:
        return [
            Allowed(holder, action, self.text(resource), one.get("Condition", {}))
            for one in document["Statement"]
            for action in _listed(one["Action"])
            for resource in _listed(one["Resource"])
        ]

    def definitions(self) -> dict[str, Any]:
        """The definition of each state machine by its physical name."""
        return {
            machine["StateMachineName"]: json.loads(machine["DefinitionString"])
            for machine in self.of("AWS::StepFunctions::StateMachine").values()
        }

    def role_of_machine(self, name: str) -> str:
        machines = self.of("AWS::StepFunctions::StateMachine").values()
        arn = next(one["RoleArn"] for one in machines if one["StateMachineName"] == name)
        return str(arn["Fn::GetAtt"][0])

    def text(self, value: Any) -> str:
        """A value with every reference as `<LogicalId>` or `<LogicalId.Attribute>`."""
        match value:
            case str():
                return value
            case {"Ref": name}:
                return f"<{name}>"
            case {"Fn::GetAtt": [name, attribute]}:
                return f"<{name}.{attribute}>"
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(part) for part in parts)
        raise AssertionError(f"a reference that the tests do not know: {value}")


def load_template(assembly: Path) -> Template:
    (path,) = assembly.glob("*.template.json")
    return Template(json.loads(path.read_text("utf-8")))


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """`{path: value}` of everything inside, for comparisons that say where."""
    if isinstance(value, dict) and value:
        return {k: v for key, one in value.items() for k, v in flat(one, f"{path}.{key}".lstrip(".")).items()}
    if isinstance(value, list) and value:
        return {k: v for at, one in enumerate(value) for k, v in flat(one, f"{path}.{at}").items()}
    return {path: value}


def tasks_in(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every Task state, those inside Parallel branches and Map iterators too."""
    for state in definition["States"].values():
        if state["Type"] == "Task":
            yield state
        for inner in [*state.get("Branches", []), *filter(None, [state.get("ItemProcessor")])]:
            yield from tasks_in(inner)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _principals(role: Mapping[str, Any]) -> list[str]:
    statements = role["AssumeRolePolicyDocument"]["Statement"]
    return [service for one in statements for service in _listed(one["Principal"]["Service"])]
