"""What one upload may cost: the table `limits.csv`, which users can read too."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def limits() -> dict[str, float]:
    """Every limit by its key, in the unit its row names."""
    with (Path(__file__).parent / "limits.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: float(row["value"]) for row in csv.DictReader(file)}


def limit(key: str) -> int:
    """One limit as a whole number."""
    return int(limits()[key])


def limit_rows() -> list[dict[str, str]]:
    """The table as it is shown to people."""
    with (Path(__file__).parent / "limits.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
