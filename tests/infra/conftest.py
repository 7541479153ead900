"""Synthesized templates: each environment once a session, and not at all where its content is cached."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from functions.settings import Env
from infra.synth import synthesize
from tests.infra.template import Template, load_template
from tests.synthesis import alone

ENVIRONMENTS = [env.value for env in Env]


@cache
def _assembly(env: str) -> Path:
    with alone(env):
        return synthesize(env)


@pytest.fixture(scope="session")
def assembly() -> Callable[[str], Path]:
    """The cloud assembly of an environment."""
    return _assembly


@cache
def _template(env: str) -> Template:
    return load_template(_assembly(env))


@pytest.fixture(scope="session", params=["prod", "local"])
def template(request: pytest.FixtureRequest) -> Template:
    """What is deployed to AWS, and what is deployed to the embedded one."""
    return _template(str(request.param))


@pytest.fixture(scope="session")
def prod() -> Template:
    return _template("prod")


@pytest.fixture(scope="session")
def local() -> Template:
    return _template("local")
