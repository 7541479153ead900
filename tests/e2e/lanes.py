"""Who walks the definitions: each lane has meter files of its own, which it removes when it begins anew.

So what one of them walked, or walked long ago, never counts as another one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

METERED: Final = Path(__file__).resolve().parents[2] / "build" / "meter"


@dataclass(frozen=True)
class Lane:
    """`prefixes`: its files are `{prefix}-{process}.jsonl`, or `{prefix}.jsonl`."""

    title: str
    prefixes: Sequence[str]

    def files(self, folder: Path = METERED) -> list[Path]:
        return [path for prefix in self.prefixes for path in files(prefix, folder)]

    def lines(self, folder: Path = METERED) -> list[str]:
        return [line for path in self.files(folder) for line in path.read_text("utf-8").splitlines()]

    def written(self, folder: Path = METERED) -> str:
        """When the last line of it was, UTC."""
        newest = max((path.stat().st_mtime for path in self.files(folder)), default=None)
        return "never" if newest is None else f"{datetime.fromtimestamp(newest, UTC):%Y-%m-%d %H:%M} UTC"


END_TO_END: Final = Lane("end to end", ("e2e",))
SINGLE_FAULTS: Final = Lane("single faults, nothing mocked", ("sweep", "pairs", "sample", "some-pairs"))
MOCKED: Final = Lane("with mocked answers", ("paths",))
LANES: Final = (END_TO_END, SINGLE_FAULTS, MOCKED)


def files(prefix: str, folder: Path = METERED) -> list[Path]:
    return sorted({*folder.glob(f"{prefix}-*.jsonl"), *folder.glob(f"{prefix}.jsonl")})


def forget(prefix: str, folder: Path = METERED) -> None:
    """What was walked before."""
    for path in files(prefix, folder):
        path.unlink(missing_ok=True)
