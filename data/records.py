"""The books of the office: every kind of record without a layer of its own, column by column.

A record is described like a layer (``layers.base.Layer``), so templates, import, export and screens read one list.
``geometry="Point"`` means that a row may carry lon/lat; its place on the network is derived and stamped.
"""

from layers.base import Code, Column, Layer

LEVELS = (
    Code("province", "省级", "Provincial"),
    Code("city", "市级", "City"),
    Code("county", "县级", "County"),
    Code("township", "乡级", "Township"),
    Code("village", "村级", "Village"),
)
LEVEL_ORDER = tuple(code.value for code in LEVELS)
BANKS = (Code("left", "左岸", "Left bank"), Code("right", "右岸", "Right bank"), Code("both", "两岸", "Both banks"))
YES_NO = (Code("yes", "是", "Yes"), Code("no", "否", "No"), Code("unknown", "不清楚", "Not known"))
SEVERITY = (Code("general", "一般", "Ordinary"), Code("serious", "较严重", "Serious"), Code("major", "重大", "Major"))


def _code(zh: str, en: str, example: str = "", required: bool = True, aliases: tuple[str, ...] = ()) -> Column:
    return Column("code", "text", zh, en, required=required, example=example, aliases=("编号", "编码", "代码", *aliases))


REMARK = Column("remark", "text", "备注", "Remark",
                aliases=("说明", "备注说明"))
DISTRICT = Column("district_code", "text", "县(市、区)代码", "District code", refers_to="district",
                  aliases=("县区", "所在县区", "行政区代码", "district", "行政区划代码", "行政区编码", "区划代码", "县区代码",
                           "区县代码", "县区编码", "区县编码", "所在区县", "所属区县", "所属县区", "区县", "县市区", "所在县市区",
                           "县(市、区)", "所在县(市、区)", "所在县(市、区)代码", "行政区", "所在行政区", "所属行政区", "县区名称",
                           "区县名称", "adcode"))
VALID_FROM = Column("valid_from", "date", "起始日期", "From (first day)", required=True, example="2026-01-01",
                    aliases=("任职起", "生效日期", "开始日期", "起始时间", "任职开始日期", "任职开始时间", "任职起始日期",
                             "任职时间", "任职日期", "到任日期", "上任日期", "生效时间", "开始时间", "起", "自"))
VALID_TO = Column("valid_to", "date", "终止日期", "To (last day)",
                  aliases=("任职止", "失效日期", "结束日期", "终止时间", "任职结束日期", "任职结束时间", "任职终止日期",
                           "离任日期", "离任时间", "卸任日期", "截止日期", "失效时间", "结束时间", "止", "至"))
DOC_NO = Column("doc_no", "text", "文号", "Document number", example="模拟河办〔2026〕1号",
                aliases=("文件号", "文件文号", "发文字号", "任命文号", "任职文号", "批文号", "依据文件", "文件依据"))
LON = Column("lon", "float", "经度", "Longitude", unit="°",
             aliases=("lng", "longitude", "x", "东经", "X坐标", "坐标X", "坐标经度", "经度坐标", "排口经度", "东经E"))
LAT = Column("lat", "float", "纬度", "Latitude", unit="°",
             aliases=("latitude", "y", "北纬", "Y坐标", "坐标Y", "坐标纬度", "纬度坐标", "排口纬度", "北纬N"))

UNIT = Layer("unit", "单位", "Units", None, (
    _code("单位编号", "Unit code", "U-01",
          aliases=("单位代码", "单位编码", "机构代码", "部门编号")),
    Column("name", "text", "单位名称", "Name", required=True, example="示例区水利局",
           aliases=("单位", "责任单位", "机构名称", "部门名称", "单位全称")),
    Column("kind", "code", "类别", "Kind", codes=(
        Code("office", "河长办", "River-chief office"), Code("department", "部门", "Department"),
        Code("government", "政府", "Government"), Code("enterprise", "企业", "Enterprise"),
        Code("team", "巡查队伍", "Patrol team")),
           aliases=("单位类别", "单位类型")),
    DISTRICT,
    Column("phone", "text", "电话", "Phone",
           aliases=("联系电话", "电话号码")),
    REMARK,
), note_zh="承办问题的单位", note_en="A body that handles cases")

POST = Layer("post", "岗位", "Posts", None, (
    _code("岗位编号", "Post code", "P-0101",
          aliases=("岗位编码", "岗位代码", "岗位号", "河长编号", "河长编码", "河长岗位编号", "职务编号", "post_code")),
    Column("name", "text", "岗位名称", "Name", required=True, example="示例镇镇级河长",
           aliases=("岗位", "河长岗位", "河长职务", "岗位名", "职务", "河长岗位名称", "职务名称")),
    Column("level", "code", "层级", "Level", required=True, codes=LEVELS, example="township",
           aliases=("河长级别", "级别", "河长层级", "河长等级", "岗位级别", "岗位层级", "行政级别", "行政层级")),
    Column("kind", "code", "类别", "Kind", codes=(
        Code("lead", "河长", "Chief"), Code("deputy", "副河长", "Deputy chief"),
        Code("keeper", "巡河员", "River keeper")),
           aliases=("岗位类别", "岗位类型", "河长类别", "河长类型")),
    DISTRICT,
    Column("unit_code", "text", "所属单位编号", "Unit code", refers_to="unit",
           aliases=("所属单位", "所在单位", "单位编号", "单位名称", "单位")),
    Column("parent_code", "text", "上级岗位编号", "Superior post code", refers_to="post",
           aliases=("上级岗位", "上级岗位编码", "上级岗位代码", "上级岗位名称", "上级河长岗位", "上级河长", "上级编号")),
    REMARK,
), note_zh="河长岗位；职责属于岗位，不属于个人", note_en="A post; duties belong to the post, not to the person")

HOLDER = Layer("holder", "任职", "Holders", None, (
    Column("post_code", "text", "岗位编号", "Post code", required=True, refers_to="post",
           aliases=("岗位", "岗位编码", "岗位代码", "岗位名称", "河长岗位", "担任岗位", "所任岗位", "职务"),
           example="P-0101"),
    Column("person", "text", "姓名", "Person",
           aliases=("河长姓名", "河长", "任职人", "任职人员", "人员姓名", "人员", "河长名"), example="示例人员"),
    Column("state", "code", "状态", "State", codes=(
        Code("holding", "在任", "In office"), Code("acting", "代理", "Acting"), Code("vacant", "空缺", "Vacant")),
           aliases=("任职状态",)),
    VALID_FROM, VALID_TO, DOC_NO,
    Column("account", "text", "账号", "Account", refers_to="account",
           aliases=("登录账号", "用户名", "登录名")),
    REMARK,
), note_zh="谁在何时担任岗位", note_en="Who holds a post, from when to when")

RESPONSIBILITY = Layer("responsibility", "责任河段", "Responsibilities", None, (
    Column("post_code", "text", "岗位编号", "Post code", required=True, refers_to="post",
           aliases=("岗位", "岗位编码", "岗位代码", "岗位名称", "河长岗位", "责任岗位", "责任河长岗位", "河长职务"),
           example="P-0101"),
    Column("object_layer", "code", "对象类别", "Kind of water", codes=(
        Code("reach", "河段", "Reach"), Code("lake", "湖泊", "Lake"), Code("reservoir", "水库", "Reservoir"),
        Code("wetland", "湿地", "Wetland"), Code("tailings_dam", "尾矿库", "Tailings dam"),
        Code("black_odorous", "黑臭水体", "Black-odorous channel")),
           aliases=("水体类别", "水体类型", "对象类型")),
    Column("object_code", "text", "对象编号", "Water code", required=True, example="R-001",
           aliases=("河段编号", "reach_id", "reach_code", "河段编码", "河段", "河段代码", "河段名称", "责任河段",
                    "水体编号", "水体编码", "水体名称", "对象编码", "对象名称", "河湖编码")),
    Column("from_m", "float", "起点里程", "From chainage", unit="m", aliases=("from", "起始里程", "里程起")),
    Column("to_m", "float", "终点里程", "To chainage", unit="m", aliases=("to", "终止里程", "止点里程", "里程止")),
    Column("start_at", "text", "起点(桩号/经纬度/地标)", "Start (chainage, lon/lat or landmark)",
           aliases=("起点", "河段起点", "start", "起点桩号", "起始桩号", "桩号起", "起桩号", "起点位置", "起始位置",
                    "起点名称")),
    Column("end_at", "text", "终点(桩号/经纬度/地标)", "End (chainage, lon/lat or landmark)",
           aliases=("终点", "河段终点", "止点", "end", "终点桩号", "终止桩号", "桩号止", "止桩号", "终点位置", "终止位置",
                    "终点名称")),
    Column("inside_district", "text", "辖区内河段", "The reach inside district", refers_to="district",
           aliases=("辖区", "所在辖区")),
    Column("stated_length_m", "float", "台账长度", "Stated length", unit="m",
           aliases=("长度", "河段长度", "责任长度", "责任河段长度", "责任段长度", "管护长度")),
    Column("bank", "code", "岸别", "Bank", codes=BANKS,
           aliases=("责任岸别", "左右岸", "岸")),
    Column("role", "code", "责任形式", "Role", codes=(
        Code("lead", "主责", "Lead"), Code("joint", "联合(双河长/界河)", "Joint"), Code("co", "协同", "Supporting")),
           aliases=("责任类型", "责任方式")),
    Column("signed", "bool", "界河已签认", "Boundary signed"),
    VALID_FROM, VALID_TO, DOC_NO, REMARK,
), note_zh="岗位 × 水体 × 里程区间 × 岸别 × 起止日期", note_en="Post × water × [from, to] × bank × dates")

PATROL_KINDS = (
    Code("self", "本人巡河", "In person"), Code("delegate", "代巡", "By delegate"),
    Code("accompany", "陪同", "Accompanying"), Code("keeper", "巡河员", "River keeper"),
    Code("drone", "无人机", "Drone"), Code("boat", "船", "Boat"), Code("meeting", "会议", "Meeting"))

PATROL = Layer("patrol", "巡河", "Patrols", None, (
    Column("code", "text", "外部编号", "External code", aliases=("记录编号", "巡河编号", "记录号", "巡查编号", "巡河记录编号")),
    Column("post_code", "text", "岗位编号", "Post code", required=True, refers_to="post",
           aliases=("岗位", "岗位编码", "岗位代码", "岗位名称", "河长岗位", "巡河岗位")),
    Column("kind", "code", "方式", "Kind", codes=PATROL_KINDS, aliases=("巡河方式", "巡查方式", "巡河类型", "巡查类型")),
    Column("people", "text", "巡河人员", "Who walked",
           aliases=("姓名", "巡河人", "人员", "巡查人", "巡查人员", "巡河人姓名", "巡河河长", "河长", "河长姓名")),
    Column("started_at", "datetime", "开始时间", "Started", required=True,
           aliases=("巡河时间", "开始", "时间", "日期", "巡河开始时间", "开始巡河时间", "巡查开始时间", "巡查时间",
                    "巡河日期", "巡查日期", "开始日期")),
    Column("ended_at", "datetime", "结束时间", "Ended",
           aliases=("结束", "巡河结束时间", "结束巡河时间", "巡查结束时间", "结束日期")),
    Column("water_code", "text", "水体编号", "Water code",
           aliases=("河流编号", "河段编号", "reach_code", "河流", "河流编码", "河流名称", "河段编码", "河段名称", "河段",
                    "水体名称", "水体", "巡河河段", "巡查河段", "巡河河流", "巡查河流", "所在河流", "责任河段")),
    Column("length_m", "float", "申报里程", "Stated length", unit="m", aliases=("里程", "巡河里程", "巡查里程", "巡河长度")),
    Column("has_track", "bool", "有轨迹", "Has a track"),
    Column("result", "text", "巡河情况", "What was seen",
           aliases=("巡河内容", "问题", "巡查情况", "巡查内容", "巡河结果", "巡河记录", "巡查记录", "发现问题", "存在问题")),
    REMARK,
), note_zh="一次巡河；无轨迹的只记录频次，不计覆盖", note_en="One patrol; without a track it counts to frequency only")

INSPECTION = Layer("inspection", "排口检查记录", "Inspections", "Point", (
    Column("code", "text", "外部编号", "External code",
           aliases=("记录编号", "检查编号")),
    Column("outfall_code", "text", "排口编码", "Outfall code", required=True, refers_to="outfall",
           aliases=("排污口编码", "入河排污口编码", "排口编号", "排污口编号", "入河排污口代码", "排口代码", "排污口名称",
                    "排口名称", "入河排污口名称")),
    Column("inspected_at", "datetime", "检查时间", "Inspected", required=True,
           aliases=("检查日期", "时间", "日期", "巡查时间", "巡查日期", "检查时刻")),
    Column("inspector", "text", "检查人", "Inspector", aliases=("检查员", "检查人员", "巡查人", "巡查人员")),
    Column("discharging", "code", "是否排水", "Discharging", codes=YES_NO,
           aliases=("是否有水", "排水情况", "是否有排水", "有无排水")),
    Column("rain_72h", "code", "72小时内降雨", "Rain in the last 72 h", codes=YES_NO,
           aliases=("近72小时降雨", "近72小时是否降雨", "三日内降雨")),
    Column("colour_odour", "text", "颜色气味", "Colour and odour", aliases=("感官",)),
    Column("ph", "float", "pH", "pH",
           aliases=("PH值",)),
    Column("nh3n_mg_l", "float", "氨氮", "Ammonia nitrogen", unit="mg/L",
           aliases=("氨氮(NH3-N)", "NH3-N")),
    Column("cod_mg_l", "float", "化学需氧量", "COD", unit="mg/L", aliases=("COD",)),
    Column("conductivity_us_cm", "float", "电导率", "Conductivity", unit="μS/cm"),
    Column("result", "code", "检查结果", "Result", required=True, codes=(
        Code("normal", "正常", "Normal"), Code("abnormal", "异常", "Abnormal"),
        Code("not_found", "未找到排口", "Outfall not found"), Code("no_access", "无法到达", "No access")),
           aliases=("检查结论", "结果", "结论")),
    LON, LAT, REMARK,
), note_zh="对一个排口的一次现场检查", note_en="One visit to one outfall, normal or not")

FINDING_KINDS = (
    Code("outfall_discharge", "排口异常排水", "Abnormal discharge at an outfall"),
    Code("new_outfall", "新发现疑似排口", "Suspected outfall, newly found"),
    Code("black_odour", "水体黑臭", "Black or odorous water"),
    Code("occupation", "乱占", "Illegal occupation", "办建管〔2018〕130号"),
    Code("mining", "乱采", "Illegal extraction", "办建管〔2018〕130号"),
    Code("dumping", "乱堆", "Illegal dumping", "办建管〔2018〕130号"),
    Code("building", "乱建", "Illegal building", "办建管〔2018〕130号"),
    Code("floating", "漂浮物", "Floating rubbish"), Code("facility", "设施损坏", "Damaged works"),
    Code("other", "其他", "Other"))
SOURCES = (
    Code("inspection", "排口检查", "Outfall inspection"), Code("patrol", "巡河发现", "Patrol"),
    Code("complaint", "群众举报", "Complaint"), Code("remote_sensing", "遥感", "Remote sensing"),
    Code("supervision", "督查暗访", "Supervision"), Code("import", "台账导入", "Imported ledger"))

FINDING = Layer("finding", "问题线索", "Findings", "Point", (
    Column("code", "text", "外部编号", "External code", aliases=("线索编号", "编号", "问题编码")),
    Column("kind", "code", "类型", "Kind", required=True, codes=FINDING_KINDS,
           aliases=("问题类型", "问题类别", "线索类型", "类别")),
    Column("severity", "code", "严重程度", "Severity", codes=SEVERITY),
    Column("source", "code", "来源", "Source", codes=SOURCES, aliases=("问题来源",)),
    Column("found_at", "datetime", "发现时间", "Found", required=True,
           aliases=("发现日期", "时间", "日期", "上报时间", "上报日期")),
    Column("found_by", "text", "发现人", "Found by",
           aliases=("上报人", "巡查人", "发现人员")),
    Column("description", "text", "问题描述", "Description", required=True,
           aliases=("描述", "问题", "问题内容", "情况描述", "存在问题")),
    Column("pollutant", "text", "主要污染物", "Main pollutant"),
    Column("outfall_code", "text", "排口编码", "Outfall code", refers_to="outfall",
           aliases=("排污口编码", "排口编号", "入河排污口编码")),
    Column("inspection_number", "text", "检查记录编号", "Inspection number", refers_to="inspection"),
    Column("patrol_number", "text", "巡河编号", "Patrol number", refers_to="patrol"),
    Column("case_number", "text", "问题编号", "Case number", refers_to="case"),
    Column("state", "code", "状态", "State", codes=(
        Code("draft", "草稿", "Draft"), Code("open", "待处理", "Open"),
        Code("case_opened", "已立案", "Case opened"), Code("dismissed", "不予立案", "Dismissed"))),
    LON, LAT, REMARK,
), note_zh="检查或巡河指出的一处不对", note_en="What an inspection or patrol says is wrong")

CASE_STATES = (
    Code("registered", "登记", "Registered"), Code("assigned", "已交办", "Assigned"),
    Code("returned", "已退回", "Returned"), Code("rectifying", "整改中", "Rectifying"),
    Code("review", "复核中", "Under review"), Code("deferred", "延期整改(经批准)", "Deferred (approved)"),
    Code("closed", "已销号", "Closed"))
ROOT_CAUSES = (
    Code("misconnection", "雨污混接", "Rain and sewage misconnected"), Code("overflow", "溢流", "Overflow"),
    Code("missing_sewer", "管网缺失", "Sewer missing"), Code("illegal_discharge", "偷排", "Illegal discharge"),
    Code("other", "其他", "Other"))

CASE = Layer("case", "问题", "Cases", "Point", (
    Column("code", "text", "外部编号", "External code", aliases=("问题编号", "编号", "案件编号")),
    Column("finding_number", "text", "线索编号", "Finding number", refers_to="finding"),
    Column("kind", "code", "类型", "Kind", required=True, codes=FINDING_KINDS, aliases=("问题类型", "问题类别", "类别")),
    Column("severity", "code", "严重程度", "Severity", codes=SEVERITY),
    Column("source", "code", "来源", "Source", codes=SOURCES, aliases=("问题来源",)),
    Column("description", "text", "问题描述", "Description", required=True, aliases=("描述", "问题内容", "存在问题", "问题")),
    Column("outfall_code", "text", "排口编码", "Outfall code", refers_to="outfall",
           aliases=("排污口编码", "排口编号", "入河排污口编码")),
    Column("state", "code", "状态", "State", codes=CASE_STATES,
           aliases=("进展", "是否销号", "整改状态", "整改进展", "办理状态")),
    Column("unit_code", "text", "责任单位编号", "Unit code", refers_to="unit",
           aliases=("责任单位", "承办单位", "整改单位", "整改责任单位")),
    Column("handler", "text", "承办人", "Handler", aliases=("责任人", "整改责任人", "承办人员")),
    Column("post_code", "text", "责任岗位编号", "Post code", refers_to="post", aliases=("责任河长",)),
    Column("opened_at", "datetime", "登记时间", "Opened", required=True,
           aliases=("发现时间", "立案时间", "交办时间", "登记日期", "发现日期")),
    Column("due_on", "date", "截止时间", "Due", aliases=("整改时限", "截止日期", "整改期限", "完成时限")),
    Column("measure", "text", "整改措施", "Measure",
           aliases=("整改要求",)),
    Column("root_cause", "code", "成因", "Root cause", codes=ROOT_CAUSES),
    Column("deferred_until", "date", "延期至", "Deferred until"),
    Column("deferred_by", "text", "批准机关", "Deferral authority"),
    Column("closed_at", "datetime", "销号时间", "Closed", aliases=("完成时间", "销号日期", "整改完成时间")),
    Column("verified_by", "text", "复核人", "Verified by"),
    Column("relapse_of", "text", "复发自", "Relapse of", refers_to="case"),
    Column("relapse_count", "int", "复发次数", "Times recurred"),
    LON, LAT, REMARK,
), note_zh="河长办立案交办的问题", note_en="What the office opened on a finding")

SAMPLE = Layer("sample", "水质监测", "Samples", "Point", (
    Column("code", "text", "样品编号", "Sample code", aliases=("样号",)),
    Column("section_code", "text", "断面编号", "Section code", refers_to="section",
           aliases=("断面", "断面编码", "断面名称", "断面代码", "站点编码", "站名", "测站编码", "监测断面")),
    Column("outfall_code", "text", "排口编码", "Outfall code", refers_to="outfall",
           aliases=("排污口编码", "排口编号", "入河排污口编码")),
    Column("black_odorous_code", "text", "黑臭水体编号", "Black-odorous channel code", refers_to="black_odorous"),
    Column("sampled_at", "datetime", "采样时间", "Sampled", required=True,
           aliases=("监测时间", "采样日期", "日期", "监测日期", "时间", "采样日期时间")),
    Column("water_temp_c", "float", "水温", "Water temperature", unit="°C"),
    Column("ph", "float", "pH", "pH",
           aliases=("PH值",)),
    Column("do_mg_l", "float", "溶解氧", "Dissolved oxygen", unit="mg/L", aliases=("DO",)),
    Column("codmn_mg_l", "float", "高锰酸盐指数", "Permanganate index", unit="mg/L", aliases=("CODMn", "高锰酸盐指数CODMn")),
    Column("cod_mg_l", "float", "化学需氧量", "COD", unit="mg/L", aliases=("COD",)),
    Column("bod5_mg_l", "float", "五日生化需氧量", "BOD5", unit="mg/L", aliases=("BOD5", "生化需氧量")),
    Column("nh3n_mg_l", "float", "氨氮", "Ammonia nitrogen", unit="mg/L", aliases=("NH3-N",)),
    Column("tp_mg_l", "float", "总磷", "Total phosphorus", unit="mg/L", aliases=("TP",)),
    Column("tn_mg_l", "float", "总氮", "Total nitrogen", unit="mg/L", aliases=("TN",)),
    Column("transparency_cm", "float", "透明度", "Transparency", unit="cm"),
    Column("orp_mv", "float", "氧化还原电位", "ORP", unit="mV"),
    LON, LAT, REMARK,
), note_zh="断面、排口或黑臭水体的一次监测", note_en="One water sample")

ROLES = (
    Code("anonymous", "未登录", "Anonymous"), Code("disabled", "停用", "Disabled"),
    Code("inspector", "排口检查员", "Inspector"), Code("chief", "河长", "Chief"),
    Code("handler", "承办人", "Handler"), Code("planner", "河长办(调度)", "Planner"),
    Code("supervisor", "督查", "Supervisor"), Code("admin", "管理员", "Administrator"))

ACCOUNT = Layer("account", "账号", "Accounts", None, (
    Column("name", "text", "账号", "Account", required=True, example="xili01", aliases=("用户名", "登录名")),
    Column("display_name", "text", "姓名", "Person", aliases=("人员",)),
    Column("role", "code", "角色", "Role", required=True, codes=ROLES),
    Column("posts", "text", "岗位编号(;分隔)", "Post codes (;)"),
    Column("districts", "text", "县区代码(;分隔)", "District codes (;)"),
    Column("reaches", "text", "河段编号(;分隔)", "Reach codes (;)"),
    Column("unit_code", "text", "单位编号", "Unit code", refers_to="unit"),
), note_zh="人员与授权；一人可有多行（多个角色）", note_en="A grant to a person; one row a role")

CALENDAR = Layer("calendar", "工作日历", "Calendar", None, (
    Column("day", "date", "日期", "Day", required=True, example="2026-10-01"),
    Column("kind", "code", "类别", "Kind", required=True, codes=(
        Code("holiday", "节假日", "Holiday"), Code("workday", "调休上班", "Make-up workday"))),
    Column("name", "text", "名称", "Name"),
), note_zh="节假日与调休", note_en="Holidays and make-up workdays")

RAIN = Layer("rain", "降雨", "Rain", None, (
    Column("day", "date", "日期", "Day", required=True,
           aliases=("日期时间", "时间")),
    DISTRICT,
    Column("rain_mm", "float", "日雨量", "Daily rain", unit="mm", required=True,
           aliases=("降雨量", "雨量", "日降雨量")),
), note_zh="逐日雨量", note_en="Daily rain by district")

NO_ACCESS = Layer("no_access", "不可达河段", "No-access stretches", None, (
    Column("reach_code", "text", "河段编号", "Reach code", required=True, refers_to="reach",
           aliases=("河段编码", "河段", "河段名称")),
    Column("from_m", "float", "起点里程", "From chainage", unit="m"),
    Column("to_m", "float", "终点里程", "To chainage", unit="m"),
    Column("bank", "code", "岸别", "Bank", codes=BANKS),
    Column("reason", "code", "原因", "Reason", required=True, codes=(
        Code("culvert", "暗涵", "Culvert"), Code("gorge", "峡谷", "Gorge"), Code("works", "施工", "Works"),
        Code("flood", "洪水", "Flood"))),
    VALID_FROM, VALID_TO, DOC_NO, REMARK,
), note_zh="既不算已巡也不算空白的河段", note_en="Neither covered nor gap")

ALL: dict[str, Layer] = {record.name: record for record in (
    UNIT, POST, HOLDER, RESPONSIBILITY, PATROL, INSPECTION, FINDING, CASE, SAMPLE, ACCOUNT, CALENDAR, RAIN, NO_ACCESS)}

NUMBERED = {"patrol": "XH", "inspection": "JC", "finding": "XS", "case": "", "outfall": "PK"}
"""Kinds that get a short spoken number; the letters keep the series apart (a case's number is bare)."""
