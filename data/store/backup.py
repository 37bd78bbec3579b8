"""One file with the store and its photos, by SQLite's own API, and a new store out of it."""

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path

from data.store.engine import path_of, sqlite_module
from data.store.store import Store, exists, open_store
from geo.faults import Fault

STORE, MANIFEST = "store.sqlite", "manifest.json"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def backup(store: Store, out: Path) -> dict:
    """Write a consistent copy of the store and its files to ``out``; returns the counts and the store's hash."""
    if store.path is None:
        raise Fault("backup_server")
    with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder:
        copy = Path(folder) / STORE
        target = sqlite_module().connect(str(copy))
        with store.engine.connect() as connection:
            connection.connection.driver_connection.backup(target)      # type: ignore[union-attr]
        target.execute("PRAGMA journal_mode=DELETE")
        target.close()
        files = sorted(path for path in store.folder.rglob("*") if path.is_file())
        names = {f"files/{path.relative_to(store.folder).as_posix()}": path for path in files} | {STORE: copy}
        manifest = {name: _sha256(path) for name, path in names.items()}
        half = Path(folder) / "half.zip"
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            for name, path in names.items():
                archive.write(path, name)
        half.replace(out)
    return {"out": str(out), "files": len(files), "sha256": manifest[STORE]}


def restore(archive_path: Path, url: str) -> Store:
    """Make a new store at ``url`` out of a backup; a damaged backup or an existing store changes nothing."""
    if exists(url):
        raise Fault("store_exists", store=url)
    target = path_of(url)
    if target is None:
        raise Fault("backup_server")
    if not archive_path.exists():
        raise Fault("file_missing", file=str(archive_path))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        _unpack(archive_path, Path(folder))
        check = sqlite_module().connect(str(Path(folder) / STORE))
        try:
            verdict = check.execute("PRAGMA integrity_check").fetchone()[0]
        except Exception as error:                # the driver's own error class; any of them means the same
            raise Fault("backup_damaged", file=archive_path.name, reason=str(error)) from error
        finally:
            check.close()
        if verdict != "ok":
            raise Fault("backup_damaged", file=archive_path.name, reason=verdict)
        files = Path(folder) / "files"
        if files.exists():
            shutil.copytree(files, target.parent / f"{target.stem}-files", dirs_exist_ok=True)
        (Path(folder) / STORE).replace(target)
    return open_store(url)


def _unpack(archive_path: Path, folder: Path) -> None:
    """Lay out a backup after checking every member against the manifest."""
    if not zipfile.is_zipfile(archive_path):
        raise Fault("backup_other", file=archive_path.name)
    try:
        with zipfile.ZipFile(archive_path) as archive:
            if MANIFEST not in archive.namelist():
                raise Fault("backup_other", file=archive_path.name)
            manifest = json.loads(archive.read(MANIFEST))
            if sorted(manifest) != sorted(name for name in archive.namelist() if name != MANIFEST):
                raise Fault("backup_damaged", file=archive_path.name, reason="manifest")
            for name, digest in manifest.items():
                path = (folder / name).resolve()
                if not path.is_relative_to(folder.resolve()):
                    raise Fault("backup_damaged", file=archive_path.name, reason=name)
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
                if _sha256(path) != digest:
                    raise Fault("backup_damaged", file=archive_path.name, reason=name)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError) as error:
        raise Fault("backup_damaged", file=archive_path.name, reason=str(error)) from error
