"""A planner's documents over a view: problem map, ledger, offline map, GIS package, a sheet per chief."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.coverage import gaps as judge_gaps
from analysis.outfalls import unresolved
from analysis.pieces import piece_lines
from analysis.problems import problems as ledger_rows
from analysis.waters import stretches
from data.responsibility import held_on
from geo.faults import Fault
from layers.words import say as map_word
from reports import chief_sheet, gis_package, html_map, ledger, problem_map
from reports.numbered import kept, reopened
from reports.places import drawable, settled
from reports.sheet import Sheet, say

Filters = dict[str, Any]
"""Any of district(s), river(s), post(s), kind(s): a code or several; on, since, until: days."""

_NAMED = (("districts", "district"), ("rivers", "river"), ("posts", "post"), ("kinds", "kind"))


def several(filters: Filters, plural: str, single: str) -> list[str] | None:
    """The codes a filter names, under its plural or its single name; None where it is not set."""
    value = filters.get(plural) or filters.get(single)
    if not value:
        return None
    return [value] if isinstance(value, str) else list(value)


def _day(value: date | str | None) -> date | None:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value.date() if isinstance(value, datetime) else value


def day_of(view: Any, filters: Filters) -> date:
    """The day a document answers for: the filter's, else today."""
    return _day(filters.get("on")) or view.today


def names_of(view: Any) -> dict[str, dict[Any, str]]:
    """Names people read of the codes that filters hold, by filter."""
    def named(frame: pd.DataFrame) -> dict[Any, str]:
        return {code: code if pd.isna(name) else name for code, name in zip(frame["code"], frame["name"], strict=True)}
    return {"districts": named(view.layer("district")), "rivers": named(view.layer("river")),
            "posts": named(view.records("post"))}


def filters_text(view: Any, filters: Filters, lang: str) -> str:
    """The filters in words, as they stand on the sheet; all that is unset is named as all."""
    names = names_of(view)
    parts = []
    for plural, single in _NAMED[:3]:
        chosen = several(filters, plural, single)
        words = "、".join(str(names[plural].get(code, code)) for code in chosen) if chosen else say("filter.all", lang)
        parts.append(say(f"filter.{plural}", lang, words=words))
    kinds = several(filters, "kinds", "kind")
    if kinds:
        from reports.ledger_columns import coded
        parts.append(say("filter.kinds", lang, words="、".join(coded("kind", kind, lang) for kind in kinds)))
    if filters.get("since") or filters.get("until"):
        parts.append(say("filter.found", lang, since=_day(filters.get("since")) or "…", until=_day(filters.get("until")) or "…"))
    return ("；" if lang == "zh" else "; ").join(parts)


def sheet_for(view: Any, title: str, filters: Filters, lang: str) -> Sheet:
    """Head and foot for a document of this view: the office as unit, now (or the end of an earlier day) as data-as-of."""
    city, now, on = view.city, view.store.now(), day_of(view, filters)
    past = datetime.combine(on, time(23, 59), tzinfo=city.zone)
    place = city.name or ""
    return Sheet(title=say(title, lang, city=place), unit=_office(view, lang), source=say("source", lang, city=place),
                 as_of=(past if on < view.today else now).replace(microsecond=0), lang=lang, timezone=city.timezone,
                 simulated=view.store.kind == "simulated", filters=filters_text(view, filters, lang), crs=city.crs or "")


def _office(view: Any, lang: str) -> str:
    units = view.records("unit")
    offices = units[units["kind"] == "office"]
    city_wide = offices[offices["district_code"].isna()]
    found = city_wide if len(city_wide) else offices
    return str(found["name"].iloc[0]) if len(found) == 1 or len(city_wide) else say("office", lang, city=view.city.name)


def ground(view: Any) -> dict[str, gpd.GeoDataFrame]:
    """The base layers of a printed map: reaches with their river's name, districts, lakes, built-up districts."""
    reaches, districts = view.reaches(), view.layer("district")
    rivers = view.layer("river").drop_duplicates("code").set_index("code")["name"]
    reaches = reaches.assign(river_name=reaches["river_code"].map(rivers).astype(object))
    town = districts[districts["built_up"].map(lambda value: value is True or value == 1).astype(bool)]
    return {"reach": reaches, "district": districts, "lake": view.layer("lake"), "built_up": town}


def prepare(view: Any, filters: Filters, lang: str = "zh") -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(rows, filters) of the problem pack, for ``actions.keep_report(kind="problems", ...)`` and `documents`."""
    on = day_of(view, filters)
    chosen = {plural: several(filters, plural, single) for plural, single in _NAMED}
    rows = ledger_rows(view, on, since=_day(filters.get("since")), until=_day(filters.get("until")), lang=lang, **chosen)
    return kept(rows, ground(view), sheet_for(view, "title.problems", filters, lang), rows.attrs.get("rules"))


def documents(rows: list[dict[str, Any]], filters: dict[str, Any], number: str = "",
              only: Sequence[str] | None = None) -> dict[str, bytes]:
    """The pack's files by name from a row set, kept or fresh: the same rows and number give the same bytes."""
    problems, base, sheet, rules = reopened(rows, filters, number)
    words = (say("title.map_word", sheet.lang), say("title.ledger_word", sheet.lang))
    listing = replace(sheet, title=sheet.title.replace(*words))
    made: dict[str, bytes] = {}
    kinds = tuple(kind for kind in ("pdf", "png") if only is None or f"problem_map.{kind}" in only)
    if kinds:
        made |= {f"problem_map.{kind}": data for kind, data in problem_map.render(problems, base, sheet, kinds).items()}
    if only is None or "ledger.xlsx" in only:
        made["ledger.xlsx"] = ledger.workbook(problems, listing, rules)
    if only is None or "ledger.csv" in only:
        made["ledger.csv"] = ledger.csv_file(problems, listing)
    if only is None or "map.html" in only:
        made["map.html"] = html_map.page(problems, base, sheet)
    return {name: data for name, data in made.items() if only is None or name in only}


def reprint(view: Any, number: str, only: Sequence[str] | None = None) -> dict[str, bytes]:
    """The files of a kept report, as they were."""
    report = view.report(number)
    return documents(report["rows"], report["filters"], number, only)


def problem_pack(view: Any, filters: Filters, lang: str = "zh") -> dict[str, bytes]:
    """All of a planner's files of what is filtered, without a print number: map, ledger, offline map, GIS package."""
    return {**documents(*prepare(view, filters, lang)), "package.gpkg": gis(view, filters, lang)}


def _kept_rows(frame: Any, filters: Filters, rivers_of: dict[Any, Any], key: str) -> Any:
    """Rows of a layer within district, river and post filters; `key` is the column that names a reach."""
    for plural, single in _NAMED[:3]:
        wanted = several(filters, plural, single)
        column = {"districts": "district_code", "posts": "post_code"}.get(plural)
        if wanted is None or (column and column not in frame):
            continue
        values = frame[column] if column else frame[key].map(rivers_of)
        frame = frame[values.isin(wanted)]
    return frame


def gis(view: Any, filters: Filters, lang: str = "zh") -> bytes:
    """The GIS package of what is filtered: reaches, outfalls with their look, gaps, cases, districts, styles."""
    on, reaches, cases = day_of(view, filters), ground(view)["reach"], view.records("case")
    rivers = dict(zip(reaches["reach_id"], reaches["river_code"], strict=True))
    cases = drawable(gpd.GeoDataFrame(cases, geometry=gpd.points_from_xy(cases["lon"], cases["lat"]), crs=4490))
    posts = view.records("post").drop_duplicates("code").set_index("code")["name"]
    outfalls = drawable(unresolved(view, on))
    outfalls = outfalls.assign(post_name=outfalls["post_code"].map(posts).astype(object))
    frames = {"reaches": _kept_rows(reaches, filters, rivers, "reach_id"),
              "outfalls": _kept_rows(outfalls, filters, rivers, "reach_code"),
              "gaps": _kept_rows(judge_gaps(view, on), filters, rivers, "reach_id"),
              "cases": _kept_rows(cases, filters, rivers, "reach_code"), "districts": view.layer("district")}
    return gis_package.package(frames, sheet_for(view, "title.problems", filters, lang))


def check_post(view: Any, post_code: str) -> None:
    """Raise the Fault of an absent row for a post whose duty the viewer may not judge: "0 gaps" would be untrue there."""
    sight = view.posts_in_sight()
    if sight is not None and post_code not in sight:
        raise Fault("not_found", kind="post", id=post_code)


def chief_page(view: Any, post_code: str, filters: Filters | None = None, lang: str = "zh") -> bytes:
    """One chief's sheet: the stretches of a post on a day, their gaps at its level, problems on them, last patrols."""
    filters = filters or {}
    on, post = day_of(view, filters), view.records("post", code=post_code)
    if not len(post):
        raise Fault("post_unknown", post=post_code)
    check_post(view, post_code)
    reaches = view.reaches()
    mine = stretches(reaches, view.records("responsibility"), view.records("post"))
    day = pd.Timestamp(on)
    mine = mine[(mine["post_code"] == post_code) & (mine["valid_from"] <= day) & (mine["valid_to"] >= day)]
    mine = mine[mine["reach_id"].notna()].reset_index(drop=True)
    about = reaches.drop_duplicates("reach_id").set_index("reach_id")
    own = gpd.GeoDataFrame(mine.assign(**{name: mine["reach_id"].map(about[name]) for name in (
        "name", "start_name", "end_name")}, length_m=mine["to_m"] - mine["from_m"]),
        geometry=piece_lines(reaches, mine), crs=reaches.crs)
    gaps = judge_gaps(view, on, level=post["level"].iloc[0], offset_m=0.0)
    person = held_on(view.records("holder", post_code=post_code), on).get(post_code, (None, "vacant"))[0]
    base = ground(view)
    frames = {"reaches": own, "gaps": gaps[gaps["post_code"] == post_code], "water": base["reach"], "areas": base["lake"],
              "problems": settled(_within(ledger_rows(view, on, lang=lang), mine, post_code), base),
              "patrols": view.records("patrol", post_code=post_code)}
    who = {"name": post["name"].iloc[0], "person": person or map_word("no_name", lang) if person else say("vacant", lang)}
    sheet = replace(sheet_for(view, "title.chief", {"on": on}, lang), filters="")
    return chief_sheet.page(who, frames, sheet)


def _within(problems: gpd.GeoDataFrame, mine: pd.DataFrame, post_code: str) -> gpd.GeoDataFrame:
    """The problems a post answers for, or that lie on its stretches; numbered anew from 1 for this sheet."""
    on_mine = pd.Series(False, index=problems.index)
    for row in mine.itertuples():
        bank = True if row.bank not in ("left", "right") else ~problems["bank"].isin({"left", "right"} - {row.bank})
        on_mine |= (problems["reach_id"] == row.reach_id) & problems["chainage_m"].between(row.from_m, row.to_m) & bank
    found = problems[on_mine | (problems["post_code"] == post_code)].copy()
    found["seq"] = range(1, len(found) + 1)
    return found
