"""What every part of the settings is: frozen, and strict about unknown fields."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[int, Field(ge=1, le=31_536_000)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
