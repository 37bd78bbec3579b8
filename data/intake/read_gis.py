"""GIS files: GeoJSON by its own grammar, GeoPackage and Shapefile by fiona with the driver named, feature by feature."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from data.intake.archive import checked, copy_member, no_nesting
from data.intake.limits import limit
from data.intake.reading import Reading, cell_text
from data.intake.text import NAMES, encoding_name, guess, strict
from geo.faults import Fault

FAMILY = {"point": {"Point", "MultiPoint"}, "line": {"LineString", "MultiLineString", "LinearRing"},
          "polygon": {"Polygon", "MultiPolygon"}}  # fmt: skip
GEOJSON_TYPES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
                 "GeometryCollection"}  # fmt: skip


class _Budget:
    """Counts vertices, so that no file costs more than the limits."""

    def __init__(self) -> None:
        self.left = limit("vertices")

    def take(self, geometry: Any) -> bytes | None:
        """WKB in two dimensions; None for nothing or empty; Fault where a limit is passed."""
        if geometry is None or geometry.is_empty:
            return None
        count = shapely.get_num_coordinates(geometry)
        self.left -= count
        if count > limit("vertices_per_feature") or self.left < 0:
            raise Fault("too_many_vertices", limit=limit("vertices_per_feature"))
        return shapely.to_wkb(shapely.force_2d(geometry))


def read_geojson(path: Path, options: dict[str, Any]) -> Reading:
    """FeatureCollection, Feature or bare geometry; WGS 84 unless the old `crs` member names another."""
    data = path.read_bytes()
    encoding = options.get("encoding") or guess(data)[0]
    if encoding is None:
        raise Fault("encoding_wrong", encoding="utf-8")
    try:
        root = json.loads(strict(data, encoding), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Fault("json_broken", reason=str(error)[:120]) from None
    reading = Reading(kind="geojson", encoding=encoding.replace("-sig", ""), spatial=True)
    kind = root.get("type") if isinstance(root, dict) else None
    if kind == "FeatureCollection" and isinstance(root.get("features"), list):
        features = root["features"]
    elif kind == "Feature":
        features = [root]
    elif kind in GEOJSON_TYPES:
        features = [{"type": "Feature", "properties": {}, "geometry": root}]
    else:
        raise Fault("json_not_geojson")
    reading.crs, reading.crs_how = _geojson_crs(root)
    _fill_geojson(reading, features)
    return reading


def _geojson_crs(root: dict[str, Any]) -> tuple[str, str]:
    member = root.get("crs")
    name = member.get("properties", {}).get("name") if isinstance(member, dict) else None
    if not isinstance(name, str) or "CRS84" in name:
        return "EPSG:4326", "declared"
    digits = name.replace("::", ":").rsplit(":", 1)[-1]
    return (f"EPSG:{digits}" if digits.isdigit() else name), "declared"


def _fill_geojson(reading: Reading, features: list[Any]) -> None:
    if len(features) > limit("rows"):
        raise Fault("too_many_rows", limit=limit("rows"))
    names: dict[str, int] = {}
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        for name in properties if isinstance(properties, dict) else ():
            names.setdefault(str(name), len(names))
    if len(names) > limit("columns"):
        raise Fault("too_many_columns", limit=limit("columns"))
    reading.columns = list(names)
    budget = _Budget()
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        properties = properties if isinstance(properties, dict) else {}
        wkb = None
        try:
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                raise ValueError("type")
            geometry = feature.get("geometry")
            wkb = budget.take(shape(geometry)) if geometry else None
        except Fault:
            raise
        except Exception:      # shapely raises many classes on malformed coordinates; the feature is named and left out
            reading.bad.append({"row": number, "code": "feature_broken", "fields": {}})
        reading.add([cell_text(properties.get(name)) for name in names], wkb)


def geopackage_layers(path: Path) -> list[tuple[str, str]]:
    """(table, geometry type) of the registered feature tables; views, virtual tables and triggers are never run."""
    try:
        link = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        link.execute("PRAGMA trusted_schema=OFF")
        steps = [0]

        def stop() -> int:
            steps[0] += 1
            return 1 if steps[0] > 20_000 else 0

        link.set_progress_handler(stop, 100_000)
        if link.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise Fault("geopackage_broken")
        tables = {row[0] for row in link.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND sql NOT LIKE 'CREATE VIRTUAL%'")}
        rows = link.execute("SELECT c.table_name, g.geometry_type_name FROM gpkg_contents c JOIN gpkg_geometry_columns g "
                            "ON g.table_name = c.table_name WHERE c.data_type = 'features'").fetchall()
        link.close()
    except sqlite3.Error:
        raise Fault("geopackage_broken") from None
    return [(str(name), str(kind)) for name, kind in rows if name in tables]


def read_gpkg(path: Path, options: dict[str, Any]) -> Reading:
    """One feature table: the one asked for, the only usable one, else a question."""
    import fiona

    reading = Reading(kind="gpkg", encoding="utf-8", spatial=True)
    tables = geopackage_layers(path)
    if not tables:
        raise Fault("no_sublayers")
    for name, kind in tables:
        with fiona.open(path, layer=name, driver="GPKG") as source:
            reading.sublayers.append({"name": name, "geometry": kind, "features": len(source)})
    names = [name for name, _ in tables]
    wanted = options.get("sublayer")
    if wanted is None:
        family = {t.upper() for t in FAMILY.get(options.get("want", ""), ())} | {"GEOMETRY"}
        usable = [s["name"] for s in reading.sublayers if s["features"]
                  and (s["geometry"].upper() in family or len(family) == 1)]
        if not usable and len(names) > 1:
            usable = names
        if len(usable) > 1:
            reading.questions.append({"code": "sublayer", "choices": usable, "fields": {"choices": "、".join(usable)}})
            return reading
        wanted = usable[0] if usable else names[0]
    elif wanted not in names:
        raise Fault("sublayer_unknown", sublayer=wanted, choices="、".join(names))
    reading.sublayer = wanted
    with fiona.open(path, layer=wanted, driver="GPKG") as source:
        _fill_fiona(reading, source)
    return reading


def _fill_fiona(reading: Reading, source: Any) -> None:
    wkt = source.crs_wkt or ""
    if wkt and "Undefined" not in wkt[:60] and not wkt.startswith(("LOCAL_CS", "ENGCRS")):
        reading.crs, reading.crs_how = wkt, "declared"
    reading.columns = list(source.schema["properties"])
    if len(reading.columns) > limit("columns"):
        raise Fault("too_many_columns", limit=limit("columns"))
    budget = _Budget()
    features = iter(source)
    while True:
        number = len(reading.row) + 1
        if number > limit("rows"):
            raise Fault("too_many_rows", limit=limit("rows"))
        try:
            feature = next(features)
        except StopIteration:
            break
        except Exception:      # fiona's and GDAL's own classes: this feature cannot be read, the next may
            reading.bad.append({"row": number, "code": "feature_broken", "fields": {}})
            reading.add([None] * len(reading.columns))
            if len(reading.bad) > 1000:
                raise Fault("geopackage_broken") from None
            continue
        try:
            wkb = budget.take(shape(feature.geometry)) if feature.geometry is not None else None
        except Fault:
            raise
        except Exception:      # malformed rings and the like; the row is refused by name
            wkb = None
            reading.bad.append({"row": number, "code": "feature_broken", "fields": {}})
        properties = feature.properties
        reading.add([cell_text(properties[name]) for name in reading.columns], wkb)


def read_shapefile_zip(path: Path, options: dict[str, Any]) -> Reading:
    """A zip with one shapefile (in a folder or not); its parts are copied to our own names."""
    folder = path.parent / "shape"
    folder.mkdir()
    with checked(path) as archive:
        no_nesting(archive)
        files = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
        stems = sorted({m.filename[:-4] for m in files if m.filename.lower().endswith(".shp")})
        from data.intake.archive import member_name
        shown = {stem: member_name(next(m for m in files if m.filename[:-4] == stem)).rsplit("/", 1)[-1][:-4]
                 for stem in stems}
        wanted = options.get("sublayer")
        chosen = [stem for stem in stems if wanted is None or shown[stem] == wanted]
        reading = Reading(kind="shp", spatial=True)
        if not chosen:
            raise Fault("sublayer_unknown", sublayer=wanted, choices="、".join(shown.values()))
        if len(chosen) > 1:
            choices = [shown[stem] for stem in chosen]
            reading.questions.append({"code": "sublayer", "choices": choices, "fields": {"choices": "、".join(choices)}})
            return reading
        for member in files:
            ending = member.filename[-4:].lower()
            if member.filename[:-4] == chosen[0] and ending in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
                copy_member(archive, member, folder / f"shape{ending}")
    return read_shapefile(folder / "shape.shp", options, shown[chosen[0]])


def read_shapefile(path: Path, options: dict[str, Any], name: str | None = None) -> Reading:
    """A shapefile whose parts lie beside it as shape.*; encoding by .cpg where it is true, else by the bytes."""
    import fiona

    reading = Reading(kind="shp", spatial=True, sublayer=name)
    missing = [ending for ending in (".dbf", ".shx") if not path.with_suffix(ending).exists()]
    if missing:
        raise Fault("shapefile_parts", parts=" ".join(missing))
    encoding = _dbf_encoding(path, options, reading)
    if encoding is None:
        return reading
    path.with_suffix(".cpg").unlink(missing_ok=True)
    reading.encoding = encoding
    with fiona.open(path, driver="ESRI Shapefile", encoding=encoding.upper()) as source:
        _fill_fiona(reading, source)
    return reading


def dbf_text(path: Path) -> list[bytes]:
    """Raw bytes of the field names and text cells of a .dbf, cells cut in mid-character trimmed."""
    data = path.read_bytes()
    if len(data) < 33:
        raise Fault("shapefile_parts", parts=".dbf")
    count, head, size = struct.unpack("<IHH", data[4:12])
    texts, fields, at = [], [], 1
    for start in range(32, head - 1, 32):
        if data[start:start + 1] == b"\r" or start + 32 > len(data):
            break
        width = data[start + 16]
        texts.append(data[start:start + 11].split(b"\x00")[0])
        if data[start + 11:start + 12] == b"C":
            fields.append((at, width))
        at += width
    for row in range(min(count, (len(data) - head) // max(size, 1))):
        base = head + row * size
        for start, width in fields:
            cell = data[base + start:base + start + width].rstrip(b" \x00")
            if any(byte > 127 for byte in cell):
                texts.append(cell)
    return texts


def _fits(texts: list[bytes], encoding: str) -> bool:
    for text in texts:
        try:
            text.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(text) - 3:
                return False
    return True


def _dbf_encoding(path: Path, options: dict[str, Any], reading: Reading) -> str | None:
    texts = dbf_text(path.with_suffix(".dbf"))
    cpg = path.with_suffix(".cpg")
    declared = cpg.read_text(encoding="latin-1").strip()[:40] if cpg.exists() else ""
    if options.get("encoding"):
        name = encoding_name(options["encoding"]).replace("-sig", "")
        if not _fits(texts, name):
            raise Fault("encoding_wrong", encoding=options["encoding"])
        return name
    if declared and declared.lower() in NAMES:
        name = encoding_name(declared).replace("-sig", "")
        if _fits(texts, name) and name != "cp1252":
            return name
    foreign = [text for text in texts if any(byte > 127 for byte in text)]
    if not foreign:
        return "utf-8"
    if _fits(foreign, "utf-8"):
        found: str | None = "utf-8"
    else:
        found, choices = guess(b"\n".join(text for text in foreign if _whole(text)))
        if found is None:
            preview = "；".join(f"{c}: {foreign[-1].decode(c, errors='ignore')[:16]}" for c in choices)
            reading.questions.append({"code": "encoding", "choices": choices, "fields": {"preview": preview}})
            return None
    if declared:
        fields = {"encoding": found, "declared": declared}
        reading.repairs.append({"code": "encoding_cpg_wrong", "rows": [], "fields": fields})
    return found


def _whole(text: bytes) -> bool:
    try:
        text.decode("gb18030")
    except UnicodeDecodeError as error:
        return error.start < len(text) - 3
    return True
