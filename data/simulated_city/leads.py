"""What patrols, neighbours, satellites and an imported file reported, and the whole of the office's work."""

import pandas as pd

from data.simulated_city.casework import ACTIVE, Casework, Office
from data.simulated_city.patrols import Patrols
from data.simulated_city.posts import Posts
from data.simulated_city.shapes import plane_to_lonlat
from data.simulated_city.world import DEMO_DATE, FIRST_DATE, Ground


def build_casework(
    g: Ground, made: Posts, outfalls: pd.DataFrame, plan: pd.DataFrame, rain: list[dict], patrols: Patrols
) -> Casework:
    """All books of the office."""
    office = Office(g, made, outfalls, plan, rain)
    office.run()
    _from_patrols(office, patrols)
    _from_others(office)
    return office.books


def _from_patrols(office: Office, patrols: Patrols) -> None:
    """What patrols reported: rubbish, building, damaged boards; a third become cases."""
    rng = office.rng
    walked = patrols.walked[patrols.walked["kind"].isin(["honest", "ebike"])].reset_index(drop=True)
    row_of = {row["code"]: row for row in patrols.rows}
    kinds = ("floating", "dumping", "occupation", "building", "mining", "facility", "black_odour")
    for i in rng.choice(len(walked), 54, replace=False):
        w = walked.iloc[int(i)]
        patrol = row_of[w["patrol_code"]]
        kind = str(rng.choice(kinds, p=[0.28, 0.26, 0.14, 0.12, 0.06, 0.08, 0.06]))
        chainage = float(rng.uniform(w["from_m"], w["to_m"]))
        lonlat = plane_to_lonlat(
            office.g.reaches.at(w["reach_id"], chainage, office.g.reaches.row[w["reach_id"]]["width_m"] / 2 + 5, w["bank"])
        )
        bank = "left" if w["bank"] == "both" else w["bank"]
        draw = rng.random()
        recent = patrol["day"] > DEMO_DATE - pd.Timedelta(days=12)
        state = "open" if recent or 0.4 <= draw < 0.5 else "dismissed"
        found = office.find(
            kind, patrol["day"], state, lonlat, source="patrol", patrol_number=w["patrol_code"], found_by=patrol["people"][0][0]
        )
        found["found_at"] = patrol["started_at"] + pd.Timedelta(minutes=12)
        if draw < 0.4 and not recent:
            day = patrol["day"] + pd.Timedelta(days=1)
            done = rng.random() < 0.6
            closed = min(day + pd.Timedelta(days=int(rng.integers(4, 30))), DEMO_DATE - pd.Timedelta(days=1)) if done else None
            office.open(found, day, "closed" if done else str(rng.choice(ACTIVE)), (w["reach_id"], chainage, bank), closed=closed)


def _from_others(office: Office) -> None:
    """Complaints, remote sensing, covert visits and two drafts without a place."""
    rng = office.rng
    rows = office.g.reaches.table.to_dict("records")
    for k in range(16):
        row = rows[int(rng.integers(0, len(rows)))]
        lonlat = plane_to_lonlat(
            office.g.reaches.at(row["code"], row["plane"].length * float(rng.uniform(0.2, 0.8)), row["width_m"] / 2 + 4)
        )
        source = ("complaint", "remote_sensing", "supervision")[k % 3]
        kind = str(rng.choice(["new_outfall", "black_odour", "dumping", "building"]))
        state = ("dismissed", "open", "dismissed", "dismissed")[k % 4]
        office.find(
            kind,
            office.day(FIRST_DATE, DEMO_DATE - pd.Timedelta(days=1)),
            state,
            lonlat,
            source=source,
            found_by="模拟举报人" if k % 3 == 0 else "模拟督查员1",
        )
    _imported(office)
    for _ in range(2):
        office.find("new_outfall", DEMO_DATE - pd.Timedelta(days=1), "draft", None)


def _imported(office: Office) -> None:
    """Six findings that came as one file, two of them cases by now: what is asked about when the file is withdrawn."""
    rows = office.g.reaches.table[office.g.reaches.table["kind"] == "river"].to_dict("records")
    for k in range(6):
        row, day = rows[3 + 4 * k], pd.Timestamp("2026-06-08") + pd.Timedelta(days=k)
        at = row["plane"].length * (0.3 + 0.06 * k)
        lonlat = plane_to_lonlat(office.g.reaches.at(row["code"], at, row["width_m"] / 2 + 6))
        found = office.find(
            ("dumping", "building", "floating")[k % 3], day, "open", lonlat, source="import", found_by="模拟检查员1"
        )
        if k < 2:
            office.open(found, day + pd.Timedelta(days=2), "rectifying", (row["code"], at, "left"), severity="general")
