"""Intervals [from_m, to_m) of reaches and banks: what was seen, what was not, and when last.

Plain comparisons on the numbers as given: nothing is rounded, so a union and its gaps partition a reach exactly.
A covered table has `reach_id, from_m, to_m` and optionally `bank` (left, right, both; on and null count as both),
`entered_at` and `left_at`. Answers are per bank, left and right apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geo.faults import Fault

BANKS = ("left", "right")
KEYS = ["reach_id", "bank"]
COLUMNS = ["reach_id", "bank", "from_m", "to_m"]


def _lengths(lengths: Any) -> dict[Any, float]:
    if isinstance(lengths, pd.DataFrame):
        lengths = lengths.set_index("reach_id")["length_m"]
    pairs = lengths.items() if isinstance(lengths, (pd.Series, Mapping)) else lengths
    return {reach: float(size) for reach, size in pairs}


def _checked(covered: pd.DataFrame) -> None:
    for column in ("reach_id", "from_m", "to_m"):
        if column not in covered.columns:
            raise Fault("column_missing", column=column)
    bad = np.flatnonzero(~(covered["from_m"] <= covered["to_m"]).to_numpy(dtype=bool, na_value=False))
    if len(bad):
        row = covered.iloc[bad[0]]
        raise Fault("interval_backwards", row=int(bad[0]) + 1, reach_id=row["reach_id"], from_m=row["from_m"], to_m=row["to_m"])


def by_bank(covered: pd.DataFrame, see_across_m: float | None = None, width_m: Any = None) -> pd.DataFrame:
    """The table with one row per bank: both (and on, null) twice; on water narrower than `see_across_m` always twice.

    Raises
    ------
    Fault
        ``column_missing``, ``interval_backwards``, ``bank_unknown``.
    """
    _checked(covered)
    bank = covered["bank"].astype(object) if "bank" in covered else pd.Series("both", index=covered.index, dtype=object)
    bank = bank.where(bank.notna() & (bank != "on"), "both")
    unknown = ~bank.isin(["left", "right", "both"])
    if unknown.any():
        raise Fault("bank_unknown", bank=bank[unknown].iloc[0])
    if see_across_m is not None and width_m is not None:
        widths = pd.Series(dict(width_m.items() if hasattr(width_m, "items") else width_m), dtype=float)
        narrow = set(widths.index[widths.to_numpy() < see_across_m])
        bank = bank.where(~covered["reach_id"].isin(narrow), "both")
    halves = [covered.assign(bank=name)[(bank == name) | (bank == "both")] for name in BANKS]
    return pd.concat(halves, ignore_index=True)


def _groups(rows: pd.DataFrame) -> Iterator[tuple[tuple[Any, str], pd.DataFrame]]:
    yield from rows.groupby(KEYS, sort=False, observed=True)


def _table(rows: list[tuple[Any, ...]], columns: list[str], ids: Any = None) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns)
    for column in ("from_m", "to_m"):
        table[column] = table[column].astype(float)
    if ids is not None and len(table) == 0:
        table["reach_id"] = table["reach_id"].astype(ids)
    return table


def _merged(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Union of intervals as disjoint, sorted, non-touching ones; empty ones drop out."""
    real = ends > starts
    starts, ends = starts[real], ends[real]
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], ends[order]
    reached = np.maximum.accumulate(ends)
    fresh = np.concatenate([[True], starts[1:] > reached[:-1]])
    first = np.flatnonzero(fresh)
    return starts[first], reached[np.append(first[1:], len(starts)) - 1]


def union(covered: pd.DataFrame) -> pd.DataFrame:
    """What is covered at all: disjoint intervals per reach and bank.

    Returns
    -------
    DataFrame[reach_id, bank (left|right), from_m, to_m], touching intervals joined; empty in, empty out
    """
    rows: list[tuple[Any, ...]] = []
    for (reach, bank), group in _groups(by_bank(covered)):
        starts, ends = _merged(group["from_m"].to_numpy(float), group["to_m"].to_numpy(float))
        rows += [(reach, bank, a, b) for a, b in zip(starts, ends, strict=True)]
    return _table(rows, COLUMNS, covered["reach_id"].dtype)


def clip(covered: pd.DataFrame, lengths: Any) -> pd.DataFrame:
    """Rows cut to [0, length]; rows on reaches that `lengths` does not know, or left empty, drop out."""
    size = covered["reach_id"].map(_lengths(lengths)).astype(float)
    cut = covered.assign(from_m=covered["from_m"].clip(lower=0), to_m=np.minimum(covered["to_m"], size))
    return cut[size.notna() & (cut["from_m"] < cut["to_m"])].reset_index(drop=True)


def _holes(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]) -> list[tuple[float, float]]:
    """Merged intervals a without merged intervals b."""
    left: list[tuple[float, float]] = []
    for start, end in zip(*a, strict=True):
        near = np.flatnonzero((b[1] > start) & (b[0] < end))
        at = start
        for i in near:
            if b[0][i] > at:
                left.append((at, b[0][i]))
            at = max(at, b[1][i])
        if at < end:
            left.append((at, end))
    return left


def subtract(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """What `a` covers and `b` does not, per reach and bank: DataFrame[reach_id, bank, from_m, to_m]."""
    taken = {
        key: _merged(group["from_m"].to_numpy(float), group["to_m"].to_numpy(float))
        for key, group in _groups(by_bank(b))
    }
    nothing = (np.zeros(0), np.zeros(0))
    rows: list[tuple[Any, ...]] = []
    for key, group in _groups(by_bank(a)):
        whole = _merged(group["from_m"].to_numpy(float), group["to_m"].to_numpy(float))
        rows += [(*key, start, end) for start, end in _holes(whole, taken.get(key, nothing))]
    return _table(rows, COLUMNS, a["reach_id"].dtype)


def total_m(rows: pd.DataFrame) -> float:
    """Sum of the lengths of the rows (overlaps count as often as they occur: take `union` first)."""
    return float((rows["to_m"] - rows["from_m"]).sum())


def last_seen(covered: pd.DataFrame, lengths: Any, see_across_m: float | None = None, width_m: Any = None) -> pd.DataFrame:
    """When each metre of each bank was last seen.

    Parameters
    ----------
    covered : DataFrame[reach_id, from_m, to_m, bank, left_at]
        Rows without `left_at` tell nothing about when and are not used.
    lengths : Series by reach_id, mapping, or DataFrame[reach_id, length_m]
    see_across_m, width_m : as in `gaps`

    Returns
    -------
    DataFrame[reach_id, bank, from_m, to_m, last_seen] covering every reach wholly, in the order of `lengths`;
        last_seen is NaT where nobody ever looked

    Raises
    ------
    Fault
        As `gaps`.
    """
    _checked(covered)
    sizes = _lengths(lengths)
    known = covered[covered["left_at"].notna()] if "left_at" in covered else covered.iloc[:0].assign(left_at=pd.NaT)
    groups = dict(_groups(clip(by_bank(known, see_across_m, width_m), sizes)))
    rows: list[tuple[Any, ...]] = []
    for reach, size in sizes.items():
        for bank in BANKS:
            if size > 0:
                rows += [(reach, bank, *piece) for piece in _painted(groups.get((reach, bank)), size)]
    table = _table(rows, [*COLUMNS, "last_seen"], covered["reach_id"].dtype if not sizes else None)
    table["last_seen"] = pd.Series(table["last_seen"].to_list(), dtype=_time_dtype(known["left_at"]))
    return table


def _time_dtype(times: pd.Series) -> Any:
    return times.dtype if pd.api.types.is_datetime64_any_dtype(times.dtype) else "datetime64[ns]"


def _painted(group: pd.DataFrame | None, size: float) -> Iterator[tuple[float, float, Any]]:
    if group is None or not len(group):
        yield 0.0, size, pd.NaT
        return
    group = group.sort_values("left_at", kind="stable")
    starts, ends = group["from_m"].to_numpy(float), group["to_m"].to_numpy(float)
    breaks = np.unique(np.concatenate([[0.0, size], starts, ends]))
    times = group["left_at"].reset_index(drop=True)
    seen = np.full(len(breaks) - 1, -1)
    for number, (i, j) in enumerate(zip(np.searchsorted(breaks, starts), np.searchsorted(breaks, ends), strict=True)):
        seen[i:j] = number
    values = [pd.NaT if number < 0 else times[number] for number in seen]
    begin = 0
    for i in range(1, len(values) + 1):
        if i == len(values) or not (values[i] is values[begin] or values[i] == values[begin]):
            yield float(breaks[begin]), float(breaks[i]), values[begin]
            begin = i


def gaps(covered: pd.DataFrame, lengths: Any, since: Any = None, until: Any = None, see_across_m: float | None = None,
         width_m: Any = None) -> pd.DataFrame:  # fmt: skip
    """Metres of bank that nobody saw (巡河空白段).

    Parameters
    ----------
    covered : DataFrame[reach_id, from_m, to_m, bank, entered_at, left_at]
    lengths : Series by reach_id, mapping, or DataFrame[reach_id, length_m]
        Only these reaches are answered for.
    since, until : timestamps, optional
        Gap means: no covering row within [since, until]. A row counts if left_at >= since and entered_at <= until;
        rows without times then do not count. Without both, a gap is what was never covered.
    see_across_m : float, optional
        On reaches with width_m < see_across_m either bank has seen both.
    width_m : Series or mapping by reach_id, optional
        A reach of unknown width is seen from the side walked only.

    Returns
    -------
    DataFrame[reach_id, bank (left|right), from_m, to_m, last_seen]
        Split where last_seen (before `until`) changes; NaT where nobody ever looked.

    Raises
    ------
    Fault
        ``column_missing``, ``interval_backwards`` (also for rows on other reaches or outside the period),
        ``bank_unknown``.
    """
    _checked(covered)  # before rows are cut: a backward or blank interval would drop out there unsaid
    sizes = _lengths(lengths)
    covered = clip(covered, sizes) if len(covered) else covered
    counted, known = _in_period(covered, since, until)
    table = last_seen(known, sizes, see_across_m, width_m)
    counted = by_bank(counted, see_across_m, width_m)
    seen = {
        key: _merged(group["from_m"].to_numpy(float), group["to_m"].to_numpy(float)) for key, group in _groups(counted)
    }
    nothing = (np.zeros(0), np.zeros(0))
    rows: list[tuple[Any, ...]] = []
    for reach, bank, start, end, when in table.itertuples(index=False):
        holes = _holes((np.array([start]), np.array([end])), seen.get((reach, bank), nothing))
        rows += [(reach, bank, a, b, when) for a, b in holes]
    found = _table(rows, [*COLUMNS, "last_seen"], table["reach_id"].dtype)
    found["last_seen"] = pd.Series(found["last_seen"].to_list(), dtype=table["last_seen"].dtype)
    return found


def _in_period(covered: pd.DataFrame, since: Any, until: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(rows that count as seen in the period, rows that say when a place was last seen by its end)."""
    if since is None and until is None:
        return covered, covered
    if "left_at" not in covered.columns or covered["left_at"].isna().all():
        return covered.iloc[:0], covered.iloc[:0]
    left = pd.to_datetime(covered["left_at"])
    entered = pd.to_datetime(covered["entered_at"]) if "entered_at" in covered else left
    entered = entered.where(entered.notna(), left)
    by_end = left.notna() if until is None else left.notna() & (entered <= pd.Timestamp(until))
    counted = by_end if since is None else by_end & (left >= pd.Timestamp(since))
    return covered[counted], covered[by_end]
