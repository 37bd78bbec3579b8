"""The terminal door: every command reads its arguments, calls one thing and says what came of it."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from data.words import fault_text
from geo.faults import Fault

DONE, REFUSED, USAGE, PARTLY, DECISION = 0, 1, 2, 3, 4

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Hezhang (河长): the working desk of a river-chief office.")  # fmt: skip

MapOption = Annotated[list[str] | None, typer.Option("--map", help="ROLE=COLUMN, e.g. reach_id=HYRIV_ID; repeatable.")]
ReachesOption = Annotated[str, typer.Option("--reaches", help="Reaches: reach_id, line, optional to_reach, width_m.")]
OutOption = Annotated[str, typer.Option("--out", help="Result; .csv .parquet .gpkg .geojson.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


class Direction(StrEnum):
    """The two ways of a trace."""

    up = "up"
    down = "down"


def language() -> str:
    """zh or en, from HEZHANG_LANG."""
    return "en" if os.environ.get("HEZHANG_LANG", "zh").lower().startswith("en") else "zh"


def tell(command: str, out: str, summary: dict[str, Any], as_json: bool) -> None:
    """One JSON object on stdout, or the same figures as words on stderr."""
    if as_json:
        typer.echo(json.dumps({"command": command, "out": out, **summary}, ensure_ascii=False))
        return
    figures = " · ".join(f"{name} {value}" for name, value in summary.items())
    typer.echo(f"{command}: {figures} → {out}", err=True)


def mapping_of(pairs: list[str] | None) -> Any:
    """The renames of --map; a pair without = is a usage error."""
    from data.files import Mapping

    try:
        return Mapping(pairs or [])
    except ValueError as error:
        raise typer.BadParameter(f"ROLE=COLUMN, not {error}", param_hint="--map") from error


@app.command()
def locate(
    reaches: ReachesOption,
    points: Annotated[str, typer.Option("--points", help="Points; a CSV needs lon and lat in WGS 84.")],
    out: OutOption,
    within: Annotated[float, typer.Option("--within", help="Metres; farther points stay unmatched.")] = 100.0,
    map_: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Points to the nearest reach: chainage, offset and bank."""
    from data.engine import locate_files

    tell("locate", out, locate_files(reaches, points, out, within, mapping_of(map_)), as_json)


@app.command()
def match(
    reaches: ReachesOption,
    tracks: Annotated[str, typer.Option("--tracks", help="GPX, or points with track_id, time and lon,lat or x,y.")],
    out: OutOption,
    map_: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tracks to the stretches of reaches they followed, by bank."""
    from data.engine import match_files

    tell("match", out, match_files(reaches, tracks, out, mapping_of(map_)), as_json)


@app.command()
def gaps(
    covered: Annotated[str, typer.Option("--covered", help="What `match` wrote.")],
    reaches: ReachesOption,
    out: OutOption,
    since: Annotated[str | None, typer.Option("--since", help="ISO date or time; without offset it is UTC.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="As --since; a date means the end of that day.")] = None,
    see_across: Annotated[
        float | None, typer.Option("--see-across", help="Metres of width_m below which either bank has seen both.")
    ] = None,
    map_: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stretches of bank that nobody saw."""
    from data.engine import gaps_files

    for name, value in (("--since", since), ("--until", until)):
        check_moment(name, value)
    summary = gaps_files(covered, reaches, out, since, until, see_across, mapping_of(map_))
    tell("gaps", out, summary, as_json)


@app.command()
def trace(
    direction: Annotated[Direction, typer.Argument(help="up or down")],
    reaches: ReachesOption,
    start: Annotated[str, typer.Option("--from", help="REACH:CHAINAGE")],
    out: OutOption,
    points: Annotated[str | None, typer.Option("--points", help="List these points rather than reaches.")] = None,
    point_id: Annotated[str | None, typer.Option("--point-id", help="Column that names a point.")] = None,
    map_: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """What lies upstream or downstream, with distances along the water."""
    from data.engine import trace_files

    if not has_chainage(start):
        raise typer.BadParameter(f"REACH:CHAINAGE, not {start}", param_hint="--from")
    summary = trace_files(direction.value, reaches, start, out, points, point_id, mapping_of(map_))
    tell(f"trace {direction.value}", out, summary, as_json)


def has_chainage(text: str) -> bool:
    """True for REACH:CHAINAGE with a number behind the last colon."""
    name, _, place = text.rpartition(":")
    try:
        return bool(name) and float(place) == float(place)
    except ValueError:
        return False


def check_moment(option: str, value: str | None) -> None:
    """Usage error for a --since or --until that is no ISO date or time."""
    import datetime

    try:
        if value is not None:
            datetime.datetime.fromisoformat(value)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def main() -> None:
    """Run a command; a fault says its sentence on stderr and exits 1 (with --json also as an object on stdout)."""
    try:
        app()
    except Fault as fault:
        sentence = fault_text(fault, language())
        if "--json" in sys.argv:
            typer.echo(json.dumps({"error": {"code": fault.code, "message": sentence}}, ensure_ascii=False))
        typer.echo(sentence, err=True)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
