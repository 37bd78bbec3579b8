"""No map asks another host for anything: folium's addresses become ours, and standalone files carry all they need."""

import base64
import hashlib
import mimetypes
import re
from pathlib import Path
from urllib.parse import urlsplit

from folium.elements import JSCSSMixin
from folium.folium import Map

from geo.faults import Fault

STATIC = Path(__file__).resolve().parent.parent / "static"
"""The folder that Streamlit serves at ``SERVED``."""

SERVED = "/app/static/"
VENDOR = f"{SERVED}vendor/"

_KNOWN = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "jquery-3.7.1.min.js": "jquery/dist/jquery.min.js",
    "L.Control.Locate.min.js": "leaflet.locatecontrol/dist/L.Control.Locate.min.js",
    "L.Control.Locate.min.css": "leaflet.locatecontrol/dist/L.Control.Locate.min.css",
    "Control.FullScreen.min.js": "leaflet.fullscreen/Control.FullScreen.js",
    "Control.FullScreen.css": "leaflet.fullscreen/Control.FullScreen.css",
}
"""Last part of folium's address -> our file below ``static/vendor``."""

_DROPPED = ("bootstrap", "awesome", "glyphicons", "fontawesome")
"""Folium names these for its default marker icons only; no map of ours uses those."""


def _local(url: str) -> str:
    """Return our address of an asset; one that is not vendored points at no file of ours, and never elsewhere."""
    if not urlsplit(url).netloc:
        return url
    file = urlsplit(url).path.rsplit("/", 1)[-1]
    return VENDOR + _KNOWN.get(file, f"not-vendored/{file}")


def _subclasses(cls: type) -> list[type]:
    children: list[type] = cls.__subclasses__()
    return [cls, *(below for child in children for below in _subclasses(child))]


def rewrite() -> None:
    """Point every asset that a loaded folium class names at ``/app/static/vendor``.

    Walks all subclasses of ``JSCSSMixin`` (streamlit-folium reads the same ``default_js`` and ``default_css``), so
    it must run after the plugin in question is imported; running it again changes nothing.
    """
    for cls in _subclasses(JSCSSMixin):
        for attribute in ("default_js", "default_css"):
            named = cls.__dict__.get(attribute)
            if named is not None:
                kept = [(n, u) for n, u in named if cls is not Map or not any(word in u for word in _DROPPED)]
                setattr(cls, attribute, [(name, _local(url)) for name, url in kept])


def own(file: str) -> str:
    """Return the address of one of our own files below ``static/``, stamped so that no browser keeps an old one."""
    digest = hashlib.sha256((STATIC / file).read_bytes()).hexdigest()[:8]
    return f"{SERVED}{file}?v={digest}"


def _read(address: str) -> tuple[Path, bytes]:
    """Return path and bytes of a served file.

    Raises
    ------
    Fault
        ``asset_not_vendored`` where the address is not ours or has no file.
    """
    plain = address.split("?", 1)[0].split("#", 1)[0]
    path = (STATIC / plain.removeprefix(SERVED)).resolve()
    if not plain.startswith(SERVED) or not path.is_relative_to(STATIC) or not path.is_file():
        raise Fault("asset_not_vendored", address=address)
    return path, path.read_bytes()


def _data_uri(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def _style(address: str) -> str:
    """Return a stylesheet with every file it names written into it."""
    path, raw = _read(address)

    def image(found: re.Match[str]) -> str:
        target = found.group(2)
        if target.startswith(("data:", "#")):
            return found.group(0)
        file = (path.parent / target).resolve()
        if not file.is_relative_to(STATIC) or not file.is_file():
            raise Fault("asset_not_vendored", address=target)
        return f'url("{_data_uri(file)}")'

    return re.sub(r"""url\((['"]?)([^'")]+)\1\)""", image, raw.decode("utf-8"))


def _script(address: str) -> str:
    code = _read(address)[1].decode("utf-8")
    return re.sub(r"</(script)", r"<\\/\1", code, flags=re.IGNORECASE).replace("<!--", "<\\!--")


def _policy(html: str) -> str:
    """Return a content policy that lets exactly the scripts of ``html`` run and nothing be fetched."""
    bodies = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    # Browsers normalise line ends before hashing.
    texts = [body.replace("\r\n", "\n").replace("\r", "\n") for body in bodies]
    hashes = [base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") for text in texts]
    allowed = " ".join(f"'sha256-{value}'" for value in dict.fromkeys(hashes)) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def inline(html: str) -> str:
    """Return a page as one file that draws from disk with nothing fetched.

    Parameters
    ----------
    html : str
        A page whose scripts and stylesheets are named at ``/app/static/...``.

    Returns
    -------
    str
        The page with scripts, styles and images written into it (images as base64) and a
        ``Content-Security-Policy`` that allows those very scripts by their hash.

    Raises
    ------
    Fault
        ``asset_not_vendored`` where the page names a file that is not ours.
    """
    # Styles first: a script's text may speak of <link>, a stylesheet never of <script>.
    html = re.sub(
        r"""<link[^>]*\bhref=["']([^"']+)["'][^>]*>""",
        lambda found: f"<style>{_style(found.group(1))}</style>",
        html,
    )
    html = re.sub(
        r"""<script[^>]*\ssrc=["']([^"']+)["'][^>]*>\s*</script>""",
        lambda found: f"<script>{_script(found.group(1))}</script>",
        html,
    )
    html = html.replace("\r\n", "\n").replace("\r", "\n").replace('<script type="text/javascript">', "<script>")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_policy(html)}">'
    return re.sub(r"<head>", lambda _: f"<head>\n{policy}", html, count=1)


rewrite()
