"""A uniform grid over segments: which segments can be within a radius of which points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geo.lines import Segments

PAIRS_AT_ONCE = 2_000_000


def _ranges(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Concatenated aranges: starts[i] ... starts[i] + counts[i] - 1."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts) + np.repeat(starts, counts)


class Cells:
    """Segments listed by the square cells their pieces lie in.

    Parameters
    ----------
    seg : Segments
        In metres.
    size_m : float
        Side of a cell; the largest radius the grid can answer.
    """

    def __init__(self, seg: Segments, size_m: float) -> None:
        self.size_m = float(size_m)
        self.x_min = float(min(seg.x0.min(), seg.x1.min())) - 2 * size_m
        self.y_min = float(min(seg.y0.min(), seg.y1.min())) - 2 * size_m
        width = float(max(seg.x0.max(), seg.x1.max())) - self.x_min
        height = float(max(seg.y0.max(), seg.y1.max())) - self.y_min
        self.columns, self.rows = int(width / size_m) + 3, int(height / size_m) + 3
        key, number = self._pieces(seg)
        order = np.lexsort((number, key))
        key, number = key[order], number[order]
        fresh = np.ones(len(key), dtype=bool)
        fresh[1:] = (key[1:] != key[:-1]) | (number[1:] != number[:-1])
        self.key, self.segment = key[fresh], number[fresh]

    def _pieces(self, seg: Segments) -> tuple[np.ndarray, np.ndarray]:
        reach_m = np.maximum(np.abs(seg.x1 - seg.x0), np.abs(seg.y1 - seg.y0))
        pieces = np.maximum(1, np.ceil(reach_m / self.size_m)).astype(np.int64)
        number = np.repeat(np.arange(len(seg)), pieces)
        step = (_ranges(np.zeros(len(seg), dtype=np.int64), pieces)) / pieces[number]
        far = step + 1 / pieces[number]
        dx, dy = (seg.x1 - seg.x0)[number], (seg.y1 - seg.y0)[number]
        x0, y0 = seg.x0[number], seg.y0[number]
        ca, ra = self._cell(x0 + step * dx, y0 + step * dy)
        cb, rb = self._cell(x0 + far * dx, y0 + far * dy)
        keys = np.concatenate([r * self.columns + c for r in (ra, rb) for c in (ca, cb)])
        return keys, np.tile(number, 4)

    def _cell(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        column = np.floor((x - self.x_min) / self.size_m).astype(np.int64)
        row = np.floor((y - self.y_min) / self.size_m).astype(np.int64)
        return column, row

    def pairs(self, x: np.ndarray, y: np.ndarray, once: bool = True) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (point number, segment number) chunks, sorted by point; each pair once, unless repeats do not matter to the
        caller (`once` False: faster).

        Every segment within `size_m` of a point is among its pairs; points without any pair are left out.
        """
        column, row = self._cell(x, y)
        near = np.flatnonzero((column >= 1) & (column < self.columns - 1) & (row >= 1) & (row < self.rows - 1))
        if not len(near):
            return
        base = row[near] * self.columns + column[near]
        lows = np.stack([np.searchsorted(self.key, base + d * self.columns - 1, "left") for d in (-1, 0, 1)], axis=1)
        highs = np.stack([np.searchsorted(self.key, base + d * self.columns + 1, "right") for d in (-1, 0, 1)], axis=1)
        counts = highs - lows
        running = np.cumsum(counts.sum(axis=1))
        cut = 0
        while cut < len(near):
            done = running[cut - 1] if cut else 0
            stop = max(cut + 1, int(np.searchsorted(running, done + PAIRS_AT_ONCE, "right")))
            flat = counts[cut:stop].ravel()
            segment = self.segment[_ranges(lows[cut:stop].ravel(), flat)]
            point = np.repeat(np.repeat(near[cut:stop], 3), flat)
            yield _once(point, segment) if once else (point, segment)
            cut = stop


def _once(point: np.ndarray, segment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.lexsort((segment, point))
    point, segment = point[order], segment[order]
    fresh = np.ones(len(point), dtype=bool)
    fresh[1:] = (point[1:] != point[:-1]) | (segment[1:] != segment[:-1])
    return point[fresh], segment[fresh]
