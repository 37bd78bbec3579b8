"""What many tests share: a real store in a folder of its own, with a river, two districts and a handful of people."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

# No test asserts a time, and a loaded machine is not a counterexample; the same examples everywhere.
settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

sys.path.insert(0, str(Path(__file__).parent.parent))


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the caller's settings or writes into the checkout."""
    for name in ("HEZHANG_NOW", "HEZHANG_LANG", "HEZHANG_PORT", "HEZHANG_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HEZHANG_STORE", str(tmp_path / "store.sqlite"))
