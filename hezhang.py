"""The terminal door: every command reads its arguments, calls one thing and says what came of it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from data.words import fault_text, say
from data.words.results import result_lines
from geo.faults import Fault

DONE, REFUSED, USAGE, PARTLY, DECISION = 0, 1, 2, 3, 4

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Hezhang (河长): the working desk of a river-chief office.")  # fmt: skip

MapOption = Annotated[list[str] | None, typer.Option("--map", help="ROLE=COLUMN, e.g. reach_id=HYRIV_ID; repeatable.")]
ReachesOption = Annotated[str, typer.Option("--reaches", help="Reaches: reach_id, line, optional to_reach, width_m.")]
OutOption = Annotated[str, typer.Option("--out", help="Result; .csv .parquet .gpkg .geojson.")]
KeyOption = Annotated[str | None, typer.Option("--key", help="UUID of this submission: again with it does nothing.")]
Text = Annotated[str | None, typer.Option()]
Texts = Annotated[list[str] | None, typer.Option(help="Repeatable.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


class Direction(StrEnum):
    """The two ways of a trace."""

    up = "up"
    down = "down"


def language() -> str:
    """Zh or en, from HEZHANG_LANG."""
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
    reaches: ReachesOption, out: OutOption, map_: MapOption = None, as_json: JsonOption = False, *,
    points: Annotated[str, typer.Option("--points", help="Points; a CSV needs lon and lat in WGS 84.")],
    within: Annotated[float, typer.Option("--within", help="Metres; farther points stay unmatched.")] = 100.0,
) -> None:
    """Points to the nearest reach: chainage, offset and bank."""
    from data.engine import locate_files

    if not math.isfinite(within):
        raise typer.BadParameter(f"a number of metres, not {within}", param_hint="--within")
    tell("locate", out, locate_files(reaches, points, out, within, mapping_of(map_)), as_json)


@app.command()
def match(
    reaches: ReachesOption, out: OutOption, map_: MapOption = None, as_json: JsonOption = False, *,
    tracks: Annotated[str, typer.Option("--tracks", help="GPX, or points with track_id, time and lon,lat or x,y.")],
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
    direction: Annotated[Direction, typer.Argument(help="up or down")], reaches: ReachesOption, out: OutOption,
    map_: MapOption = None, as_json: JsonOption = False, *,
    start: Annotated[str, typer.Option("--from", help="REACH:CHAINAGE")],
    points: Annotated[str | None, typer.Option("--points", help="List these points rather than reaches.")] = None,
    point_id: Annotated[str | None, typer.Option("--point-id", help="Column that names a point.")] = None,
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


# -- the store ---------------------------------------------------------------------------------------------------------
AsOption = Annotated[str, typer.Option("--as", help="Account to act as; without it the terminal's operator.")]


def say_done(lines: dict[str, Any], as_json: bool) -> None:
    """One JSON object on stdout, or the same as words on stderr."""
    if as_json:
        typer.echo(json.dumps(lines, ensure_ascii=False, default=str))
        return
    for line in result_lines(lines, language()):
        typer.echo(line, err=True)


def into(out: Path) -> Path:
    """A file to write, whose folder is there: said before any work is done."""
    if not out.resolve().parent.is_dir():
        raise Fault("folder_missing", folder=out.resolve().parent)
    return out


def opened() -> Any:
    """The store of the settings."""
    from data.store import open_store

    return open_store()


def act(name: str, as_: str, payload: dict[str, Any], as_json: bool, key: str | None = None) -> None:
    """Run an action and say what came of it."""
    from data import actions

    say_done(actions.run(name, opened(), as_, payload, key=key), as_json)


@app.command()
def init(
    city: Annotated[Path | None, typer.Option("--city", help="CITY.toml; none means no area check.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new, real store."""
    from data.city import read_city
    from data.store import create_store

    store = create_store(city=read_city(city) if city else None)
    say_done({"store": store.url, "city": store.city.name, "area_check": store.city.area is not None}, as_json)


@app.command()
def demo(
    seed: Annotated[int | None, typer.Option("--seed", help="Another seed, another city.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a store of the simulated city."""
    from data.simulated_city import make

    last = -1

    def progress(share: float, word: str) -> None:
        nonlocal last
        if int(share * 20) > last:
            last = int(share * 20)
            typer.echo(f"{share:4.0%} {word}", err=True)

    store = make(seed=seed, progress=progress)
    say_done({"store": store.url, "city": store.city.name, "simulated": True, "today": store.today()}, as_json)


@app.command()
def run(
    demo_city: Annotated[bool, typer.Option("--demo", help="Make the simulated city where there is no store.")] = False,
    address: Annotated[str | None, typer.Option("--address", help="Loopback, until there is an administrator.")] = None,
    port: Annotated[int | None, typer.Option("--port")] = None,
) -> None:
    """Serve the pages."""
    from data.settings import settings
    from data.store import exists

    if demo_city and not exists():
        demo(None, False)
    opened()
    where, at = address or settings().address, port or settings().port
    if where not in ("127.0.0.1", "localhost", "::1"):
        raise Fault("serve_loopback_only", address=where)
    here = Path(__file__).parent
    typer.echo(f"http://{where}:{at}", err=True)
    if "://" not in settings().store:
        os.environ["HEZHANG_STORE"] = str(Path(settings().store).resolve())
    os.chdir(here)
    screen = sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    words = [sys.executable, "-m", "streamlit", "run", "serve.py", "--server.address", where, "--server.port", str(at),
             "--server.headless", str(not screen).lower(), "--server.showEmailPrompt", "false"]
    if os.name == "nt":                 # there exec would hand the prompt back while the pages still run
        sys.exit(subprocess.call(words))
    os.execv(sys.executable, words)


@app.command()
def check(as_: AsOption = "operator", as_json: JsonOption = False) -> None:
    """What is there, whether it is whole, and 能否上线: what is done and missing for going live."""
    from analysis.checklist import check_report
    from data.store.engine import sqlite_is_safe, sqlite_version
    from data.store.health import verify_audit

    store = opened()
    if not store.actor(as_).roles - {"anonymous", "disabled"}:
        raise Fault("not_allowed", action="check", actor=as_)
    facts = {"store": store.url, "simulated": store.simulated, "audit_rows": verify_audit(store),
             "sqlite": ".".join(map(str, sqlite_version())), "sqlite_safe": sqlite_is_safe()}
    lines, ready = check_report(store.as_seen_by(as_), language())
    if as_json:
        typer.echo(json.dumps(facts | {"ready": ready, "steps": lines}, ensure_ascii=False, default=str))
        return
    for fact in result_lines(facts, language()):
        typer.echo(fact)
    for line in lines:
        typer.echo(f"[{'x' if line['done'] else ' '}] {line['title']}: {line['state']}")
        if not line["done"] or line.get("recommended"):
            typer.echo(f"    {line['next']}")
    typer.echo(say("check.ready" if ready else "check.not_ready", language()))


@app.command()
def migrate(as_json: JsonOption = False) -> None:
    """Bring the store's tables to this program's version."""
    from data.settings import settings
    from data.store import exists
    from data.store.engine import connect
    from data.store.migrations import migrate as run_migrations

    if not exists():
        raise Fault("store_missing", store=settings().store)
    say_done({"ran": run_migrations(connect(settings().store))}, as_json)


@app.command()
def nightly(as_json: JsonOption = False) -> None:
    """Run the night's work; twice changes nothing."""
    from data.store.health import nightly as run_night

    say_done(run_night(opened()), as_json)


@app.command()
def withdraw(
    receipt: str, reason: Annotated[str, typer.Option("--reason")], as_: AsOption = "operator", as_json: JsonOption = False
) -> None:
    """Take back what a receipt brought; names what was built on it."""
    act("withdraw", as_, {"receipt": receipt, "reason": reason}, as_json)


@app.command()
def backup(out: Path, as_json: JsonOption = False) -> None:
    """One file with the store and its photos."""
    from data.store.backup import backup as write_backup

    say_done(write_backup(opened(), into(out)), as_json)


@app.command()
def restore(archive: Path, as_json: JsonOption = False) -> None:
    """Make a new store at HEZHANG_STORE out of a backup."""
    from data.settings import settings
    from data.store.backup import restore as read_backup

    say_done({"store": read_backup(archive, settings().store).url}, as_json)


user_app = typer.Typer(no_args_is_help=True, help="Accounts.")
app.add_typer(user_app, name="user")


@user_app.command("add")
def user_add(
    name: str, role: Annotated[str, typer.Option()], reach: Texts = None, district: Texts = None, post: Texts = None,
    unit: Text = None, display_name: Annotated[str | None, typer.Option("--name")] = None, as_: AsOption = "operator",
    as_json: JsonOption = False,
) -> None:
    """Grant a person a role; duties come from responsibility rows."""
    act("add_account", as_, {"name": name, "role": role, "reaches": reach or [], "districts": district or [],
                             "posts": post or [], "unit_code": unit, "display_name": display_name}, as_json)
    if role == "chief" and not (reach or district or post):
        typer.echo(say("note.no_scope", language()), err=True)


@app.command("do")
def do_action(
    action: str, input_: Annotated[str, typer.Option("--input", help="JSON, a file with JSON, or - for standard input.")],
    as_: AsOption = "operator", key: KeyOption = None, as_json: JsonOption = False,
) -> None:
    """Do any action of data/actions."""
    try:
        text = sys.stdin.read() if input_ == "-" else input_
        if text.strip() and not text.lstrip().startswith("{"):
            text = Path(text).read_text(encoding="utf-8-sig")
        payload = json.loads(text)
    except (ValueError, OSError, RecursionError) as error:       # no JSON, no such file, not UTF-8, nested without end
        raise Fault("input_not_json", reason=str(error)[:200]) from None
    if not isinstance(payload, dict):
        raise Fault("input_not_json", reason="{}")
    act(action, as_, payload, as_json, key)


@app.command("import")
def import_(
    layer: str, file: Path, as_: AsOption = "operator", key: KeyOption = None,
    datum: Annotated[str | None, typer.Option(help="wgs84 cgcs2000 gcj02 bd09")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:N")] = None, encoding: Text = None, sheet: Text = None,
    sublayer: Text = None,
    map_: Annotated[list[str] | None, typer.Option("--map", help="FIELD=COLUMN, or FIELD==VALUE; repeatable.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False, as_json: JsonOption = False,
) -> None:
    """Read a file into a layer or record, with a report row by row."""
    from data.intake.importing import import_file

    pairs = {}
    for pair in map_ or []:
        field, sign, column = pair.partition("=")
        if not sign or not field or not column:
            raise typer.BadParameter(f"FIELD=COLUMN, not {pair}", param_hint="--map")
        pairs[field] = column
    report = import_file(opened(), as_, layer, file, key=key, datum=datum, crs=crs, encoding=encoding, sheet=sheet,
                         sublayer=sublayer, field_map=pairs, dry_run=dry_run, lang=language())
    if as_json:
        typer.echo(report.model_dump_json())
    typer.echo(report.text(language()), err=True)
    raise typer.Exit({"partly": PARTLY, "needs_decision": DECISION, "refused": REFUSED}.get(report.outcome, DONE))


@app.command()
def template(layer: str, out: Annotated[Path, typer.Option("--out")], as_json: JsonOption = False) -> None:
    """An Excel sheet to fill in: headings, code lists as drop-downs, two example rows."""
    from data.intake.templates import template as make_template
    from reports.export import put

    put(into(out), make_template(layer, language()))
    say_done({"out": str(out)}, as_json)


@app.command()
def export(
    what: Annotated[str, typer.Argument(help="A layer or record, or map | gaps | defects | ledger | package | chief.")],
    out: Annotated[Path, typer.Option("--out")], as_: AsOption = "operator",
    district: Text = None, river: Text = None, post: Text = None,
    chief: Annotated[str | None, typer.Option(help="Post or account whose sheet to write.")] = None,
    on: Annotated[str | None, typer.Option(help="ISO date; default today.")] = None, as_json: JsonOption = False,
) -> None:
    """Write a layer, a map (problems, gaps), a list (ledger, defects), the GIS package or a chief's sheet."""
    from reports.export import export_file

    check_moment("--on", on)
    filters = {"district": district, "river": river, "post": post, "chief": chief, "on": on}
    say_done(export_file(opened(), as_, what, into(out), filters, language()), as_json)


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
