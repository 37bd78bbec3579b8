"""What folium needs to know of us: our script and styles, one drawing, one legend."""

from collections.abc import Mapping

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from layers import offline
from layers.marks import escape
from layers.payload import script_text
from layers.words import say

Target = folium.Map | folium.FeatureGroup


class Setup(JSCSSMixin, MacroElement):
    """Our script and styles, and the controls of every map."""

    default_js = [("hezhang_map", offline.own("map/map.js"))]
    default_css = [("hezhang_map_css", offline.own("map/map.css"))]
    _template = Template(
        "{% macro script(this, kwargs) %}hzSetup({{ this._parent.get_name() }}, {{ this.words }});{% endmacro %}"
    )

    def __init__(self, words: Mapping[str, object]) -> None:
        super().__init__()
        self._name = "Setup"
        self.words = script_text(dict(words))


class Call(MacroElement):
    """A layer made by one function of map.js and added to its parent."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = {{ this.function }}({{ this.arguments() }}).addTo({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, *arguments: str) -> None:
        super().__init__()
        self._name = "Drawing"
        self.function = function
        self._arguments = arguments

    def arguments(self) -> str:
        """Return the script text of the arguments."""
        return ", ".join(self._arguments)


class Legend(Call):
    """The legend of its parent: written when the map is rendered, so it holds what was drawn and nothing else."""

    def __init__(self, lang: str) -> None:
        super().__init__("hzLegend")
        self._name = "Legend"
        self.lang = lang
        self.groups: dict[str, dict[str, str]] = {}

    def arguments(self) -> str:
        """Return the script text of the heading and of this part's HTML."""
        parts = []
        for heading, entries in self.groups.items():
            parts.append(f"<h4>{escape(heading)}</h4>" if heading else "")
            items = (f'<li><span class="hz-sample">{svg}</span>{escape(label)}</li>' for label, svg in entries.items())
            parts.append(f"<ul>{''.join(items)}</ul>")
        return ", ".join(script_text(text) for text in (say("legend", self.lang), "".join(parts)))


def explain(target: Target, lang: str, heading: str, entries: Mapping[str, str]) -> None:
    """Add entries (label -> SVG) to the legend of ``target``, making the legend where there is none yet."""
    legend = next((child for child in target._children.values() if isinstance(child, Legend)), None)
    if legend is None:
        legend = Legend(lang)
        legend.add_to(target)
    legend.groups.setdefault(heading, {}).update(entries)
