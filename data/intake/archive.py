"""Archives: the directory is judged before anything is opened, and only expected members are copied, to our own names."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from data.intake.limits import limit
from geo.faults import Fault

NESTED = (".zip", ".rar", ".7z", ".gz", ".kmz", ".tar")


def checked(path: Path) -> zipfile.ZipFile:
    """The archive, opened, after its central directory was found harmless; the caller closes it."""
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Fault("archive_broken") from None
    if len(members) > limit("zip_members"):
        raise Fault("archive_members", count=len(members), limit=limit("zip_members"))
    total, packed, seen = 0, 0, set()
    for member in members:
        name = member.filename.replace("\\", "/")
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or (parts and ":" in parts[0]) or "\x00" in name:
            raise Fault("archive_path")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Fault("archive_link")
        if member.flag_bits & 0x1:
            raise Fault("archive_locked")
        if name.lower() in seen:
            raise Fault("archive_twins")
        seen.add(name.lower())
        if member.file_size > 65_536 and member.file_size > limit("zip_ratio") * max(member.compress_size, 1):
            raise Fault("archive_bomb")
        total, packed = total + member.file_size, packed + member.compress_size
    if total > limit("zip_inflated_mb") * 1_000_000:
        raise Fault("archive_bomb")
    if total > 10_000_000 and total > limit("zip_ratio") * max(packed, 1):
        raise Fault("archive_bomb")
    _no_overlap(members, path.stat().st_size)
    return archive


def _no_overlap(members: list[zipfile.ZipInfo], size: int) -> None:
    spans = sorted((member.header_offset, member.header_offset + 30 + member.compress_size) for member in members)
    if any(end > start for (_, end), (start, _) in zip(spans, spans[1:], strict=False)):
        raise Fault("archive_bomb")
    if spans and spans[-1][1] > size:
        raise Fault("archive_broken")


def member_name(member: zipfile.ZipInfo) -> str:
    """The member's name as a person wrote it: UTF-8 where marked, else what the packer of a Chinese Windows meant."""
    if member.flag_bits & 0x800:
        return member.filename
    raw = member.filename.encode("cp437", errors="ignore")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def copy_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path) -> Path:
    """Inflate one member to a file of ours, never more than its directory entry promised."""
    left = member.file_size
    try:
        with archive.open(member) as source, to.open("wb") as target:
            while block := source.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise Fault("archive_bomb")
                target.write(block)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Fault("archive_broken") from error
    return to


def no_nesting(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that holds archives."""
    if any(member.filename.lower().endswith(NESTED) for member in archive.infolist()):
        raise Fault("archive_nested")
