"""Invented names: everything is marked 模拟 or put together from words, no river, firm or person is meant."""

import numpy as np

FIRST = "青墨霁砚芷蘅苇鹭岫栖澹沅皎朗絮萤穗莞枫槐榆柘棠苓薇蓼荻菡绮璟翊昭澈岑旻柚桐楠梓葭蕤"
SECOND = "石烟云林岭泉沙竹月禾松鹤鹿星雨风霜坪湾原坡台岩畔麓田陌"
SURNAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸")
GIVEN = "一二三四五六七八九十"


class Namer:
    """Hands out names, none twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Shuffle the words by the city's seed."""
        pairs = [a + b for a in FIRST for b in SECOND]
        self._pairs = [pairs[i] for i in rng.permutation(len(pairs))]
        self._people = 0

    def place(self, ending: str) -> str:
        """A place or water name such as 青溪沟."""
        return self._pairs.pop() + ending

    def person(self) -> str:
        """A person who cannot be mistaken for a real one, such as 模拟甲〇三."""
        self._people += 1
        number = "".join("〇一二三四五六七八九"[int(d)] for d in f"{self._people:03d}")
        return f"模拟{SURNAMES[self._people % 10]}{number}"
