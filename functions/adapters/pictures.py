"""Pictures by matplotlib's SVG backend: nothing loaded, nothing random, the same bytes for the same timeline."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from functions.errors import Broken
from functions.rules.reporting.timeline import Timeline


class MatplotlibPictures:
    """matplotlib is imported only when it draws."""

    def timeline(self, timeline: Timeline) -> str:
        """Two `<svg>` elements, of which a page shows one: a wide one for desks and paper, a narrow one for phones.
        Raises `Broken` where it cannot be drawn: a report without picture is a report all the same."""
        # matplotlib keeps a list of fonts beside its settings; only this folder can be written to in Lambda.
        os.environ.setdefault("MPLCONFIGDIR", str(Path(tempfile.gettempdir()) / "tradai-matplotlib"))
        from functions.adapters.drawing.chart import draw
        from functions.adapters.drawing.layout import NARROW, WIDE

        try:
            return "\n".join(draw(timeline, layout) for layout in (WIDE, NARROW))
        except (ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
            raise Broken(f"the timeline cannot be drawn: {type(error).__name__}: {error}") from error
