"""What stands around a printed map: title, legend of what is drawn, list of the numbers, foot with scale and origin."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from geo.crs import transformer
from layers import colours
from reports.drawing import rectangle, write
from reports.frame import MARGIN_MM, PAGE_MM, Box, Frame, bar_m, crs_words
from reports.labels import text_mm, wrapped
from reports.ledger_columns import LOOKS, coded, lon_lat, look_words
from reports.map_base import BUILT_UP, DISTRICT_LINE, width_mm
from reports.map_symbols import CLASSES, shape_of, symbol
from reports.sheet import Sheet, missing, say, text

ROW_MM, LIST_PT = 3.5, 6.6


def title(page: Axes, sheet: Sheet) -> None:
    """Title, filters below it, print number and data-as-of at the right."""
    top, right = PAGE_MM[1] - MARGIN_MM, PAGE_MM[0] - MARGIN_MM
    words = say("simulated.title", sheet.lang, title=sheet.title) if sheet.simulated else sheet.title
    write(page, MARGIN_MM, top - 7.5, words, 22)
    size = 9.0 if text_mm(sheet.filters, 9) < 280 else 7.0
    for row, line in enumerate(wrapped(sheet.filters, size, 290)[:2]):
        write(page, MARGIN_MM, top - 13.3 - row * 3.2, line, size, color=colours.SECONDARY)
    write(page, right, top - 6.5, say("map.as_of", sheet.lang, as_of=sheet.as_of_text()), 9, ha="right")
    if sheet.number:
        write(page, right, top - 12, say("map.number", sheet.lang, number=sheet.number), 9, ha="right")


def legend(axes: Axes, rows: list[dict[str, Any]], base: dict[str, Any], sheet: Sheet, x: float, top: float,
           columns: int, column_mm: float) -> float:
    """The signs that are on this map and no others, with how many; returns the height used."""
    lang = sheet.lang
    write(axes, x, top - 4, say("map.legend", lang), 10)
    entries: list[tuple[str, dict[str, Any], str]] = []
    for look in LOOKS:
        count = sum(row.get("look") == look for row in rows)
        if count:
            entries.append(("symbol", {"look": look, "class1": "other", "relapses": 2},
                            say("map.counted", lang, words=look_words(look, lang), count=count)))
    shapes = {shape_of(row) for row in rows}
    for shape in CLASSES:
        if shape in shapes and len(shapes) > 1:
            example = {"look": "in_work"} if shape == "matter" else {"look": "in_work", "class1": shape}
            entries.append(("symbol", example, say(f"map.shape.{shape}", lang)))
    for kind in ("reach", "culvert", "lake", "built_up", "district"):
        drawn = base.get("reach" if kind == "culvert" else kind)
        if drawn is None or (kind == "culvert" and not ("kind" in drawn and (drawn["kind"] == kind).any())):
            continue
        entries.append((kind, {}, say(f"map.{kind}", lang)))
    rows_each = -(-len(entries) // columns)
    for index, (kind, example, words) in enumerate(entries):
        left, y = x + (index // rows_each) * column_mm, top - 10.5 - (index % rows_each) * 5.2
        _sample(axes, kind, example, left + 5, y + 1)
        write(axes, left + 12, y, words, 7.8)
    return 8.5 + rows_each * 5.2


def _sample(axes: Axes, kind: str, example: dict[str, Any], x: float, y: float) -> None:
    if kind == "symbol":
        symbol(axes, x, y, example)
    elif kind in ("reach", "culvert", "district"):
        colour = DISTRICT_LINE if kind == "district" else colours.WATER_LINE
        dash: Any = {"district": (0, (7, 2.5, 1.2, 2.5)), "culvert": (0, (2.2, 1.2))}.get(kind, "solid")
        width = 0.9 if kind == "district" else width_mm(60) * 2.83
        axes.plot([x - 4.5, x + 4.5], [y, y], color=colour, linewidth=width, linestyle=dash, dash_capstyle="butt")
    else:
        fill = BUILT_UP if kind == "built_up" else colours.WATER_AREA
        rectangle(axes, Box(x - 4.5, y - 1.5, 9, 3), facecolor=fill, linewidth=0.5,
                  edgecolor="#CFC9BA" if kind == "built_up" else colours.WATER_LINE)


def height_below(problems: int) -> float:
    """How high a panel below the map should be for a list of so many problems, some of them on two lines."""
    needed = 16 + -(-problems * 1.25 // 3) * ROW_MM
    return needed if needed < 90 else 56.0


def _entry(row: dict[str, Any], sheet: Sheet) -> str:
    """One line of the list: water and place, kind, and what is late about it."""
    place = text(row.get("place")) if lon_lat(row) else say("ledger.no_place", sheet.lang)
    parts = [text(row.get("water_name")), place, coded("kind", row.get("kind"), sheet.lang)]
    if not missing(row.get("overdue_days")) and row["overdue_days"] > 0 and row.get("look") != "deferred":
        parts.append(say("overdue_days", sheet.lang, days=int(row["overdue_days"])))
    return " · ".join(part for part in parts if part)


def number_list(axes: Axes, rows: list[dict[str, Any]], sheet: Sheet, box: Box) -> None:
    """The numbers with place and kind where all fit the box, else how many problems lie on each water."""
    columns = max(1, int(box.w // 82))
    each = box.w / columns
    lines = [(text(row["seq"]), wrapped(_entry(row, sheet), LIST_PT, each - 10)) for row in rows]
    room = int((box.h - 8) // ROW_MM)
    fits = _columns_needed([len(words) for _, words in lines], room) <= columns
    lost = sum(missing(row.get("geometry")) or row["geometry"].is_empty for row in rows)
    heading = say("map.list" if fits else "map.counts", sheet.lang)
    write(axes, box.x, box.y + box.h - 4, f"{heading} · {say('unplaced', sheet.lang, count=lost)}" if lost else heading, 10)
    if not fits:
        _counts(axes, rows, sheet, Box(box.x, box.y, min(box.w, 110), box.h))
    else:
        even = sum(len(words) for _, words in lines) / columns
        room = next(n for n in range(max(int(even), 1), room + 1)
                    if _columns_needed([len(words) for _, words in lines], n) <= columns)
        _write_list(axes, lines, box, each, room)


def _write_list(axes: Axes, lines: list[tuple[str, list[str]]], box: Box, each: float, room: int) -> None:
    column, used = 0, 0
    for seq, words in lines:
        if used + len(words) > room:
            column, used = column + 1, 0
        for k, line in enumerate(words):
            y = box.y + box.h - 9.5 - (used + k) * ROW_MM
            if k == 0:
                write(axes, box.x + column * each + 6, y, seq, LIST_PT, ha="right")
            write(axes, box.x + column * each + 8, y, line, LIST_PT, color=colours.TEXT)
        used += len(words)


def _columns_needed(heights: list[int], room: int) -> int:
    column, used = 1, 0
    for height in heights:
        if used + height > room:
            column, used = column + 1, 0
        used += height
    return column if room > 0 else 99


def _counts(axes: Axes, rows: list[dict[str, Any]], sheet: Sheet, box: Box) -> None:
    """How many problems lie on each water (left) and in each district (right), most first, and where all are listed."""
    room, each = int((box.h - 8) // ROW_MM) - 2, box.w / 2
    for column, key in enumerate(("water_name", "district_name")):
        counts: dict[str, int] = {}
        for row in rows:
            name = text(row.get(key)) or say("map.unnamed", sheet.lang)
            counts[name] = counts.get(name, 0) + 1
        lines = [(str(n), [name]) for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
        if len(lines) > room:
            rest = lines[room - 1:]
            lines = [*lines[:room - 1], (str(sum(int(n) for n, _ in rest)), [say("map.rest", sheet.lang, count=len(rest))])]
        _write_list(axes, lines, Box(box.x + column * each, box.y, each, box.h), each, room)
    write(axes, box.x + 1, box.y + 1, say("map.more", sheet.lang), LIST_PT, color=colours.SECONDARY)


def north(axes: Axes, frame: Frame) -> None:
    """An arrow to true north at the frame's middle, in its upper right corner."""
    west, south, east, top = frame.bounds()
    middle = np.array([(west + east) / 2, (south + top) / 2])
    lon, lat = transformer(frame.crs, 4490).transform(*middle)
    up = np.array(transformer(4490, frame.crs).transform(lon, lat + 0.01)) - middle
    up /= np.hypot(*up)
    side, at = np.array([up[1], -up[0]]), np.array([frame.box.w - 9, frame.box.h - 16])
    rectangle(axes, Box(frame.box.w - 16, frame.box.h - 22, 14, 20), facecolor="#FFFFFF", edgecolor="none", alpha=0.85,
              zorder=19)
    for sign, fill in ((-1, colours.TEXT), (1, "#FFFFFF")):
        half = [at + up * 9, at - up * 4 + side * 3.2 * sign, at - up * 1.2]
        axes.add_patch(Polygon(half, closed=True, facecolor=fill, edgecolor=colours.TEXT, linewidth=0.6, zorder=20))
    tip = at + up * 10
    write(axes, tip[0], tip[1], "N", 8, ha="center", zorder=20)


def scale_bar(page: Axes, frame: Frame, x: float, y: float) -> float:
    """A bar of four fields with its true length on the ground, and 1:N; returns how wide it is in mm."""
    length = bar_m(frame)
    mm = length / frame.scale * 1000
    for field in range(4):
        rectangle(page, Box(x + mm / 4 * field, y, mm / 4, 1.5), linewidth=0.5, edgecolor=colours.TEXT,
                  facecolor=colours.TEXT if field % 2 == 0 else "#FFFFFF")
    unit, by = ("km", 1000) if length >= 1000 else ("m", 1)
    for share in (0, 0.5, 1):
        tail = f" {unit}" if share == 1 else ""
        write(page, x + mm * share, y + 2.4, f"{length * share / by:g}{tail}", 7, ha="center")
    return mm


def foot(page: Axes, frame: Frame, sheet: Sheet) -> None:
    """Scale, reference system, origin, who reports, and the map-review line to fill in."""
    lang, y = sheet.lang, MARGIN_MM + 6
    page.plot([MARGIN_MM, PAGE_MM[0] - MARGIN_MM], [MARGIN_MM + 14.5] * 2, color=colours.LINE, linewidth=0.6)
    scale = say("map.scale", lang, n=f"{frame.scale:,}".replace(",", " "))
    write(page, MARGIN_MM, y + 1.5, scale, 9)
    mm = scale_bar(page, frame, MARGIN_MM + text_mm(scale, 9) + 8, y)
    left = max(MARGIN_MM + text_mm(scale, 9) + mm + 26, 150)
    write(page, left, y + 3, say("map.crs", lang, crs=crs_words(frame.crs, lang)), 7.5)
    write(page, left, y - 1.2, say("map.source", lang, source=sheet.source), 7.5)
    write(page, 282, y + 3, say("map.unit", lang, unit=sheet.unit), 7.5)
    write(page, 282, y - 1.2, say("map.review", lang, number=sheet.review_no or "＿" * 12), 7.5)
    if sheet.simulated:
        write(page, MARGIN_MM, MARGIN_MM, say("note.simulated_text", lang), 7.5, color="#9A2A2A")
