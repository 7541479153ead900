"""Names of container images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ECR: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[a-z0-9][a-z0-9._/-]*)(?::(?P<tag>[\w][\w.-]{0,127}))?"
)
_PINNED: Final = re.compile(r".+@(?P<digest>sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Image:
    """An image in ECR, or one that is pinned by its digest wherever it lies."""

    account: str | None = None
    region: str | None = None
    repository: str | None = None
    tag: str | None = None
    digest: str | None = None


def parsed(image: str) -> Image | None:
    """None for an image that is neither pinned nor in ECR: its registry cannot be asked."""
    if pinned := _PINNED.fullmatch(image):
        return Image(digest=pinned["digest"])
    if ecr := _ECR.fullmatch(image):
        return Image(ecr["account"], ecr["region"], ecr["repository"], ecr["tag"] or "latest")
    return None
