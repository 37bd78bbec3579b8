"""The app's side of the worker: a folder of its own, an environment with nothing in it, a clock over it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import data
from data.intake.limits import limit
from data.intake.reading import Reading
from geo.faults import Fault

# Every vector and raster driver known of, but the two the worker opens by name; worker.check_drivers proves it complete.
SKIPPED = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CAD,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,Elasticsearch,FlatGeobuf,GDALG,"
    "GML,GMLAS,GPSBabel,GPX,GTFS,GeoJSON,GeoJSONSeq,GeoRSS,Geoconcept,HTTP,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MBTiles,MEM,"
    "MVT,MapInfo File,MapML,Memory,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,"
    "PDS4,PGDUMP,PLSCENES,PMTiles,S57,SQLite,SVG,SXF,Selafin,TIGER,TopoJSON,UK .NTF,VDV,VFK,VICAR,VRT,WAsP,WFS,XLSX,XODR"
)
_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_slots = threading.BoundedSemaphore(limit("workers"))


@cache
def _without_network() -> tuple[str, ...]:
    """The command that takes the network away, () where this machine does not let us."""
    tool = shutil.which("unshare")
    if tool is None:
        return ()
    done = subprocess.run([tool, "-rn", "true"], capture_output=True, check=False, timeout=10)
    return (tool, "-rn") if done.returncode == 0 else ()


def _environment(folder: Path) -> dict[str, str]:
    root = str(Path(data.__file__).resolve().parent.parent)
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "TMPDIR": str(folder),
            "HOME": str(folder), "OGR_SKIP": SKIPPED, "GDAL_SKIP": SKIPPED, "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
            "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE", "PROJ_NETWORK": "OFF", "CPL_DEBUG": "OFF", "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def _run(folder: Path, request: dict[str, Any]) -> Reading:
    command = [*_without_network(), sys.executable, "-P", "-m", "data.intake.worker"]
    done = None
    try:
        with _slots:
            done = subprocess.run(command, input=json.dumps(request).encode(), capture_output=True, cwd=folder,
                                  env=_environment(folder), timeout=limit("wall_s"), check=False)
    except subprocess.TimeoutExpired:
        raise Fault("file_too_costly") from None
    if done.returncode != 0 or not (folder / "reading.json").exists():
        if os.environ.get("HEZHANG_WORKER_LOG"):
            sys.stderr.write(done.stderr.decode(errors="replace"))
        raise Fault("file_broke_reader")
    reading = Reading.load(folder)
    if reading.error:
        raise Fault(reading.error["code"], **reading.error["fields"])
    if reading.photo:
        reading.photo["published"] = (folder / "published").read_bytes()
    return reading


def _copy_in(source: Path | bytes, folder: Path) -> tuple[Path, dict[str, Any]]:
    target = folder / uuid.uuid4().hex
    options: dict[str, Any] = {}
    if isinstance(source, bytes):
        target.write_bytes(source)
        return target, options
    shutil.copyfile(source, target)
    with source.open("rb") as file:
        is_shape = file.read(4) == b"\x00\x00\x27\x0a"
    if is_shape:
        for part in source.parent.iterdir():
            if part.stem == source.stem and part.suffix.lower() in _SHAPE_PARTS and part.is_file():
                shutil.copyfile(part, folder / f"shape{part.suffix.lower()}")
        options["stem"] = source.stem
    return target, options


def read_upload(source: Path | bytes, options: dict[str, Any]) -> Reading:
    """Read one upload (a file, with a shapefile's parts beside it, or bytes) in the worker.

    Every way to fail, crash and hang included, is a Fault.
    """
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > limit("upload_mb") * 1_000_000:
        raise Fault("file_too_big", limit=limit("upload_mb"))
    with tempfile.TemporaryDirectory(prefix="hz-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        path, more = _copy_in(source, folder)
        kept = {key: value for key, value in {**options, **more}.items() if value is not None}
        return _run(folder, {"path": str(path), "options": kept})
