"""``hezhang export``: any layer or record, or one of the documents, written to the file the caller names."""

import json
from pathlib import Path
from typing import Any

from data import exports
from data.store import View
from geo.faults import Fault
from reports import pack
from reports.sheet import say

DOCUMENTS = {"map": {".pdf": "problem_map.pdf", ".png": "problem_map.png", ".html": "map.html"},
             "ledger": {".xlsx": "ledger.xlsx", ".csv": "ledger.csv"}, "package": {".gpkg": ""}, "chief": {".html": ""}}


def export_file(store: Any, actor: Any, what: str, out: Path, filters: dict[str, Any], lang: str = "zh") -> dict[str, Any]:
    """Write `what` (layer, record, map, ledger, package, chief) to `out` as `actor` sees it; returns what was written.

    A map and a ledger of the same filters carry the same numbers; with ``number`` among the filters a kept report is
    printed again.
    """
    view, out = store.as_seen_by(actor), Path(out)
    if what not in DOCUMENTS:
        frame = exports.filtered(exports.rows(view, what), district=filters.get("district"), river=filters.get("river"),
                                 post=filters.get("post"), reaches=view.reaches() if filters.get("river") else None)
        return {"out": str(out), "rows": exports.write(frame, out, what, store.kind == "simulated")}
    if out.suffix not in DOCUMENTS[what]:
        raise Fault("export_kind", what=what, suffix=out.suffix or "?", choices=" ".join(DOCUMENTS[what]))
    made = document(view, what, out.suffix, filters, lang)
    out.write_bytes(made)
    return {"out": str(out), "bytes": len(made)}


def document(view: View, what: str, suffix: str, filters: dict[str, Any], lang: str) -> bytes:
    """The bytes of one document."""
    if what == "package":
        return pack.gis(view, filters, lang)
    if what == "chief":
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
        raise Fault("post_unknown", post=chief or say("chief.which", "zh"))
    return held.pop()


def _codes(cell: Any) -> list[str]:
    """Post codes of an account's cell, kept as a JSON list or split by semicolons."""
    if isinstance(cell, str) and cell.startswith("["):
        return [str(code) for code in json.loads(cell)]
    return [code.strip() for code in cell.replace("；", ";").split(";")] if isinstance(cell, str) else []
