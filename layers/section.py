"""A monitoring or assessment section (断面)."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import WATER_CLASSES, code, district, name, on_reach, remark

LEVELS = (Code("national", "国控", "National"), Code("provincial", "省控", "Provincial"), Code("city", "市控", "City"))

LAYER = Layer(
    name="section",
    zh="监测断面",
    en="Sections",
    geometry="Point",
    columns=(
        code("断面编码", "Section code", example="QS-DM-01",
             aliases=("断面编号", "断面代码", "站点编码", "测站编码", "站点编号", "站点代码", "测站编号", "测站代码",
                      "站码", "断面号", "点位编码", "点位编号", "section_code", "station_code")),
        name("断面名称", "Section name", example="石桥断面",
             aliases=("站点名称", "断面", "测站名称", "站名", "断面名", "点位名称", "监测断面", "监测点位",
                      "监测断面名称", "section_name", "station_name")),
        Column("level", "code", "断面级别", "Level", codes=LEVELS,
               aliases=("控制级别", "断面属性", "级别", "断面类型", "考核级别"), example="city"),
        Column("assessed", "bool", "是否考核", "Assessed", aliases=("考核断面", "是否考核断面"), example="是"),
        Column(
            "target_class",
            "code",
            "水质目标",
            "Target class",
            codes=WATER_CLASSES,
            aliases=("目标水质", "考核目标", "水质类别目标", "水质目标类别", "考核目标类别"),
            example="III",
        ),
        on_reach(),
        Column(
            "river_code",
            "text",
            "所在河流",
            "River",
            refers_to="river",
            aliases=("河流名称", "所在水体", "所在河流名称", "所在河流编码", "河流编码", "河流编号", "河流", "所属河流",
                     "水体名称", "river"),
            example="QS-QH",
        ),
        Column("automatic", "bool", "是否自动站", "Automatic station", aliases=("水质自动站", "自动站"), example="否"),
        Column("valid_from", "date", "启用日期", "In use from", aliases=("设立日期",), example="2021-01-01"),
        Column("valid_to", "date", "停用日期", "In use to", aliases=("撤销日期",), example=""),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#1B2A33", fill="#FFFFFF", width_px=1.5, shape="flag"),
    note_zh="列入国、省、市考核的称考核断面，其余称监测断面。",
    note_en="An assessment section where it counts for the nation, province or city; otherwise a monitoring section.",
)
