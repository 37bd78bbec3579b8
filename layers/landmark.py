"""A landmark by which people say where something is: 柳湾桥下游320 m."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, district, name, on_reach, remark

KINDS = (
    Code("bridge", "桥", "Bridge"),
    Code("sluice", "闸坝", "Sluice"),
    Code("board", "河长公示牌", "Chief's board"),
    Code("confluence", "汇口", "Confluence"),
    Code("other", "其他", "Other"),
)

LAYER = Layer(
    name="landmark",
    zh="地标",
    en="Landmarks",
    geometry="Point",
    columns=(
        code("地标编码", "Landmark code", example="QS-DB-001", aliases=("地标编号", "地标代码", "桥梁编号", "公示牌编号")),
        name("地标名称", "Landmark name", example="柳湾桥", aliases=("桥名", "闸坝名称", "地标", "桥梁名称", "公示牌名称")),
        Column("kind", "code", "类别", "Kind", codes=KINDS, aliases=("地标类别", "类型"), example="bridge"),
        on_reach(),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#5A6B75", fill="#FFFFFF", width_px=1.5, shape="tick"),
    note_zh="说位置用的参照物：桥、闸坝、公示牌、汇口。",
    note_en="What people name to say where something is: bridges, sluices, boards, confluences.",
)
