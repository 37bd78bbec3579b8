"""Two lists with their places: 巡河空白 (stretches nobody saw) and 责任缺陷 (where the book of responsibilities fails)."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

import layers
from analysis.choose import inside, kept, windows
from analysis.context import Context, context
from analysis.coverage import gaps
from analysis.gap_list import gap_id, joined
from analysis.pieces import piece_lines
from analysis.responsibility import audit
from analysis.waters import water_of
from data import exports
from data.responsibility import DEFECTS, held_on, looked_up
from data.words import say as word
from layers.base import Code, Column
from layers.colours import GAP
from layers.columns import LEVELS
from layers.words import say as map_word
from reports.pack import Filters, check_post, day_of, several, sheet_for
from reports.sheet import Sheet, say


def _codes(prefix: str, values: Any) -> tuple[Code, ...]:
    return tuple(Code(value, word(f"{prefix}.{value}", "zh"), word(f"{prefix}.{value}", "en")) for value in values)


_SEQ = Column("seq", "int", "序号", "No.")
_BANK = Column("bank", "code", "岸别", "Bank", codes=tuple(Code(b, map_word(f"bank.{b}", "zh"), map_word(f"bank.{b}", "en"))
                                                          for b in ("left", "right", "both")))
_DISTRICT = Column("district_name", "text", "县(市、区)", "District")
_ENDS = (Column("from_m", "float", "起点里程", "From", "m"), Column("to_m", "float", "止点里程", "To", "m"),
         Column("length_m", "float", "岸线长", "Bank length", "m"))
_POST = (Column("post_name", "text", "责任岗位", "Post"), Column("person", "text", "责任人", "Person"))
GAPS = (_SEQ, Column("water_name", "text", "河湖名称", "River or lake"), Column("reach_name", "text", "河段", "Reach"),
        _DISTRICT, _BANK, *_ENDS, Column("state", "code", "状态", "State", codes=_codes("map.gap", GAP)),
        Column("last_seen", "date", "最近巡查", "Last seen"), Column("days", "int", "距今天数", "Days since", "d"),
        Column("duty_days", "int", "应巡周期", "Duty period", "d"), *_POST, Column("reach_id", "text", "河段编码", "Reach code"))
DEFECT_COLUMNS = (
    _SEQ, Column("state", "code", "缺陷", "Defect", codes=_codes("duty", DEFECTS)),
    Column("level", "code", "层级", "Level", codes=LEVELS),
    Column("object_layer", "code", "对象类别", "Kind of water", codes=tuple(
        Code(name, layer.zh, layer.en) for name, layer in layers.ALL.items())),
    Column("object_name", "text", "对象", "Water"), Column("water_name", "text", "河湖名称", "River or lake"), _DISTRICT, _BANK,
    *_ENDS, _POST[0], Column("other_posts", "text", "同时负责的岗位", "Other posts there"),
    Column("object_code", "text", "对象编码", "Code"))


@dataclass(frozen=True)
class Listing:
    """A list with its columns, where its rows lie, and the ground they were judged on."""

    rows: gpd.GeoDataFrame
    columns: tuple[Column, ...]
    pieces: gpd.GeoDataFrame
    sheet: Sheet


def _named(rows: pd.DataFrame, known: Context) -> pd.DataFrame:
    """Names of water and district, and 序号 in the order given."""
    districts = known.district.drop_duplicates("code").set_index("code")["name"]
    return rows.assign(water_name=[known.water_names.get(code, code) for code in rows["water_code"]],
                       district_name=looked_up(rows["district_code"], districts), seq=range(1, len(rows) + 1))


def gap_listing(view: Any, filters: Filters, lang: str) -> Listing:
    """The stretches nobody saw within their duty on a day, worst first, both banks in one row where they agree."""
    for post in several(filters, "posts", "post") or ():
        check_post(view, post)
    known, on = context(view), day_of(view, filters)
    pieces = gaps(known, on, offset_m=0)
    pieces["water_code"] = pieces["reach_id"].map(water_of(known.reaches))
    wanted = windows(known, several(filters, "posts", "post"), on)
    pieces = pieces[kept(pieces, several(filters, "districts", "district"), several(filters, "rivers", "river"))
                    & inside(pieces, wanted, "reach_id", "from_m", "to_m")]
    rows = _named(joined(pieces), known)
    held = held_on(known.holder, on)
    rows = rows.assign(person=[held.get(code, (None, ""))[0] for code in rows["post_code"]])
    lines = gpd.GeoDataFrame(rows, geometry=piece_lines(known.reaches, rows), crs=known.reaches.crs)
    pieces = pieces.assign(id=[gap_id(row) for row in pieces.itertuples()], name=pieces["reach_name"],
                           days_since=pieces["days"], post=pieces["post_name"])
    return Listing(lines, GAPS, pieces, sheet_for(view, "title.gaps", filters, lang))


def defect_listing(view: Any, filters: Filters, lang: str) -> Listing:
    """The defects of the book of responsibilities on a day: no lead post, two of them, vacant, boundary not signed."""
    known, on = context(view), day_of(view, filters)
    rows = audit(known, on)
    rows = rows[kept(rows, several(filters, "districts", "district"), several(filters, "rivers", "river"))]
    posts = several(filters, "posts", "post")
    rows = rows[rows["post_code"].isin(posts)] if posts else rows
    rows = _named(rows.reset_index(drop=True), known)
    names = known.post.drop_duplicates("code").set_index("code")["name"]
    rows["post_name"] = looked_up(rows["post_code"], names)
    rows["other_posts"] = ["、".join(str(names.get(code, code)) for code in str(cell).split(";") if code) if isinstance(cell, str)
                           else None for cell in rows["others"]]
    lines = _defect_lines(rows, known)
    return Listing(gpd.GeoDataFrame(rows, geometry=lines, crs=known.reaches.crs), DEFECT_COLUMNS, lines.iloc[:0],
                   sheet_for(view, "title.defects", filters, lang))


def _defect_lines(rows: pd.DataFrame, known: Context) -> gpd.GeoSeries:
    """Stretches of reaches; the outline of a lake or another area; nothing for a point."""
    on_reach = rows["object_layer"] == "reach"
    cut = rows[on_reach].rename(columns={"object_code": "reach_id"})
    lines = piece_lines(known.reaches, cut).reindex(rows.index)
    for name in rows.loc[~on_reach, "object_layer"].unique():
        shapes = known.view.layer(name).drop_duplicates("code").set_index("code").geometry
        for index in rows.index[rows["object_layer"] == name]:
            outline = shapely.boundary(shapes[rows.at[index, "object_code"]])
            lines[index] = None if outline is None or outline.is_empty else outline
    return gpd.GeoSeries(lines, index=rows.index, crs=known.reaches.crs)


LISTINGS = {"gaps": gap_listing, "defects": defect_listing}


def listing(view: Any, what: str, filters: Filters, lang: str = "zh") -> Listing:
    """One of the two lists."""
    return LISTINGS[what](view, filters, lang)


def note(made: Listing) -> str:
    """The line above a sheet: what it is, as of when, within which filters, and the unit of its lengths."""
    sheet = made.sheet
    mark = f" · {say('map.watermark', sheet.lang)}" if sheet.simulated else ""
    return f"{sheet.title} · {sheet.as_of_text()} · {sheet.filters} · {say('gaps.unit', sheet.lang)}{mark}"


def file_of(made: Listing, what: str, suffix: str) -> bytes:
    """A list as the bytes of a file: .csv and .xlsx in words, .gpkg and .geojson with lines and short names."""
    sheet = made.sheet
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{what}{suffix}"
        if suffix in (".csv", ".xlsx"):
            table = exports.worded(made.rows, list(made.columns), sheet.lang, sheet.zone)
            if sheet.simulated:
                table[say("export.simulated", sheet.lang)] = word("page.simulated", sheet.lang)
            exports.write_sheet(table.round(1), path, say(f"{what}.page", sheet.lang), note(made))
        else:
            plain = made.rows[[*(column.name for column in made.columns), "geometry"]]
            exports.write_gis(plain, path, what, sheet.simulated)
        return path.read_bytes()


__all__ = ["DEFECT_COLUMNS", "GAPS", "Listing", "file_of", "listing", "note"]
