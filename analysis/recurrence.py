"""屡治屡排: how often a closed problem came back, from the chain of cases and from what was seen after closing."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from analysis.waters import local_day, timestamp
from data.responsibility import looked_up


def chain_counts(case: pd.DataFrame) -> dict[str, int]:
    """Case number -> times recurred: its own count, or the length of the chain of cases it is a relapse of."""
    before = {number: other for number, other in zip(case["number"], case["relapse_of"], strict=True)
              if other is not None and not pd.isna(other)}
    kept = {number: int(count) for number, count in zip(case["number"], case["relapse_count"], strict=True)
            if count is not None and not pd.isna(count)}
    counts = {}
    for number in case["number"]:
        steps, at, seen = 0, number, set()
        while at in before and at not in seen:
            seen.add(at)
            steps, at = steps + 1, before[at]
        counts[number] = max(steps, kept.get(number, 0))
    return counts


def closings(outfall: pd.DataFrame, case: pd.DataFrame, on: date, zone: ZoneInfo) -> dict[str, pd.Timestamp]:
    """Outfall -> the last day on which its discharge was closed (a closed discharge case, or the file closed)."""
    closed = case[(case["kind"] == "outfall_discharge") & case["outfall_code"].notna()]
    closed = closed.assign(day=local_day(closed["closed_at"], zone))
    closed = closed[closed["day"].notna() & (closed["day"] <= timestamp(on))]
    last: dict[str, pd.Timestamp] = closed.groupby("outfall_code")["day"].max().to_dict()
    filed = outfall[(outfall["stage"] == "closed") & outfall["rectified_on"].notna()]
    for code, day in zip(filed["code"], filed["rectified_on"], strict=True):
        if day <= timestamp(on):
            last[code] = max(last.get(code, day), day)
    return last


def seen_again(inspection: pd.DataFrame, finding: pd.DataFrame, closed: dict[str, pd.Timestamp], on: date,
               zone: ZoneInfo) -> dict[str, pd.Timestamp]:
    """Outfall -> first day after its closing on which an inspection found it discharging abnormally.

    An inspection whose finding was dismissed does not count.
    """
    dismissed = set(finding.loc[finding["state"] == "dismissed", "inspection_number"].dropna())
    rows = inspection[(inspection["result"] == "abnormal") & (inspection["discharging"] == "yes")
                      & ~inspection["number"].isin(dismissed)]
    rows = rows.assign(day=local_day(rows["inspected_at"], zone), closed=looked_up(rows["outfall_code"], closed))
    rows["closed"] = pd.to_datetime(rows["closed"])
    rows = rows[(rows["day"] > rows["closed"]) & (rows["day"] <= timestamp(on))]
    return dict(rows.groupby("outfall_code")["day"].min())


def recurrence(view: Any, on: date) -> pd.DataFrame:
    """Outfalls that discharged again after closing: [outfall_code, relapses, last_case, still_open]."""
    from analysis.outfalls import unresolved

    rows = unresolved(view, on)
    rows = rows[rows["relapses"] > 0]
    table = pd.DataFrame({"outfall_code": rows["code"], "relapses": rows["relapses"], "case_number": rows["case_number"],
                          "still_open": rows["look"] == "relapsed"})
    return table.sort_values(["relapses", "outfall_code"], ascending=[False, True]).reset_index(drop=True)
