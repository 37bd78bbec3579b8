"""The fields of the GIS package, layer by layer: ASCII names, headings in two languages for QGIS's aliases."""

import layers
from data import records
from layers.base import Code, Column
from layers.colours import GAP, OUTFALL
from layers.words import say

_LOOK = Column("look", "code", "管理状态", "Standing",
               codes=tuple(Code(look, say(f"look.{look}", "zh"), say(f"look.{look}", "en")) for look in OUTFALL))
_GAP = Column("state", "code", "状态", "State",
              codes=tuple(Code(state, say(f"gap.{state}", "zh"), say(f"gap.{state}", "en")) for state in GAP))
_NUMBER = Column("number", "text", "编号", "Number")
_PLACED = (
    Column("reach_code", "text", "所在河段", "Reach"), Column("chainage_m", "float", "里程", "Chainage", "m"),
    Column("offset_m", "float", "离线距离", "Offset", "m"), Column("bank", "code", "岸别", "Bank", codes=records.BANKS))
_POST = (Column("post_code", "text", "责任岗位编号", "Post code"), Column("post_name", "text", "责任岗位", "Post"))


def _unique(*columns: Column) -> tuple[Column, ...]:
    return tuple({column.name: column for column in reversed(columns)}.values())[::-1]


DISTRICTS = layers.ALL["district"].columns
REACHES = _unique(*layers.ALL["reach"].columns, Column("river_name", "text", "河流名称", "River name"))
GAPS = (
    Column("reach_id", "text", "河段", "Reach"), Column("reach_name", "text", "河段名称", "Reach name"),
    Column("river_code", "text", "河流", "River"), Column("district_code", "text", "县(市、区)代码", "District code"),
    Column("bank", "code", "岸别", "Bank", codes=records.BANKS), Column("from_m", "float", "起点里程", "From", "m"),
    Column("to_m", "float", "止点里程", "To", "m"), Column("length_m", "float", "长度", "Length", "m"),
    Column("last_seen", "date", "最近巡查", "Last seen"), Column("days", "int", "距今天数", "Days since", "d"),
    Column("duty_days", "float", "应巡周期", "Duty period", "d"), _GAP, *_POST)
OUTFALLS = _unique(
    _NUMBER, *layers.ALL["outfall"].columns, *_PLACED, _LOOK,
    Column("unresolved", "bool", "未销号", "Unresolved"), Column("reasons", "text", "未销号原因", "Reasons"),
    Column("age_days", "int", "距发现天数", "Age", "d"), Column("overdue_days", "int", "超期天数", "Days overdue", "d"),
    Column("relapses", "int", "复发次数", "Times recurred"), Column("case_number", "text", "问题编号", "Case number"),
    Column("due_on", "date", "整改时限", "Due"), Column("unit_name", "text", "责任单位", "Responsible unit"),
    Column("handler", "text", "承办人", "Handler"), *_POST)
CASES = _unique(_NUMBER, *(column for column in records.CASE.columns if column.name not in ("lon", "lat")), *_PLACED)
