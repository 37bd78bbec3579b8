"""A river as people name it; its line is the sum of its reaches."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, district, highest_level, measure, name, remark

KINDS = (Code("river", "河流", "River"), Code("canal", "渠道", "Canal"), Code("tributary", "支流", "Tributary"))
BASINS = tuple(
    Code(value, zh, en, "SL 249-2012 一级流域字母 [ML]")
    for value, zh, en in (
        ("A", "黑龙江流域", "Heilongjiang"),
        ("B", "辽河流域", "Liao"),
        ("C", "海河流域", "Hai"),
        ("D", "黄河流域", "Yellow River"),
        ("E", "淮河流域", "Huai"),
        ("F", "长江流域", "Yangtze"),
        ("G", "浙闽台诸河流域", "Zhejiang-Fujian-Taiwan"),
        ("H", "珠江流域", "Pearl"),
    )
)

LAYER = Layer(
    name="river",
    zh="河流",
    en="Rivers",
    geometry="LineString",
    columns=(
        code("河流编码", "River code", example="QS-QH",
             aliases=("河流代码", "水系编码", "river_id", "河流编号", "河流ID", "河道编码", "河道编号", "水体编码",
                      "水体编号", "river_code")),
        name("河流名称", "River name", example="清河",
             aliases=("河名", "水体名称", "河道名称", "河流名", "河流", "河湖名称", "river_name")),
        Column("kind", "code", "类别", "Kind", codes=KINDS, aliases=("河流类别", "河流类型"), example="river"),
        highest_level(),
        Column("basin", "code", "所属流域", "Basin", codes=BASINS,
               aliases=("流域", "流域名称", "水系", "所属水系", "所在水系", "所在流域"), example="D"),
        measure("length_km", "河长", "Length", aliases=("河流长度", "长度", "河流全长", "全长", "河道长度"), example="86.5"),
        measure("catchment_km2", "流域面积", "Catchment area", aliases=("集水面积", "汇水面积"), example="1240"),
        Column("flows_into", "text", "汇入河流", "Flows into", refers_to="river",
               aliases=("上一级河流", "上级河流", "汇入", "汇入水体", "所汇入河流", "干流"), example="QS-YH"),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#9DB8C7", width_px=3.0, shape="line"),
    note_zh="按名称管理的一条河，由若干河段组成。",
    note_en="A river as people name it, made up of reaches.",
)
