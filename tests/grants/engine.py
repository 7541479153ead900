"""`python -m tests.grants.engine`: the embedded AWS, which holds each grant back from the call that first uses it.

`TRADAI_GRANTS` names a folder: `now` holds the name of what is run (nothing is held back without it), and
`results.jsonl` gets a line for each grant that was held back; those that stand in it are held back no more.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.engine import fixes
from local.engine.__main__ import main
from local.engine.fixes.patching import around

FOLDER = "TRADAI_GRANTS"


def holding(folder: Path) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Fixes are applied as ever, and then the hooks."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def apply_all(*given: Any, **named: Any) -> Any:
            found = original(*given, **named)
            # Only now: ministack reads its settings when it is imported.
            from tests.grants.hooks import hold_grants_back

            hold_grants_back(folder)
            return found

        return apply_all

    return make


if __name__ == "__main__":
    around(fixes, "apply_all", holding(Path(os.environ[FOLDER])))
    main()
