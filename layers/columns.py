"""Columns, code lists and units that several layers share, written once."""

from layers.base import Code, Column

UNITS: dict[str, str] = {
    "_10k_m3": "10⁴ m³",
    "_10k_t": "10⁴ t",
    "_m3_d": "m³/d",
    "_m3_s": "m³/s",
    "_t_d": "t/d",
    "_mg_l": "mg/L",
    "_km2": "km²",
    "_m2": "m²",
    "_ha": "ha",
    "_km": "km",
    "_cm": "cm",
    "_mm": "mm",
    "_mv": "mV",
    "_m": "m",
    "_deg": "°",
}
"""Ending of a column name -> unit shown after its heading; longest first, `unit_of` takes the first that fits."""

LEVELS: tuple[Code, ...] = (
    Code("province", "省级", "Province"),
    Code("city", "市级", "City"),
    Code("county", "县级", "County"),
    Code("township", "乡级", "Township"),
    Code("village", "村级", "Village"),
)
"""The five levels of river chiefs, highest first."""

FLOWS: tuple[Code, ...] = (
    Code("fixed", "单向", "One direction"),
    Code("reversible", "往复", "Reversible"),
    Code("none", "不流动", "No flow"),
)

WATER_CLASSES: tuple[Code, ...] = tuple(
    Code(value, f"{zh}类", f"Class {value}", "GB 3838-2002 §3")
    for value, zh in (("I", "Ⅰ"), ("II", "Ⅱ"), ("III", "Ⅲ"), ("IV", "Ⅳ"), ("V", "Ⅴ"))
)


def unit_of(name: str) -> str:
    """Return the unit that the ending of a column name promises.

    Parameters
    ----------
    name : str
        Column name, for example ``width_m``.

    Returns
    -------
    str
        ``m`` for ``width_m``; empty where the name promises none.
    """
    for ending, unit in UNITS.items():
        if name.endswith(ending):
            return unit
    return ""


def measure(name: str, zh: str, en: str, *, aliases: tuple[str, ...] = (), example: str = "", required: bool = False) -> Column:
    """Return a float column whose unit follows from its name.

    Raises
    ------
    ValueError
        Where the name ends in no known unit.
    """
    unit = unit_of(name)
    if not unit:
        raise ValueError(f"{name} ends in no unit of layers.columns.UNITS")
    return Column(name, "float", zh, en, unit, required, aliases=aliases, example=example)


def code(zh: str, en: str, *, example: str, aliases: tuple[str, ...] = ()) -> Column:
    """Return the identity column ``code``: opaque text, never a number, always required."""
    return Column("code", "text", zh, en, required=True, aliases=("编码", "编号", "代码", *aliases), example=example)


def name(zh: str, en: str, *, example: str, aliases: tuple[str, ...] = (), required: bool = True) -> Column:
    """Return the column ``name``."""
    return Column("name", "text", zh, en, required=required, aliases=("名称", "name_zh", *aliases), example=example)


def highest_level() -> Column:
    """Return the column that says from which level down a water has chiefs."""
    return Column(
        "highest_level",
        "code",
        "最高河长层级",
        "Highest chief level",
        codes=LEVELS,
        aliases=("最高层级", "最高河湖长层级", "河长级别", "最高河长级别", "最高级别"),
        example="county",
    )


def district() -> Column:
    """Return the column that names the district a thing lies in."""
    return Column(
        "district_code",
        "text",
        "所在县(市、区)",
        "District",
        refers_to="district",
        aliases=("所在县区", "县区", "区县", "所属区县", "行政区划代码", "县(区)", "所在县(市、区)代码", "行政区划编码",
                 "行政区代码", "区划代码", "县区代码", "区县代码", "县区编码", "区县编码", "县级代码", "所在区县",
                 "所属县区", "所属县(市、区)", "县市区", "所在县市区", "县(市、区)", "县级行政区", "行政区",
                 "所在行政区", "所属行政区", "县区名称", "区县名称", "区(县)", "县(市、区)代码", "adcode", "district"),
        example="990101",
    )


def township() -> Column:
    """Return the column that names the township in words."""
    return Column(
        "township",
        "text",
        "所在乡镇(街道)",
        "Township",
        aliases=("乡镇", "所在乡镇", "街道", "乡镇街道", "所属乡镇", "所在街道", "乡(镇)", "乡镇(街道)", "所在乡镇名称",
                 "乡镇名称", "所在乡(镇、街道)"),
        example="柳湾镇",
    )


def on_reach(zh: str = "所在河段", en: str = "Reach") -> Column:
    """Return the column that ties a thing to a reach; empty where it is found by place."""
    return Column(
        "reach_code",
        "text",
        zh,
        en,
        refers_to="reach",
        aliases=("河段编码", "所在河段编码", "所属河段", "河段编号", "河段代码", "所在河段编号", "所在河段名称",
                 "所属河段编码", "所属河段编号", "河段名称", "reach_id", "reach"),
        example="QS-QH-003",
    )


def owner(zh: str = "管理单位", en: str = "Managed by", *, aliases: tuple[str, ...] = ()) -> Column:
    """Return the column that names who runs a thing."""
    return Column("owner", "text", zh, en, aliases=("管护单位", "权属单位", *aliases), example="示例管理所")


def remark() -> Column:
    """Return the column for anything the others have no room for."""
    return Column("remark", "text", "备注", "Remark", aliases=("说明", "备注说明", "备注信息", "其他说明"), example="模拟数据")


DATUMS: tuple[Code, ...] = (
    Code("wgs84", "手机GPS(WGS-84)", "Phone GPS (WGS 84)"),
    Code("cgcs2000", "测绘(CGCS2000)", "Survey (CGCS2000)"),
    Code("gcj02", "高德/腾讯(GCJ-02)", "Amap or Tencent (GCJ-02)"),
    Code("bd09", "百度(BD-09)", "Baidu (BD-09)"),
)
"""Where a pair of coordinates came from (坐标来源)."""

PLACE: tuple[Column, ...] = (
    Column(
        "lon",
        "float",
        "经度",
        "Longitude",
        "°",
        aliases=("东经", "X坐标", "longitude", "lng", "x", "经度(°)", "经度(度)", "排口经度", "排污口经度", "入河口经度",
                 "断面经度", "站点经度", "中心经度", "起点经度", "所在经度", "经度坐标", "坐标经度", "坐标X", "东经E",
                 "COORLON"),
    ),
    Column("lat", "float", "纬度", "Latitude", "°",
           aliases=("北纬", "Y坐标", "latitude", "y", "纬度(°)", "纬度(度)", "排口纬度", "排污口纬度", "入河口纬度",
                    "断面纬度", "站点纬度", "中心纬度", "起点纬度", "所在纬度", "纬度坐标", "坐标纬度", "坐标Y", "北纬N",
                    "COORLAT")),
    Column("datum", "code", "坐标来源", "Datum", codes=DATUMS,
           aliases=("坐标系", "坐标系统", "坐标类型", "坐标基准", "坐标参考"), example="wgs84"),
)
"""The columns by which a table without geometry says where a point lies; no layer lists them itself."""
