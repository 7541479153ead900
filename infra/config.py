"""Reads `infra/environments/{env}.yaml` into the settings' models; a wrong value is named, never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from functions.settings import Env, Settings
from infra.asl.strict_yaml import DefinitionError, parse
from infra.errors import SetupError
from infra.paths import ENVIRONMENTS


class SettingsError(SetupError):
    """A settings file that cannot be used: names the file, the field and the value."""


def load_settings(env: str, folder: Path = ENVIRONMENTS) -> Settings:
    """The settings of `env`, whole: defaults filled in, every name resolved.

    Raises SettingsError with one line for each wrong field.
    """
    known = [one.value for one in Env]
    if env not in known:
        raise SettingsError(f"unknown environment {env!r}; there are {', '.join(known)}")
    path = folder / f"{env}.yaml"
    data = _read(path)
    if data.get("env") != env:
        raise SettingsError(f"{path.name}: env: must be {env!r} as the file is called, is {data.get('env')!r}")
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise SettingsError("\n".join(f"{path.name}: {_told(problem)}" for problem in problems)) from None


def _read(path: Path) -> dict[str, Any]:
    """The same strict YAML as the definitions': no duplicate keys, no `no` that becomes false."""
    if not path.is_file():
        raise SettingsError(f"{path.name}: there is no such file beside the other environments")
    try:
        data = parse(path.read_text("utf-8"), path.name)
    except DefinitionError as error:
        raise SettingsError(str(error)) from None
    if not isinstance(data, dict):
        raise SettingsError(f"{path.name}: must hold fields and values, holds {data!r}")
    return data


def _told(problem: Any) -> str:
    """`field: what is wrong, is value`."""
    field = ".".join(str(part) for part in problem["loc"]) or "settings"
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return f"{field}: there is no such setting"
    if problem["type"] == "missing":
        return f"{field}: is required"
    # A rule over several fields names them itself; its input is the whole block.
    return (
        f"{field}: {message}"
        if isinstance(problem["input"], dict)
        else (f"{field}: {message}, is {problem['input']!r}")
    )
