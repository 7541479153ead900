"""What the pages for operators and auditors promise is there."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML

from functions.settings import Settings

ROOT = Path(__file__).parents[3]


def test_the_settings_that_the_guide_shows_are_valid() -> None:
    text = (ROOT / "docs" / "approvals.md").read_text()
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    given = YAML(typ="safe").load(block[1])
    settings = Settings.model_validate(
        {"env": "prod", "account_id": "333333333333", "region": "eu-central-1", **given}
    )
    assert len(settings.approvals.rungs_of("default")) == 3
    assert settings.approvals.person_of("arn:aws:iam::333333333333:user/ana") == "ana"


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "threat-model.md").read_text()))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    assert len(named) > 40
    assert named - written == set()
