"""GPX and KML by their own grammar: every folder, every track, names as they stand."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import ElementTree

from data.intake.archive import checked, copy_member, no_nesting
from data.intake.limits import limit
from data.intake.reading import Reading
from data.intake.text import guess, strict
from geo.faults import Fault

_UNBOUND = re.compile(r"<(/?)([A-Za-z_][\w.-]*):")


def parse(path: Path, options: dict[str, Any]) -> tuple[Element, str]:
    """(root, encoding): decoded by us first, so that no declaration can disguise a DOCTYPE."""
    data = path.read_bytes()
    encoding = options.get("encoding") or guess(data)[0]
    if encoding is None:
        raise Fault("encoding_wrong", encoding="utf-8")
    text = strict(data, encoding).lstrip("\ufeff \t\r\n")
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Fault("xml_doctype")
    text = re.sub(r"^<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL)
    try:
        root = ElementTree.fromstring(text.encode("utf-8"))
    except ParseError as error:
        if "unbound prefix" not in str(error):
            raise Fault("xml_broken", reason=str(error)) from None
        try:
            root = ElementTree.fromstring(_UNBOUND.sub(r"<\1\2_", text).encode("utf-8"))
        except ParseError as again:
            raise Fault("xml_broken", reason=str(again)) from None
    return root, encoding.replace("-sig", "")


def local(element: Element) -> str:
    """Tag without namespace."""
    return str(element.tag).rsplit("}", 1)[-1]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Direct children of these local names."""
    return (child for child in element if local(child) in names)


def text_of(element: Element, name: str) -> str | None:
    """Text of the first child called `name`."""
    for child in children(element, name):
        return (child.text or "").strip() or None
    return None


def iso_time(text: str | None) -> str | None:
    """A time as it is understood, None where it is missing or no time."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00")).isoformat()
    except ValueError:
        return None


def degrees(lon: str | None, lat: str | None) -> tuple[float, float] | None:
    """Two finite numbers within the globe, else None."""
    try:
        x, y = float(lon or ""), float(lat or "")
    except ValueError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90 else None


def _line(points: list[list[tuple[float, float]]]) -> bytes | None:
    parts = [part for part in points if len(part) > 1]
    if not parts:
        return None
    return shapely.to_wkb(shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(parts))


class _Tracks:
    """Collects track points and what was wrong with them."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.segment, self.dropped = reading, 0, 0

    def add(self, name: str | None, kind: str, parts: list[list[tuple[str | None, str | None, str | None]]]
            ) -> list[list[tuple[float, float]]]:
        """Keep the points of one track; returns its coordinates by part."""
        track, kept, timed, count = len(self.reading.tracks), [], 0, 0
        for part in parts:
            coordinates = []
            for lon, lat, time in part:
                place = degrees(lon, lat)
                if place is None:
                    self.dropped += 1
                    continue
                when = iso_time(time)
                self.reading.points.append((track, self.segment, *place, when))
                coordinates.append(place)
                timed, count = timed + (when is not None), count + 1
            if len(self.reading.points) > limit("vertices"):
                raise Fault("too_many_vertices", limit=limit("vertices"))
            self.segment += 1
            kept.append(coordinates)
        self.reading.tracks.append({"name": name, "kind": kind, "points": count, "timed": timed})
        return kept

    def finish(self) -> None:
        """Say how many points were unusable."""
        if self.dropped:
            fields = {"count": self.dropped}
            self.reading.repairs.append({"code": "track_points_broken", "rows": [], "fields": fields})


def read_gpx(path: Path, options: dict[str, Any]) -> Reading:
    """Way points, routes and tracks of GPX 1.0 and 1.1, with or without namespace."""
    root, encoding = parse(path, options)
    reading = Reading(kind="gpx", encoding=encoding, spatial=True, crs="EPSG:4326", crs_how="declared")
    reading.columns = ["name", "desc", "cmt", "time", "type", "element"]
    tracks, want = _Tracks(reading), options.get("want")

    def attributes(element: Element, kind: str) -> list[str | None]:
        return [*(text_of(element, name) for name in reading.columns[:5]), kind]

    for point in children(root, "wpt"):
        if want in ("line", "polygon", "track"):
            break
        place = degrees(point.get("lon"), point.get("lat"))
        if place is None:
            reading.bad.append({"row": len(reading.row) + 1, "code": "coordinates_broken", "fields": {}})
        reading.add(attributes(point, "waypoint"), shapely.to_wkb(shapely.Point(place)) if place else None)
    for track in children(root, "trk", "rte"):
        kind = "track" if local(track) == "trk" else "route"
        segments = list(children(track, "trkseg")) if kind == "track" else [track]
        parts = [[(p.get("lon"), p.get("lat"), text_of(p, "time")) for p in children(segment, "trkpt", "rtept")]
                 for segment in segments]
        kept = tracks.add(text_of(track, "name"), kind, parts)
        if want != "point":
            reading.add(attributes(track, kind), _line(kept))
    tracks.finish()
    return reading


def read_kmz(path: Path, options: dict[str, Any]) -> Reading:
    """The KML inside a KMZ; pictures and the rest are not opened."""
    with checked(path) as archive:
        no_nesting(archive)
        members = sorted((m for m in archive.infolist() if m.filename.lower().endswith(".kml")),
                         key=lambda m: (m.filename.lower() != "doc.kml", m.filename))
        target = copy_member(archive, members[0], path.parent / "doc.kml")
    reading = read_kml(target, options)
    reading.kind = "kmz"
    return reading


def read_kml(path: Path, options: dict[str, Any]) -> Reading:
    """Every placemark of every folder, extended data by its own names, gx:Track with its times."""
    root, encoding = parse(path, options)
    reading = Reading(kind="kml", encoding=encoding, spatial=True, crs="EPSG:4326", crs_how="declared")
    marks = list(_placemarks(root, "", 0))
    extra: dict[str, None] = {}
    rows = []
    for folder, mark in marks:
        data = _extended(mark)
        extra.update(dict.fromkeys(data))
        rows.append((folder, mark, data))
    own = [name for name in extra if name not in ("name", "description", "folder", "time")]
    reading.columns = ["name", "description", "folder", "time", *own]
    if len(reading.columns) > limit("columns"):
        raise Fault("too_many_columns", limit=limit("columns"))
    tracks, want = _Tracks(reading), options.get("want")
    for folder, mark, data in rows:
        geometry, kind = _kml_geometry(mark, tracks)
        if want in ("point", "line", "polygon") and kind and kind != want:
            continue
        if want == "track" and kind != "line":
            continue
        time = next((text_of(stamp, "when") for stamp in children(mark, "TimeStamp")), None)
        cells = [text_of(mark, "name"), text_of(mark, "description"), folder or None, time, *(data.get(n) for n in own)]
        if geometry is None:
            reading.bad.append({"row": len(reading.row) + 1, "code": "geometry_missing", "fields": {}})
        reading.add(cells, geometry)
    tracks.finish()
    return reading


def _placemarks(element: Element, folder: str, depth: int) -> Iterator[tuple[str, Element]]:
    if depth > limit("depth"):
        raise Fault("too_deep", limit=limit("depth"))
    for child in element:
        name = local(child)
        if name == "Placemark":
            yield folder, child
        elif name in ("Document", "Folder"):
            title = text_of(child, "name") or ""
            yield from _placemarks(child, title if name == "Folder" else folder, depth + 1)


def _extended(mark: Element) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for holder in children(mark, "ExtendedData"):
        for data in children(holder, "Data"):
            found[data.get("name") or ""] = text_of(data, "value")
        for schema in children(holder, "SchemaData"):
            for data in children(schema, "SimpleData"):
                found[data.get("name") or ""] = (data.text or "").strip() or None
    found.pop("", None)
    return found


def _coordinates(text: str | None) -> list[tuple[str | None, str | None, str | None]]:
    cells = [chunk.split(",") for chunk in (text or "").split()]
    return [(c[0], c[1], None) for c in cells if len(c) >= 2]


def _kml_geometry(mark: Element, tracks: _Tracks) -> tuple[bytes | None, str]:
    """(WKB, family) of a placemark; tracks are kept with their times too."""
    points: list[tuple[float, float]] = []
    lines: list[list[tuple[str | None, str | None, str | None]]] = []
    timed: list[list[tuple[str | None, str | None, str | None]]] = []
    rings: list[shapely.Polygon | None] = []
    for element in mark.iter():
        name = local(element)
        if name == "Point":
            points += [p for lon, lat, _ in _coordinates(text_of(element, "coordinates")) if (p := degrees(lon, lat))]
        elif name == "LineString":
            lines.append(_coordinates(text_of(element, "coordinates")))
        elif name == "Polygon":
            rings.append(_polygon(element))
        elif name in ("Track", "gx_Track"):
            times = [(e.text or "").strip() for e in children(element, "when")]
            places = [(e.text or "").split() for e in children(element, "coord", "gx_coord")]
            timed.append([(p[0], p[1], times[i] if i < len(times) else None)
                          for i, p in enumerate(places) if len(p) >= 2])
    if rings:
        good = [ring for ring in rings if ring is not None]
        shape = shapely.MultiPolygon(good) if len(good) > 1 else good[0] if good else None
        return (shapely.to_wkb(shape) if shape is not None else None), "polygon"
    if lines or timed:
        kept = tracks.add(text_of(mark, "name"), "track" if timed else "line", [*lines, *timed])
        return _line(kept), "line"
    if points:
        return shapely.to_wkb(shapely.Point(points[0]) if len(points) == 1 else shapely.MultiPoint(points)), "point"
    return None, ""


def _polygon(element: Element) -> shapely.Polygon | None:
    shells: list[list[tuple[float, float]]] = []
    holes: list[list[tuple[float, float]]] = []
    for side, into in (("outerBoundaryIs", shells), ("innerBoundaryIs", holes)):
        for boundary in children(element, side):
            for ring in children(boundary, "LinearRing"):
                xy = [p for lon, lat, _ in _coordinates(text_of(ring, "coordinates")) if (p := degrees(lon, lat))]
                into += [xy] if len(xy) >= 3 else []
    return shapely.Polygon(shells[0], holes) if shells else None
