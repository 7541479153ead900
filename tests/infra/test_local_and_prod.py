"""The embedded AWS is given the template that AWS is given, but for the values listed here."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.config import load_settings
from tests.infra.template import Template, flat

# Where the two may differ, and why.
LISTED = {
    r"Resources\.\w+\.Properties\.Runtime": "the embedded AWS runs functions on the interpreter it runs on itself",
    r"Resources\.\w+\.Properties\.Architectures\.0": "likewise, on this machine's processor",
    r"Resources\.\w+\.Properties\.(Code|Content)\.S3Key": "settings.json, and wheels for that interpreter",
    r"Resources\.\w+\.Properties\.RetentionInDays": "log retention is a setting",
    r"Resources\.\w+\.Properties\.DeletionProtectionEnabled": "prod keeps its data",
    r"Resources\.\w+\.(DeletionPolicy|UpdateReplacePolicy)": "prod keeps its data",
    r"Resources\.\w*layer\w*\.Properties\.Description": "names the target of the wheels",
}


def normalised(template: Template, env: str) -> dict[str, Any]:
    """The template with account and environment made the same."""
    settings = load_settings(env)
    text = json.dumps(template.body).replace(settings.account_id, "ACCOUNT")
    text = re.sub(rf"(?<![a-z]){env}(?![a-z])", "ENV", text)
    return flat(json.loads(text))


@pytest.fixture(scope="module")
def differences(prod: Template, local: Template) -> set[str]:
    one, other = normalised(prod, "prod"), normalised(local, "local")
    missing = object()
    return {path for path in one.keys() | other.keys() if one.get(path, missing) != other.get(path, missing)}


def test_local_and_prod_differ_in_nothing_but_a_listed_few_values(differences: set[str]) -> None:
    unlisted = [path for path in sorted(differences) if not any(re.fullmatch(one, path) for one in LISTED)]
    assert unlisted == []


@pytest.mark.parametrize("listed", LISTED)
def test_nothing_is_listed_that_does_not_differ(listed: str, differences: set[str]) -> None:
    assert any(re.fullmatch(listed, path) for path in differences)


def test_both_have_the_same_resources(prod: Template, local: Template) -> None:
    assert list(prod.body["Resources"]) == list(local.body["Resources"])
