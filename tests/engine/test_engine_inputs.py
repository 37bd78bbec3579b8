"""Files as offices keep them: ids that look like numbers, ragged rows, clashing names, impossible intervals."""

import contextlib
import io
import json
import sys
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod

GEOD = Geod(ellps="WGS84")


class Run(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def hezhang(*words):
    """A command as the terminal gives it, in this process."""
    import hezhang as door

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setenv("HEZHANG_LANG", "en")
        patch.setattr(sys, "argv", ["hezhang", *map(str, words), "--json"])
        try:
            door.main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    return Run(code, out.getvalue(), err.getvalue())


def told(run):
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def refused(run, code, *words):
    assert run.returncode == 1, run.stderr
    error = json.loads(run.stdout)["error"]
    assert error["code"] == code
    for word in words:
        assert str(word) in error["message"]
    assert "{" not in error["message"]


def write_reaches(folder, ids, name="r.geojson", **columns):
    """Reaches of 100 m one above the other, eastward, 0.01 degrees of latitude apart."""
    lines = []
    for i in range(len(ids)):
        lat = 34 + i / 100
        lon, end_lat, _ = GEOD.fwd(112, lat, 90, 100)
        lines.append(shapely.LineString([(112, lat), (lon, end_lat)]))
    gpd.GeoDataFrame({"reach_id": ids, **columns}, geometry=lines, crs=4326).to_file(folder / name)
    return folder / name


def locate(folder, text, out="o.csv", encoding="utf-8"):
    (folder / "p.csv").write_text(text, encoding=encoding)
    return hezhang("locate", "--reaches", folder / "r.geojson", "--points", folder / "p.csv", "--out", folder / out)


def gaps(folder, text, *more):
    (folder / "c.csv").write_text(text, encoding="utf-8")
    return hezhang("gaps", "--covered", folder / "c.csv", "--reaches", folder / "r.geojson", "--out", folder / "g.csv", *more)


def trace(folder, text, *more, out="t.csv", start="A:50"):
    (folder / "p.csv").write_text(text, encoding="utf-8")
    return hezhang("trace", "down", "--reaches", folder / "r.geojson", "--from", start, "--points", folder / "p.csv",
                   "--out", folder / out, *more)  # fmt: skip


# -- CSV as it is


def test_commas_at_the_end_of_rows_shift_nothing(tmp_path):
    write_reaches(tmp_path, ["A"])
    for text in ("name,lon,lat\nx,112.0005,34,\n", "name,lon,lat,\nx,112.0005,34,\n", "name,lon,lat,note\nx,112.0005,34\n"):
        assert told(locate(tmp_path, text))["matched"] == 1
        assert pd.read_csv(tmp_path / "o.csv")["name"].tolist() == ["x"]


def test_a_row_longer_than_the_header_is_named(tmp_path):
    write_reaches(tmp_path, ["A"])
    refused(locate(tmp_path, "name,lon,lat\nx,112.0005,34\n\na,b,112.0005,34\n"), "csv_row_long", "row 2", 4, 3)
    refused(locate(tmp_path, "name,lon,lat\na,b,112.0005,34\n"), "csv_row_long", "row 1")


def test_cells_pass_through_as_they_are(tmp_path):
    write_reaches(tmp_path, ["A"])
    codes = ["1E5", "1.50", "1.10", "007", "12345678901234567890", "", "NA", "0x10", "1e400", "中牟"]
    text = "code,lon,lat\n" + "".join(f"{code},112.0005,34.0\n" for code in codes)
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        told(locate(tmp_path, text, encoding=encoding))
        found = pd.read_csv(tmp_path / "o.csv", dtype="str", keep_default_na=False)
        assert found["code"].tolist() == codes
        assert found["lat"].tolist() == ["34.0"] * len(codes)
    told(locate(tmp_path, text, out="o.parquet"))
    found = pd.read_parquet(tmp_path / "o.parquet")
    assert found["code"].fillna("").tolist() == codes
    assert found["lat"].tolist() == [34.0] * len(codes)


@pytest.mark.parametrize("ids,given,meant", [
    (["1E5", "100000"], "1E5", "1E5"), (["100000"], "1E5", None), (["1.5", "1.50"], "1.50", "1.50"), (["1.1"], "1.10", None),
    (["007", "7"], "007", "007"), ([7, 8], "7", "7"), ([7, 8], "007", "7"), ([7, 8], "7.0", "7"),
    (["07", "007"], "7", None)])  # fmt: skip
def test_ids_meet_as_text_then_as_whole_numbers(tmp_path, ids, given, meant):
    write_reaches(tmp_path, ids)
    figures = told(gaps(tmp_path, f"reach_id,from_m,to_m\n{given},0,40\n"))
    assert figures["ignored_rows"] == (meant is None)
    found = pd.read_csv(tmp_path / "g.csv", dtype={"reach_id": "str"})
    assert set(found.loc[found["from_m"] > 0, "reach_id"]) == ({meant} if meant else set())


def test_what_is_no_number_is_named(tmp_path):
    write_reaches(tmp_path, ["A"])
    refused(locate(tmp_path, "lon,lat\n112,34\n112,N34\n"), "number_unreadable", "row 2", "lat", "N34")
    refused(gaps(tmp_path, "reach_id,from_m,to_m\nA,0,K1\n"), "number_unreadable", "row 1", "to_m", "K1")
    refused(trace(tmp_path, "reach_id,chainage_m,lon,lat\nA,K0+060,112,34\n"), "number_unreadable", "chainage_m")
    write_reaches(tmp_path, ["A", "B"], width_m=["12", "wide"])
    refused(locate(tmp_path, "lon,lat\n112,34\n"), "number_unreadable", "row 2", "width_m", "wide")
    write_reaches(tmp_path, ["A", "B"], width_m=["12", None])
    assert told(gaps(tmp_path, "reach_id,bank,from_m,to_m\nA,left,0,101\nB,left,0,101\n", "--see-across", 20))["gaps"] == 1


def test_times_as_seconds_are_still_times(tmp_path):
    write_reaches(tmp_path, ["A"])
    text = "reach_id,from_m,to_m,entered_at,left_at\nA,0,101,1778400000,1778400060\n"
    assert told(gaps(tmp_path, text, "--since", "2026-05-10", "--until", "2026-05-10"))["gaps"] == 0
    assert told(gaps(tmp_path, text, "--since", "2026-05-11"))["gaps"] == 2


# -- impossible intervals and periods


@pytest.mark.parametrize("row", ["A,60,40", "A,,40", "A,0,", "elsewhere,60,40"])
def test_a_backward_or_blank_interval_is_named(tmp_path, row):
    write_reaches(tmp_path, ["A"])
    for more in ((), ("--since", "2026-01-01")):
        refused(gaps(tmp_path, f"reach_id,from_m,to_m\nA,0,10\n{row}\n", *more), "interval_backwards", "ow 2", row[:1])


@pytest.mark.parametrize("column", ["reach_id", "from_m", "to_m"])
def test_a_missing_column_is_named(tmp_path, column):
    write_reaches(tmp_path, ["A"])
    columns = [name for name in ("reach_id", "from_m", "to_m") if name != column]
    refused(gaps(tmp_path, ",".join(columns) + "\n1,2\n"), "column_missing", column)


def test_weeks_and_periods(tmp_path):
    write_reaches(tmp_path, ["A"])
    text = "reach_id,from_m,to_m,left_at\nA,0,101,2026-05-01T09:00:00\n"
    assert told(gaps(tmp_path, text, "--since", "2026-W18-5", "--until", "2026-W18-5"))["gaps"] == 0  # 1 May 2026, a Friday
    assert told(gaps(tmp_path, text, "--since", "2026-W18-6"))["gaps"] == 2
    refused(gaps(tmp_path, text, "--since", "2026-05-02", "--until", "2026-05-01"), "period_reversed", "2026-05-02")


@pytest.mark.parametrize("value", ["nan", "-1", "inf"])
def test_unusable_distances_are_refused(tmp_path, value):
    write_reaches(tmp_path, ["A"])
    assert gaps(tmp_path, "reach_id,from_m,to_m\nA,0,40\n", f"--see-across={value}").returncode in (1, 2)
    (tmp_path / "p.csv").write_text("lon,lat\n112,34\n", encoding="utf-8")
    run = hezhang("locate", "--reaches", tmp_path / "r.geojson", "--points", tmp_path / "p.csv", "--out", tmp_path / "o.csv",
                  f"--within={value}")  # fmt: skip
    assert run.returncode in (1, 2)


def test_points_beyond_their_reach_are_counted_not_listed(tmp_path):
    write_reaches(tmp_path, ["A"])
    text = "code,reach_id,chainage_m,lon,lat\nin,A,80,112,34\n"
    text += "beyond,A,700,112,34\nbefore,A,-5,112,34\nother,X,50,112,34\nend,A,100,112,34\n"
    for out, read in (("t.csv", pd.read_csv), ("t.gpkg", gpd.read_file)):
        figures = told(trace(tmp_path, text, "--point-id", "code", out=out))
        assert (figures["rows"], figures["ignored_points"]) == (2, 3)
        assert read(tmp_path / out)["code"].tolist() == ["in", "end"]


# -- names that meet


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg", "geojson"])
def test_columns_called_like_answers_are_kept_aside(tmp_path, suffix):
    write_reaches(tmp_path, ["A"])
    text = "reach_id,reach_id_given,Bank,geometry,fid,geom,lon,lat\nmine,older,east,somewhere,f1,g1,112.0005,34\n"
    assert told(locate(tmp_path, text, out=f"o.{suffix}"))["matched"] == 1
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}.get(suffix, gpd.read_file)
    row = read(tmp_path / f"o.{suffix}").iloc[0]
    assert row["reach_id"] == "A"
    assert {"mine", "older", "east", "somewhere", "f1", "g1"} <= {str(value) for value in row}


def test_a_point_id_called_like_an_answer(tmp_path):
    write_reaches(tmp_path, ["A"])
    text = "distance_m,reach_id,chainage_m,lon,lat\nd7,A,80,112,34\n"
    told(trace(tmp_path, text, "--point-id", "distance_m"))
    row = pd.read_csv(tmp_path / "t.csv").iloc[0]
    assert (row["distance_m_given"], row["distance_m"]) == ("d7", 30)
    refused(trace(tmp_path, text, "--point-id", "nothing"), "map_column_missing", "nothing", "chainage_m")


def test_an_input_is_never_replaced(tmp_path):
    reaches = write_reaches(tmp_path, ["A"])
    before = reaches.read_bytes()
    for out in ("p.csv", "r.geojson"):
        refused(locate(tmp_path, "lon,lat\n112,34\n", out=out), "out_is_input", out)
        refused(trace(tmp_path, "lon,lat\n112,34\n", out=out), "out_is_input", out)
    refused(gaps(tmp_path, "reach_id,from_m,to_m\nA,0,40\n", "--out", tmp_path / "c.csv"), "out_is_input")
    assert reaches.read_bytes() == before


def test_faults_offer_map_only_for_roles(tmp_path):
    (tmp_path / "r.geojson").write_text("reach_id,lon,lat\nA,112,34\n", encoding="utf-8")
    (tmp_path / "r.geojson").rename(tmp_path / "r.csv")
    (tmp_path / "p.csv").write_text("lon,lat\n112,34\n", encoding="utf-8")
    call = ("locate", "--points", tmp_path / "p.csv", "--out", tmp_path / "o.csv", "--reaches")
    run = hezhang(*call, tmp_path / "r.csv")
    refused(run, "lines_missing", "r.csv")
    assert "--map" not in run.stderr
    refused(hezhang(*call, write_reaches(tmp_path, ["A"]), "--map", "geometry=lon"), "map_role_unknown", "geometry", "reach_id")
