"""``hezhang export``: any layer or record, or one of the documents, written to the file the caller names."""

import errno
import json
import os
import tempfile
import uuid
from pathlib import Path
from typing import Any

import layers
from data import exports, records
from data.store import View
from geo.faults import Fault
from reports import gap_map, listing, pack

_LISTS = {".xlsx": "", ".csv": "", ".gpkg": "", ".geojson": ""}
DOCUMENTS = {"map": {".pdf": "problem_map.pdf", ".png": "problem_map.png", ".html": "map.html"},
             "ledger": {".xlsx": "ledger.xlsx", ".csv": "ledger.csv"}, "gaps": {".html": "", **_LISTS}, "defects": _LISTS,
             "package": {".gpkg": ""}, "chief": {".html": ""}}


def export_file(store: Any, actor: Any, what: str, out: Path, filters: dict[str, Any], lang: str = "zh") -> dict[str, Any]:
    """Write `what` (layer, record or one of `DOCUMENTS`) to `out` as `actor` sees it; returns what was written.

    A map and a ledger of the same filters carry the same numbers; with ``number`` among the filters a kept report is
    printed again.
    """
    view, out = store.as_seen_by(actor), Path(out)
    if view.scope.nothing:
        raise Fault("not_allowed", action=f"export {what}", actor=view.actor.name)
    if os.path.isdir(out):    # noqa: PTH112 - Path.is_dir raises where a name is too long
        raise Fault("file_unwritable", file=out, reason=os.strerror(errno.EISDIR))
    if what not in (*DOCUMENTS, *layers.ALL, *records.ALL):
        raise Fault("export_unknown", what=what, documents=" ".join(DOCUMENTS), layers=" ".join((*layers.ALL, *records.ALL)))
    filters = known_filters(view, filters, lang)
    if what not in DOCUMENTS:
        frame = exports.filtered(exports.rows(view, what), district=filters.get("district"), river=filters.get("river"),
                                 post=filters.get("post"), reaches=view.reaches() if filters.get("river") else None, kind=what)
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / f"rows{out.suffix}"
            count = exports.write(frame, part, what, store.kind == "simulated", lang, store.city.zone)
            put(out, part.read_bytes())
        return {"out": str(out), "rows": count}
    if out.suffix not in DOCUMENTS[what]:
        raise Fault("export_kind", what=what, suffix=out.suffix or "?", choices=" ".join(DOCUMENTS[what]))
    made = document(view, what, out.suffix, filters, lang)
    put(out, made)
    return {"out": str(out), "bytes": len(made)}


def put(out: Path, made: bytes) -> None:
    """Write a file whole or not at all; Fault `folder_missing` or `file_unwritable` where the machine refuses."""
    if not out.absolute().parent.is_dir():
        raise Fault("folder_missing", folder=out.absolute().parent)
    part = out.with_name(f".{uuid.uuid4().hex}{out.suffix}")
    try:
        part.write_bytes(made)
        part.replace(out)
    except OSError as error:
        raise Fault("file_unwritable", file=out, reason=error.strerror or str(error)) from error
    finally:
        if part.exists():
            part.unlink()


def known_filters(view: View, filters: dict[str, Any], lang: str = "zh") -> dict[str, Any]:
    """The filters with district, river and post as codes; a name that means one of them is taken for its code.

    Raises Fault `filter_unknown` for what is neither: an empty file would say that there is nothing there.
    """
    found = dict(filters)
    for name in ("district", "river", "post"):
        value = filters.get(name)
        if not value:
            continue
        frame = view.records("post") if name == "post" else view.layer(name)
        codes = set(frame["code"]) | (set(view.reaches()["river_code"].dropna()) if name == "river" else set())
        named = frame.loc[frame["name"] == value, "code"].unique()
        if value not in codes and len(named) != 1:
            raise Fault("filter_unknown", what=exports.shape_of(name).label(lang), given=value, kind=name)
        found[name] = value if value in codes else str(named[0])
    return found


def document(view: View, what: str, suffix: str, filters: dict[str, Any], lang: str) -> bytes:
    """The bytes of one document."""
    if what == "package":
        return pack.gis(view, filters, lang)
    if what in listing.LISTINGS:
        made = listing.listing(view, what, filters, lang)
        return gap_map.page(made, pack.ground(view)) if suffix == ".html" else listing.file_of(made, what, suffix)
    if what == "chief":
        if not (filters.get("chief") or filters.get("post")):
            raise Fault("chief_unnamed")
        return pack.chief_page(view, post_of(view, filters.get("chief") or filters.get("post")), filters, lang)
    name = DOCUMENTS[what][suffix]
    if filters.get("number"):
        return pack.reprint(view, filters["number"], [name])[name]
    return pack.documents(*pack.prepare(view, filters, lang), only=[name])[name]


def post_of(view: View, chief: str | None) -> str:
    """The post code a caller means by a post's code or name, or by an account that holds one post."""
    posts = view.records("post")
    for name in ("code", "name"):
        found = posts.loc[posts[name] == chief, "code"]
        if len(found) == 1:
            return str(found.iloc[0])
    accounts = view.records("account", name=chief) if chief else posts.iloc[:0]
    held = {code for cell in accounts.get("posts", []) for code in _codes(cell) if code in set(posts["code"])}
    if len(held) != 1:
        raise Fault("post_unknown", post=chief or "")
    return held.pop()


def _codes(cell: Any) -> list[str]:
    """Post codes of an account's cell, kept as a JSON list or split by semicolons."""
    if isinstance(cell, str) and cell.startswith("["):
        return [str(code) for code in json.loads(cell)]
    return [code.strip() for code in cell.replace("；", ";").split(";")] if isinstance(cell, str) else []
