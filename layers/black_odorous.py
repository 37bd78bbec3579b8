"""A black-odorous channel (黑臭水体)."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, district, measure, name, on_reach, owner, remark

GRADES = (
    Code("mild", "轻度黑臭", "Mild", "城市黑臭水体整治工作指南(2015) [2S]"),
    Code("severe", "重度黑臭", "Severe", "城市黑臭水体整治工作指南(2015) [2S]"),
    Code("none", "不黑不臭", "None", "各指标均未达轻度限值"),
)
STATES = (
    Code("listed", "已列入清单", "Listed"),
    Code("in_work", "整治中", "In work"),
    Code("eliminated", "已消除(初见成效)", "Eliminated", "初见成效 [M]"),
    Code("lasting", "长制久清", "Lasting", "长制久清 [M]"),
    Code("relapsed", "返黑返臭", "Relapsed"),
)

LAYER = Layer(
    name="black_odorous",
    zh="黑臭水体",
    en="Black-odorous channels",
    geometry="LineString",
    columns=(
        code("黑臭水体编码", "Code", example="QS-HC-01", aliases=("黑臭水体编号", "水体编号", "黑臭水体代码", "水体编码")),
        name("水体名称", "Name", example="示例沟", aliases=("黑臭水体名称", "黑臭河段", "水体名", "黑臭水体")),
        Column("grade", "code", "黑臭级别", "Grade", codes=GRADES, aliases=("黑臭等级", "黑臭程度", "级别"), example="mild"),
        Column(
            "state",
            "code",
            "整治状态",
            "State",
            codes=STATES,
            aliases=("治理状态", "整治进展", "治理情况"),
            example="in_work",
        ),
        Column("built_up", "bool", "是否在建成区", "In built-up area", aliases=("建成区", "是否建成区"), example="是"),
        measure("transparency_cm", "透明度", "Transparency", aliases=("SD", "透明度SD"), example="18"),
        measure("do_mg_l", "溶解氧", "Dissolved oxygen", aliases=("DO",), example="1.2"),
        measure("orp_mv", "氧化还原电位", "Redox potential", aliases=("ORP",), example="-60"),
        measure("nh3n_mg_l", "氨氮", "Ammonia nitrogen", aliases=("NH3-N", "氨氮NH3-N"), example="9.4"),
        measure("length_m", "长度", "Length", aliases=("水体长度", "黑臭长度"), example="1300"),
        measure("area_m2", "水域面积", "Area", aliases=("面积", "水体面积", "水面面积"), example="10400"),
        Column("listed_on", "date", "列入日期", "Listed on", aliases=("认定日期", "列入时间"), example="2024-05-20"),
        Column("target_on", "date", "计划消除日期", "Target date", aliases=("达标期限", "完成期限"), example="2026-12-31"),
        Column("eliminated_on", "date", "消除日期", "Eliminated on", aliases=("销号日期", "消除时间"), example=""),
        on_reach(),
        owner("责任单位", "Responsible unit", aliases=("牵头单位",)),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#4B3B2A", width_px=4.0, dash="2 5", shape="line"),
    note_zh="按透明度、溶解氧、氧化还原电位、氨氮判级的黑臭河段。",
    note_en="A stretch graded by transparency, dissolved oxygen, redox potential and ammonia.",
)
