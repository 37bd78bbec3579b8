"""河段展开图, the small one: a stretch of water laid straight, one bar a bank, coloured by days since anyone looked.

Sideways everything is a share of the width and upright everything is in pixels, so the same drawing fits a phone and a
desk without its letters growing.
"""

import base64
import hashlib
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from data.words import say
from layers import colours
from layers.marks import escape

BAR_PX = 12
TEXT_PX = 12
_TOP_PX = 17
_HEIGHT_PX = _TOP_PX + 2 * BAR_PX + 4 + 17
_FACES = "PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif"
_GROUND = "#E9EFF2"
_WALKED = "#1B2A33"
_TICKS_M = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


def kilometre_mark(chainage_m: float) -> str:
    """A chainage as people write it: K12+350."""
    whole = round(float(chainage_m))
    return f"K{whole // 1000}+{whole % 1000:03d}"


def _missing(value: Any) -> bool:
    return value is None or value != value or value is pd.NaT


def _paint(state: str, ident: str) -> str:
    """The fill of a state; hatches and dashes are patterns of this drawing, hollow is a frame."""
    if state == "walked":
        return f'fill="{_WALKED}"'
    style = colours.GAP.get(state)
    if style is None:
        return f'fill="{_GROUND}"'
    if style.get("hollow"):
        return f'fill="#FFFFFF" stroke="{style["color"]}" stroke-width="2"'
    if style.get("dash"):
        return f'fill="url(#{ident}-{state})"'
    return f'fill="{style["color"]}"'


def _patterns(ident: str, states: set[str]) -> str:
    made = ""
    if "never" in states:
        made += (f'<pattern id="{ident}-never" width="15" height="8" patternUnits="userSpaceOnUse">'
                 f'<rect width="15" height="8" fill="#FFFFFF"/>'
                 f'<rect width="10" height="8" fill="{colours.GAP["never"]["color"]}"/></pattern>')
    if "no_access" in states:
        made += (f'<pattern id="{ident}-no_access" width="5" height="5" patternUnits="userSpaceOnUse" '
                 f'patternTransform="rotate(45)"><rect width="5" height="5" fill="#FFFFFF"/>'
                 f'<rect width="2" height="5" fill="{colours.GAP["no_access"]["color"]}"/></pattern>')
    return f"<defs>{made}</defs>" if made else ""


def _text(x: str, y: float, words: str, anchor: str = "start", weight: int = 400) -> str:
    return (f'<text x="{x}" y="{y:g}" text-anchor="{anchor}" font-size="{TEXT_PX}" font-weight="{weight}" '
            f'fill="{colours.TEXT}">{escape(words)}</text>')


def piece_words(row: dict[str, Any], lang: str) -> str:
    """What a piece of a bank says of itself: where, which bank, state and days."""
    words = [f"{kilometre_mark(row['from_m'])}–{kilometre_mark(row['to_m'])}", say(f"bank.{row['bank']}", lang),
             say(f"strip.state.{row['state']}", lang)]
    if not _missing(row.get("days")):
        words.append(say("strip.days", lang, days=int(row["days"])))
    return " · ".join(words)


def _bars(rows: list[dict[str, Any]], start_m: float, size_m: float, ident: str, lang: str) -> str:
    out = []
    for row in rows:
        low, high = max(row["from_m"], start_m), min(row["to_m"], start_m + size_m)
        if high <= low:
            continue
        x, width = (low - start_m) / size_m * 100, (high - low) / size_m * 100
        for bank in ("left", "right") if row["bank"] == "both" else (row["bank"],):
            y = _TOP_PX if bank == "left" else _TOP_PX + BAR_PX + 4
            inset = 1 if colours.GAP.get(row["state"], {}).get("hollow") else 0
            out.append(f'<rect x="{x:.3f}%" y="{y + inset}" width="{width:.3f}%" height="{BAR_PX - 2 * inset}" '
                       f'{_paint(row["state"], ident)}><title>{escape(piece_words({**row, "bank": bank}, lang))}'
                       f'</title></rect>')
    return "".join(out)


def _axis(start_m: float, size_m: float) -> str:
    """Kilometre ticks below the bars, none where it would run into the words at either end."""
    step = next((tick for tick in _TICKS_M if size_m / tick <= 4), _TICKS_M[-1])
    out, y = [], _TOP_PX + 2 * BAR_PX + 4
    for number in range(math.ceil(start_m / step), int((start_m + size_m) // step) + 1):
        share = (number * step - start_m) / size_m * 100
        if 22 < share < 78:
            out.append(f'<line x1="{share:.3f}%" x2="{share:.3f}%" y1="{y}" y2="{y + 4}" '
                       f'stroke="{colours.TEXT}"/>')
            out.append(_text(f"{share:.3f}%", _HEIGHT_PX - 2, kilometre_mark(number * step), "middle"))
    return "".join(out)


def _landmarks(landmarks: pd.DataFrame | None, start_m: float, size_m: float) -> str:
    """Bridge ticks with names above the bars, each only where there is room for it."""
    if landmarks is None or not len(landmarks):
        return ""
    out, free_from = [], 14.0
    for row in landmarks.sort_values("chainage_m").to_dict("records"):
        share = (row["chainage_m"] - start_m) / size_m * 100
        name = "" if _missing(row.get("name")) else str(row["name"])
        half = max(len(name) * 1.9, 3)
        if not 0 < share < 100 or share - half < free_from or share + half > 84:
            continue
        free_from = share + half
        out.append(f'<line x1="{share:.3f}%" x2="{share:.3f}%" y1="{_TOP_PX - 3}" y2="{_TOP_PX + 2 * BAR_PX + 4}" '
                   f'stroke="{colours.TEXT}" stroke-opacity="0.55"/>')
        out.append(_text(f"{share:.3f}%", _TOP_PX - 6, name, "middle"))
    return "".join(out)


def _points(points: pd.DataFrame | None, start_m: float, size_m: float) -> str:
    """Unresolved outfalls as dots on the outer edge of their bank; overdue and relapsed ones are filled red."""
    if points is None:
        return ""
    out = []
    for row in points.to_dict("records"):
        share = (row["chainage_m"] - start_m) / size_m * 100
        if not 0 <= share <= 100:
            continue
        look = colours.OUTFALL.get(row.get("look", ""), colours.OUTFALL["in_work"])
        y = _TOP_PX + 2 * BAR_PX + 4 if row.get("bank") == "right" else _TOP_PX
        out.append(f'<circle cx="{share:.3f}%" cy="{y}" r="4" fill="{look["fill"]}" stroke="{colours.TEXT}" '
                   f'stroke-width="1" shape-rendering="auto"><title>{escape(row.get("name") or "")}</title></circle>')
    return "".join(out)


def strip_svg(gaps: pd.DataFrame, length_m: float, *, lang: str = "zh", window_m: tuple[float, float] | None = None,
              landmarks: pd.DataFrame | None = None, points: pd.DataFrame | None = None,
              sides: Sequence[str] = ("left", "right"), name: str = "") -> str:
    """One reach as an SVG string from the gaps of that reach: from_m, to_m, bank, state, and days where known.

    `window_m` shows a part of the reach only; `sides` are the keys of the words beside the two bars (a reach whose
    direction nobody confirmed has no left and right). Every text in it is escaped.
    """
    start_m, end_m = window_m or (0.0, float(length_m))
    size_m = max(end_m - start_m, 1.0)
    rows = gaps[["from_m", "to_m", "bank", "state", *([c for c in ("days",) if c in gaps])]].to_dict("records")
    ident = "s" + hashlib.sha256(f"{name}|{start_m}|{end_m}|{rows}".encode()).hexdigest()[:10]
    states = {str(row["state"]) for row in rows}
    ground = "".join(f'<rect x="0" y="{y}" width="100%" height="{BAR_PX}" fill="{_GROUND}"/>'
                     for y in (_TOP_PX, _TOP_PX + BAR_PX + 4))
    water = (f'<rect x="0" y="{_TOP_PX + BAR_PX + 1}" width="100%" height="2" fill="{colours.WATER_LINE}"/>')
    words = (_text("0", _TOP_PX - 6, say(f"strip.side.{sides[0]}", lang))
             + _text("0", _HEIGHT_PX - 2, say(f"strip.side.{sides[1]}", lang))
             + _text("100%", _TOP_PX - 6, kilometre_mark(end_m), "end")
             + _text("100%", _HEIGHT_PX - 2, say("strip.flow", lang), "end"))
    about = escape(say("strip.about", lang, called=name, length=f"{size_m / 1000:.1f}"))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{about}" width="100%" '
            f'height="{_HEIGHT_PX}" shape-rendering="crispEdges" font-family="{_FACES}" '
            f'style="font-variant-numeric:tabular-nums">'
            f"{_patterns(ident, states)}{ground}{_bars(rows, start_m, size_m, ident, lang)}{water}"
            f"{_landmarks(landmarks, start_m, size_m)}{_axis(start_m, size_m)}{_points(points, start_m, size_m)}{words}</svg>")


def strip_image(drawing: str, about: str) -> str:
    """The drawing as an HTML image as wide as its place, with words for those who cannot see it."""
    data = base64.b64encode(drawing.encode()).decode()
    return (f'<img alt="{escape(about)}" src="data:image/svg+xml;base64,{data}" '
            f'style="display:block;width:100%;height:{_HEIGHT_PX}px">')
