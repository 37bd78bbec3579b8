"""The map of 巡河空白 as one HTML file: every stretch by how long nobody looked, the worst listed and numbered beside."""

import json
from typing import Any

import geopandas as gpd
import shapely

from layers import map as drawn
from layers.map import escape
from layers.words import say as map_word
from reports.html_map import assembled, dotted, ground
from reports.listing import Listing
from reports.sheet import Sheet, day, missing, say, text

NUMBERED = 60
"""So many of the worst stretches get a number on the map; the list has them all."""
_POPUP = ("from_m", "to_m", "bank", "state", "last_seen", "days_since", "post")


def _k(metres: Any) -> str:
    return f"K{int(metres // 1000)}+{int(metres % 1000):03d}"


def _item(row: dict[str, Any], sheet: Sheet) -> str:
    lang = sheet.lang
    water, reach = text(row.get("water_name")), text(row.get("reach_name")) or text(row["reach_id"])
    where = reach if water in reach else dotted(water, reach)
    stretch = dotted(map_word(f"bank.{row['bank']}", lang), f"{_k(row['from_m'])} – {_k(row['to_m'])}",
                     say("gaps.length", lang, km=f"{row['length_m'] / 1000:,.1f}"))
    seen = "" if missing(row.get("last_seen")) else say("gaps.seen", lang, day=day(row["last_seen"], sheet.timezone),
                                                        days=int(row["days"]))
    state = dotted(map_word(f"gap.{row['state']}", lang), seen)
    who = dotted(row.get("post_name"), row.get("person"))
    west, south, east, north = row["geometry"].bounds
    box = escape(json.dumps([[south, west], [north, east]]))
    return (f'<li><button type="button" data-id="{row["seq"]}" data-box="{box}"><b>{row["seq"]}</b><span>{escape(where)}'
            f"<small>{escape(stretch)}</small><small>{escape(state)}</small>"
            f"<small>{escape(who)}</small></span></button></li>")


def page(made: Listing, base: dict[str, gpd.GeoDataFrame]) -> bytes:
    """The page as UTF-8 bytes, the same for the same rows."""
    sheet, rows = made.sheet, made.rows
    canvas, bounds = ground([made.pieces], base, sheet)
    drawn.draw_gaps(canvas, made.pieces, lang=sheet.lang, columns=_POPUP)
    first = rows[~rows.geometry.is_empty].head(NUMBERED)
    middle = shapely.line_interpolate_point(first.geometry.to_numpy(), 0.5, normalized=True)
    spots = [(str(seq), point.y, point.x) for seq, point in zip(first["seq"], middle, strict=True)]
    heading = say("gaps.count", sheet.lang, count=len(rows), km=f"{rows['length_m'].sum() / 1000:,.1f}")
    items = "".join(_item(row, sheet) for row in rows.to_dict("records"))
    return assembled(canvas, bounds, spots, f"<aside><h2>{escape(heading)}</h2><ol>{items}</ol></aside>", sheet)
