"""The engine commands as other programs call them: files in, files out, exit codes, one JSON object."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from tests import rivers

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"real samples are not beside the checkout ({SAMPLES})")


class Run(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def hezhang(*words, lang="zh"):
    """A command as the terminal gives it, in this process: starting Python twenty times is most of the time otherwise."""
    import hezhang as door

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setenv("HEZHANG_LANG", lang)
        patch.setattr(sys, "argv", ["hezhang", *map(str, words)])
        try:
            door.main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    return Run(code, out.getvalue(), err.getvalue())


def test_the_door_itself_starts_and_keeps_stdout_for_json(files):
    run = subprocess.run(
        [
            sys.executable,
            str(ROOT / "hezhang.py"),
            "trace",
            "down",
            "--reaches",
            str(files / "r.gpkg"),
            "--from",
            "A:0",
            "--map",
            "reach_id=ID",
            "--map",
            "to_reach=NEXT",
            "--out",
            str(files / "o.csv"),
            "--json",
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        cwd=files,
        check=False,
    )
    assert figures(run)["farthest_m"] == pytest.approx(1000)


def figures(run):
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture
def files(tmp_path):
    rivers.confluence().rename(columns={"reach_id": "ID", "to_reach": "NEXT"}).to_file(tmp_path / "r.gpkg")
    xs, ys = np.array([300, 1000, 1400, 500]), np.array([12.0, 250, -30, 2000])
    lon_lat = gpd.GeoSeries(shapely.points(rivers.E0 + xs, rivers.N0 + ys), crs=rivers.CRS).to_crs(4326)
    pd.DataFrame({"code": ["01", "02", "03", "04"], "x84": lon_lat.x, "y84": lon_lat.y}).to_csv(
        tmp_path / "p.csv", index=False
    )
    return tmp_path


def test_locate_keeps_the_points_own_columns(files):
    told = figures(hezhang("locate", "--reaches", files / "r.gpkg", "--points", files / "p.csv", "--out", files / "o.csv",
                           "--map", "reach_id=ID", "--map", "lon=x84", "--map", "lat=y84", "--json"))  # fmt: skip
    assert (told["points"], told["matched"]) == (4, 3)
    found = pd.read_csv(files / "o.csv", dtype={"code": "str"})
    assert list(found.columns) == ["code", "x84", "y84", "reach_id", "chainage_m", "offset_m", "bank", "tied"]
    assert found["code"].tolist() == ["01", "02", "03", "04"]
    assert found["reach_id"].fillna("-").tolist() == ["A", "T", "C", "-"]
    assert found["bank"].fillna("-").tolist() == ["left", "on", "right", "-"]
    assert found["chainage_m"].tolist()[:3] == pytest.approx([300, 250, 400], abs=0.2)


@pytest.mark.parametrize("suffix", ["parquet", "gpkg", "geojson"])
def test_every_output_format_reads_back(files, suffix):
    out = files / f"o.{suffix}"
    figures(hezhang("locate", "--reaches", files / "r.gpkg", "--points", files / "p.csv", "--out", out, "--map", "reach_id=ID",
                    "--map", "lon=x84", "--map", "lat=y84", "--json"))  # fmt: skip
    found = pd.read_parquet(out) if suffix == "parquet" else gpd.read_file(out)
    assert found["reach_id"].fillna("-").tolist() == ["A", "T", "C", "-"]
    if suffix != "parquet":
        assert found.geometry.notna().all()


def test_match_then_gaps(files):
    x = np.arange(100, 900, 6.5)
    time = pd.Timestamp("2026-05-10T00:00:00Z") + pd.to_timedelta(np.arange(len(x)) * 5, unit="s")
    track = pd.DataFrame({"track_id": 7, "time": time, "x": rivers.E0 + x, "y": rivers.N0 + 25.0})
    track.to_parquet(files / "t.parquet")
    told = figures(hezhang("match", "--reaches", files / "r.gpkg", "--tracks", files / "t.parquet", "--out", files / "c.csv",
                           "--map", "reach_id=ID", "--json"))  # fmt: skip
    assert told["intervals"] == 1
    covered = pd.read_csv(files / "c.csv")
    assert list(covered.columns) == ["track_id", "reach_id", "from_m", "to_m", "bank", "entered_at", "left_at"]
    row = covered.iloc[0]
    assert (row["reach_id"], row["bank"]) == ("A", "left")

    def gaps(*more):
        told = figures(hezhang("gaps", "--covered", files / "c.csv", "--reaches", files / "r.gpkg", "--out", files / "g.csv",
                               "--map", "reach_id=ID", "--json", *more))  # fmt: skip
        found = pd.read_csv(files / "g.csv")
        assert list(found.columns) == ["reach_id", "bank", "from_m", "to_m", "last_seen"]
        assert told["gap_m"] == pytest.approx((found.to_m - found.from_m).sum(), abs=0.01)
        return told["gap_m"]

    seen = row["to_m"] - row["from_m"]
    assert gaps() == pytest.approx(2 * 2300 - seen, abs=0.01)
    assert gaps("--see-across", 40) == pytest.approx(2 * 2300 - 2 * seen, abs=0.01)
    assert gaps("--since", "2026-05-11") == pytest.approx(2 * 2300, abs=0.01)
    assert gaps("--since", "2026-05-01", "--until", "2026-05-10") == pytest.approx(2 * 2300 - seen, abs=0.01)


def test_trace_reaches_and_points(files):
    same = (
        "--reaches",
        files / "r.gpkg",
        "--map",
        "reach_id=ID",
        "--map",
        "to_reach=NEXT",
        "--out",
        files / "o.csv",
        "--json",
    )
    assert figures(hezhang("trace", "up", "--from", "C:300", *same))["rows"] == 3
    found = pd.read_csv(files / "o.csv")
    assert list(found.columns) == ["reach_id", "distance_m", "order", "left_file"]
    places = ("--points", files / "p.csv", "--point-id", "code", "--map", "lon=x84", "--map", "lat=y84")
    assert figures(hezhang("trace", "up", "--from", "C:500", *same, *places))["rows"] == 3
    found = pd.read_csv(files / "o.csv", dtype={"code": "str"})
    assert found["code"].tolist() == ["03", "02", "01"]
    assert found["distance_m"].tolist() == pytest.approx([100, 750, 1200], abs=0.3)


def test_refusals_have_a_sentence_in_the_language_and_exit_1(files):
    call = (
        "locate",
        "--reaches",
        files / "r.gpkg",
        "--points",
        files / "none.csv",
        "--out",
        files / "o.csv",
        "--json",
        "--map",
        "reach_id=ID",
    )
    for lang, words in (("zh", "找不到文件"), ("en", "does not exist")):
        run = hezhang(*call, lang=lang)
        assert run.returncode == 1
        assert words in run.stderr
        assert json.loads(run.stdout)["error"]["code"] == "file_missing"
    assert not (files / "o.csv").exists()
    run = hezhang("locate", "--reaches", files / "r.gpkg", "--points", files / "p.csv", "--out", files / "o.csv", "--map",
                  "reach_id=NOPE", "--map", "lon=x84", "--map", "lat=y84", lang="en")  # fmt: skip
    assert run.returncode == 1
    assert "reach_id" in run.stderr


@pytest.mark.parametrize("call", [
    ("locate",), ("locate", "--map", "x", "--reaches", "a", "--points", "b", "--out", "c.csv"), ("trace", "sideways"),
    ("trace", "up", "--reaches", "a", "--from", "noplace", "--out", "c.csv"),
    ("gaps", "--covered", "a", "--reaches", "b", "--out", "c.csv", "--since", "soon"), ("no-such-command",)])  # fmt: skip
def test_wrong_usage_exits_2(call):
    assert hezhang(*call).returncode == 2


@needs_samples
def test_37_of_37_dischargers_on_hydrorivers(tmp_path):
    told = figures(hezhang(
        "locate", "--reaches", SAMPLES / "rivers/hydrorivers_taihu_bbox.shp",
        "--points", SAMPLES / "points/enterprises_snapped.csv",
        "--within", 3000, "--out", tmp_path / "o.csv", "--map", "reach_id=HYRIV_ID", "--map", "to_reach=NEXT_DOWN",
        "--map", "lon=lon_wgs84", "--map", "lat=lat_wgs84", "--json"))  # fmt: skip
    found = pd.read_csv(tmp_path / "o.csv")
    assert told["matched"] == 37
    assert (found["reach_id"] == found["hyriv_id"]).sum() == 37
    assert (found["offset_m"] - found["snap_dist_m"]).abs().max() < 5


@needs_samples
def test_the_rhine_ends_and_is_reached_whole(tmp_path):
    told = figures(hezhang("trace", "up", "--reaches", SAMPLES / "rivers/rhine_streams_65535.gpkg", "--from", "20994:0",
                           "--map", "to_reach=down_id", "--out", tmp_path / "o.csv", "--json"))  # fmt: skip
    found = pd.read_csv(tmp_path / "o.csv")
    assert told["rows"] == 65_535
    assert found["reach_id"].is_unique
    rows = gpd.read_file(SAMPLES / "rivers/rhine_streams_65535.gpkg")
    geod = found.set_index("reach_id")["distance_m"]
    size = rows.set_index("reach_id").geometry.pipe(_geodesic)
    down = rows.set_index("reach_id")["down_id"].drop(20994)
    assert (geod[down.index] - (geod[down.to_numpy()].to_numpy() + size[down.to_numpy()].to_numpy())).abs().max() < 1e-3


def _geodesic(lines):
    from pyproj import Geod

    return lines.map(Geod(ellps="WGS84").geometry_length)


@needs_samples
def test_a_trace_that_leaves_the_taihu_clip_says_so(tmp_path):
    rows = gpd.read_file(SAMPLES / "rivers/hydrorivers_taihu_bbox.shp").set_index("HYRIV_ID")
    leaving = rows[(rows["NEXT_DOWN"] != 0) & ~rows["NEXT_DOWN"].isin(rows.index)]
    assert len(leaving) == 55
    for start in (leaving.index[0], rows[rows["NEXT_DOWN"] == 0].index[0]):
        told = figures(
            hezhang(
                "trace",
                "down",
                "--reaches",
                SAMPLES / "rivers/hydrorivers_taihu_bbox.shp",
                "--from",
                f"{start}:0",
                "--map",
                "reach_id=HYRIV_ID",
                "--map",
                "to_reach=NEXT_DOWN",
                "--out",
                tmp_path / "o.csv",
                "--json",
            )
        )
        found = pd.read_csv(tmp_path / "o.csv")
        assert told["left_file"] == (start in leaving.index)
        assert found["reach_id"].isna().sum() == told["left_file"]
        assert (
            found["distance_m"].max() / 1000 == pytest.approx(rows.loc[start, "LENGTH_KM"], abs=0.42)
            or not told["left_file"]
        )


@needs_samples
def test_the_walk_round_a_lake_is_matched_on_a_line_drawn_along_it(tmp_path):
    walk = SAMPLES / "tracks/gpxpy_fixtures/cerknicko-jezero.gpx"
    from data.files import Mapping, read_tracks

    points = read_tracks(str(walk), Mapping([]), None).to_crs(32633)
    first = points[points["track_id"] == points["track_id"].value_counts().index[0]]
    shore = shapely.LineString(first.geometry.to_list()).simplify(15)
    reach = gpd.GeoDataFrame({"reach_id": ["shore"]}, geometry=[shore], crs=32633).to_crs(4326)
    reach.to_file(tmp_path / "r.geojson")
    told = figures(
        hezhang(
            "match", "--reaches", tmp_path / "r.geojson", "--tracks", walk, "--out", tmp_path / "c.geojson", "--json"
        )
    )
    found = gpd.read_file(tmp_path / "c.geojson")
    assert told["intervals"] == len(found) >= 1
    longest = found[found["track_id"] == first["track_id"].iloc[0]]
    assert (longest["to_m"] - longest["from_m"]).sum() > 0.8 * shore.length
    assert longest["entered_at"].notna().all()
    assert found.to_crs(32633).length.sum() == pytest.approx((found["to_m"] - found["from_m"]).sum(), rel=0.01)
