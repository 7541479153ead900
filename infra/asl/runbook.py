"""What `runbook.yaml` says about a machine: owner, causes answered, bounds, possible harm."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Count = Annotated[int, Field(ge=1)]
SettingField = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
NumberName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Number(_Part):
    """A number that a settings field may replace; `default` is what the checks and diagrams use."""

    default: Count
    unit: Literal["seconds", "items", "attempts"]
    setting: SettingField


class Trigger(_Part):
    """What starts the runbook besides a person: the settings field that holds the alarm's name:
    of the platform, or of our own."""

    alarm: NumberName


class Harm(_Part):
    """What a remedy can make worse, the check that prevents it, and the test that shows the check.

    `test` is a path from the root, with `::name` where one test of the file is meant.
    """

    harm: Text
    check: Text
    test: Annotated[str, StringConstraints(pattern=r"^tests/[\w/.-]+(::\w+)*$")]


class Runbook(_Part):
    """`loops` and `maps` give the bounds that the worst-case history is added up with."""

    title: Text
    owner: Text
    can_harm: Annotated[tuple[Harm, ...], Field(strict=False)]
    child: bool = False
    trigger: Trigger | None = None
    answers: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    budget: dict[NumberName, Count] = {}
    numbers: dict[NumberName, Number] = {}
    loops: dict[Text, Count] = {}
    maps: dict[Text, Count] = {}


def read_runbook(data: Any) -> Runbook:
    """The model; ValueError with `field: what is wrong` for each field that is."""
    try:
        return Runbook.model_validate(data)
    except ValidationError as error:
        problems = (
            f"{'.'.join(str(part) for part in problem['loc']) or 'runbook'}: {problem['msg']}"
            for problem in error.errors(include_url=False)
        )
        raise ValueError("; ".join(problems)) from None
