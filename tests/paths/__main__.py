"""`make paths`: writes the ways through the definitions anew."""

from __future__ import annotations

from tests.paths import golden

if __name__ == "__main__":
    golden.write()
