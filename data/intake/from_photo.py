"""A photo sent alone: one draft finding with the photo; where and when come from its EXIF, or stay open."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data.intake.places import _keep_points
from data.intake.position import place_points
from data.intake.report import Stored
from data.intake.rows import Row
from geo.faults import Fault

if TYPE_CHECKING:
    from data.intake.importing import Job
    from data.store import Tx


def understand_photo(job: Job) -> None:
    """Make the draft; only findings are made of photos."""
    if job.shape.name != "finding":
        raise Fault("photo_not_here", layer=job.shape.name)
    photo = job.reading.photo or {}
    taken = photo.get("taken_at")
    found_at = datetime.fromisoformat(taken) if taken else job.store.now()
    if found_at.tzinfo is None:
        found_at = found_at.replace(tzinfo=job.view.city.zone)
    values: dict[str, Any] = {"kind": "other", "source": "import", "found_at": found_at, "state": "draft",
                              "found_by": job.view.actor.display_name,
                              "description": job.notes.words("photo_finding", name=job.report.file.name)}
    row = Row(1, values)
    job.rows = [row]
    if not taken:
        job.notes.flag(1, "photo_without_time")
    if photo.get("lon") is None:
        job.notes.flag(1, "photo_without_place")
    else:
        placed = place_points(np.array([photo["lon"]]), np.array([photo["lat"]]), job.ground(),
                              declared=[job.options["datum"] or "wgs84"], crs=None)
        if placed.why:      # a camera's wrong place does not lose the photo: the draft waits without one
            job.notes.flag(1, "photo_without_place")
        else:
            _keep_points(job.shape, [row], placed, job.notes)
    job.report.stored.append(Stored(row=1, lon=values.get("lon"), lat=values.get("lat"),
                                    flags=job.notes.flags.get(1, [])))


def publish(folder: Path, sha256: str, published: bytes) -> None:
    """Lay the copy without EXIF under the original's hash; flushed before it counts."""
    target = folder / "photos" / f"{sha256}.jpg"
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}.part")
    with fresh.open("wb") as file:
        file.write(published)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(target)


def attach_photo(job: Job, tx: Tx, finding_id: str) -> None:
    """Keep the photo's record beside the finding."""
    photo = job.reading.photo or {}
    publish(job.store.folder, job.report.file.sha256, photo["published"])
    taken = datetime.fromisoformat(photo["taken_at"]) if photo.get("taken_at") else None
    tx.insert_photo("finding", finding_id, {"sha256": job.report.file.sha256, "name": job.report.file.name, "taken_at": taken,
                                            "lon": photo.get("lon"), "lat": photo.get("lat"),
                                            "source": "exif" if photo.get("lon") is not None else None})
