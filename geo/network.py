"""The network: what lies upstream and downstream, how far along the water, and where it leaves the file."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from geo.crs import metric_crs, transform
from geo.faults import Fault
from geo.lines import measured_reaches
from geo.links import Links, directions_agree, links_by_attribute, links_by_touch
from geo.reversible import not_fixed, with_twins

_OUTSIDE = -1


def mirror_chainage(chainage_m: Any, length_m: Any) -> Any:
    """Chainage after the line is reversed."""
    return length_m - chainage_m


class Network:
    """Reaches joined into a network.

    Parameters
    ----------
    reaches : GeoDataFrame[reach_id, geometry, optional to_reach, optional direction_confirmed], any CRS
        `to_reach` names the next reach downstream (several: a list, or text with ``;``). Null, 0, -1, "" and the reach
        itself mean an outlet; an id that is not in the file means the water leaves the file there. Without the column,
        or with it wholly empty, reaches are joined where ends touch, in the direction they are drawn; an end that
        touches the middle of another reach joins it there.
        ``flow`` other than ``fixed`` (reversible, none) lets a trace pass a reach both ways; ``attrs["both_ways"]`` of
        the answer names those it passed.
    snap_m : float
        Ends this near to each other touch.

    Raises
    ------
    Fault
        ``column_missing``, ``crs_missing``, ``reach_id_repeated``, ``reach_id_empty``, ``geometry_not_line``.
    """

    def __init__(self, reaches: Any, snap_m: float = 1.0) -> None:
        self.ids, segments = measured_reaches(reaches)
        self.length_m = segments.length_m
        self.number = {reach: i for i, reach in enumerate(self.ids)}
        self.snap_m = snap_m
        self._reaches = reaches
        self.by_attribute = "to_reach" in reaches.columns and not reaches["to_reach"].isna().all()
        has_place = not np.all(np.isnan(reaches.total_bounds))
        self._lines = transform(reaches.geometry, metric_crs(reaches)).to_numpy() if has_place else None
        if self.by_attribute:
            self.links = links_by_attribute(self.ids, self.number, reaches["to_reach"], self.length_m)
        elif self._lines is not None:
            self.links = links_by_touch(self._lines, self.length_m, snap_m)
        else:
            self.links = Links(*(np.zeros(0, dtype=kind) for kind in (int, float, int, float)))
        loose = not_fixed(reaches["flow"]) if "flow" in reaches.columns else np.zeros(0, dtype=np.int64)
        self._twins = with_twins(self.links, self.length_m, loose)
        self._into = _grouped(self._twins.links.to, len(self._twins.real))
        self._out_of = _grouped(self._twins.links.of, len(self._twins.real))
        self._confirmed: pd.Series | None = None

    # -- what is known about direction

    @property
    def direction_confirmed(self) -> pd.Series:
        """Boolean by reach_id: by a `direction_confirmed` column, else by lines drawn as `to_reach` or neighbours say."""
        if self._confirmed is None:
            if "direction_confirmed" in self._reaches.columns:
                given = self._reaches["direction_confirmed"]
                agrees = given.astype("boolean").fillna(False).to_numpy(dtype=bool)
            elif self._lines is None:
                agrees = np.zeros(len(self.ids), dtype=bool)
            else:
                agrees = directions_agree(self._lines, self.links, self.snap_m, self.by_attribute)
            self._confirmed = pd.Series(agrees, index=pd.Index(self.ids, name="reach_id"), name="direction_confirmed")
        return self._confirmed

    def reverse(self, reach_id: Any) -> Network:
        """A new network with one reach flowing the other way (line and links)."""
        at = self._place(reach_id)
        turned = self._reaches.copy()
        lines = turned.geometry.to_numpy().copy()
        lines[at] = lines[at].reverse()
        turned = turned.set_geometry(type(turned.geometry)(lines, index=turned.index, crs=turned.crs))
        if self.by_attribute:
            turned["to_reach"] = self._turned_links(at, transform(turned.geometry, metric_crs(turned)).to_numpy())
        return Network(turned, self.snap_m)

    def _turned_links(self, at: int, lines: np.ndarray) -> pd.Series:
        """`to_reach` without the old links of a turned reach, which now meet the wrong end, and with what it touches."""
        to: list[list[Any]] = [[] for _ in self.ids]
        for of, dest, missing in zip(self.links.of, self.links.to, self.links.missing, strict=True):
            if at not in (of, dest):
                to[of].append(self.ids[dest] if dest >= 0 else missing)
        touching = links_by_touch(lines, self.length_m, self.snap_m)
        for of, dest in zip(touching.of, touching.to, strict=True):
            if at in (of, dest):
                to[of].append(self.ids[dest])
        return pd.Series(to, index=self._reaches.index, dtype=object)

    # -- traces

    def upstream(self, reach_id: Any, chainage_m: float) -> pd.DataFrame:
        """Every reach whose water passes a place.

        Returns
        -------
        DataFrame[reach_id, distance_m, order, left_file]
            Nearest first; `distance_m` along the water to the reach's nearer end (0 for the reach asked from, whose
            `order` is 0). Loops are walked once. `left_file` is False throughout: a file cannot tell what is missing
            above it.

        Raises
        ------
        Fault
            ``reach_unknown``, ``chainage_outside``.
        """
        return self._trace(reach_id, chainage_m, up=True)

    def downstream(self, reach_id: Any, chainage_m: float) -> pd.DataFrame:
        """Every reach the water of a place passes, as `upstream`; where the network leaves the file, a row with null
        reach_id, `left_file` True and the distance to that point.
        """
        return self._trace(reach_id, chainage_m, up=False)

    def upstream_points(self, located: pd.DataFrame, reach_id: Any, chainage_m: float) -> pd.DataFrame:
        """Points whose water passes a place.

        Parameters
        ----------
        located : DataFrame[reach_id, chainage_m], as `geo.locate.locate` gives; null reach_id allowed

        Returns
        -------
        DataFrame[point, distance_m, order, left_file], `point` from located.index, nearest first; a point at the place
        itself counts (distance 0)
        """
        return self._trace_points(located, reach_id, chainage_m, up=True)

    def downstream_points(self, located: pd.DataFrame, reach_id: Any, chainage_m: float) -> pd.DataFrame:
        """Points the water of a place passes, as `upstream_points`, with the rows where it leaves the file."""
        return self._trace_points(located, reach_id, chainage_m, up=False)

    def _place(self, reach_id: Any, chainage_m: float = 0.0) -> int:
        at = self.number.get(reach_id)
        if at is None:
            raise Fault("reach_unknown", reach_id=reach_id)
        if not -1e-6 <= chainage_m <= self.length_m[at] + max(self.snap_m, 1e-6):
            raise Fault("chainage_outside", reach_id=reach_id, chainage_m=chainage_m, length_m=float(self.length_m[at]))
        return at

    def _arrivals(self, at: int, chainage_m: float, up: bool) -> Iterator[tuple[float, int, float]]:
        """(distance, reach number or _OUTSIDE, chainage where it is entered), nearest first, each link once."""
        links, listed = self._twins.links, self._into if up else self._out_of
        near, far = (links.to_m, links.of_m) if up else (links.of_m, links.to_m)
        target = links.of if up else links.to
        best: dict[int, float] = {}
        heap: list[tuple[float, int]] = []

        def leave(reach: int, place_m: float, distance: float) -> None:
            for link in listed[reach]:
                ahead = place_m - near[link] if up else near[link] - place_m
                if ahead < -1e-9:
                    continue
                total = distance + max(ahead, 0.0)
                if total < best.get(link, np.inf):
                    best[link] = total
                    heapq.heappush(heap, (total, link))

        leave(at, chainage_m, 0.0)
        if at in self._twins.twin:
            leave(self._twins.twin[at], float(self.length_m[at]) - chainage_m, 0.0)
        while heap:
            distance, link = heapq.heappop(heap)
            if distance > best[link]:
                continue
            reach = int(target[link])
            yield distance, reach, float(far[link])
            if reach != _OUTSIDE:
                leave(reach, float(far[link]), distance)

    def _trace(self, reach_id: Any, chainage_m: float, up: bool) -> pd.DataFrame:
        at = self._place(reach_id, chainage_m)
        rows: list[tuple[int, float]] = [(at, 0.0)]
        seen = {at}
        for distance, number, _ in self._arrivals(at, min(chainage_m, self.length_m[at]), up):
            reach = number if number == _OUTSIDE else int(self._twins.real[number])
            if reach == _OUTSIDE or reach not in seen:
                rows.append((reach, distance))
                seen.add(reach)
        numbers = np.array([row[0] for row in rows])
        table = pd.DataFrame(
            {"reach_id": self._names(numbers), "distance_m": [row[1] for row in rows], "order": np.arange(len(rows)),
             "left_file": numbers == _OUTSIDE}
        )  # fmt: skip
        table.attrs["both_ways"] = [self.ids[reach] for reach in sorted(seen & set(self._twins.twin))]
        return table

    def _names(self, numbers: np.ndarray) -> Any:
        ids = pd.Series(self.ids)
        if pd.api.types.is_integer_dtype(ids.dtype):
            ids = ids.astype("Int64")
        return ids.reindex(numbers).array

    def _trace_points(self, located: pd.DataFrame, reach_id: Any, chainage_m: float, up: bool) -> pd.DataFrame:
        at = self._place(reach_id, chainage_m)
        reach = located["reach_id"].map(self.number).fillna(-2).to_numpy(dtype=int)
        chainage = located["chainage_m"].to_numpy(dtype=float, na_value=np.nan)
        order = np.argsort(reach, kind="stable")
        starts, ends = (np.searchsorted(reach[order], np.arange(len(self.ids)), side) for side in ("left", "right"))
        distance = np.full(len(located), np.inf)
        left: list[float] = []
        passed: set[int] = set()

        def note(number: int, place_m: float, so_far: float) -> None:
            real = int(self._twins.real[number])
            passed.add(real)
            here = order[starts[real] : ends[real]]
            along = chainage[here] if number == real else self.length_m[real] - chainage[here]
            ahead = place_m - along if up else along - place_m
            hit = ahead >= -1e-6
            distance[here[hit]] = np.minimum(distance[here[hit]], so_far + np.maximum(ahead[hit], 0))

        start_m = min(chainage_m, float(self.length_m[at]))
        note(at, start_m, 0.0)
        if at in self._twins.twin:
            note(self._twins.twin[at], float(self.length_m[at]) - start_m, 0.0)
        for so_far, number, place_m in self._arrivals(at, start_m, up):
            if number == _OUTSIDE:
                left.append(so_far)
            else:
                note(number, place_m, so_far)
        found = np.flatnonzero(np.isfinite(distance))
        table = pd.DataFrame({"point": located.index[found], "distance_m": distance[found], "left_file": False})
        if left:
            exits = pd.DataFrame({"point": [None] * len(left), "distance_m": left, "left_file": True})
            table = pd.concat([table.astype({"point": object}), exits.astype({"point": object})], ignore_index=True)
        table = table.sort_values("distance_m", kind="stable", ignore_index=True)
        table.insert(2, "order", np.arange(1, len(table) + 1))
        table.attrs["both_ways"] = [self.ids[reach] for reach in sorted(passed & set(self._twins.twin))]
        return table

    # -- distance along the water, either way

    def distance(self, a: tuple[Any, float], b: tuple[Any, float]) -> float:
        """Metres along the water between two places (reach_id, chainage_m), up or down; inf where not connected."""
        start, end = self._place(*a), self._place(*b)
        straight = abs(a[1] - b[1]) if start == end else np.inf
        best: dict[tuple[int, float], float] = {(start, float(a[1])): 0.0}
        heap = [(0.0, start, float(a[1]))]
        while heap:
            so_far, reach, place = heapq.heappop(heap)
            if so_far >= straight:
                break
            if so_far > best[(reach, place)]:
                continue
            if reach == end:
                straight = min(straight, so_far + abs(place - b[1]))
            for other, here_m, there_m in self._joints(reach):
                total, key = so_far + abs(place - here_m), (other, there_m)
                if total < best.get(key, np.inf):
                    best[key] = total
                    heapq.heappush(heap, (total, other, there_m))
        return float(straight)

    def _joints(self, reach: int) -> Iterator[tuple[int, float, float]]:
        links = self.links
        for link in self._out_of[reach]:
            if link < len(links.of) and links.to[link] >= 0:
                yield int(links.to[link]), float(links.of_m[link]), float(links.to_m[link])
        for link in (number for number in self._into[reach] if number < len(links.of)):
            yield int(links.of[link]), float(links.to_m[link]), float(links.of_m[link])


def _grouped(numbers: np.ndarray, n: int) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in range(n)]
    for link, number in enumerate(numbers.tolist()):
        if number >= 0:
            lists[number].append(link)
    return lists
