"""巡河空白 as people list it: pieces joined to stretches, both banks said once, lengths in metres of bank.

The unit is one everywhere (map, my reaches, chief's sheet, exports): *bank metres*. Each bank counts, so a stretch of
1 km that nobody saw on either bank is one row (bank both) of 2 km.
"""

from typing import Any

import pandas as pd

UNSEEN = ("never", "twice_overdue", "overdue", "recorded_only")
"""States of a metre nobody has seen within its duty, worst first: the rows of every list of gaps."""
_ALONE = ("never", "recorded_only", "due_soon")
"""States that are not told together with their neighbours; overdue and twice overdue are one stretch, as its worst."""


def bank_metres(rows: pd.DataFrame) -> pd.Series:
    """Metres of bank of rows with bank, from_m, to_m; both banks count twice."""
    sides = rows["bank"].map(lambda bank: 2.0 if bank == "both" else 1.0).astype(float)
    return (rows["to_m"].astype(float) - rows["from_m"].astype(float)) * sides


def bank_km(rows: pd.DataFrame) -> float:
    """Kilometres of bank of rows with bank, from_m, to_m."""
    return float(bank_metres(rows).sum()) / 1000


def gap_id(row: Any) -> str:
    """How a stretch of gap is named: reach, bank, from-to in whole metres."""
    return f"{row.reach_id}|{row.bank}|{row.from_m:.0f}-{row.to_m:.0f}"


def joined(pieces: pd.DataFrame, states: tuple[str, ...] = UNSEEN) -> pd.DataFrame:
    """Pieces in one of `states` as stretches, worst first: neighbours of one bank joined, equal banks said once.

    Adds `length_m` (metres of bank) and `id`; `days` and `last_seen` are those of the longest wait.
    """
    columns = [*(name for name in pieces.columns if name not in ("geometry", "length_m", "id")), "length_m", "id"]
    rows = pieces[pieces["state"].isin(states)].sort_values(["reach_id", "bank", "from_m"], kind="stable")
    table = pd.DataFrame(_both_banks(_along(rows.to_dict("records"))), columns=columns)
    table[["from_m", "to_m"]] = table[["from_m", "to_m"]].astype(float)
    table = table[table["to_m"] - table["from_m"] >= 1]     # what reads as 0 m is a joint of two stretches, nothing to walk
    table = table.assign(length_m=bank_metres(table), id=[gap_id(row) for row in table.itertuples()])
    rank = table["state"].map({state: place for place, state in enumerate(states)})
    table = table.assign(rank=rank).sort_values(["rank", "length_m", "id"], ascending=[True, False, True], kind="stable")
    return table.drop(columns="rank").reset_index(drop=True)


def _along(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Touching pieces of one bank as one row in the worst of their states."""
    rows: list[dict[str, Any]] = []
    for piece in pieces:
        last = rows[-1] if rows else {}
        same = last and all(last[name] == piece[name] for name in ("reach_id", "bank"))
        alike = same and (last["state"] == piece["state"] or not {last["state"], piece["state"]} & set(_ALONE))
        if alike and abs(last["to_m"] - piece["from_m"]) < 1:
            longest = max((last, piece), key=lambda row: -1.0 if row["days"] != row["days"] else row["days"])
            told = {name: longest[name] for name in ("days", "last_seen") if name in longest}
            rows[-1] = last | told | {"to_m": piece["to_m"], "state": min(last["state"], piece["state"], key=UNSEEN.index)
                                      if last["state"] != piece["state"] else last["state"]}
        else:
            rows.append(dict(piece))
    return rows


def _both_banks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Left and right rows of the same metres in the same state become one."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = (row["reach_id"], round(row["from_m"]), round(row["to_m"]), row["state"])
        if key in found and found[key]["bank"] != row["bank"]:
            longest = max((found[key], row), key=lambda one: -1.0 if one["days"] != one["days"] else one["days"])
            found[key] = longest | {"bank": "both"}
        else:
            found[key] = row
    return list(found.values())
