"""Records real incidents of each runbook and outcome: `python -m tests.browser.record [NAME...]`.

Runs the product on the embedded AWS (tests/browser/scenes.py) and keeps the incident's item, what its runbook
tells of its own, and the histories, below `recorded/`. Accounts, addresses and the environment's name are made up.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from console import local_stack
from console.pieces import RealPieces
from functions.adapters.aws import Aws
from functions.adapters.histories import StepFunctionsHistories
from functions.history import History
from tests.browser.scenes import SCENES
from tests.browser.stretch import Stretch
from tests.e2e.platform import ACCOUNT, REGION, Platform

SCALE: Final = 0.01
FOLDER: Final = Path(__file__).with_name("recorded")
_INSTEAD: Final = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "https://venue.example"),
    (re.compile(rf"\b{ACCOUNT}\b"), "123456789012"),
    (re.compile(r"\b(tradai(?:-[a-z0-9]+)*?)-local\b"), r"\1-prod"),
    (re.compile(r"--env local\b"), "--env prod"),
    (re.compile(r"\bin local:"), "in prod:"),
)


def main(names: list[str]) -> None:
    """Without names all of them; the folder of the engine is its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRADAI_LOCAL_DIR"] = folder
        stack = local_stack.up(RealPieces(), lambda text: print(text, flush=True), time_scale=SCALE)
        try:
            platform = Platform.of(stack.state, SCALE)
            os.environ.update(
                AWS_ENDPOINT_URL=platform.endpoint_url,
                AWS_ACCESS_KEY_ID=platform.key_id,
                AWS_SECRET_ACCESS_KEY=platform.secret,
            )
            platform.warm()
            platform.remember()
            for name in names or SCENES:
                print(name, flush=True)
                try:
                    _record(platform, name)
                except AssertionError as error:
                    print(f"{name} is not recorded: {error}", flush=True)
        finally:
            stack.close()


def _record(platform: Platform, name: str) -> None:
    platform.reset()
    arn = SCENES[name](platform)
    platform.ended(arn, 300)
    _keep(platform, name, arn)


def _keep(platform: Platform, name: str, arn: str) -> None:
    item = platform.until(lambda: _reported(platform, arn), f"the report of {arn} is final", 120)
    machine = platform.machine("stale-heartbeat").removesuffix("stale-heartbeat")
    history = StepFunctionsHistories(Aws(REGION), machine).of(arn)
    own = json.loads(platform.report(str(item["sections_key"]))) if item.get("sections_key") else {}
    kept = _longer({"item": item, "own": own}, history)
    text = json.dumps({**kept, "history": kept["history"]}, indent=1, default=_plain)
    for pattern, instead in _INSTEAD:
        text = pattern.sub(instead, text)
    (FOLDER / f"{name}.json").write_text(f"{text}\n", "utf-8")


def _reported(platform: Platform, arn: str) -> dict[str, Any] | None:
    """Its item once the final edition stands, and everybody was told."""
    found = platform.incident_of(arn)
    # A stop waits for no checklist, which comes after its end.
    checked = found.get("checklist") or found.get("runbook") != "emergency-stop"
    return found if found.get("reported_at") and found.get("notified_at") and checked else None


def _longer(kept: dict[str, Any], history: History) -> dict[str, Any]:
    """With the waits that the embedded AWS shortened; moments in seconds since the incident was opened."""
    end = history.ended_at or datetime.now(UTC)
    stretch = Stretch(history.spans, SCALE, end)
    plain = json.loads(json.dumps(kept, default=_plain))
    base = stretch.at(datetime.fromisoformat(plain["item"]["opened_at"]))
    places = {arn: n for n, arn in enumerate(dict.fromkeys(span.execution_arn for span in history.spans))}

    def since(moment: datetime | None) -> float | None:
        return None if moment is None else round((stretch.at(moment) - base).total_seconds(), 1)

    machines = {span.execution_arn: span.machine for span in history.spans}
    return {
        **stretch.of(plain),
        "history": {
            "status": history.status,
            "started": since(history.started_at),
            "ended": since(history.ended_at),
            "events": history.events,
            "executions": [[machines[arn], arn] for arn in places],
            "spans": [
                [places[one.execution_arn], one.state, one.kind, since(one.entered_at), since(one.left_at),
                 one.error, one.asks, one.tries]
                for one in history.spans
            ],
        },
    }  # fmt: skip


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
