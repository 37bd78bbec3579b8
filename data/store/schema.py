"""The tables, made from the same column lists that templates, import and screens read."""

import sqlalchemy as sa

from data import records
from layers.base import Layer

METADATA = sa.MetaData()
_TYPES = {"text": sa.Text, "code": sa.Text, "int": sa.Integer, "float": sa.Float, "bool": sa.Boolean,
          "date": sa.Date, "datetime": sa.DateTime, "json": sa.JSON}


def _kept() -> list[sa.Column]:
    """Return the columns every kept row carries: identity, version, origin, knowledge time, withdrawal."""
    return [
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Text, unique=True),
        sa.Column("version", sa.Integer, nullable=False, default=1),
        sa.Column("import_id", sa.String(32), index=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("superseded_at", sa.DateTime),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_reason", sa.Text),
    ]


def _placed(*, with_district: bool) -> list[sa.Column]:
    """Return the columns of a placed row: what was given, and what is derived from it."""
    columns = [
        sa.Column("orig_x", sa.Float), sa.Column("orig_y", sa.Float), sa.Column("datum", sa.Text),
        sa.Column("reach_code", sa.Text, index=True), sa.Column("chainage_m", sa.Float),
        sa.Column("offset_m", sa.Float), sa.Column("bank", sa.Text), sa.Column("tied", sa.Boolean),
        sa.Column("network_version", sa.Integer),
    ]
    return columns + ([sa.Column("district_code", sa.Text, index=True)] if with_district else [])


FEATURE = sa.Table(
    "feature", METADATA, *_kept(), *_placed(with_district=True),
    sa.Column("layer", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("attributes", sa.JSON, nullable=False),
    sa.Column("geometry", sa.LargeBinary),
    sa.Column("west", sa.Float), sa.Column("south", sa.Float), sa.Column("east", sa.Float), sa.Column("north", sa.Float),
    sa.Index("feature_layer_code", "layer", "code"),
)
sa.Index("feature_live_code", FEATURE.c.layer, FEATURE.c.code, unique=True,
         sqlite_where=FEATURE.c.withdrawn_at.is_(None) & FEATURE.c.superseded_at.is_(None),
         postgresql_where=FEATURE.c.withdrawn_at.is_(None) & FEATURE.c.superseded_at.is_(None))


def _record_table(record: Layer) -> sa.Table:
    own: list[sa.Column] = [sa.Column(column.name, _TYPES[column.kind]) for column in record.columns]
    placed = _placed(with_district=not record.has("district_code")) if record.geometry else []
    return sa.Table(record.name if record.name != "case" else "case_", METADATA, *_kept(), *own, *placed)


RECORD = {name: _record_table(record) for name, record in records.ALL.items()}

for _kind, _identity in (("unit", "code"), ("post", "code"), ("calendar", "day")):
    _table = RECORD[_kind]
    _is_live = _table.c.withdrawn_at.is_(None) & _table.c.superseded_at.is_(None)
    sa.Index(f"{_kind}_live_{_identity}", _table.c[_identity], unique=True, sqlite_where=_is_live,
             postgresql_where=_is_live)

RECEIPT = sa.Table(
    "receipt", METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("receipt", sa.Text, unique=True, nullable=False),
    sa.Column("key", sa.Text, unique=True, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("layer", sa.Text), sa.Column("file_name", sa.Text), sa.Column("sha256", sa.Text),
    sa.Column("result", sa.JSON),
    sa.Column("withdrawn_at", sa.DateTime), sa.Column("withdrawn_reason", sa.Text),
)

AUDIT = sa.Table(
    "audit", METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False, index=True),
    sa.Column("before", sa.JSON), sa.Column("after", sa.JSON), sa.Column("reason", sa.Text),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

INTERVAL = sa.Table(
    "patrol_interval", METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("patrol_id", sa.String(32), sa.ForeignKey("patrol.id"), index=True, nullable=False),
    sa.Column("reach_id", sa.Text, index=True, nullable=False),
    sa.Column("from_m", sa.Float, nullable=False), sa.Column("to_m", sa.Float, nullable=False),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("entered_at", sa.DateTime), sa.Column("left_at", sa.DateTime),
    sa.Column("network_version", sa.Integer),
)

TRACK = sa.Table(
    "patrol_track", METADATA,
    sa.Column("patrol_id", sa.String(32), sa.ForeignKey("patrol.id"), primary_key=True),
    sa.Column("points", sa.LargeBinary, nullable=False),      # Parquet: time, lon, lat
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("file_name", sa.Text),
)

PERSON = sa.Table(
    "patrol_person", METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("patrol_id", sa.String(32), sa.ForeignKey("patrol.id"), index=True, nullable=False),
    sa.Column("person", sa.Text), sa.Column("post_code", sa.Text), sa.Column("kind", sa.Text),
)

EVENT = sa.Table(
    "case_event", METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("case_id", sa.String(32), index=True, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False), sa.Column("actor", sa.Text, nullable=False),
    sa.Column("move", sa.Text, nullable=False), sa.Column("note", sa.Text),
)

PHOTO = sa.Table(
    "photo", METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("object_kind", sa.Text, nullable=False), sa.Column("object_id", sa.String(32), index=True, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False), sa.Column("name", sa.Text),
    sa.Column("taken_at", sa.DateTime), sa.Column("lon", sa.Float), sa.Column("lat", sa.Float),
    sa.Column("source", sa.Text), sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("withdrawn_at", sa.DateTime),
)

SERIES = sa.Table("series", METADATA, sa.Column("name", sa.Text, primary_key=True),
                  sa.Column("last", sa.Integer, nullable=False))

REPORT = sa.Table(
    "report", METADATA,
    sa.Column("number", sa.Text, primary_key=True), sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False), sa.Column("actor", sa.Text, nullable=False),
    sa.Column("filters", sa.JSON), sa.Column("rows", sa.JSON, nullable=False),
)

META = sa.Table("meta", METADATA, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.JSON))


def table_of(kind: str) -> sa.Table:
    """Return the table that keeps ``kind`` (a record's name, or any layer's)."""
    return RECORD.get(kind, FEATURE)
