"""A wetland (湿地)."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, district, highest_level, measure, name, owner, remark

_GBT = "GB/T 24708-2009 [2S]"
KINDS = (
    Code("coastal", "近海与海岸湿地", "Coastal", _GBT),
    Code("riverine", "河流湿地", "Riverine", _GBT),
    Code("lacustrine", "湖泊湿地", "Lacustrine", _GBT),
    Code("marsh", "沼泽湿地", "Marsh", _GBT),
    Code("artificial", "人工湿地", "Artificial", _GBT),
)
RIVER_KINDS = (
    Code("permanent", "永久性河流", "Permanent river", "第二次全国湿地资源调查 [2S]"),
    Code("seasonal", "季节性或间歇性河流", "Seasonal river", "第二次全国湿地资源调查 [2S]"),
    Code("floodplain", "洪泛平原湿地", "Floodplain", "第二次全国湿地资源调查 [2S]"),
)
IMPORTANCE = (
    Code("national", "国家重要湿地", "National", "湿地保护法 [2S]"),
    Code("provincial", "省级重要湿地", "Provincial", "湿地保护法 [2S]"),
    Code("general", "一般湿地", "General", "湿地保护法 [2S]"),
)
PROJECTS = (Code("upgrade", "提升改造", "Upgrade"), Code("new", "新建", "New"))

LAYER = Layer(
    name="wetland",
    zh="湿地",
    en="Wetlands",
    geometry="Polygon",
    columns=(
        code("湿地编码", "Wetland code", example="QS-SD-01", aliases=("湿地编号", "湿地斑块编号", "湿地代码")),
        name("湿地名称", "Wetland name", example="示例滩湿地", aliases=("湿地公园名称", "湿地名", "湿地")),
        Column("kind", "code", "湿地类型", "Kind", codes=KINDS, aliases=("湿地类", "一级分类"), example="riverine"),
        Column(
            "river_kind",
            "code",
            "河流湿地型",
            "River wetland kind",
            codes=RIVER_KINDS,
            aliases=("湿地型",),
            example="floodplain",
        ),
        Column(
            "importance",
            "code",
            "重要程度",
            "Importance",
            codes=IMPORTANCE,
            aliases=("保护级别", "湿地级别"),
            example="general",
        ),
        Column(
            "project",
            "code",
            "工程类别",
            "Project",
            codes=PROJECTS,
            aliases=("建设性质", "项目类型"),
            example="upgrade",
        ),
        measure("area_ha", "面积", "Area", aliases=("湿地面积", "面积(公顷)"), example="36.5"),
        highest_level(),
        owner(),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#7FA38E", fill="#E1EDE4", width_px=1.0, shape="area"),
    note_zh="自然或人工、永久或季节性的湿地；不含水稻田和养殖水面。",
    note_en="Natural or artificial, permanent or seasonal; paddies and fish ponds are not wetlands.",
)
