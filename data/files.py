"""The caller's own files for the engine commands: read reaches, points, tracks and tables, write results."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.faults import Fault

KNOWN = (".gpkg", ".geojson", ".json", ".parquet", ".shp", ".gpx", ".csv")
WRITABLE = (".csv", ".parquet", ".gpkg", ".geojson")
ROLES = {
    "reaches": ("reach_id", "to_reach", "width_m", "flow", "direction_confirmed"),
    "points": ("lon", "lat", "reach_id", "chainage_m"),
    "tracks": ("track_id", "time", "lon", "lat", "x", "y"),
    "covered": ("reach_id", "from_m", "to_m", "bank", "entered_at", "left_at"),
}
_LONGEST_CELL = 2**31 - 1  # outlines as text are longer than the 128 kB the csv module allows by itself


class Mapping:
    """The `--map ROLE=COLUMN` renames of one command; `finish` complains about those no file could use."""

    def __init__(self, pairs: list[str]) -> None:
        self.names: dict[str, str] = {}
        for pair in pairs:
            role, sign, column = pair.partition("=")
            if not sign or not role.strip() or not column.strip():
                raise ValueError(pair)
            self.names[role.strip()] = column.strip()
        self.used: set[str] = set()
        self.seen: list[tuple[str, list[str]]] = []

    def apply(self, table: Any, kind: str, file: str) -> Any:
        """The table with the roles of its kind renamed; a column already called so gives way to the mapped one."""
        self.seen.append((file, [str(column) for column in table.columns if column != "geometry"]))
        for role, column in self.names.items():
            if role in ROLES[kind] and column in table.columns:
                self.used.add(role)
                if role != column:
                    table = table.drop(columns=[role], errors="ignore").rename(columns={column: role})
        return table

    def finish(self) -> None:
        """Fault for a rename whose column is in none of the files."""
        known = list(dict.fromkeys(role for roles in ROLES.values() for role in roles))
        for role, column in self.names.items():
            if role not in known:
                raise Fault("map_role_unknown", role=role, known=", ".join(known))
            if role not in self.used:
                file, columns = self.seen[0]
                raise Fault("map_column_missing", file=file, column=column, columns=", ".join(columns))


def read_lines(path: str, mapping: Mapping) -> gpd.GeoDataFrame:
    """Reaches with a `reach_id`; lines of a GPX file are named by their tracks."""
    table = mapping.apply(_read(path), "reaches", path)
    if isinstance(table, gpd.GeoDataFrame) and path.lower().endswith(".gpx"):
        table = _gpx_lines(table)
    if not isinstance(table, gpd.GeoDataFrame):
        raise Fault("lines_missing", file=path)
    if not len(table):
        raise Fault("file_empty", file=path)
    if "reach_id" not in table.columns:
        raise Fault("column_missing", column="reach_id")
    return table.assign(width_m=numbers(table["width_m"], path)) if "width_m" in table.columns else table


def read_points(path: str, mapping: Mapping) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """(the file's own table, the same rows as points with roles named)."""
    table = _read(path)
    placed = _as_points(mapping.apply(table, "points", path), path, None)
    if table.index.has_duplicates:
        table, placed = table.reset_index(drop=True), placed.reset_index(drop=True)
    return table, placed


def with_numbers(own: pd.DataFrame, placed: pd.DataFrame, mapping: Mapping) -> pd.DataFrame:
    """The file's own table with lon and lat as the numbers they were read as; formats other than CSV tell them from text."""
    names = {mapping.names.get(role, role): role for role in ("lon", "lat")}
    return own.assign(**{column: placed[role] for column, role in names.items() if column in own and role in placed})


def read_tracks(path: str, mapping: Mapping, reaches_crs: Any) -> gpd.GeoDataFrame:
    """Track points [track_id, time, geometry]; x, y columns are in the reaches' CRS, lon, lat in WGS 84."""
    table = mapping.apply(_read(path), "tracks", path)
    table = _as_points(table, path, reaches_crs)
    if "track_id" not in table.columns:
        raise Fault("column_missing", column="track_id")
    if "time" in table.columns:
        table["time"] = parse_times(table["time"], path)
    return table


def read_covered(path: str, mapping: Mapping) -> pd.DataFrame:
    """Covered intervals as `hezhang match` wrote them."""
    table = pd.DataFrame(mapping.apply(_read(path), "covered", path))
    for column in ("entered_at", "left_at"):
        if column in table.columns:
            table[column] = parse_times(table[column], path)
    for column in ("from_m", "to_m"):
        if column in table.columns:
            table[column] = numbers(table[column], path)
    return table


def parse_times(values: pd.Series, path: str) -> pd.Series:
    """Times of a column; with offsets they become UTC, without they stay as they are."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values
    if pd.api.types.is_numeric_dtype(values.dtype) and values.notna().any():
        size = float(values.abs().max())
        unit = "s" if size < 1e11 else "ms" if size < 1e14 else "us" if size < 1e17 else "ns"
        return pd.to_datetime(values, unit=unit, utc=True)
    text = values.astype("str").str.strip()
    if text[values.notna()].str.fullmatch(r"\d{9,}(\.\d+)?").all() and values.notna().any():
        return parse_times(pd.to_numeric(values), path)
    text = text.where(text.notna() & (text != "") & values.notna())
    aware = text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", na=False).any()
    parsed = pd.to_datetime(text, utc=bool(aware), errors="coerce", format="ISO8601")
    bad = text.notna() & parsed.isna()
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise Fault("time_unreadable", file=path, row=row + 1, column=values.name, value=text.iloc[row])
    return parsed


def numbers(values: pd.Series, path: str) -> pd.Series:
    """A column as floats, empty cells as NaN; Fault for any other text, by row."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype(float)
    text = values.astype("str").str.strip()
    blank = (values.isna() | (text == "")).to_numpy(dtype=bool)
    found = pd.to_numeric(text.mask(blank), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = ~np.isfinite(found) & ~blank
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise Fault("number_unreadable", file=path, row=row + 1, column=values.name, value=values.iloc[row])
    return pd.Series(found, index=values.index, name=values.name)


def _as_points(table: pd.DataFrame, path: str, xy_crs: Any) -> gpd.GeoDataFrame:
    if not len(table):
        raise Fault("file_empty", file=path)
    if isinstance(table, gpd.GeoDataFrame):
        return table
    for x, y, crs in (("lon", "lat", "EPSG:4326"), ("x", "y", xy_crs)):
        if x in table.columns and y in table.columns and crs is not None:
            xs, ys = numbers(table[x], path), numbers(table[y], path)
            table = table.assign(**{x: xs, y: ys})
            known = (xs.notna() & ys.notna()).to_numpy()
            geometry = np.full(len(table), None, dtype=object)
            geometry[known] = shapely.points(xs.to_numpy()[known], ys.to_numpy()[known])
            return gpd.GeoDataFrame(table, geometry=geometry, crs=crs)
    raise Fault("column_missing", column="lon")


# -- formats


def _read(path: str) -> pd.DataFrame:
    """Any supported file; `FILE::LAYER` names a layer."""
    name, _, layer = path.partition("::")
    suffix = Path(name).suffix.lower()
    if suffix not in KNOWN:
        raise Fault("file_format_unknown", file=name, known=" ".join(KNOWN))
    if not Path(name).exists():
        raise Fault("file_missing", file=name)
    try:
        if suffix == ".csv":
            return _read_csv(name)
        if suffix == ".parquet":
            return _read_parquet(name)
        if suffix == ".gpx":
            return _read_gpx(name)
        return _read_vector(name, layer or None)
    except (OSError, ValueError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise Fault("file_unreadable", file=name, reason=str(error)) from error


def _read_csv(name: str) -> pd.DataFrame:
    """A CSV with every cell as the text it is (ids such as 007, 1E5 or 1.50 stay what they are); empty cells are null."""
    encoding, width = _csv_shape(name)
    table = pd.read_csv(name, dtype="str", encoding=encoding, keep_default_na=False, index_col=False, usecols=range(width))
    table = table.rename(columns=lambda column: str(column).strip())
    for column in table.columns:
        table[column] = table[column].where(table[column].str.strip() != "")
    last = str(table.columns[-1])
    return table.drop(columns=last) if last.startswith("Unnamed: ") and table[last].isna().all() else table


def _csv_shape(name: str) -> tuple[str, int]:
    """(encoding, number of columns); Fault for a row with more cells than the header, which would shift its columns."""
    csv.field_size_limit(_LONGEST_CELL)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with Path(name).open(encoding=encoding, newline="") as file:
                rows = (cells for cells in csv.reader(file) if len(cells) > 1 or (cells and cells[0].strip()))
                width = len(next(rows, []))
                for row, cells in enumerate(rows, 1):
                    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                        raise Fault("csv_row_long", file=name, row=row, cells=len(cells), columns=width)
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise Fault("file_unreadable", file=name, reason=str(error)) from error
        if not width:
            raise Fault("file_empty", file=name)
        return encoding, width
    raise Fault("csv_encoding_unknown", file=name)


def _read_parquet(name: str) -> pd.DataFrame:
    import pyarrow.parquet

    if b"geo" in (pyarrow.parquet.read_schema(name).metadata or {}):
        return gpd.read_parquet(name)
    return pd.read_parquet(name)


def _read_vector(name: str, layer: str | None) -> pd.DataFrame:
    if layer is None:
        layers = pyogrio.list_layers(name)
        drawn = [row[0] for row in layers if row[1] is not None]
        filled = [one for one in drawn if pyogrio.read_info(name, layer=one)["features"] != 0] or drawn
        if len(filled) > 1:
            raise Fault("file_layers_ambiguous", file=name, layers=", ".join(filled))
        layer = filled[0] if filled else (layers[0][0] if len(layers) else None)
    return pyogrio.read_dataframe(name, layer=layer, use_arrow=True)


def _read_gpx(name: str) -> gpd.GeoDataFrame:
    """Track points (else route points, else waypoints) of a GPX file with track_id and time."""
    import gpxpy

    raw = Path(name).read_bytes()
    try:
        gpx = gpxpy.parse(raw.decode("utf-8-sig"))
    except (gpxpy.gpx.GPXException, UnicodeDecodeError) as error:
        raise Fault("file_unreadable", file=name, reason=str(error)) from error
    paths: list[tuple[str | None, list[Any]]] = [
        (track.name, [point for part in track.segments for point in part.points]) for track in gpx.tracks
    ]
    paths = [path for path in paths if path[1]] or [(route.name, route.points) for route in gpx.routes if route.points]
    paths = paths or [(point.name, [point]) for point in gpx.waypoints]
    names = [(given or "").strip() for given, _ in paths]
    ids = [given if given and names.count(given) == 1 else f"{given or 'track'} ({i + 1})" for i, given in enumerate(names)]
    rows = [
        (track_id, point.time, point.longitude, point.latitude)
        for track_id, (_, points) in zip(ids, paths, strict=True)
        for point in points
    ]
    table = pd.DataFrame(rows, columns=["track_id", "time", "lon", "lat"])
    table["time"] = pd.to_datetime(table["time"], utc=True)
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326")


def _gpx_lines(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    lines = {
        track_id: shapely.linestrings(part["lon"], part["lat"])
        for track_id, part in points.groupby("track_id", sort=False)
        if len(part) > 1
    }
    return gpd.GeoDataFrame({"reach_id": list(lines)}, geometry=list(lines.values()), crs=points.crs)


# -- writing


def check_out(path: str, *inputs: str) -> None:
    """Fault before any work where a result could not be written, or would replace one of the files read."""
    if Path(path).suffix.lower() not in WRITABLE:
        raise Fault("file_format_unknown", file=path, known=" ".join(WRITABLE))
    if not Path(path).resolve().parent.is_dir():
        raise Fault("file_missing", file=str(Path(path).parent))
    for one in (Path(given.partition("::")[0]) for given in inputs):
        if Path(path).exists() and one.exists() and Path(path).samefile(one):
            raise Fault("out_is_input", file=path)


def is_drawn(path: str) -> bool:
    """True where the output format is a map layer, so that a result should carry geometry."""
    return Path(path).suffix.lower() in (".gpkg", ".geojson")


def write(table: pd.DataFrame, path: str) -> None:
    """Write a result in the format of its extension; the file appears whole or not at all."""
    check_out(path)
    suffix = Path(path).suffix.lower()
    part = Path(path).with_name(f".{uuid.uuid4().hex}{suffix}")
    try:
        if suffix == ".csv":
            pd.DataFrame(table.drop(columns=_geometry_name(table))).to_csv(part, index=False)
        elif suffix == ".parquet":
            table.to_parquet(part, index=False)
        else:
            _write_vector(table, part, suffix)
        part.replace(path)
    except (OSError, ValueError, RuntimeError) as error:  # pyogrio's are RuntimeErrors, pyarrow's ValueErrors
        raise Fault("file_unwritable", file=path, reason=str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def _geometry_name(table: pd.DataFrame) -> list[str]:
    return [table.geometry.name] if isinstance(table, gpd.GeoDataFrame) else []


def _write_vector(table: pd.DataFrame, part: Path, suffix: str) -> None:
    if suffix == ".geojson":
        if isinstance(table, gpd.GeoDataFrame):
            table = table.to_crs(4326)
        pyogrio.write_dataframe(table, part, driver="GeoJSON")
    else:
        names = {str(name).lower() for name in table.columns}
        options = {key: f"{name}_key" for key, name in (("FID", "fid"), ("GEOMETRY_NAME", "geom")) if name in names}
        pyogrio.write_dataframe(_told_apart(table), part, driver="GPKG", layer="result", layer_options=options)


def _told_apart(table: pd.DataFrame) -> pd.DataFrame:
    """The table with names that differ in more than capitals, as a GeoPackage needs them; the later columns keep theirs."""
    names, fixed = [str(name) for name in table.columns], _geometry_name(table)
    for i, name in enumerate(names):
        if name not in fixed:
            others = {other.lower() for other in names[:i] + names[i + 1 :]}
            while names[i].lower() in others:
                names[i] += "_given"
    return table.rename(columns=dict(zip(table.columns, names, strict=True)))
