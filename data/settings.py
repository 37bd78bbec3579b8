"""Settings, all from the environment, in one small frozen record."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geo.faults import Fault

DEFAULT_STORE = Path("hezhang-store") / "hezhang.sqlite"


@dataclass(frozen=True)
class Settings:
    """What the environment asked for; every field has a working default.

    ``HEZHANG_STORE`` is a file or an SQLAlchemy URL, ``HEZHANG_NOW`` freezes the clock (ISO 8601 with offset),
    ``HEZHANG_LANG`` is ``zh`` or ``en``, ``HEZHANG_PORT`` and ``HEZHANG_ADDRESS`` are where the browser door listens.
    """

    store: str
    now: datetime | None
    lang: str
    port: int
    address: str


def settings() -> Settings:
    """Read the environment; a value that cannot be used is a Fault naming the variable."""
    frozen = os.environ.get("HEZHANG_NOW", "").strip()
    now = None
    if frozen:
        try:
            now = datetime.fromisoformat(frozen.replace("Z", "+00:00"))
        except ValueError:
            raise Fault("setting_invalid", name="HEZHANG_NOW", value=frozen) from None
        if now.tzinfo is None:
            raise Fault("setting_invalid", name="HEZHANG_NOW", value=frozen)
    lang = os.environ.get("HEZHANG_LANG", "zh").strip() or "zh"
    if lang not in ("zh", "en"):
        raise Fault("setting_invalid", name="HEZHANG_LANG", value=lang)
    port = os.environ.get("HEZHANG_PORT", "8501").strip()
    if not port.isdigit():
        raise Fault("setting_invalid", name="HEZHANG_PORT", value=port)
    return Settings(os.environ.get("HEZHANG_STORE", "").strip() or str(DEFAULT_STORE), now, lang, int(port),
                    os.environ.get("HEZHANG_ADDRESS", "127.0.0.1"))
