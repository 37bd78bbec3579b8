"""Fetch the map's assets with `npm pack` into static/vendor with a manifest; run by hand for a new version."""

import csv
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
PACKAGES = {
    ("leaflet", "1.9.4", "BSD-2-Clause"): (
        "LICENSE", "dist/leaflet.js", "dist/leaflet.css", "dist/images/layers.png", "dist/images/layers-2x.png",
        "dist/images/marker-icon.png", "dist/images/marker-icon-2x.png", "dist/images/marker-shadow.png",
    ),
    ("jquery", "3.7.1", "MIT"): ("LICENSE.txt", "dist/jquery.min.js"),
    ("leaflet.locatecontrol", "0.90.1", "MIT"): (
        "LICENSE.md", "dist/L.Control.Locate.min.js", "dist/L.Control.Locate.min.css",
    ),
    ("leaflet.fullscreen", "3.0.2", "MIT"): (
        "LICENSE", "Control.FullScreen.js", "Control.FullScreen.css", "icon-fullscreen.svg",
    ),
}  # fmt: skip


def unpack(package: str, version: str, files: tuple[str, ...], work: Path) -> None:
    """Put the named files of one npm package below VENDOR/package, keeping npm's layout."""
    subprocess.run(["npm", "pack", f"{package}@{version}"], cwd=work, check=True, capture_output=True)
    with tarfile.open(work / f"{package}-{version}.tgz") as archive:
        for name in files:
            member = archive.extractfile(f"package/{name}")
            assert member is not None, name
            target = VENDOR / package / name
            target.parent.mkdir(parents=True, exist_ok=True)
            # A map file named at the end would be asked for by every open developer console.
            kept = [line for line in member.read().split(b"\n") if b"sourceMappingURL=" not in line or len(line) > 200]
            target.write_bytes(b"\n".join(kept))


def main() -> None:
    """Fetch everything and write manifest.csv."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    with tempfile.TemporaryDirectory() as work:
        for (package, version, _), files in PACKAGES.items():
            unpack(package, version, files, Path(work))
    with (VENDOR / "manifest.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("package", "version", "file", "sha256", "licence"))
        for (package, version, licence), files in PACKAGES.items():
            for name in files:
                digest = hashlib.sha256((VENDOR / package / name).read_bytes()).hexdigest()
                writer.writerow((package, version, f"{package}/{name}", digest, licence))


if __name__ == "__main__":
    main()
