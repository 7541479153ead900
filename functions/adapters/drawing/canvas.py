"""A sheet in CSS pixels from its upper left corner, on matplotlib's figure, and out of it as one `<svg>`."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Final, Literal

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Patch, Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from functions.adapters.drawing.plain_svg import plain_svg

DPI: Final = 72  # one point of matplotlib is one pixel
Side = Literal["left", "center", "right"]


class Sheet:
    """`name` tells this sheet's ids apart from those of another one on the same page."""

    def __init__(self, name: str, width: float, height: float) -> None:
        self.name, self.width, self.height = name, width, height
        self._figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
        self._figure.patch.set_visible(False)
        self._tips: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        FigureCanvasSVG(self._figure)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str,
        line: str | None = None,
        hatch: str | None = None,
        dashed: bool = False,
        tip: str = "",
    ) -> None:
        self._add(
            Rectangle(
                (x, self.height - y - height),
                width,
                height,
                facecolor=fill,
                edgecolor=line or "none",
                linewidth=1 if line else 0,
                linestyle=(0, (3, 2)) if dashed else "solid",
                hatch=hatch,
            ),
            tip,
        )

    def disc(self, x: float, y: float, radius: float, *, fill: str, line: str, tip: str = "") -> None:
        self._add(
            Ellipse((x, self.height - y), 2 * radius, 2 * radius, facecolor=fill, edgecolor=line, linewidth=1.2),
            tip,
        )

    def shape(
        self,
        points: Sequence[tuple[float, float]],
        *,
        fill: str | None,
        line: str,
        thick: float = 1.2,
        tip: str = "",
    ) -> None:
        """Closed where it is filled."""
        turned = [(x, self.height - y) for x, y in points]
        self._add(
            Polygon(
                turned, closed=fill is not None, fill=fill is not None, facecolor=fill, edgecolor=line,
                linewidth=thick, joinstyle="round", capstyle="round",
            ),
            tip,
        )  # fmt: skip

    def text(
        self, x: float, y: float, text: str, size: float, colour: str, *, side: Side = "left", kind: str = ""
    ) -> None:
        """`y`: the middle of the small letters' height. `kind`: its class in the page."""
        drawn = Text(
            x, self.height - y, text, fontsize=size, color=colour, ha=side, va="center_baseline",
            transform=IdentityTransform(), parse_math=False,
        )  # fmt: skip
        gid = f"t{len(self._figure.artists) + len(self._figure.texts)}"
        drawn.set_gid(gid)
        if kind:
            self._kinds[gid] = kind
        self._figure.add_artist(drawn)

    def svg(self, title: str, description: str) -> str:
        out = StringIO()
        # Text stays text, which a reader can find and a page can set in its own font; ids are the same each time.
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": self.name, "hatch.linewidth": 0.7}):
            self._figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return plain_svg(out.getvalue(), self.name, title, description, self._tips, self._kinds)

    def _add(self, patch: Patch, tip: str) -> None:
        patch.set_transform(IdentityTransform())
        if tip:
            gid = f"p{len(self._figure.artists)}"
            patch.set_gid(gid)
            self._tips[gid] = tip
        self._figure.add_artist(patch)
