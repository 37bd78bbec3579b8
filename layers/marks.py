"""Small SVG marks: the symbols of points on the map and in its legend."""

import html
import math
import re

_ESCAPES = {"`": "&#96;", "$": "&#36;", "{": "&#123;", "}": "&#125;"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")


def escape(text: object) -> str:
    """Return text that is only text: in HTML, in an attribute, and inside a JavaScript template literal.

    Parameters
    ----------
    text : object
        Anything; ``None`` becomes empty.

    Returns
    -------
    str
        With ``& < > " '``, backtick, ``$``, ``{`` and ``}`` as entities and control characters removed.
    """
    plain = "" if text is None else _CONTROLS.sub("", str(text))
    return "".join(_ESCAPES.get(letter, letter) for letter in html.escape(plain, quote=True))


def _polygon(points: list[tuple[float, float]], paint: str) -> str:
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" {paint}/>'


def _shape(shape: str, size: float, paint: str) -> str:
    """Return the SVG element of ``shape`` inside a square of ``size`` px."""
    mid, near, far = size / 2, 1.5, size - 1.5
    if shape == "square":
        return f'<rect x="{near + 0.5}" y="{near + 0.5}" width="{size - 4}" height="{size - 4}" {paint}/>'
    if shape == "diamond":
        return _polygon([(mid, 0.8), (size - 0.8, mid), (mid, size - 0.8), (0.8, mid)], paint)
    if shape == "triangle":
        return _polygon([(mid, 1.2), (size - 0.7, far), (0.7, far)], paint)
    if shape == "trapezium":
        return _polygon([(size * 0.3, size * 0.22), (size * 0.7, size * 0.22), (far, size * 0.8), (near, size * 0.8)], paint)
    if shape == "flag":
        pole = f'<line x1="{near + 1}" y1="1" x2="{near + 1}" y2="{size}" stroke="#1B2A33" stroke-width="1.6"/>'
        return pole + _polygon([(near + 1, 1.5), (far, size * 0.3), (near + 1, size * 0.58)], paint)
    if shape == "tick":
        return f'<line x1="{mid}" y1="2" x2="{mid}" y2="{size - 2}" {paint}/>' + (
            f'<line x1="{size * 0.25:.1f}" y1="{mid}" x2="{size * 0.75:.1f}" y2="{mid}" {paint}/>'
        )
    return f'<circle cx="{mid}" cy="{mid}" r="{mid - 1.5}" {paint}/>'


def mark(
    shape: str,
    *,
    fill: str,
    stroke: str,
    size: float = 14,
    width: float = 1.6,
    dash: str = "",
    text: str = "",
    ink: str = "",
) -> str:
    """Return a point symbol as an ``<svg>`` of ``size`` px.

    Parameters
    ----------
    shape : str
        ``circle square diamond triangle trapezium flag tick``.
    fill, stroke, ink : str
        Colours of area, outline and the text inside.
    size, width : float
        Side of the square and width of the outline, in px.
    dash : str
        SVG dash pattern of the outline.
    text : str
        At most two characters inside; escaped.
    """
    paint = f'fill="{fill}" stroke="{stroke}" stroke-width="{width}"'
    if dash:
        paint += f' stroke-dasharray="{dash}"'
    inside = ""
    if text:
        low = 0.63 if shape == "triangle" else 0.5
        points = max(8, math.floor(size * (0.62 if len(text) < 2 else 0.5)))
        inside = (
            f'<text x="{size / 2}" y="{size * low}" dy=".36em" text-anchor="middle" font-size="{points}" '
            f'font-weight="700" fill="{ink}">{escape(text)}</text>'
        )
    return (
        f'<svg width="{size}" height="{size}" viewBox="0 0 {size} {size}" '
        f'aria-hidden="true">{_shape(shape, size, paint)}{inside}</svg>'
    )


def stroke(color: str, *, width: float = 5, dash: str = "", hollow: bool = False, over: str = "", fill: str = "") -> str:
    """Return a legend sample of a line (or, with ``fill``, of an area)."""
    if fill:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return (
            '<svg width="28" height="14" aria-hidden="true">'
            f'<rect x="1" y="1" width="26" height="12" fill="{fill}" stroke="{color}"{dashed}/></svg>'
        )
    parts = []
    if over:
        parts.append(f'<line x1="0" y1="7" x2="28" y2="7" stroke="{over}" stroke-width="3"/>')
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    parts.append(f'<line x1="1" y1="7" x2="27" y2="7" stroke="{color}" stroke-width="{width}"{dashed}/>')
    if hollow:
        parts.append('<line x1="2" y1="7" x2="26" y2="7" stroke="#FFFFFF" stroke-width="2"/>')
    return f'<svg width="28" height="14" aria-hidden="true">{"".join(parts)}</svg>'
