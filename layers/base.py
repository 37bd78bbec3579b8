"""What a kind of thing on the map is: its columns, codes, geometry and symbol, in one small record."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "int", "float", "date", "datetime", "bool", "code", "json"]
Geometry = Literal["Point", "LineString", "Polygon", None]


@dataclass(frozen=True)
class Code:
    """One coded value and its labels.

    Parameters
    ----------
    value : str
        What is stored.
    zh, en : str
        What people read.
    note : str
        Clause or source of the value, where a standard names it.
    """

    value: str
    zh: str
    en: str
    note: str = ""

    def label(self, lang: str) -> str:
        """Return the label in ``lang`` (``zh`` or ``en``)."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Column:
    """One field of a layer or record.

    Parameters
    ----------
    name : str
        English field term, unit last (``chainage_m``).
    kind : str
        ``text int float date datetime bool code json``.
    zh, en : str
        Heading shown to people, without the unit.
    unit : str
        Unit shown after the heading; empty where there is none.
    required : bool
        Whether a row without it is refused.
    codes : tuple of Code
        Allowed values of a ``code`` column; empty means any text.
    aliases : tuple of str
        Other headings under which files carry this field.
    example : str
        What the template's example row shows.
    refers_to : str
        ``layer`` or record whose ``code`` this column holds, e.g. ``reach`` or ``post``.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    unit: str = ""
    required: bool = False
    codes: tuple[Code, ...] = ()
    aliases: tuple[str, ...] = ()
    example: str = ""
    refers_to: str = ""

    def label(self, lang: str) -> str:
        """Return the heading in ``lang``, with the unit."""
        words = self.zh if lang == "zh" else self.en
        return f"{words} ({self.unit})" if self.unit else words

    def code_label(self, value: object, lang: str) -> str:
        """Return the label of a coded ``value``; the value itself where it is not in the list."""
        for code in self.codes:
            if code.value == value:
                return code.label(lang)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Symbol:
    """How a layer is drawn where nothing more is known of its state.

    Parameters
    ----------
    colour, fill : str
        ``#RRGGBB`` of outline and area.
    width_px : float
        Line width.
    dash : str
        SVG dash pattern, empty for solid.
    shape : str
        ``circle square diamond triangle flag line area``.
    """

    colour: str = "#9DB8C7"
    fill: str = "#DCE9EF"
    width_px: float = 3.0
    dash: str = ""
    shape: str = "circle"


@dataclass(frozen=True)
class Layer:
    """A kind of thing kept by the office: on the map (with geometry) or in the books (without).

    Parameters
    ----------
    name : str
        The one word used for the file, the table, the import command and the docs.
    zh, en : str
        What people read.
    geometry : str or None
        ``Point``, ``LineString``, ``Polygon`` or None for a record without a place.
    columns : tuple of Column
        The fields, in the order people read them. ``code`` is the identity that files carry.
    symbol : Symbol
        How it is drawn.
    note_zh, note_en : str
        One sentence: what it is.
    """

    name: str
    zh: str
    en: str
    geometry: Geometry
    columns: tuple[Column, ...]
    symbol: Symbol = field(default_factory=Symbol)
    note_zh: str = ""
    note_en: str = ""

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    def has(self, name: str) -> bool:
        """Whether the layer has a column called ``name``."""
        return any(column.name == name for column in self.columns)

    def label(self, lang: str) -> str:
        """Return the layer's name in ``lang``."""
        return self.zh if lang == "zh" else self.en
