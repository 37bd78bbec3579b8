"""What a file is, by its bytes. Its name and ending are never asked."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from data.intake.text import guess
from geo.faults import Fault

GPX, KML = "gpx", "kml"
SHEET_MEMBERS = ("xl/workbook.xml",)
MAGIC = (
    (b"SQLite format 3\x00", "gpkg"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\xff\xd8\xff", "photo"),
    (b"\x89PNG\r\n\x1a\n", "photo"), (b"\x00\x00\x27\x0a", "shp"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", "pdf"), (b"%!PS", "postscript"), (b"\x7fELF", "program"), (b"MZ", "program"), (b"PAR1", "parquet"),
    (b"Rar!", "rar"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"),
)  # fmt: skip


def xml_root(text: str) -> str:
    """Local name of the root element, '' where the text is no XML; a DOCTYPE or entity declaration is refused."""
    head = text.lstrip("\ufeff \t\r\n")
    if not head.startswith("<"):
        return ""
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Fault("xml_doctype")
    rest = re.sub(r"<\?.*?\?>|<!--.*?-->", "", head[:200_000], flags=re.DOTALL).lstrip()
    match = re.match(r"<(?:[\w.-]+:)?([\w.-]+)", rest)
    return match.group(1) if match else ""


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Fault("archive_broken") from None
    if any(name in SHEET_MEMBERS for name in names):
        return "xlsx"
    if any(name.endswith(".shp") for name in names):
        return "shp.zip"
    if any(name.endswith(".kml") for name in names):
        return "kmz"
    raise Fault("archive_unknown")


def _text_kind(data: bytes) -> str:
    encoding = guess(data)[0]
    text = data.decode(encoding) if encoding else data.decode("latin-1")
    root = xml_root(text).lower()
    if root in (GPX, KML):
        return root
    if root == "html" or (root and re.search(r"<table", text[:20_000], re.IGNORECASE)):
        raise Fault("html_table")
    if root:
        raise Fault("xml_unknown", root=root[:40])
    head = text.lstrip("\ufeff \t\r\n")[:1]
    if head in ("{", "["):
        return "geojson"
    if "\x00" in text:
        raise Fault("file_unknown")
    return "csv"


def kind_of(path: Path) -> str:
    """One of gpkg shp shp.zip xlsx kmz photo geojson gpx kml csv; Fault for anything else."""
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise Fault("upload_empty")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "photo"
    for mark, kind in MAGIC:
        if head.startswith(mark):
            if kind == "zip":
                return _zip_kind(path)
            if kind in ("gpkg", "photo", "shp"):
                return kind
            raise Fault("kind_refused", kind=kind)
    return _text_kind(path.read_bytes())
