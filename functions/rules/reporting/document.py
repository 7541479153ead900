"""A report as data, and as Markdown or as one HTML page that loads nothing.

Only the standard library renders it, so that the task which ends a run needs no layer for it.
"""

from __future__ import annotations

from functions.rules.reporting.markdown import to_markdown
from functions.rules.reporting.page import to_html
from functions.rules.reporting.sections import MOST, MOST_ROWS, Link, Section, Table, plain

__all__ = ["MOST", "MOST_ROWS", "Link", "Section", "Table", "plain", "to_html", "to_markdown"]
