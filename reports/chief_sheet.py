"""One HTML page per chief to forward: own reaches, gaps, open problems with places, last patrols. No scripts, no files."""

from collections.abc import Callable
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.gap_list import UNSEEN, joined
from data import records
from layers.map import escape
from layers.words import say as map_word
from reports.ledger_columns import coded, lon_lat, look_words, progress
from reports.places import unplaced
from reports.sheet import Sheet, day, dms, missing, say, text
from reports.svg_map import svg

LIMIT_BYTES = 3_000_000
GAP_ORDER = ("never", "twice_overdue", "overdue", "recorded_only", "due_soon", "no_access", "within_duty")

_CSS = """
@page { size: A4; margin: 14mm 12mm; }
body { margin: 0 auto; max-width: 800px; padding: 16px; color: #1B2A33; background: #FFF; font: 16px/1.5 "PingFang SC",
  "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 24px; line-height: 32px; margin: 0; } h2 { font-size: 20px; line-height: 28px; margin: 24px 0 8px; }
p { margin: 0 0 8px; overflow-wrap: anywhere; } .by { color: #5A6B75; font-size: 14px; white-space: pre-wrap; }
.sum { font-size: 18px; margin-top: 8px; } .late { color: #C62828; }
svg { max-width: 100%; height: auto; } figure { margin: 16px 0; } figure > svg { border: 1px solid #D9E0E4; width: 100%; }
.n, .r { font-size: 12px; text-anchor: middle; fill: #1B2A33; paint-order: stroke; stroke: #FFF; stroke-width: 3px; }
.r { fill: #3E6E87; font-size: 13px; }
figcaption { font-size: 13px; color: #5A6B75; display: flex; flex-wrap: wrap; gap: 4px 16px; }
figcaption i { display: inline-block; width: 24px; height: 0; border-top: 5px solid; margin-right: 6px; vertical-align: middle; }
figcaption i.dash { border-top-style: dashed; }
figcaption i.hollow { height: 2px; border-top: 2px solid; border-bottom: 2px solid; }
table { border-collapse: collapse; width: 100%; font-size: 14px; } th { font-weight: 600; background: #F5F7F8; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px 6px 0; border-bottom: 1px solid #D9E0E4;
  overflow-wrap: anywhere; }
td.num, th.num { text-align: right; white-space: nowrap; } td.day { white-space: nowrap; } thead { display: table-header-group; }
tr { break-inside: avoid; } .scroll { overflow-x: auto; }
"""


def _table(heads: list[str], rows: list[list[Any]], lang: str, numbers: tuple[int, ...] = ()) -> str:
    """A table of escaped cells; columns in `numbers` are set to the right."""
    if not rows:
        return f"<p>{escape(say('chief.none', lang))}</p>"

    def cell(tag: str, index: int, value: Any) -> str:
        cls = ' class="num"' if index in numbers else ' class="day"' if isinstance(value, date) else ""
        return f"<{tag}{cls}>{escape(text(value))}</{tag}>"
    head = "".join(cell("th", n, words) for n, words in enumerate(heads))
    body = "".join(f"<tr>{''.join(cell('td', n, value) for n, value in enumerate(row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _heads(keys: str, lang: str) -> list[str]:
    return [say(f"chief.{key}", lang) for key in keys.split()]


def _km(metres: Any) -> str:
    return "" if missing(metres) else f"{float(metres) / 1000:,.1f}"


def _stretch(row: dict[str, Any]) -> str:
    if missing(row.get("from_m")) or missing(row.get("to_m")):
        return ""
    return " – ".join(f"K{int(row[end] // 1000)}+{int(row[end] % 1000):03d}" for end in ("from_m", "to_m"))


def _gap_rows(gaps: gpd.GeoDataFrame, sheet: Sheet) -> list[list[Any]]:
    out = []
    for row in joined(gaps, (*UNSEEN, "due_soon")).to_dict("records"):
        seen = day(row.get("last_seen"), sheet.timezone)
        days = "" if missing(row.get("days")) else int(row["days"])
        bank = map_word(f"bank.{row['bank']}", sheet.lang) if row.get("bank") in ("left", "right", "both") else ""
        out.append([row.get("reach_name"), bank, _stretch(row), _km(row.get("length_m")), seen, days,
                    map_word(f"gap.{row['state']}", sheet.lang)])
    return out


def _case_rows(problems: gpd.GeoDataFrame, sheet: Sheet) -> list[list[Any]]:
    out = []
    for row in problems.sort_values("seq", kind="stable").to_dict("records"):
        at = lon_lat(row)
        where = " ".join(part for part in (text(row.get("water_name")), text(row.get("place")),
                                           dms(*at, sheet.lang) if at else say("ledger.no_place", sheet.lang)) if part)
        what = f"{coded('kind', row.get('kind'), sheet.lang)} {text(row.get('description'))}".strip()
        stands = progress(row, sheet)
        look = look_words(row.get("look"), sheet.lang)
        out.append([row["seq"], row.get("number"), where, what, row.get("unit_name"), day(row.get("due_on"), sheet.timezone),
                    stands if look in stands else f"{look} · {stands}"])
    return out


def _patrol_rows(patrols: pd.DataFrame, sheet: Sheet) -> list[list[Any]]:
    kinds = {code.value: code.label(sheet.lang) for code in records.PATROL_KINDS}
    rows = patrols.sort_values("started_at", ascending=False, kind="stable").head(12).to_dict("records")
    return [[day(row["started_at"], sheet.timezone), kinds.get(row.get("kind"), text(row.get("kind"))), row.get("people"),
             say("chief.track" if row.get("has_track") is True else "chief.no_track", sheet.lang), row.get("result")]
            for row in rows]


def _legend(gaps: gpd.GeoDataFrame, lang: str) -> str:
    from layers.colours import GAP
    drawn = [state for state in GAP_ORDER if len(gaps) and (gaps["state"] == state).any()]
    how = {state: "dash" if "dash" in GAP[state] else "hollow" if "hollow" in GAP[state] else "" for state in drawn}
    parts = [f'<span><i style="border-color:{GAP[state]["color"]}" class="{how[state]}"></i>'
             f"{escape(map_word(f'gap.{state}', lang))}</span>" for state in drawn]
    return f"<figcaption>{''.join(parts)}</figcaption>" if parts else ""


def page(post: dict[str, Any], frames: dict[str, pd.DataFrame], sheet: Sheet) -> bytes:
    """The page as UTF-8 bytes, at most 3 MB; the drawing is left out where it alone would break that.

    `post` has name and person; `frames` has reaches (name, length_m), gaps, problems, patrols, and as ground water, areas.
    """
    lang = sheet.lang
    empty = gpd.GeoDataFrame({"name": []}, geometry=[], crs=4490)
    reaches, gaps, problems, patrols, water, areas = (frames.get(name, empty) for name in (
        "reaches", "gaps", "problems", "patrols", "water", "areas"))
    sections: list[tuple[str, Callable[[], str]]] = [
        ("chief.gaps", lambda: _table(_heads("reach bank stretch km seen days state", lang),
                                      _gap_rows(gaps, sheet) if len(gaps) else [], lang, (3, 5))),
        ("chief.problems", lambda: _table(_heads("seq number where what unit due progress", lang),
                                          _case_rows(problems, sheet) if len(problems) else [], lang, (0,))),
        ("chief.patrols", lambda: _table(_heads("date kind people track_head result", lang),
                                         _patrol_rows(patrols, sheet) if len(patrols) else [], lang)),
        ("chief.reaches", lambda: _table(_heads("reach km ends", lang), [
            [row.get("name"), _km(row.get("length_m")), " – ".join(filter(None, (text(row.get("start_name")),
                                                                                 text(row.get("end_name")))))]
            for row in reaches.to_dict("records")], lang, (1,)))]
    body = "".join(f"<h2>{escape(say(key, lang))}</h2>{make()}" for key, make in sections)
    drawing = svg(reaches, gaps, problems, water, areas, say("chief.map", lang))
    figure = f"<figure>{drawing}{_legend(gaps, lang)}</figure>" if drawing else ""
    whole = _page(post, reaches, gaps, problems, sheet, figure + body)
    return whole if len(whole) <= LIMIT_BYTES else _page(post, reaches, gaps, problems, sheet, body)


def _page(post: dict[str, Any], reaches: pd.DataFrame, gaps: pd.DataFrame, problems: pd.DataFrame, sheet: Sheet,
          body: str) -> bytes:
    lang = sheet.lang
    title = " ".join(part for part in (text(post.get("name")), text(post.get("person"))) if part)
    unseen = joined(gaps) if len(gaps) else gaps
    late = int((problems["look"].isin(["overdue", "relapsed"])).sum()) if len(problems) else 0
    total = say("chief.sum", lang, reaches=len(reaches), km=_km(reaches["length_m"].sum()) if len(reaches) else "0",
                gaps=len(unseen), gap_km=_km(unseen["length_m"].sum()) if len(unseen) else "0",
                problems=len(problems), late=late)
    lost = unplaced(problems)
    total += f" {say('unplaced', lang, count=lost)}" if lost else ""
    simulated = f' · {say("map.watermark", lang)}' if sheet.simulated else ""
    by = f"{say('head.by', lang, unit=sheet.unit, source=sheet.source)}\n" \
         f"{say('head.when', lang, as_of=sheet.as_of_text(), number=sheet.number or '—')}{simulated}"
    return (f'<!DOCTYPE html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            "base-uri 'none'; form-action 'none'\">"
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(sheet.title)} {escape(title)}</title><style>{_CSS}</style></head><body>"
            f"<h1>{escape(title)}</h1><p>{escape(sheet.title)}</p><p class=\"by\">{escape(by)}</p>"
            f'<p class="sum">{escape(total)}</p>{body}</body></html>').encode()
