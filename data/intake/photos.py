"""Photos: time and place read from EXIF, a published copy made anew without it. Runs in the worker."""

from __future__ import annotations

import hashlib
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from data.intake.limits import limit
from data.intake.reading import Reading
from geo.faults import Fault

FORMATS = ("JPEG", "PNG", "WEBP")
_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET, _CHANGED = 0x9003, 0x9011, 0x0132


def read_photo(path: Path) -> Reading:
    """Time, place and size of a photo; the published copy lies beside it as `published`."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.stat().st_size > limit("photo_mb") * 1_000_000:
        raise Fault("photo_too_big", limit=limit("photo_mb"))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = limit("photo_mpixel") * 1_000_000
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:
                raise Fault("photo_too_big", limit=limit("photo_mpixel"))
            exif = image.getexif()
            kind = image.format
            upright = ImageOps.exif_transpose(image)
            clean = Image.new("RGB", upright.size, "white")
            rgba = upright.convert("RGBA")
            clean.paste(rgba, mask=rgba.getchannel("A"))
        clean.thumbnail((2048, 2048))
        clean.save(path.parent / "published", "JPEG", quality=85)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
            Image.DecompressionBombWarning) as error:
        raise Fault("photo_broken") from error
    place = gps_place(dict(exif.get_ifd(_GPS)))
    details = dict(exif.get_ifd(_EXIF))
    taken = taken_at(details.get(_TAKEN) or exif.get(_CHANGED), details.get(_TAKEN_OFFSET))
    photo: dict[str, Any] = {"format": kind, "width": clean.width, "height": clean.height, "taken_at": taken,
                             "lon": place[0] if place else None, "lat": place[1] if place else None}
    return Reading(kind="photo", photo=photo)


def taken_at(text: object, offset: object = None) -> str | None:
    """EXIF's `2026:05:20 08:30:00` as ISO 8601, with the offset where the camera gave one."""
    if not isinstance(text, str):
        return None
    try:
        when = datetime.strptime(text.strip("\x00 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    if isinstance(offset, str) and len(offset) == 6 and offset[0] in "+-":
        try:
            shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
        except ValueError:
            return when.isoformat()
        when = when.replace(tzinfo=timezone(shift if offset[0] == "+" else -shift))
    return when.isoformat()


def gps_place(tags: dict[int, Any]) -> tuple[float, float] | None:
    """(lon, lat) of EXIF's GPS tags; None where they are missing, senseless or 0,0."""
    try:
        lat = _degrees(tags[2]) * (-1 if str(tags.get(1, "N")).upper().startswith("S") else 1)
        lon = _degrees(tags[4]) * (-1 if str(tags.get(3, "E")).upper().startswith("W") else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    good = abs(lat) <= 90 and abs(lon) <= 180 and not (abs(lat) < 1e-9 and abs(lon) < 1e-9)
    return (lon, lat) if good else None


def _degrees(parts: Any) -> float:
    return float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600


def sha256(data: bytes) -> str:
    """Content name of a photo or file."""
    return hashlib.sha256(data).hexdigest()
