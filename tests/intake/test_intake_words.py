"""Everything the intake can say is worded in both languages, with no field left open that the code does not give."""

import re
from pathlib import Path
from typing import get_args

import pytest

import data.intake
from data.intake.report import Outcome
from data.words import words

SOURCES = {path.name: path.read_text(encoding="utf-8") for path in Path(data.intake.__file__).parent.glob("*.py")}


def _codes(pattern):
    return {(name, code) for name, text in SOURCES.items() for code in re.findall(pattern, text)}


SAID = (
    {(name, f"fault.{code}") for name, code in _codes(r'Fault\(\s*"(\w+)"')}
    | {(name, f"intake.{code}") for name, code in _codes(r'\.refuse\([^,()]+(?:\([^)]*\))?,\s*"(\w+)"')}
    | {(name, f"intake.flag_{code}") for name, code in _codes(r'\.flag\([^,()]+,\s*"(\w+)"')}
    | {("report.py", f"intake.outcome_{outcome}") for outcome in get_args(Outcome)}
    | {(name, f"intake.{code}") for name, code in _codes(r'notes\.(?:repair|skip|words)\(\s*"(\w+)"')}
    | {(name, f"intake.ask_{code}") for name, code in _codes(r'notes\.ask\(\s*"(\w+)"')}
    | {(name, f"intake.{code}") for name, code in _codes(r'"code": "(\w+)"')
       if code not in ("sublayer", "encoding", "file_too_costly")}
    | {(name, f"intake.{code}") for name, code in _codes(r'Unreadable\("(\w+)"')}
)


def test_there_is_a_good_deal_to_say():
    assert len(SAID) > 80


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_code_has_words(lang):
    assert not {(name, key) for name, key in SAID if key not in words(lang)}
