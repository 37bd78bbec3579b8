"""The documents say what is true: every word, command, folder and picture they name is there."""

import csv
import re
import tomllib
from pathlib import Path

import pytest
import typer

import hezhang
import layers
from data import records
from data.settings import Settings

CHECKOUT = Path(__file__).parents[2]


def text(name):
    return (CHECKOUT / name).read_text(encoding="utf-8")


def glossary():
    for line in text("docs/glossary.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and cells[0] not in ("term", "---"):
            yield cells


def product_words():
    said = []
    for path in sorted((CHECKOUT / "data" / "words").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            said += [row["zh"] for row in csv.DictReader(file)]
    for layer in (*layers.ALL.values(), *records.ALL.values()):
        said += [layer.zh, layer.note_zh]
        for column in layer.columns:
            said += [column.zh, *(code.zh for code in column.codes)]
    return "\n".join(said)


def test_every_term_of_the_glossary_is_the_word_on_screen():
    said = product_words()
    assert [term for term, zh, _ in glossary() if zh not in said] == []
    terms = [term for term, _, _ in glossary()]
    assert len(terms) == len(set(terms)) >= 30


def commands():
    root = typer.main.get_command(hezhang.app)
    return sorted(root.commands)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_both_readmes_name_every_command_and_link_what_exists(readme):
    page = text(readme)
    assert [name for name in commands() if f"`{name}`" not in page] == []
    links = re.findall(r"\]\(([^)#]+)\)", page)
    assert [link for link in links if not (CHECKOUT / link).exists()] == []


def test_every_command_has_help_and_every_option_that_is_not_plain_a_sentence():
    root = typer.main.get_command(hezhang.app)
    assert [name for name, command in root.commands.items() if not command.help] == []


def test_architecture_has_a_paragraph_for_every_folder_of_the_ladder():
    page = text("docs/architecture.md")
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    assert [rung for rung in contracts[0]["layers"] if f"\n## {rung}/" not in page] == []


def test_the_readme_names_every_setting():
    named = set(re.findall(r"HEZHANG_[A-Z]+", text("README.md")))
    assert named == {f"HEZHANG_{name.upper()}" for name in Settings.__dataclass_fields__}


def test_commands_in_first_use_exist():
    used = set(re.findall(r"hezhang\.py ([a-z]+)", text("docs/first-use.md")))
    assert used
    assert used <= set(commands())


def test_the_code_keeps_its_sizes():
    """No file above 400 lines: a sign to split."""
    big = [str(path.relative_to(CHECKOUT)) for folder in ("geo", "layers", "data", "analysis", "reports", "app_pages")
           for path in (CHECKOUT / folder).rglob("*.py") if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert big == []
    pages = [path.name for path in (CHECKOUT / "app_pages").glob("*.py")
             if not path.name.startswith(("parts", "__")) and "parts" not in path.stem and "rows" not in path.stem
             and len(path.read_text(encoding="utf-8").splitlines()) > 80]
    assert pages == []
