"""The packaged Chinese face for print; a face of the machine is asked only where ours lacks a sign."""

from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager

FONT_FILE = Path(__file__).parent / "fonts" / "HezhangSans-Regular.ttf"
FAMILY = "Hezhang Sans"
FALLBACKS = ("PingFang SC", "Microsoft YaHei", "Noto Sans SC", "WenQuanYi Micro Hei", "DejaVu Sans")


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Register the packaged face with matplotlib and return the families to draw with, ours first."""
    font_manager.fontManager.addfont(str(FONT_FILE))
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return (FAMILY, *(name for name in FALLBACKS if name in installed))


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    return frozenset(font_manager.get_font(str(FONT_FILE)).get_charmap())


def lacking(text: str) -> str:
    """Return the characters of a text that the packaged face cannot draw, each once."""
    return "".join(dict.fromkeys(sign for sign in text if ord(sign) not in _characters() and sign.isprintable()))
