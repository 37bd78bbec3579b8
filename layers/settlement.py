"""A settlement: people who live near the water or below a dam."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, district, name, remark, township

KINDS = (
    Code("town", "城镇", "Town"),
    Code("village", "村庄", "Village"),
    Code("school", "学校", "School"),
    Code("facility", "重要设施", "Important facility"),
)

LAYER = Layer(
    name="settlement",
    zh="居民点",
    en="Settlements",
    geometry="Point",
    columns=(
        code("居民点编码", "Settlement code", example="QS-JM-001",
             aliases=("村庄代码", "统计用区划代码", "居民点编号", "村代码", "村庄编码", "村编码")),
        name("居民点名称", "Settlement name", example="上柳村",
             aliases=("村名", "村庄名称", "行政村", "居民点", "村庄", "村(社区)", "社区名称", "村(社区)名称")),
        Column("kind", "code", "类别", "Kind", codes=KINDS, aliases=("居民点类别",), example="village"),
        Column("population", "int", "人口", "Population", aliases=("人口数", "常住人口", "居民人数"), example="640"),
        Column("households", "int", "户数", "Households", aliases=("居民户数",), example="180"),
        township(),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#8A979F", fill="#E9EDEF", width_px=1.0, shape="square"),
    note_zh="河边或坝下的居民点，用于判断影响对象。",
    note_en="People near the water or below a dam; used to judge who is affected.",
)
