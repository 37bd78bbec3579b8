"""Drawn photos for the demonstration: a bank, a pipe, what comes out of it. They say SIMULATED and show no real place."""

import hashlib
import io
from datetime import timedelta

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from data.store import Store
from data.store.write import Tx

SIZE = (640, 420)
GROUND = {"sky": "#DDE7EC", "bank": "#A9A58A", "stone": "#8C8F91", "water": "#8FB1BF", "pipe": "#5B6368"}
FLOW = {"foul": "#3C4238", "clean": "#B9D3DC"}
MANY = 40


def draw(seed: int, foul: bool, litter: bool) -> bytes:
    """Return a JPEG of an outfall on a bank, discharging foul water or mended, with or without rubbish."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", SIZE, GROUND["sky"])
    pen = ImageDraw.Draw(picture)
    shore = int(rng.integers(230, 270))
    pen.polygon([(0, 150), (640, int(rng.integers(110, 190))), (640, 420), (0, 420)], fill=GROUND["bank"])
    for x, y, r in zip(rng.integers(0, 640, 60), rng.integers(170, shore, 60), rng.integers(3, 11, 60), strict=True):
        pen.ellipse((x - r, y - r / 2, x + r, y + r / 2), fill=GROUND["stone"])
    pen.polygon([(0, shore), (640, shore - 12), (640, 420), (0, 420)], fill=GROUND["water"])
    x = int(rng.integers(220, 400))
    if foul:
        pen.polygon([(x - 14, shore - 36), (x + 14, shore - 36), (x + 120, 420), (x - 60, 420)], fill=FLOW["foul"])
    pen.ellipse((x - 26, shore - 66, x + 26, shore - 14), fill=GROUND["pipe"])
    pen.ellipse((x - 18, shore - 58, x + 18, shore - 22), fill=FLOW["foul" if foul else "clean"] if foul else "#2E3437")
    if litter:
        for a, b in zip(rng.integers(0, 640, 14), rng.integers(shore + 10, 400, 14), strict=True):
            pen.rectangle((a, b, a + 12, b + 6), fill="#D8CFC0")
    pen.rectangle((0, 388, 640, 420), fill="#1B2A33")
    pen.text((12, 397), "SIMULATED  -  drawn, no real place", fill="#FFFFFF", font_size=16)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def add_photos(store: Store, tx: Tx) -> int:
    """Give some findings, cases and inspections a drawn photo; closed cases get one from before and one from after."""
    folder = store.folder / "photos"
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for kind, frame, when in (("finding", tx.rows("finding"), "found_at"), ("case", tx.rows("case"), "opened_at"),
                              ("inspection", tx.rows("inspection", result="abnormal"), "inspected_at")):
        for number, row in enumerate(frame.dropna(subset=["lon"]).tail(MANY).itertuples()):
            shots = [(True, getattr(row, when))]
            if kind == "case" and not pd.isna(row.closed_at):
                shots.append((False, row.closed_at - timedelta(hours=2)))
            for foul, taken in shots:
                data = draw(number * 7 + len(kind), foul, row.kind == "dumping" if kind != "inspection" else False)
                digest = hashlib.sha256(data).hexdigest()
                (folder / f"{digest}.jpg").write_bytes(data)
                tx.insert_photo(kind, row.id, {"sha256": digest, "name": f"{row.number}.jpg", "taken_at": taken,
                                               "lon": row.lon, "lat": row.lat, "source": "camera"})
                count += 1
    return count
