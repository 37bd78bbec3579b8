"""A lake or pond: an object of responsibility without chainage."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import WATER_CLASSES, code, district, highest_level, measure, name, remark

KINDS = (Code("lake", "湖泊", "Lake"), Code("pond", "坑塘", "Pond"), Code("lagoon", "人工湖", "Made lake"))

LAYER = Layer(
    name="lake",
    zh="湖泊",
    en="Lakes",
    geometry="Polygon",
    columns=(
        code("湖泊编码", "Lake code", example="QS-HP-01", aliases=("湖泊代码", "lake_id", "湖泊编号", "水体编码", "水体编号")),
        name("湖泊名称", "Lake name", example="镜湖", aliases=("湖名", "水体名称", "湖泊名", "湖泊")),
        Column("kind", "code", "类别", "Kind", codes=KINDS, aliases=("湖泊类别", "湖泊类型"), example="lake"),
        highest_level(),
        measure("area_km2", "水面面积", "Water area", aliases=("湖泊面积", "面积", "水域面积", "湖面面积"), example="1.8"),
        Column(
            "target_class",
            "code",
            "水质目标",
            "Target class",
            codes=WATER_CLASSES,
            aliases=("目标水质", "水质目标类别"),
            example="III",
        ),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#9DB8C7", fill="#DCE9EF", width_px=1.0, shape="area"),
    note_zh="无里程的责任对象；岸线可另设为环状河段。",
    note_en="An object of responsibility without chainage; its shoreline may be a ring reach.",
)
