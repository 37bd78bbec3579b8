"""What many tests share: a real store in a folder of its own, with a river, two districts and a handful of people."""

import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# No test asserts a time, and a loaded machine is not a counterexample; the same examples everywhere.
settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

sys.path.insert(0, str(Path(__file__).parent.parent))


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [f"--{flag}" for flag in ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
                                  "disable-background-networking", "disable-component-update", "disable-sync")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last, as the one browser they share keeps an event loop; without Chromium they say so and skip."""
    here = Path(__file__).parent / "browser"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for all tests in a browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the caller's settings or writes into the checkout."""
    for name in ("HEZHANG_NOW", "HEZHANG_LANG", "HEZHANG_PORT", "HEZHANG_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HEZHANG_STORE", str(tmp_path / "store.sqlite"))
