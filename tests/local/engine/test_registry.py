from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from local.engine.fixes import catalogue, names
from local.engine.fixes.patching import MinistackChanged, around, reworded, rewrite

HERE = Path(__file__).parent
# No difference from AWS to show: one measures, the others have tests of their own shape.
SPECIAL = ("meter", "metric-eviction", "patience")


@pytest.mark.parametrize("name", [name for name in names() if name not in SPECIAL])
def test_each_fix_has_a_test_that_fails_when_ministack_needs_it_no_longer(name: str) -> None:
    texts = [path.read_text() for path in HERE.glob("test_*.py")]
    by_name = any(f'without("{name}")' in text for text in texts)
    by_table = any("without(fix)" in text and f'"{name}"' in text for text in texts)
    assert by_name or by_table


def test_each_module_of_fixes_is_in_the_catalogue() -> None:
    folder = Path(catalogue.__file__).parent
    with_fixes = {path.stem for path in folder.glob("*.py") if '\n@fix("' in path.read_text()}
    assert with_fixes == {module.__name__.rsplit(".", 1)[1] for module in catalogue.MODULES}


def test_each_fix_names_the_page_of_aws_that_it_follows() -> None:
    folder = Path(catalogue.__file__).parent
    for path in folder.glob("*.py"):
        count = path.read_text().count('\n@fix("')
        assert path.read_text().count("    AWS: ") + path.read_text().count("    No difference from AWS") >= count


def test_a_function_that_ministack_has_no_more_is_an_error() -> None:
    with pytest.raises(MinistackChanged, match="has no gone"):
        around(re, "gone", lambda original: original)


def test_a_text_that_ministack_changed_is_an_error() -> None:
    with pytest.raises(MinistackChanged, match="found 2"):
        reworded("a a", "a", "b")


def test_a_function_is_rewritten_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_module_to_rewrite.py").write_text("LIMIT = 3\n\n\ndef below(x):\n    return x < LIMIT\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("a_module_to_rewrite")
    rewrite(module, "below", "x < LIMIT", "x <= LIMIT")
    assert module.below(3)
    with pytest.raises(MinistackChanged, match="has no above"):
        rewrite(module, "above", "a", "b")
