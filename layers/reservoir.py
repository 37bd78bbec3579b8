"""A reservoir: an object of responsibility without chainage."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import WATER_CLASSES, code, district, highest_level, measure, name, on_reach, owner, remark

SCALES = tuple(
    Code(value, zh, en, "SL 252-2017 [M]")
    for value, zh, en in (
        ("large_1", "大(1)型", "Large (1)"),
        ("large_2", "大(2)型", "Large (2)"),
        ("medium", "中型", "Medium"),
        ("small_1", "小(1)型", "Small (1)"),
        ("small_2", "小(2)型", "Small (2)"),
    )
)

LAYER = Layer(
    name="reservoir",
    zh="水库",
    en="Reservoirs",
    geometry="Polygon",
    columns=(
        code("水库编码", "Reservoir code", example="QS-SK-01", aliases=("水库代码", "水库编号", "水库ID")),
        name("水库名称", "Reservoir name", example="示例水库", aliases=("库名", "水库名", "水库")),
        Column(
            "scale",
            "code",
            "规模",
            "Scale",
            codes=SCALES,
            aliases=("工程规模", "水库规模", "水库类型"),
            example="small_1",
        ),
        measure("storage_10k_m3", "总库容", "Storage", aliases=("库容", "水库库容", "设计库容"), example="480"),
        highest_level(),
        Column(
            "drinking_water",
            "bool",
            "是否饮用水源",
            "Drinking water source",
            aliases=("饮用水源地", "水源地"),
            example="否",
        ),
        Column("target_class", "code", "水质目标", "Target class", codes=WATER_CLASSES, aliases=("目标水质",), example="II"),
        on_reach(),
        owner(),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#9DB8C7", fill="#DCE9EF", width_px=1.0, shape="area"),
    note_zh="无里程的责任对象；岸线可另设为环状河段。",
    note_en="An object of responsibility without chainage; its shoreline may be a ring reach.",
)
