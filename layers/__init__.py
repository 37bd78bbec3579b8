"""What lies on the map: one small file per kind of thing, and the list of them in drawing order."""

from layers import (
    black_odorous,
    district,
    lake,
    landmark,
    outfall,
    reach,
    reservoir,
    river,
    section,
    settlement,
    tailings_dam,
    wetland,
)
from layers.base import Code, Column, Layer, Symbol

_MODULES = (
    district,
    wetland,
    lake,
    reservoir,
    river,
    reach,
    black_odorous,
    settlement,
    landmark,
    section,
    tailings_dam,
    outfall,
)

ALL: dict[str, Layer] = {module.LAYER.name: module.LAYER for module in _MODULES}
"""Every layer by name, in drawing order: areas below lines below points."""


def layer(name: str) -> Layer:
    """Return the layer called ``name``.

    Raises
    ------
    KeyError
        Where there is none; the message lists those there are.
    """
    try:
        return ALL[name]
    except KeyError:
        raise KeyError(f"no layer {name}; there are {', '.join(ALL)}") from None


__all__ = ["ALL", "Code", "Column", "Layer", "Symbol", "layer"]
