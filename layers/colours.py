"""Every colour on the map, once; each means one thing (lightness carries the order, so grey print still reads)."""

from layers.base import Symbol

TEXT = "#1B2A33"
SECONDARY = "#5A6B75"
LINE = "#D9E0E4"
PANEL = "#F5F7F8"
PAGE = "#FFFFFF"
INTERACTIVE = "#0B5C7A"
"""Buttons, links and focus; never on the map."""

WATER_LINE = "#9DB8C7"
WATER_AREA = "#DCE9EF"
WATER_NAME = "#3E6E87"

GAP: dict[str, dict[str, object]] = {
    "within_duty": {"color": "#C3CDD3"},
    "no_access": {"color": "#8A979F", "dash": "2 4", "butt": True},
    "due_soon": {"color": "#B79ACB"},
    "recorded_only": {"color": "#7B3FA0", "hollow": True},
    "overdue": {"color": "#7B3FA0"},
    "twice_overdue": {"color": "#4A1A6B"},
    "never": {"color": "#4A1A6B", "dash": "9 6", "butt": True},
}
"""Days since anyone looked (巡河空白), in drawing order: what matters most lies on top."""

GAP_WIDTH_PX = 5.0

OUTFALL: dict[str, dict[str, object]] = {
    "compliant": {"fill": "#8A979F", "stroke": "#FFFFFF", "ink": "", "size": 9},
    "in_work": {"fill": "#FFFFFF", "stroke": "#1B2A33", "ink": "", "size": 14},
    "deferred": {"fill": "#FFFFFF", "stroke": "#1B2A33", "ink": "", "size": 14, "dash": "2.6 2"},
    "suspected": {"fill": "#FFFFFF", "stroke": "#000000", "ink": "#000000", "size": 16},
    "overdue": {"fill": "#C62828", "stroke": "#FFFFFF", "ink": "", "size": 15},
    "relapsed": {"fill": "#C62828", "stroke": "#FFFFFF", "ink": "#FFFFFF", "size": 19},
}
"""How an outfall's standing is drawn, in drawing order."""

OUTFALL_SHAPE = {"industrial": "square", "town_plant": "diamond", "agricultural": "triangle", "other": "circle"}

MARKED_BY = {"tailings_dam": "head_pond"}
"""Layer -> the yes/no column whose yes is drawn with the symbol below."""

MARKED = {"tailings_dam": Symbol(colour="#3E2C1C", fill="#8B6B45", width_px=1.5, shape="trapezium")}

WATER_CLASS = {
    "I": "#68CFFE",
    "II": "#49A1FE",
    "III": "#37B70C",
    "IV": "#FAE521",
    "V": "#F29C00",
    "worse_V": "#DD3F36",
    "none": "#999999",
}
"""Water quality only; always with a dark outline and the class written beside it."""

WARNING = {"blue": "#2F6FDE", "yellow": "#F2C200", "orange": "#F07C00", "red": "#D6281E"}
"""Always with the word."""
