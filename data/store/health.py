"""What the night looks at: the audit chain, the write-ahead log, stale temporary files. Doing it twice changes nothing."""

import sqlalchemy as sa

from data.store import read, schema
from data.store.store import Store
from data.store.write import chain_hash
from geo.faults import Fault


def verify_audit(store: Store) -> int:
    """Walk the whole audit chain; returns its length, a Fault names the first row that does not fit."""
    table, previous, count = schema.AUDIT, "", 0
    with store.engine.connect() as connection:
        for row in connection.execute(sa.select(table).order_by(table.c.seq)):
            said = {"at": row.at.isoformat(), "actor": row.actor, "action": row.action, "kind": row.kind,
                    "object_id": row.object_id, "reason": row.reason, "before": row.before, "after": row.after}
            if row.previous_hash != previous or row.hash != chain_hash(previous, said):
                raise Fault("audit_broken", seq=row.seq)
            previous, count = row.hash, count + 1
    return count


def nightly(store: Store) -> dict:
    """Run the night's work: check the audit chain, fold the write-ahead log in, count what is overdue."""
    audited = verify_audit(store)
    if store.path is not None:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    cases = schema.RECORD["case"]
    with store.engine.connect() as connection:
        overdue = connection.execute(sa.select(sa.func.count()).select_from(cases).where(
            read.live(cases), cases.c.closed_at.is_(None), cases.c.due_on < store.today(),
            sa.func.coalesce(cases.c.deferred_until, cases.c.due_on) < store.today())).scalar_one()
    return {"audit_rows": audited, "overdue_cases": overdue, "today": store.today().isoformat()}
