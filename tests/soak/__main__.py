"""`python -m tests.soak`: hours of trouble in minutes, on one engine; writes docs/soak.md. 1: a law was broken."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from infra import paths
from tests.soak import page
from tests.soak.laws import broken
from tests.soak.rig import engine
from tests.soak.soaking import soaked

# With 1,000 strategies a beat costs half a second of one core: at this scale they come every 3 s.
SCALE = 0.1


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--minutes", type=float, default=20.0)
    options.add_argument("--strategies", type=int, default=1_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--scale", type=float, default=SCALE)
    options.add_argument("--page", default=str(page.DOCS), help="where the page is written")
    given = options.parse_args()
    with engine(given.scale) as (platform, pid):
        found = soaked(platform, pid, minutes=given.minutes, strategies=given.strategies, seed=given.seed)
    wrong = broken(found)
    for law, told in wrong.items():
        for sentence in told:
            print(f"{law}: {sentence}")
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} cores"
    run = page.Ran(when, given.minutes, given.strategies, given.seed, given.scale)
    Path(given.page).write_text(page.text(found, wrong, run), encoding="utf-8")
    folder = paths.build() / "soak"
    folder.mkdir(parents=True, exist_ok=True)
    whole = json.dumps({"broken": wrong, "seen": asdict(found)}, default=str, indent=1)
    (folder / "seen.json").write_text(whole, encoding="utf-8")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
