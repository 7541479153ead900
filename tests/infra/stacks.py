"""Stacks of the tiny example (tests/infra/tiny), for what the real one does not show."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from functions.settings import Settings
from tests.infra.template import Template, load_template

TINY = Path(__file__).parent / "tiny"


def synthesize_tiny(settings: Settings, out: Path, context: dict[str, Any] | None = None) -> Template:
    """The tiny stack, built in this process."""
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    from infra.app import new_app
    from infra.stack import RunbooksStack

    app = new_app(out, context)
    RunbooksStack(app, settings, root=TINY)
    app.synth()
    return load_template(out)
