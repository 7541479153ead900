"""What a run left to see, kept whole: a law that comes later judges it without the run."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

from tests.sweep.seen import Seen


def keep(seen: Seen, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(pickle.dumps(seen)))


def kept(file: Path) -> Seen | None:
    """None where nothing has been kept."""
    if not file.exists():
        return None
    found: Seen = pickle.loads(gzip.decompress(file.read_bytes()))
    return found
