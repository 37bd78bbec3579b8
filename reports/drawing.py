"""Drawing in millimetres with the packaged face: a figure the size of the sheet, the same bytes for the same rows."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from layers import colours
from reports.frame import PAGE_MM, Box
from reports.sheet import Sheet
from reports.typeface import families

HALO = [withStroke(linewidth=1.6, foreground="#FFFFFF")]
MM_PT = 72 / 25.4


@contextmanager
def style() -> Iterator[None]:
    """The settings a printed sheet is drawn under: our face, TrueType in PDF, nothing of the machine's own settings."""
    chosen = {**matplotlib.rcParamsDefault, "font.family": list(families()), "pdf.fonttype": 42,
              "svg.hashsalt": "hezhang", "axes.unicode_minus": False, "path.simplify": True, "pdf.compression": 6}
    chosen.pop("backend", None)
    with matplotlib.rc_context(chosen):
        yield


def page() -> tuple[Figure, Axes]:
    """An empty A3 sheet with one axes over all of it, measured in millimetres."""
    figure = Figure(figsize=(PAGE_MM[0] / 25.4, PAGE_MM[1] / 25.4), facecolor="#FFFFFF")
    FigureCanvasAgg(figure)
    return figure, part(figure, Box(0, 0, *PAGE_MM))


def part(figure: Figure, box: Box) -> Axes:
    """An axes over a box of the sheet, measured in millimetres from the box's lower left corner."""
    axes = figure.add_axes(box.of_page())
    axes.set_xlim(0, box.w)
    axes.set_ylim(0, box.h)
    axes.set_axis_off()
    return axes


def write(axes: Axes, x: float, y: float, words: str, size_pt: float, **options: Any) -> None:
    """Text in the packaged face; dollar signs are signs, never formulas."""
    values = {"color": colours.TEXT, "ha": "left", "va": "baseline", "parse_math": False, **options}
    axes.text(x, y, words, fontsize=size_pt, **values)


def rectangle(axes: Axes, box: Box, **options: Any) -> None:
    """A rectangle in the axes' millimetres."""
    axes.add_patch(matplotlib.patches.Rectangle((box.x, box.y), box.w, box.h, **options))


def saved(figure: Figure, sheet: Sheet, kind: str, dpi: int = 200) -> bytes:
    """The figure as ``pdf`` or ``png`` bytes, dated by the data and not by the clock."""
    out = io.BytesIO()
    made = sheet.as_of_local().replace(tzinfo=None)
    if kind == "pdf":
        about = {"Title": sheet.title, "Author": sheet.unit, "CreationDate": made, "ModDate": made}
    else:
        about = {"Title": sheet.title, "Software": "Hezhang"}
    figure.savefig(out, format=kind, dpi=dpi, metadata=about)
    return out.getvalue()
