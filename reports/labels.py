"""Places for numbers beside symbols and for names along rivers, in millimetres of the map frame."""

from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

_ANGLES = np.deg2rad([35, 0, -35, 145, 180, -145, 90, -90, 17, -17, 60, -60, 120, -120, 163, -163])


@dataclass(frozen=True)
class Label:
    """A number's middle, and whether it stands so far off that a leader must lead to its symbol."""

    x: float
    y: float
    led: bool


def text_mm(words: str, size_pt: float) -> float:
    """About how wide a text is on paper: a full square a Chinese sign, a bit over half one otherwise."""
    ems = sum(1.0 if ord(sign) > 0x2E80 else 0.57 for sign in words)
    return ems * size_pt * 0.3528


def wrapped(words: str, size_pt: float, width_mm: float) -> list[str]:
    """A text in lines no wider than `width_mm`; Chinese breaks anywhere, Latin words stay whole where they fit."""
    lines: list[str] = []
    pieces: list[str] = []
    line = piece = ""
    for sign in words:
        if ord(sign) > 0x2E80 or sign == " ":
            pieces += [piece, sign] if piece else [sign]
            piece = ""
        else:
            piece += sign
    for part in [*pieces, piece]:
        while text_mm(part, size_pt) > width_mm:  # one word longer than the line: break it
            fit = next(n for n in range(len(part), 0, -1) if n == 1 or text_mm(part[:n], size_pt) <= width_mm)
            lines, line, part = [*lines, line] if line else lines, part[:fit], part[fit:]
            lines, line = [*lines, line], ""
        if line and text_mm(line + part, size_pt) > width_mm:
            lines, line = [*lines, line.rstrip(" ")], ""
        line += part if line or part != " " else ""
    return [*lines, line] if line.strip(" ") or not lines else lines


def _overlap(x: float, y: float, w: float, h: float, others: np.ndarray) -> np.ndarray:
    """Area shared by one box (middle, size) with each of others (n, 4)."""
    dx = np.minimum(x + w / 2, others[:, 0] + others[:, 2] / 2) - np.maximum(x - w / 2, others[:, 0] - others[:, 2] / 2)
    dy = np.minimum(y + h / 2, others[:, 1] + others[:, 3] / 2) - np.maximum(y - h / 2, others[:, 1] - others[:, 3] / 2)
    return np.clip(dx, 0, None) * np.clip(dy, 0, None)


def _crossed(x: float, y: float, at: np.ndarray, boxes: np.ndarray) -> int:
    """How many boxes the straight way from a symbol to a label runs through."""
    if not len(boxes):
        return 0
    way = at + np.linspace(0.25, 0.8, 6)[:, None] * (np.array([x, y]) - at)
    inside = (np.abs(way[:, None, 0] - boxes[None, :, 0]) < boxes[None, :, 2] / 2) & (
        np.abs(way[:, None, 1] - boxes[None, :, 1]) < boxes[None, :, 3] / 2)
    return int(inside.any(axis=0).sum())


def crowding(points: np.ndarray, reach_mm: float = 7.0) -> np.ndarray:
    """How many other points lie within `reach_mm` of each."""
    apart = np.hypot(points[:, None, 0] - points[None, :, 0], points[:, None, 1] - points[None, :, 1])
    return (apart < reach_mm).sum(axis=1) - 1


def spread(points: np.ndarray, apart_mm: float, frame: tuple[float, float], turns: int = 300) -> np.ndarray:
    """Where signs are drawn so that no two lie closer than `apart_mm`: those with room stay, crowded ones step aside.

    Points (n, 2) in mm; equal points are fanned out in the order of their numbers, so the answer is always the same.
    """
    at = np.array(points, float)
    n = len(at)
    if n < 2:
        return at
    fan = np.arange(n) * 2.399963  # the golden angle: no two equal directions
    at += 0.01 * np.column_stack([np.cos(fan), np.sin(fan)])
    for _ in range(turns):
        way = at[:, None] - at[None, :]
        far = np.hypot(way[..., 0], way[..., 1]) + np.eye(n) * 1e9
        short = np.clip(apart_mm - far, 0, None)
        if short.max() < 0.02:
            break
        push = (way / far[..., None] * (short * 0.5)[..., None]).sum(axis=1)
        size = np.hypot(*push.T)
        at += push * np.minimum(1, apart_mm / np.maximum(size, 1e-9))[:, None] * 0.8
        at = np.clip(at, apart_mm / 2, np.array(frame) - apart_mm / 2)
    still = np.hypot(*(at - points).T) < 0.15
    at[still] = points[still]
    return at


def place_numbers(points: np.ndarray, words: list[str], size_pt: float, frame: tuple[float, float],
                  symbol_mm: float = 3.2, others: np.ndarray | None = None) -> list[Label]:
    """A place for every number: beside its symbol where there is room, else further out and led to it.

    `points` (n, 2) and `others` (m, 4: middle and size of what should stay readable) are in mm within `frame`.
    """
    h = size_pt * 0.3528 * 1.05
    sizes = np.array([text_mm(word, size_pt) + 0.5 for word in words])
    symbols = np.column_stack([points, np.full((len(points), 2), symbol_mm)]) if len(points) else np.zeros((0, 4))
    soft = np.zeros((0, 4)) if others is None else others
    placed: list[Label | None] = [None] * len(points)
    taken = np.zeros((0, 4))
    for i in np.argsort(-crowding(points), kind="stable") if len(points) else []:
        best, least = None, np.inf
        for ring, radius in enumerate((0.0, 1.6, 3.6, 6.0, 9.0, 12.5, 16.5, 21.0)):
            for order, angle in enumerate(_ANGLES):
                out = np.array([np.cos(angle), np.sin(angle)]) / max(abs(np.cos(angle)), abs(np.sin(angle)))
                x = points[i, 0] + out[0] * (symbol_mm / 2 + sizes[i] / 2 + 0.25 + radius)
                y = points[i, 1] + out[1] * (symbol_mm / 2 + h / 2 + 0.1 + radius)
                if not (sizes[i] / 2 < x < frame[0] - sizes[i] / 2 and h / 2 < y < frame[1] - h / 2):
                    continue
                cost = (ring * 2.0 + order * 0.05 + 60 * _overlap(x, y, sizes[i], h, taken).sum()
                        + 12 * _overlap(x, y, sizes[i], h, symbols).sum()
                        + 1.5 * _overlap(x, y, sizes[i], h, soft).sum())
                if cost < least and ring > 1:
                    cost += 3 * _crossed(x, y, points[i], taken) + 0.7 * _crossed(x, y, points[i], symbols)
                if cost < least:
                    best, least = Label(x, y, ring > 1), cost
            if best is not None and least < ring * 2.0 + 2.0:
                break
        chosen = best or Label(float(points[i, 0]), float(points[i, 1]), False)
        placed[i] = chosen
        taken = np.vstack([taken, [chosen.x, chosen.y, sizes[i], h]])
    return [label for label in placed if label is not None]


def longest(geometry: BaseGeometry) -> LineString | None:
    """The longest single line of a geometry; None where there is none."""
    lines = [part for part in getattr(geometry, "geoms", [geometry]) if isinstance(part, LineString) and part.length]
    if len(lines) > 1:
        merged = linemerge(MultiLineString(lines))
        lines = list(getattr(merged, "geoms", [merged]))
    return max(lines, key=lambda line: line.length) if lines else None


@dataclass(frozen=True)
class Letter:
    """One sign (or a Latin name whole) of a river's name: where and turned by how many degrees."""

    words: str
    x: float
    y: float
    turn: float


def along(line: LineString, name: str, size_pt: float, at: float = 0.5) -> list[Letter]:
    """A river's name beside its line, readable from the foot of the sheet (downwards where the line is steep)."""
    chinese = any(ord(sign) > 0x2E80 for sign in name)
    em = size_pt * 0.3528
    gap = em * 1.7
    signs = list(name) if chinese else [name]
    middle = line.length * at
    span = max(len(signs) * gap, 8.0)
    a, b = line.interpolate(max(middle - span / 2, 0)), line.interpolate(min(middle + span / 2, line.length))
    steep = chinese and abs(b.y - a.y) > 1.2 * abs(b.x - a.x)
    back = b.y > a.y if steep else b.x < a.x
    letters = []
    for k, sign in enumerate(signs):
        s = middle + (k - (len(signs) - 1) / 2) * gap * (-1 if back else 1)
        p = line.interpolate(s)
        q, r = line.interpolate(max(s - 6, 0)), line.interpolate(min(s + 6, line.length))
        dx, dy = (q.x - r.x, q.y - r.y) if back else (r.x - q.x, r.y - q.y)
        norm = max(np.hypot(dx, dy), 1e-9)
        turn = np.degrees(np.arctan2(dy, dx)) + (90 if steep else 0)
        off = em * 0.95
        letters.append(Letter(sign, p.x - dy / norm * off, p.y + dx / norm * off, float(turn)))
    return letters
