"""The import report: the same object in the terminal's JSON and behind the upload page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, Field, PrivateAttr

from data.words import say

FEW = 3
_ROW = re.compile(r"^(?:第 \d+ 条(?:（(?:表格)?第 \d+ 行）)?|Row \d+(?: \((?:line|sheet row) \d+\))?:? ?)")
_VALUE = re.compile("“[^”]*”")
Outcome = Literal["accepted", "repaired", "partly", "needs_decision", "refused", "replayed"]


class FileInfo(BaseModel):
    """What was uploaded."""

    name: str
    sha256: str
    bytes: int  # noqa: A003 - the contract's name
    kind: str = ""
    encoding: str | None = None
    sublayer: str | None = None


class Position(BaseModel):
    """How coordinates were understood."""

    datum: str | None = None
    crs: str | None = None
    how: str | None = None


class Stored(BaseModel):
    """One row that is kept (or would be)."""

    row: int
    id: str | None = None
    lon: float | None = None
    lat: float | None = None
    flags: list[str] = Field(default_factory=list)


class Refused(BaseModel):
    """One row that is not."""

    row: int
    field: str | None = None
    code: str
    message: str


class Note(BaseModel):
    """A repair, or rows left out on purpose."""

    code: str
    rows: list[int] = Field(default_factory=list)
    message: str


class Ignored(BaseModel):
    """A column nobody asked for."""

    column: str
    message: str


class Question(BaseModel):
    """A decision a person has to make."""

    code: str
    choices: list[str] = Field(default_factory=list)
    message: str


class Problem(BaseModel):
    """Why a whole file is refused."""

    code: str
    message: str


class ImportReport(BaseModel):
    """Everything that became of one file."""

    outcome: Outcome = "refused"
    receipt: str | None = None
    layer: str
    file: FileInfo
    position: Position = Field(default_factory=Position)
    stored: list[Stored] = Field(default_factory=list)
    repairs: list[Note] = Field(default_factory=list)
    refused: list[Refused] = Field(default_factory=list)
    skipped: list[Note] = Field(default_factory=list)
    ignored: list[Ignored] = Field(default_factory=list)
    questions: list[Question] = Field(default_factory=list)
    error: Problem | None = None
    notes: list[Note] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    _dry_run: bool = PrivateAttr(default=False)

    @property
    def dry_run(self) -> bool:
        """Whether this was only tried; nothing is kept then, whatever the outcome."""
        return self._dry_run

    @dry_run.setter
    def dry_run(self, value: bool) -> None:
        self._dry_run = value

    def settle(self) -> None:
        """Work out the outcome: refused > needs_decision > partly > repaired > accepted."""
        if self.error or (self.refused and not self.stored and not self.questions):
            self.outcome = "refused"
        elif self.questions:
            self.outcome = "needs_decision"
        elif self.refused:
            self.outcome = "partly"
        else:
            self.outcome = "repaired" if self.repairs else "accepted"


    def _headline(self) -> str:
        """Which sentence says what became of the file."""
        kept = self.outcome in ("accepted", "repaired", "partly")
        if kept and not self.stored and not self.refused:
            return "outcome_empty"
        if self._dry_run:
            return {"replayed": "dry_replayed", "partly": "dry_partly"}.get(self.outcome, "dry") if (
                kept or self.outcome == "replayed") else f"outcome_{self.outcome}"
        return f"outcome_{self.outcome}"

    def text(self, lang: str = "zh", most: int = 20) -> str:
        """The report as a person reads it in a terminal: the outcome first, then what there is to do."""
        def words(code: str, **fields: Any) -> str:
            return say(f"intake.{code}", lang, **fields)

        lines = [words(self._headline(), name=self.file.name, layer=self.layer, stored=len(self.stored),
                       refused=len(self.refused))]
        lines += [self.error.message] if self.error else []
        lines += [words("line_question", text=question.message) + _choices(question) for question in self.questions]
        lines += [note.message for note in (*self.notes, *self.repairs)]
        told = {(note.code, row) for note in self.notes for row in note.rows}
        refused = alike([row for row in self.refused if (row.code, row.row) not in told])
        for rows, message in refused[:most]:
            lines.append(message if len(rows) == 1 else words("line_rows", rows=row_runs(rows), text=_ROW.sub("", message)))
        if len(refused) > most:
            lines.append(words("line_more", count=sum(len(rows) for rows, _ in refused[most:])))
        lines += [note.message for note in self.skipped]
        if self.ignored:
            lines.append(words("line_ignored", columns="、".join(note.column for note in self.ignored)))
        flags = Counter(flag for row in self.stored for flag in row.flags if (flag, row.row) not in told)
        lines += [words("line_flag", text=words(f"flag_{flag}"), count=count) for flag, count in flags.items()]
        if self.receipt:
            lines.append(words("line_receipt", receipt=self.receipt))
        return "\n".join(lines)


def alike(refused: list[Refused]) -> list[tuple[list[int], str]]:
    """(rows, one message): rows refused in the same words but for their number are one line where they are many."""
    groups: dict[str, list[Refused]] = {}
    doubles = sum(row.code == "duplicate" for row in refused)
    for row in refused:
        if row.code == "duplicate":       # each names its own value; many of them say the same
            row = row.model_copy(update={"message": _VALUE.sub("“…”", row.message, count=1)}) if doubles > FEW else row
        groups.setdefault(f"{row.code} {_ROW.sub('', row.message)}", []).append(row)
    found = []
    for group in groups.values():
        together = [group] if len(group) > FEW else [[row] for row in group]
        found += [([row.row for row in rows], rows[0].message) for rows in together]
    return sorted(found, key=lambda one: one[0][0])


def row_runs(rows: list[int]) -> str:
    """Row numbers, runs joined: 1–3、7."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in runs]
    return "、".join(shown[:20]) + ("…" if len(shown) > 20 else "")


def _choices(question: Question) -> str:
    """The choices, where the question does not name them itself."""
    rest = [choice for choice in question.choices[:12] if choice not in question.message]
    return f" [{' | '.join(question.choices[:12])}]" if rest and len(question.choices) <= 12 else ""


class Notes:
    """Collects what is to be said while a file is understood, in one language."""

    def __init__(self, report: ImportReport, lang: str) -> None:
        self.report, self.lang = report, lang
        self.bad: dict[int, Refused] = {}
        self.flags: dict[int, list[str]] = {}
        self._repairs: dict[tuple[str, str], Note] = {}

    def words(self, code: str, **fields: Any) -> str:
        """The sentence of a code."""
        return say(f"intake.{code}", self.lang, **fields)

    def refuse(self, row: int, code: str, field: str | None = None, **fields: Any) -> None:
        """Refuse a row; only the first reason is kept."""
        if row not in self.bad:
            self.bad[row] = Refused(row=row, field=field, code=code, message=self.words(code, row=row, **fields))

    def repair(self, code: str, rows: list[int], detail: str = "", **fields: Any) -> None:
        """Note a repair; the same repair of more rows is one note."""
        note = self._repairs.setdefault((code, detail), Note(code=code, message=self.words(code, **fields)))
        note.rows += rows

    def flag(self, row: int, code: str) -> None:
        """Mark a stored row with something worth a look."""
        have = self.flags.setdefault(row, [])
        if code not in have:
            have.append(code)

    def joined(self, parts: Iterable[object], mark: str = "、") -> str:
        """A list as the language writes it."""
        return (mark if self.lang == "zh" else {"、": ", ", "；": "; "}[mark]).join(str(part) for part in parts)

    def tell(self, code: str, rows: list[int], message: str) -> None:
        """Note something worth saying once; nothing was changed."""
        self.report.notes.append(Note(code=code, rows=rows, message=message))

    def skip(self, code: str, rows: list[int], **fields: Any) -> None:
        """Note rows left out on purpose."""
        self.report.skipped.append(Note(code=code, rows=rows, message=self.words(code, **fields)))

    def ask(self, code: str, options: list[str], **fields: Any) -> None:
        """Ask for a decision."""
        if not any(question.code == code for question in self.report.questions):
            said = self.words(f"ask_{code}", **{"choices": "、".join(options), **fields})
            self.report.questions.append(Question(code=code, choices=options, message=said))

    def close(self) -> None:
        """Put what was collected into the report."""
        self.report.repairs = [note.model_copy(update={"rows": sorted(set(note.rows))})
                               for note in self._repairs.values()]
        self.report.refused = [self.bad[row] for row in sorted(self.bad)]
        self.report.notes = [note for note in self.report.notes if not note.code.startswith("reference_") or any(
            self.bad[row].code == note.code if row in self.bad else True for row in note.rows)]
