"""What the states of outlast hand to one another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.contracts import Frozen
from functions.stages import GroupJob


class Outlast(Frozen):
    """What is waited for. `wait_seconds` is the next wait, `seen_at` when it was seen to be over. `ask`: the wait
    is over and the trouble is not, and a person may still be asked `asks_left` times."""

    job: GroupJob
    what: Literal["exchange", "database", "network", "deployment", "rate_limit"]
    slow_down: bool
    wait_seconds: Annotated[int, Field(ge=1, le=3600)]
    looks_left: int
    over: bool
    again: bool
    ask: bool
    asks_left: int
    seen_at: datetime | None
    why: str


class Slowed(Frozen):
    """The strategies whose cooldown was raised, and those left alone with the reason."""

    slowed: tuple[str, ...]
    left_alone: tuple[str, ...]
