"""The worker: `python -m data.intake.worker` reads one uploaded file, writes its rows beside it and ends.

It is given a request on stdin and a folder of its own. It has no database handle and, before the first byte of the upload
is read, no way to open a socket, start a program or write outside its folder.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ALLOWED_DRIVERS = frozenset({"GPKG", "ESRI Shapefile"})
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "ctypes.dlopen",
              "ftplib.", "urllib.", "http.", "smtplib.")  # fmt: skip


class _NoPandas:
    """Keeps pyarrow from loading pandas, which the worker has no use for: a second of every upload."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas, leave everything else to others."""
        if name == "pandas":
            raise ImportError(name)


def guard(folder: Path) -> None:
    """Refuse sockets, programs and writes outside `folder` from now on."""
    inside = str(folder.resolve()) + os.sep

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(event)
        if event == "open" and isinstance(args[0], str | bytes) and _writes(args[1], args[2]):
            name = os.fsdecode(args[0])
            if not os.path.realpath(name).startswith(inside) and name != os.devnull:
                raise PermissionError("write")

    sys.addaudithook(hook)


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def set_limits() -> None:
    """Memory, processor time, files and disk; only what the platform knows."""
    try:
        import resource
    except ImportError:
        return
    from data.intake.limits import limit

    def cap(name: int, value: int) -> None:
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))

    base = 0
    statm = Path("/proc/self/statm")
    if statm.exists():
        base = int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    cap(resource.RLIMIT_AS, base + limit("memory_mb") * 1_000_000)
    cap(resource.RLIMIT_CPU, limit("cpu_s"))
    cap(resource.RLIMIT_NOFILE, limit("open_files"))
    cap(resource.RLIMIT_FSIZE, limit("disk_mb") * 1_000_000)
    cap(resource.RLIMIT_CORE, 0)


def check_drivers() -> None:
    """Stop where GDAL has more drivers than the allow-list: the environment was not set."""
    import fiona

    with fiona.Env() as env:
        extra = set(env.drivers()) - ALLOWED_DRIVERS
    if extra:
        raise SystemExit(f"drivers not skipped: {sorted(extra)}")


def read(path: Path, options: dict[str, Any]) -> Any:
    """One file, by what its bytes say it is."""
    from data.intake import sniff
    from geo.faults import Fault

    shape = path.parent / "shape.shp"
    kind = "shp" if shape.exists() else sniff.kind_of(path)
    if kind == "shp" and not shape.exists():
        raise Fault("shapefile_alone")
    if kind == "shp":
        if sniff.kind_of(shape) != "shp":
            raise Fault("file_unknown")
        from data.intake.read_gis import read_shapefile
        return read_shapefile(shape, options, options.get("stem"))
    if kind in ("csv", "xlsx"):
        from data.intake import read_table
        return {"csv": read_table.read_csv, "xlsx": read_table.read_xlsx}[kind](path, options)
    if kind in ("gpx", "kml", "kmz"):
        from data.intake import read_xml
        return {"gpx": read_xml.read_gpx, "kml": read_xml.read_kml, "kmz": read_xml.read_kmz}[kind](path, options)
    if kind == "photo":
        from data.intake.photos import read_photo
        return read_photo(path)
    from data.intake import read_gis
    if kind == "gpkg":
        path = path.rename(path.with_suffix(".gpkg"))
    readers = {"gpkg": read_gis.read_gpkg, "geojson": read_gis.read_geojson, "shp.zip": read_gis.read_shapefile_zip}
    return readers[kind](path, options)


def main() -> None:
    """Read the request, read the file, write the reading."""
    request = json.load(sys.stdin)
    path = Path(request["path"])
    sys.meta_path.insert(0, _NoPandas())
    import shapely  # noqa: F401 - loaded before the guards, which refuse to load libraries

    import data.intake.read_gis
    import data.intake.reading
    import data.intake.sniff  # noqa: F401
    from data.intake.reading import Reading
    from geo.faults import Fault

    check_drivers()
    set_limits()
    guard(path.parent)
    try:
        reading = read(path, request["options"])
    except Fault as fault:
        fields = {name: str(value) for name, value in fault.fields.items()}
        reading = Reading(error={"code": fault.code, "fields": fields})
    except MemoryError:
        reading = Reading(error={"code": "file_too_costly", "fields": {}})
    reading.save(path.parent)


if __name__ == "__main__":
    main()
