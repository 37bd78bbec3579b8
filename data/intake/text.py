"""Bytes to text: strict decoding, and a verdict only where the bytes leave no doubt."""

from __future__ import annotations

import codecs

from geo.faults import Fault

NAMES = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "936": "gb18030", "ansi 936": "gb18030",
         "gb18030": "gb18030", "utf8": "utf-8", "utf-8": "utf-8", "65001": "utf-8", "utf-8-sig": "utf-8-sig",
         "big5": "big5", "cp950": "big5", "utf-16": "utf-16", "latin1": "cp1252", "latin-1": "cp1252",
         "iso-8859-1": "cp1252", "cp1252": "cp1252", "iso 8859-1": "cp1252", "8859-1": "cp1252",
         "iso88591": "cp1252"}  # fmt: skip

EVERYDAY = frozenset(
    "的一是在不了有和人中大为上个国以时来用生到地出分成会可年同工下过子面方后多定行所得三等部度家水化高自二理小物现加量体点业本合还外日事平"
    "全表间与关各重新线内数正明原利质第向道无系最立代通直题位入常文总次设及管长路级图山口东南西北中州市县区镇乡村街河湖江海溪沟渠库坝闸桥岸段"
    "排污入水编号码名称经纬位置类型状态时间期备注单位责任人员电话起止点止流域面积污染源检查巡情况问题整改完未已是否左右上下游主支干断监测站岗"
    "城生活工农业企厂雨洪混接处理设施村公司局办省洛阳龙门王李张家庄店坡岭沙石金银黄白青红清大小新老东西南北一二三四五六七八九十")


def _everyday_share(text: str | None) -> float:
    """Share of the characters beyond ASCII that are among the commonest of Chinese ledgers."""
    foreign = [c for c in text or "" if ord(c) > 127]
    return sum(c in EVERYDAY for c in foreign) / len(foreign) if foreign else 0.0


def encoding_name(given: str) -> str:
    """Our name of an encoding as people or .cpg files spell it; Fault where there is no such encoding."""
    key = given.strip().lower()
    name = NAMES.get(key, key)
    try:
        codecs.lookup(name)
    except LookupError:
        raise Fault("encoding_unknown", encoding=given) from None
    return name


def _decodes(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, ValueError):
        return None


def _common_share(text: str, encoding: str, first: int, last: int) -> float:
    """Share of the non-ASCII characters that are everyday ones of `encoding` (by their lead byte) or its punctuation."""
    foreign = [c for c in text if ord(c) > 127]
    if not foreign:
        return 0.0
    good = 0
    for c in foreign:
        try:
            raw = c.encode(encoding)
        except UnicodeEncodeError:
            continue
        good += len(raw) == 2 and first <= raw[0] <= last
    return good / len(foreign)


def guess(data: bytes) -> tuple[str | None, list[str]]:
    """(encoding, []) where the bytes tell, else (None, encodings worth asking about).

    UTF-8 proves itself. GB 18030 accepts nearly anything, so it must also read as everyday Chinese (GB 2312 rows 1-55).
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return (name, []) if _decodes(data, name) is not None else (None, ["utf-8", "gb18030"])
    if _decodes(data, "utf-8") is not None:
        return "utf-8", []
    gb, big5 = _decodes(data, "gb18030"), _decodes(data, "big5")
    gb_share = _common_share(gb, "gb2312", 0xA1, 0xD7) if gb is not None else 0.0
    big5_share = _common_share(big5, "big5", 0xA1, 0xC6) if big5 is not None else 0.0
    everyday, otherwise = _everyday_share(gb), _everyday_share(big5)
    if gb_share >= 0.8 and everyday >= 0.2 and everyday >= 2 * otherwise:
        return "gb18030", []
    if gb_share >= 0.9 and gb_share > big5_share + 0.05 and everyday >= otherwise:
        return "gb18030", []
    asked = [name for name, text in (("gb18030", gb), ("big5", big5)) if text is not None]
    return None, [*asked, "cp1252"]


def strict(data: bytes, encoding: str) -> str:
    """Decoded text, never with replacement characters; Fault where the bytes are not of that encoding."""
    name = encoding_name(encoding)
    name = "utf-8-sig" if name == "utf-8" else name
    text = _decodes(data, name)
    if text is None:
        raise Fault("encoding_wrong", encoding=encoding)
    return text
