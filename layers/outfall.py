"""A discharge outfall into the river (入河排污口): what is known of it, one outfall one file."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, district, measure, name, on_reach, remark, township

_HJ = "HJ 1312-2023"
CLASS1 = (
    Code("industrial", "工业排污口", "Industrial", f"{_HJ} 一级 [2S]；国办函〔2022〕17号"),
    Code("town_plant", "城镇污水处理厂排污口", "Town sewage works", f"{_HJ} 一级 [2S]；国办函〔2022〕17号"),
    Code("agricultural", "农业排口", "Agricultural", f"{_HJ} 一级 [2S]；国办函〔2022〕17号"),
    Code("other", "其他排口", "Other", f"{_HJ} 一级 [2S]；国办函〔2022〕17号"),
)
CLASS2 = (
    Code("enterprise", "工矿企业排污口", "Factory or mine", f"{_HJ} 序号1–3 [1S]"),
    Code("enterprise_storm", "工矿企业雨洪排口", "Factory or mine storm outlet", f"{_HJ} 序号4–6 [1S]"),
    Code("park_plant", "园区污水处理厂排污口", "Industrial park works", f"{_HJ} 序号7 [1S]"),
    Code("park_storm", "园区污水处理厂雨洪排口", "Industrial park works storm outlet", f"{_HJ} 序号8 [1S]"),
    Code("town_plant", "城镇污水处理厂排污口", "Town sewage works", f"{_HJ} 序号9 [1S]"),
    Code("livestock_large", "规模化畜禽养殖排污口", "Large livestock farm", f"{_HJ} 序号10 [1S]"),
    Code("aquaculture_large", "规模化水产养殖排污口", "Large fish farm", f"{_HJ} 序号11 [1S]"),
    Code("irrigation", "大中型灌区排口", "Irrigation district", f"{_HJ} 序号12 [1S]"),
    Code("port", "港口码头排口", "Port or wharf", f"{_HJ} 序号13 [1S]"),
    Code("livestock_small", "规模以下畜禽养殖排污口", "Small livestock farm", f"{_HJ} 序号14 [1S]"),
    Code("aquaculture_small", "规模以下水产养殖排污口", "Small fish farm", f"{_HJ} 序号15–19之一，次序待核实 [M]"),
    Code("town_sewage", "城镇生活污水散排口", "Scattered town sewage", f"{_HJ} 序号15–19之一，次序待核实 [M]"),
    Code("rural_plant", "农村污水处理设施排污口", "Rural sewage plant", f"{_HJ} 序号15–19之一，次序待核实 [M]"),
    Code("rural_sewage", "农村生活污水散排口", "Scattered rural sewage", f"{_HJ} 序号15–19之一，次序待核实 [M]"),
    Code("unclassed", "其他排污口", "Other outlet", f"{_HJ} 序号15–19之一，次序待核实 [M]"),
)
CLASS3 = (
    Code("factory", "工业企业排污口", "Factory", f"{_HJ} 序号1 [1S]"),
    Code("mine", "矿山排污口", "Mine", f"{_HJ} 序号2 [1S]"),
    Code("tailings", "尾矿库排污口", "Tailings dam", f"{_HJ} 序号3 [1S]"),
    Code("factory_storm", "工业企业雨洪排口", "Factory storm outlet", f"{_HJ} 序号4 [1S]"),
    Code("mine_storm", "矿山雨洪排口", "Mine storm outlet", f"{_HJ} 序号5 [1S]"),
    Code("tailings_storm", "尾矿库雨洪排口", "Tailings dam storm outlet", f"{_HJ} 序号6 [1S]"),
)
PARENT: dict[str, str] = {
    **dict.fromkeys(("enterprise", "enterprise_storm", "park_plant", "park_storm"), "industrial"),
    "town_plant": "town_plant",
    **dict.fromkeys(("livestock_large", "aquaculture_large"), "agricultural"),
    **dict.fromkeys(("irrigation", "port", "livestock_small", "aquaculture_small", "town_sewage", "rural_plant"), "other"),
    **dict.fromkeys(("rural_sewage", "unclassed"), "other"),
    **dict.fromkeys(("factory", "mine", "tailings"), "enterprise"),
    **dict.fromkeys(("factory_storm", "mine_storm", "tailings_storm"), "enterprise_storm"),
}
"""Class 2 code -> its class 1; class 3 code -> its class 2."""

RAIN_CLASSES = frozenset({"enterprise_storm", "park_storm"})
"""Class 2 codes that are rain outlets (雨洪排口)."""

STAGES = (
    Code("suspected", "疑似", "Suspected", "确认之前一律为疑似排口"),
    Code("surveyed", "已排查", "Surveyed", "查 [2S]"),
    Code("monitored", "已监测", "Monitored", "测 [2S]"),
    Code("traced", "已溯源", "Traced", "溯 [2S]"),
    Code("rectified", "已整治", "Rectified", "治 [2S]"),
    Code("closed", "已销号", "Closed", "整治复核通过"),
)
STATUSES = (
    Code("discharging", "排水", "Discharging"),
    Code("dry", "未排水", "Dry"),
    Code("sealed", "已封堵", "Sealed"),
    Code("unknown", "不明", "Unknown"),
)
REMEDIES = (
    Code("ban", "依法取缔", "Ban", "国办函〔2022〕17号 [2S]"),
    Code("merge", "清理合并", "Merge", "国办函〔2022〕17号 [2S]"),
    Code("standardise", "规范整治", "Standardise", "国办函〔2022〕17号 [2S]"),
)
DISCHARGE_MODES = (Code("continuous", "连续", "Continuous", "[M]"), Code("intermittent", "间歇", "Intermittent", "[M]"))
ENTRY_MODES = (
    Code("pipe", "管道", "Pipe", "[M]"),
    Code("open_channel", "明渠", "Open channel", "[M]"),
    Code("sluice", "涵闸", "Culvert gate", "[M]"),
    Code("pump", "泵站", "Pump station", "[M]"),
    Code("other", "其他", "Other", "[M]"),
)

_PLACE_AND_WATER = (
    Column(
        "receiving_water",
        "text",
        "受纳水体",
        "Receiving water",
        aliases=("受纳水体名称", "排入水体", "所在河流", "排入河流", "入河河流", "受纳河流", "受纳河湖",
                 "受纳水体(河流)", "排入河湖", "排入水体名称", "所在水体", "所在河湖", "河流名称", "河湖名称", "dwbNm"),
        example="清河",
    ),
    on_reach(),
    Column(
        "function_zone",
        "text",
        "水功能区",
        "Function zone",
        aliases=("水功能区名称", "所在水功能区"),
        example="清河柳湾农业用水区",
    ),
    district(),
    township(),
    Column("village", "text", "所在村(社区)", "Village",
           aliases=("村", "村庄", "行政村", "所在村", "村(社区)", "所在行政村", "社区"), example="上柳村"),
    Column(
        "address",
        "text",
        "地址",
        "Address",
        aliases=("详细地址", "位置", "地理位置", "排污口位置", "所在位置", "详细位置", "具体位置", "排口位置",
                 "具体地址", "地点", "addr"),
        example="柳湾桥下游约200米",
    ),
)
_WORK = (
    Column("stage", "code", "查测溯治阶段", "Stage", codes=STAGES, aliases=("阶段", "工作阶段", "进展"), example="surveyed"),
    Column("confirmed", "bool", "是否确认", "Confirmed", aliases=("确认", "是否确认为排污口"), example="是"),
    Column("surveyed_on", "date", "排查日期", "Surveyed on",
           aliases=("排查时间", "首次发现时间", "发现时间", "发现日期", "调查日期"), example="2026-03-12"),
    Column("monitored_on", "date", "监测日期", "Monitored on", aliases=("监测时间",), example="2026-04-02"),
    Column("traced_on", "date", "溯源日期", "Traced on", aliases=("溯源时间", "溯源完成时间"), example="2026-04-20"),
    Column("rectified_on", "date", "整治完成日期", "Rectified on", aliases=("整治时间", "整治完成时间"), example=""),
    Column(
        "status",
        "code",
        "排水状态",
        "Discharge",
        codes=STATUSES,
        aliases=("是否排水", "排放状态", "排放情况", "排水情况", "现状排水情况"),
        example="discharging",
    ),
    Column("problem", "text", "存在问题", "Problem", aliases=("主要问题", "问题描述", "问题"), example="标志牌缺失"),
    Column("trace_result", "text", "溯源结果", "Trace result", aliases=("溯源情况", "污水来源"), example="示例企业雨水管"),
    Column(
        "remedy",
        "code",
        "整治类型",
        "Remedy",
        codes=REMEDIES,
        aliases=("整治措施类型", "整治分类", "整治方式"),
        example="standardise",
    ),
    Column("measure", "text", "整治措施", "Measure", aliases=("整改措施", "整治要求"), example="补设标志牌"),
    Column(
        "deadline_on",
        "date",
        "整治时限",
        "Deadline",
        aliases=("整改时限", "完成时限", "计划完成时间", "整治期限", "整改期限", "整治完成时限"),
        example="2026-09-30",
    ),
    Column("deferral_until", "date", "延期整改至", "Deferred until", aliases=("延期至", "延期期限"), example=""),
    Column("deferral_authority", "text", "延期批准单位", "Deferral approved by", aliases=("批准延期单位",), example=""),
)
_TECHNICAL = (
    Column(
        "discharge_mode",
        "code",
        "排放方式",
        "Discharge mode",
        codes=DISCHARGE_MODES,
        aliases=("排放规律", "emisTp"),
        example="continuous",
    ),
    Column(
        "entry_mode",
        "code",
        "入河方式",
        "Entry mode",
        codes=ENTRY_MODES,
        aliases=("入河方式类型", "排口形式", "入河排放方式", "inRvTp"),
        example="pipe",
    ),
    measure("diameter_mm", "管径", "Diameter",
            aliases=("口径", "排口尺寸", "管径大小", "管口直径", "排口管径", "直径"), example="600"),
    measure("flow_m3_d", "排水量", "Flow",
            aliases=("流量", "日排水量", "污水排放量", "入河排污量", "污水量", "日排放量", "排放量"), example="420"),
    Column("colour_odour", "text", "颜色气味", "Colour and odour", aliases=("感官描述", "水质感官"), example="无异常"),
    Column("rain_outlet", "bool", "是否雨洪排口", "Rain outlet",
           aliases=("雨洪排口", "是否雨水口", "是否雨水排口", "是否雨洪口"), example="否"),
)
_PARTY = (
    Column(
        "responsible_party",
        "text",
        "责任主体",
        "Responsible party",
        aliases=("责任单位", "排污单位", "设置单位", "责任主体名称", "责任企业", "排污单位名称", "企业名称",
                 "设置单位名称"),
        example="示例单位甲",
    ),
    Column(
        "credit_code",
        "text",
        "统一社会信用代码",
        "Credit code",
        aliases=("社会信用代码", "信用代码", "组织机构代码"),
        example="00000000000000000X",
    ),
    Column(
        "permit_no",
        "text",
        "排污许可证编号",
        "Permit no.",
        aliases=("排污许可证号", "许可证编号", "排污许可证代码", "排污许可编号", "许可证号"),
        example="示例许可001",
    ),
    Column(
        "approval_no",
        "text",
        "设置审批(登记)文号",
        "Approval or registration no.",
        aliases=("审批文号", "登记编号", "批复文号"),
        example="示批〔2026〕1号",
    ),
    Column("sign_board", "bool", "有无标志牌", "Sign board", aliases=("标志牌", "是否设置标志牌"), example="否"),
    Column("sampling_point", "bool", "有无采样点", "Sampling point", aliases=("采样点", "监测采样点"), example="是"),
    Column("inspection_well", "bool", "有无检查井", "Inspection well", aliases=("检查井",), example="是"),
    Column("online_device", "bool", "有无在线监测", "Online device", aliases=("在线监测", "在线监测设备"), example="否"),
    Column("surveyor", "text", "排查人", "Surveyor", aliases=("排查人员", "调查人", "填报人", "排查员"), example="示例人员"),
)

LAYER = Layer(
    name="outfall",
    zh="入河排污口",
    en="Outfalls",
    geometry="Point",
    columns=(
        code(
            "排污口编码",
            "Outfall code",
            example="YY-990101-0001-QT-00",
            aliases=("入河排污口编码", "排口编码", "排污口编号", "排口编号", "outfall_id", "入河排污口代码",
                     "入河排污口编号", "排污口代码", "排口代码", "排污口ID", "排口ID", "outfall_code", "pdoCd"),
        ),
        name(
            "排污口名称",
            "Outfall name",
            example="清河柳湾示例排口",
            aliases=("入河排污口名称", "排口名称", "入河排口名称", "排污口名", "排口名", "outfall_name", "pdoNm"),
            required=False,
        ),
        Column(
            "class1",
            "code",
            "一级分类",
            "Class 1",
            codes=CLASS1,
            aliases=("排污口类型", "排污口分类", "一级类型", "入河排污口类型", "入河排污口分类", "排口类型", "排口分类",
                     "排污口性质", "pdoTp"),
            example="other",
        ),
        Column("class2", "code", "二级分类", "Class 2", codes=CLASS2, aliases=("二级类型", "二级类别"), example="town_sewage"),
        Column("class3", "code", "三级分类", "Class 3", codes=CLASS3, aliases=("三级类型", "三级类别"), example=""),
        *_PLACE_AND_WATER,
        *_WORK,
        *_TECHNICAL,
        *_PARTY,
        remark(),
    ),
    symbol=Symbol(colour="#1B2A33", fill="#FFFFFF", width_px=1.5, shape="circle"),
    note_zh="直接或通过沟渠、管道等向河湖排水的口门；确认之前称疑似排口，雨洪排口单列。",
    note_en="A mouth that lets water into a river or lake; suspected until confirmed, rain outlets kept apart.",
)
