"""A tailings dam (尾矿库), placed at the toe of its starter dam."""

from layers.base import Code, Column, Layer, Symbol
from layers.columns import code, district, measure, name, on_reach, owner, remark, township

_GRADE = "GB 39496-2020 等别 [1S/M]"
GRADES = tuple(Code(str(i), f"{zh}等", f"Grade {i}", _GRADE) for i, zh in enumerate("一二三四五", start=1))
SAFETY = (
    Code("dangerous", "危库", "Dangerous", "停产抢险 [2S]"),
    Code("risky", "险库", "Risky", "限期消除险情 [2S]"),
    Code("sick", "病库", "Sick", "限期整治为正常库 [2S]"),
    Code("normal", "正常库", "Normal", "[2S]"),
)
STATES = (
    Code("running", "在用", "Running"),
    Code("building", "在建", "Under construction"),
    Code("stopped", "停用", "Stopped"),
    Code("closing", "闭库中", "Closing"),
    Code("closed", "已闭库", "Closed"),
)
DAM_METHODS = (
    Code("upstream", "上游式", "Upstream", "[M]"),
    Code("centreline", "中线式", "Centreline", "[M]"),
    Code("downstream", "下游式", "Downstream", "[M]"),
    Code("one_stage", "一次筑坝", "One stage", "[M]"),
    Code("dry_stack", "干式堆存", "Dry stack", "[M]"),
)

LAYER = Layer(
    name="tailings_dam",
    zh="尾矿库",
    en="Tailings dams",
    geometry="Point",
    columns=(
        code("尾矿库编码", "Dam code", example="QS-WK-001", aliases=("尾矿库编号", "库编号", "尾矿库代码", "WKKBM")),
        name("尾矿库名称", "Dam name", example="示例沟尾矿库", aliases=("库名", "尾矿库", "WKKMC")),
        Column("grade", "code", "等别", "Grade", codes=GRADES, aliases=("尾矿库等别", "现状等别", "库等别"), example="4"),
        Column("safety", "code", "安全度", "Safety", codes=SAFETY, aliases=("安全度等级", "安全状况"), example="normal"),
        Column(
            "head_pond",
            "bool",
            "是否头顶库",
            "Head pond (people within 1 km along the flow path)",
            aliases=("头顶库", "是否“头顶库”"),
            example="否",
        ),
        Column(
            "state",
            "code",
            "运行状态",
            "State",
            codes=STATES,
            aliases=("生产状态", "运行情况", "使用状态"),
            example="running",
        ),
        measure("storage_10k_m3", "全库容", "Storage", aliases=("库容", "设计库容", "总库容", "设计总库容"), example="320"),
        measure("dam_height_m", "坝高", "Dam height", aliases=("总坝高", "现状坝高", "现状总坝高", "XZZBG"), example="42"),
        Column("dam_method", "code", "筑坝方式", "Dam method", codes=DAM_METHODS, aliases=("筑坝方法",), example="upstream"),
        Column("ore", "text", "矿种", "Ore", aliases=("尾矿种类", "主要矿种"), example="钼"),
        Column(
            "people_downstream_1km",
            "int",
            "下游1公里人数",
            "People within 1 km downstream",
            aliases=("下游1000米人数", "影响人口"),
            example="0",
        ),
        owner("企业名称", "Owner", aliases=("所属企业", "责任单位")),
        Column("licence_no", "text", "安全生产许可证号", "Safety licence no.", aliases=("许可证号",), example="示例安许001"),
        Column("licence_until", "date", "许可证有效期至", "Licence valid until", aliases=("有效期",), example="2028-06-30"),
        Column("online_device", "bool", "有无在线监测", "Online device", aliases=("在线监测", "在线监测系统"), example="是"),
        on_reach("下游河段", "Reach downstream"),
        district(),
        township(),
        remark(),
    ),
    symbol=Symbol(colour="#5A4632", fill="#E6DCCB", width_px=1.5, shape="trapezium"),
    note_zh="位置取初期坝坝脚；头顶库按尾矿流动路径下游1公里判定，不是画圆。",
    note_en="Placed at the starter-dam toe; a head pond is judged along the flow path, never by a circle.",
)
