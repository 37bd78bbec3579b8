"""A district (县、市、区) or an administrative zone, with the dates on which it exists."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, name, remark

KINDS = (Code("county", "县(市、区)", "County"), Code("zone", "管理区(开发区)", "Zone", "无国标行政区划代码"))

LAYER = Layer(
    name="district",
    zh="县(市、区)",
    en="Districts",
    geometry="Polygon",
    columns=(
        code(
            "区划代码",
            "District code",
            example="990101",
            aliases=("行政区划代码", "县级代码", "adcode", "gb", "区划编码", "行政区代码", "县区代码", "区县代码",
                     "行政区编码", "行政区划编码", "县区编码", "区县编码", "区划编号", "行政代码", "国标码",
                     "district_adcode", "district_code"),
        ),
        name("名称", "Name", example="东城区",
             aliases=("县区名称", "区县", "县(市、区)", "行政区名称", "县区名", "区县名称", "区县名", "行政区", "县区",
                      "县市区", "县市区名称", "行政区划名称", "所在县区", "district_name")),
        Column("kind", "code", "类别", "Kind", codes=KINDS, aliases=("区划类别", "行政区类型", "区划类型"), example="county"),
        Column("short_name", "text", "简称", "Short name", aliases=("区县简称", "县区简称"), example="东城"),
        Column("built_up", "bool", "是否城市建成区", "Built-up area", aliases=("建成区",), example="是"),
        Column("valid_from", "date", "设立日期", "Valid from", aliases=("启用日期",), example="2021-03-18"),
        Column("valid_to", "date", "撤销日期", "Valid to", aliases=("停用日期",), example=""),
        Column("successor", "text", "由谁承继", "Successor", refers_to="district", aliases=("承继区划代码",), example=""),
        remark(),
    ),
    symbol=Symbol(colour="#C9D2D7", fill="none", width_px=1.2, shape="area"),
    note_zh="有起止日期；撤并后由承继区接管，旧代码仍可查。",
    note_en="Dated: after a merger the successor takes over and old codes still answer.",
)
