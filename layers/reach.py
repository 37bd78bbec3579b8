"""A reach: the stretch of a river or canal on which chainage, banks and responsibility are counted."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import FLOWS, code, district, highest_level, measure, name, remark

KINDS = (
    Code("river", "河道", "River"),
    Code("canal", "渠道", "Canal"),
    Code("ditch", "沟渠", "Ditch"),
    Code("ring", "环岸线", "Shoreline ring", "湖库岸线闭合成环"),
    Code("culvert", "暗渠(涵)", "Culvert"),
)
DIRECTIONS = (
    Code("confirmed", "流向已确认", "Confirmed", "由下游河段、相邻河段一致或人工确认"),
    Code("unconfirmed", "流向待核", "Unconfirmed", "岸别待核，不作岸别判定"),
)
BANK_NAMES = (
    Code("left_right", "左岸/右岸", "Left / right", "面向下游"),
    Code("east_west", "东岸/西岸", "East / west"),
    Code("south_north", "南岸/北岸", "South / north"),
)

LAYER = Layer(
    name="reach",
    zh="河段",
    en="Reaches",
    geometry="LineString",
    columns=(
        code(
            "河段编码",
            "Reach code",
            example="QS-QH-003",
            aliases=("reach_id", "河段代码", "河段编号", "HYRIV_ID", "COMID", "segment_id", "河段号", "河段ID",
                     "河段标识码", "reach_code", "LINKNO"),
        ),
        name("河段名称", "Reach name", example="清河·柳湾段",
             aliases=("河段", "河道段名称", "河段名", "reach_name"), required=False),
        Column(
            "river_code",
            "text",
            "所属河流",
            "River",
            refers_to="river",
            aliases=("河流编码", "河流代码", "所在河流", "河流编号", "河流ID", "所属河流编码", "所属河流编号",
                     "所属河流代码", "所在河流编码", "所在河流编号", "河流名称", "河名", "所在河道", "river_id", "river"),
            example="QS-QH",
        ),
        Column(
            "to_reach",
            "text",
            "下游河段",
            "Downstream reach",
            refers_to="reach",
            aliases=("下游河段编码", "NEXT_DOWN", "to_id", "汇入河段", "下游河段编号", "下游河段代码", "下一河段",
                     "下一河段编码", "流入河段", "下游编码", "down_reach", "next_reach"),
            example="QS-QH-004",
        ),
        Column("kind", "code", "类别", "Kind", codes=KINDS,
               aliases=("河段类别", "河段类型", "河道类型"), example="river"),
        measure("width_m", "河宽", "Width",
                aliases=("河宽", "宽度", "平均河宽", "河道宽度", "平均宽度", "河道平均宽度", "河面宽", "水面宽", "水面宽度",
                         "宽"), example="35"),
        Column("flow", "code", "水流", "Flow", codes=FLOWS, aliases=("流态", "水流方向性", "水流方向"), example="fixed"),
        Column("direction", "code", "流向状态", "Direction", codes=DIRECTIONS, example="confirmed"),
        highest_level(),
        Column("bank_names", "code", "岸别称呼", "Bank names", codes=BANK_NAMES, example="left_right"),
        Column(
            "is_dry_from",
            "text",
            "断流/冰封起(月-日)",
            "Dry or frozen from (MM-DD)",
            aliases=("断流起",),
            example="12-01",
        ),
        Column("is_dry_to", "text", "断流/冰封止(月-日)", "Dry or frozen to (MM-DD)", aliases=("断流止",), example="02-15"),
        Column("start_name", "text", "起点", "Starts at",
               aliases=("起点名称", "起始断面", "上游起点", "起始位置", "起点位置", "起点地名", "起点断面", "河段起点",
                        "河段起点名称", "起始地点"), example="柳湾桥"),
        Column("end_name", "text", "终点", "Ends at",
               aliases=("终点名称", "终止断面", "下游终点", "止点", "终止位置", "终点位置", "终点地名", "终点断面",
                        "河段终点", "河段终点名称", "终止地点"), example="石桥"),
        measure("length_m", "公布长度", "Published length",
                aliases=("河段长度", "长度", "河段长", "全长", "河道长度"), example="4200"),
        district(),
        remark(),
    ),
    symbol=Symbol(colour="#9DB8C7", width_px=3.0, shape="line"),
    note_zh="里程、岸别和责任按河段计；里程自上游端沿流向起算。",
    note_en="Chainage, banks and responsibility are counted along it, from its upstream end.",
)
