"""My reaches and the patrol form, as a chief sees them."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import NOW, gpx, shown, walk  # noqa: E402


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chief_finds_the_own_reaches_and_what_is_due(page, lang):
    test = page("reaches", "chief1", lang)
    text = shown(test)
    assert not test.error
    assert "甲河·上段" in text
    assert "PK-" not in text
    labels = " ".join(button.label for button in test.button)
    assert ("交巡河" if lang == "zh" else "Hand in a patrol") in labels
