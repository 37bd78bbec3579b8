"""The schema's history: each step and the note that it ran share one transaction."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from data.store import schema
from data.store.engine import WRITE
from geo.faults import Fault

_APPLIED = sa.Table("migration", sa.MetaData(), sa.Column("step", sa.Integer, primary_key=True),
                    sa.Column("name", sa.Text, nullable=False))


def _first_tables(connection: Connection) -> None:
    schema.METADATA.create_all(connection)


STEPS: tuple[tuple[int, str, Callable[[Connection], None]], ...] = ((1, "first tables", _first_tables),)


def applied(engine: Engine) -> list[int]:
    """Return the steps this store has had; asking never writes."""
    if not sa.inspect(engine).has_table("migration"):
        return []
    with engine.connect() as connection:
        return [row.step for row in connection.execute(sa.select(_APPLIED).order_by(_APPLIED.c.step))]


def pending(engine: Engine) -> list[tuple[int, str]]:
    """Return the steps not yet run; a store newer than the program is a Fault."""
    done = applied(engine)
    if done and done[-1] > STEPS[-1][0]:
        raise Fault("store_newer", step=done[-1])
    return [(step, name) for step, name, _ in STEPS if step not in done]


def migrate(engine: Engine) -> list[str]:
    """Run what is pending, in order; returns the names of the steps run."""
    todo = {step for step, _ in pending(engine)}
    ran = []
    for step, name, change in STEPS:
        if step not in todo:
            continue
        with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            _APPLIED.create(connection, checkfirst=True)
            if connection.execute(sa.select(_APPLIED.c.step).where(_APPLIED.c.step == step)).first():
                continue          # another process was quicker
            change(connection)
            connection.execute(_APPLIED.insert().values(step=step, name=name))
            ran.append(name)
    return ran
