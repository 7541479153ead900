"""Cuts matplotlib and what it carries down to drawing an SVG.

What goes is never imported by the SVG backend: other backends' libraries, fonts besides the one that texts are
measured with, sample data, and of numpy what matplotlib asks for only when somebody computes. A test draws with
what is left in a process that knows nothing else.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

# fontTools: fonts put into PDF and PostScript. contourpy: contour lines.
_PACKAGES: Final = ("fontTools", "contourpy")
_FOLDERS: Final = (
    "matplotlib/backends/qt_editor",
    "matplotlib/backends/web_backend",
    "matplotlib/mpl-data/fonts/afm",
    "matplotlib/mpl-data/fonts/pdfcorefonts",
    "matplotlib/mpl-data/images",
    "matplotlib/mpl-data/kpsewhich",
    "matplotlib/mpl-data/plot_directive",
    "matplotlib/mpl-data/sample_data",
    "matplotlib/mpl-data/stylelib",
    "matplotlib/sphinxext",
    "mpl_toolkits/axes_grid1",
    "mpl_toolkits/axisartist",
    "numpy/_core/include",
    "numpy/_core/lib",
    "numpy/distutils",
    "numpy/f2py",
    "numpy/fft",
    "numpy/polynomial",
    "numpy/random",
    "numpy/testing",
)
_FILES: Final = (
    "matplotlib/_qhull.*.so",
    "numpy/_core/_multiarray_tests.*.so",
    "numpy/_core/_operand_flag_tests.*.so",
    "numpy/_core/_rational_tests.*.so",
    "numpy/_core/_simd.*.so",
    "numpy/_core/_struct_ufunc_tests.*.so",
    "numpy/_core/_umath_tests.*.so",
)
# Only Pillow's core is loaded, and of the libraries in its wheel only those that it is linked with.
_FONT: Final = "DejaVuSans.ttf"
_PILLOW_CORE: Final = "_imaging."
_PILLOW_LIBRARIES: Final = ("libXau", "libjpeg", "liblzma", "libopenjp2", "libtiff", "libxcb", "libzstd", "libz")


def trim_matplotlib(wheels: Path) -> None:
    """Trims unpacked wheels in place."""
    for name in (*_PACKAGES, *_FOLDERS):
        shutil.rmtree(wheels / name, ignore_errors=True)
    for name in _PACKAGES:
        for info in wheels.glob(f"{name.lower()}-*.dist-info"):
            shutil.rmtree(info)
    for pattern in _FILES:
        for path in wheels.glob(pattern):
            path.unlink()
    for path in (wheels / "matplotlib" / "mpl-data" / "fonts" / "ttf").glob("*.ttf"):
        if path.name != _FONT:
            path.unlink()
    for path in (wheels / "PIL").glob("*.so"):
        if not path.name.startswith(_PILLOW_CORE):
            path.unlink()
    for path in (wheels / "pillow.libs").glob("*.so*"):
        if not path.name.startswith(_PILLOW_LIBRARIES):
            path.unlink()
