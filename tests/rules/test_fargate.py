from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.rules.fargate import SIZES, Size, is_valid, next_size


@pytest.mark.parametrize(
    ("cpu", "memory", "larger"),
    [
        (256, 512, Size(256, 1024)),
        (256, 1024, Size(256, 2048)),
        (256, 2048, Size(512, 3072)),
        (512, 4096, Size(1024, 5120)),
        (1024, 2048, Size(1024, 3072)),
        (4096, 30720, Size(8192, 32768)),
        (8192, 16384, Size(8192, 20480)),
        (16384, 122_880, None),
        (300, 512, Size(512, 1024)),
        (None, 512, None),
        (256, None, None),
    ],
)
def test_the_next_size_is_the_cheapest_valid_one_with_more_memory(
    cpu: int | None, memory: int | None, larger: Size | None
) -> None:
    assert next_size(cpu, memory) == larger


@given(st.integers(0, 20_000), st.integers(0, 130_000))
def test_every_proposed_size_is_valid_and_larger(cpu: int, memory: int) -> None:
    size = next_size(cpu, memory)
    if size is not None:
        assert is_valid(size)
        assert size.memory_mb > memory
        assert size.cpu >= cpu


def test_the_table_is_the_one_of_the_documentation() -> None:
    assert {cpu: (sizes[0], sizes[-1], len(sizes)) for cpu, sizes in SIZES.items()} == {
        256: (512, 2048, 3),
        512: (1024, 4096, 4),
        1024: (2048, 8192, 7),
        2048: (4096, 16384, 13),
        4096: (8192, 30720, 23),
        8192: (16384, 61440, 12),
        16384: (32768, 122_880, 12),
    }
    assert not is_valid(Size(256, 3072))
    assert not is_valid(Size(300, 512))
