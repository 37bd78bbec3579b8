"""What the map needs of other people's work is in the repository, whole, as the manifest says."""

import csv
import hashlib
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
VENDOR = CHECKOUT / "static" / "vendor"


def rows():
    with (VENDOR / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_is_there_with_its_hash_and_a_licence():
    assert rows()
    for row in rows():
        path = VENDOR / row["file"] if (VENDOR / row["file"]).exists() else VENDOR / row["package"] / row["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert row["licence"]


def test_every_file_is_committed():
    """A rule for build folders once hid them: it worked here and in no clone."""
    if not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "static"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    tracked = listed.stdout.split()
    here = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "static").rglob("*") if path.is_file()}
    assert here - set(tracked) == set()
