"""`python -m local.image image.tar`: then `docker import` it with the printed changes."""

from __future__ import annotations

import sys
from pathlib import Path

from local.image import archive


def main() -> None:
    """Writes the tar and prints the `docker import` command that makes an image of it."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m local.image FILE.tar")
    size = archive.write(Path(sys.argv[1]))
    told = " ".join(f"--change '{change}'" for change in archive.changes())
    print(f"{size / 1e6:.0f} MB; docker import {told} {sys.argv[1]} tradai-embedded-engine")


if __name__ == "__main__":
    main()
