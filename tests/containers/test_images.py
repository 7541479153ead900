"""AWS's image where it can be had, the one that is named, or one that is built: and the report says which."""

from __future__ import annotations

from typing import Any

import pytest
from docker.errors import APIError, ImageNotFound

from tests.containers.images import AWS_IMAGE, BUILT, VARIABLE, NoImage, choose


class Images:
    """An engine's images: those that are there, and those that can be pulled."""

    def __init__(self, there: tuple[str, ...] = (), to_pull: tuple[str, ...] = ()) -> None:
        self.images = self
        self._there, self._to_pull = there, to_pull
        self.pulled: list[tuple[str, str]] = []

    def get(self, name: str) -> object:
        if name not in self._there:
            raise ImageNotFound(name)
        return name

    def pull(self, name: str, tag: str) -> None:
        self.pulled.append((name, tag))
        if name not in self._to_pull:
            raise APIError("500", explanation="no\nsuch host")


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def built(_client: Any) -> int:
    return 142_000_000


def test_awss_image_is_pulled_where_it_can_be() -> None:
    images = Images(to_pull=(AWS_IMAGE,))
    chosen = choose(images, built)
    assert (chosen.name, chosen.built) == (AWS_IMAGE, False)
    assert images.pulled == [(AWS_IMAGE, "latest")]


def test_an_image_that_is_there_is_not_pulled() -> None:
    images = Images(there=(AWS_IMAGE,))
    assert choose(images, built).name == AWS_IMAGE
    assert images.pulled == []


def test_one_is_built_where_awss_cannot_be_pulled_and_one_line_says_so() -> None:
    chosen = choose(Images(), built)
    assert (chosen.name, chosen.built) == (BUILT, True)
    assert chosen.told == f"{AWS_IMAGE} cannot be pulled (no such host): built {BUILT}, 142 MB, instead"


def test_a_version_of_awss_image_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"{AWS_IMAGE}:2.0.0")
    images = Images(to_pull=(AWS_IMAGE,))
    assert choose(images, built).name == f"{AWS_IMAGE}:2.0.0"
    assert images.pulled == [(AWS_IMAGE, "2.0.0")]
    assert choose(Images(), built).built


def test_another_image_that_is_named_is_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "registry.example:5000/engine:1")
    images = Images(to_pull=("registry.example:5000/engine",))
    assert choose(images, built).name == "registry.example:5000/engine:1"
    assert images.pulled == [("registry.example:5000/engine", "1")]
    with pytest.raises(NoImage, match=r"registry\.example:5000/engine:1 cannot be had: no such host"):
        choose(Images(), built)
