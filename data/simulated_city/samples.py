"""Water samples at sections and black-odorous channels."""

import pandas as pd
import shapely

from data.simulated_city.world import TIMEZONE, Ground


def samples(g: Ground, layers: dict) -> list[dict]:
    """Monthly water samples at sections and black-odorous channels."""
    rng = g.rng("samples")
    rows = []
    months = pd.date_range("2026-01-01", "2026-06-01", freq="MS")
    base = {"I": 0.12, "II": 0.3, "III": 0.75, "IV": 1.2, "V": 1.8}
    for s in layers["section"].itertuples():
        for month in months:
            k = base[s.target_class] * rng.lognormal(0, 0.35)
            rows.append(
                {
                    "section_code": s.code,
                    "sampled_at": _morning(month, 5),
                    "water_temp_c": round(4 + 4 * month.month + float(rng.normal()), 1),
                    "ph": round(float(rng.normal(7.9, 0.2)), 2),
                    "do_mg_l": round(float(9.6 - 0.5 * month.month - 1.2 * k), 1),
                    "codmn_mg_l": round(float(2.2 + 3.6 * k), 1),
                    "cod_mg_l": round(float(8 + 13 * k)),
                    "bod5_mg_l": round(float(1.5 + 2.4 * k), 1),
                    "nh3n_mg_l": round(float(k), 2),
                    "tp_mg_l": round(float(0.04 + 0.17 * k), 3),
                    "tn_mg_l": round(float(1.6 + 2 * k), 2),
                    "geometry": s.geometry,
                }
            )
    for b in layers["black_odorous"].itertuples():
        for month in months:
            better = b.state in ("eliminated", "lasting")
            rows.append(
                {
                    "black_odorous_code": b.code,
                    "sampled_at": _morning(month, 12),
                    "do_mg_l": round(float(b.do_mg_l * rng.uniform(0.7, 1.3) + (2.6 if better else 0)), 2),
                    "nh3n_mg_l": round(float(b.nh3n_mg_l * rng.uniform(0.7, 1.3) * (0.35 if better else 1)), 2),
                    "orp_mv": round(float(b.orp_mv * rng.uniform(0.8, 1.2) + (120 if better else 0))),
                    "transparency_cm": round(float(b.transparency_cm * rng.uniform(0.8, 1.2) + (14 if better else 0)), 1),
                    "ph": round(float(rng.normal(7.3, 0.2)), 2),
                    "geometry": b.geometry.interpolate(0.5, normalized=True),
                }
            )
    for k, row in enumerate(rows, start=1):
        point: shapely.Point = row.pop("geometry")
        row |= {"code": f"MNSY-{k:04d}", "lon": round(point.x, 7), "lat": round(point.y, 7), "remark": "模拟数据"}
    return rows


def _morning(month: pd.Timestamp, day: int) -> pd.Timestamp:
    return (month + pd.Timedelta(days=day, hours=9)).tz_localize(TIMEZONE).tz_convert("UTC")
