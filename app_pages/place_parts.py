"""Where one stands: the device's position, typed numbers, or a photo's; and photos laid where the store keeps them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app_pages import parts, work_parts
from app_pages.parts import Here
from data.actions.field_work import Placed, wgs84
from data.intake.from_photo import publish
from data.intake.importing import keep_original
from data.intake.sandbox import read_upload
from data.words import fault_text
from geo.faults import Fault

_LOCATE_JS = """
export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => {
    button.textContent = data.busy;
    button.disabled = true;
    const done = (value) => { button.textContent = data.label; button.disabled = false; setStateValue("place", value); };
    if (!navigator.geolocation) { done({ denied: true }); return; }
    navigator.geolocation.getCurrentPosition(
      (at) => done({ lon: at.coords.longitude, lat: at.coords.latitude, accuracy: at.coords.accuracy }),
      () => done({ denied: true }),
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 });
  };
}
"""
_LOCATE_CSS = """
button { font: inherit; min-height: 44px; padding: 0 16px; border-radius: 3px; cursor: pointer;
  color: var(--st-primary-color); background: transparent; border: 1px solid var(--st-primary-color); }
button:disabled { opacity: .6; cursor: progress; }
"""


@dataclass(frozen=True)
class Photo:
    """A photo read in the worker: its bytes, the copy without EXIF, and what the record keeps of it."""

    content: bytes
    published: bytes
    row: dict[str, Any]


@st.cache_data(show_spinner=False, max_entries=24)
def read_photo(name: str, content: bytes) -> Photo:
    """Time and place of a photo, read in the intake's worker."""
    photo = read_upload(content, {}).photo
    if photo is None:
        raise Fault("photo_broken")
    placed = photo.get("lon") is not None
    row = {"sha256": hashlib.sha256(content).hexdigest(), "name": name, "taken_at": photo.get("taken_at"),
           "lon": photo.get("lon"), "lat": photo.get("lat"), "source": "exif" if placed else None}
    return Photo(content, photo["published"], row)


def photos_chosen(here: Here) -> list[Photo]:
    """The photos of a form, each read; one that cannot be is said and left out."""
    files = st.file_uploader(here.say("form.photo"), type=["jpg", "jpeg", "png", "webp"], accept_multiple_files=True,
                             key="form_photos")
    found = []
    for file in files:
        try:
            found.append(read_photo(file.name, file.getvalue()))
        except Fault as fault:
            st.error(f"{file.name}: {fault_text(fault, here.lang)}")
    for photo in found:
        if photo.row["taken_at"]:
            st.caption(f"{photo.row['name']} · "
                       f"{here.say('form.photo_time', time=parts.date_text(photo.row['taken_at']))}")
    return found


def lay(here: Here, photos: list[Photo]) -> None:
    """Lay originals and published copies beside the store, before the record that names them."""
    for photo in photos:
        keep_original(here.store.folder, photo.content, photo.row["sha256"])
        publish(here.store.folder, photo.row["sha256"], photo.published)


def _located(here: Here) -> dict[str, Any] | None:
    locate = st.components.v2.component("hezhang_locate", html="<button type='button'></button>", css=_LOCATE_CSS,
                                        js=_LOCATE_JS)
    found = locate(data={"label": here.say("form.locate"), "busy": here.say("form.locating")}, key="form_locate",
                   default={"place": None}, on_place_change=lambda: None)
    place = getattr(found, "place", None)
    if not place:
        return None
    if place.get("denied"):
        st.warning(here.say("form.locate_denied"))
        return None
    st.caption(here.say("form.accuracy", metres=round(place["accuracy"])))
    return {"lon": place["lon"], "lat": place["lat"], "datum": "wgs84"}


def _typed(here: Here) -> dict[str, Any] | None:
    left, middle, right = st.columns(3)
    lon = left.number_input(here.say("form.lon"), value=None, format="%.6f", key="form_lon", step=None)
    lat = middle.number_input(here.say("form.lat"), value=None, format="%.6f", key="form_lat", step=None)
    with right:
        datum = work_parts.choose_datum(here, "form_datum")
    if lon is None or lat is None:
        return None
    if abs(lon) > 180 or abs(lat) > 90:
        st.error(here.say("form.lonlat_bad"))
        return None
    return {"lon": lon, "lat": lat, "datum": datum}


def _of_photo(here: Here, photos: list[Photo]) -> dict[str, Any] | None:
    if not photos:
        st.markdown(here.say("form.photo_needed"))
        return None
    placed = [photo.row for photo in photos if photo.row["lon"] is not None]
    if not placed:
        st.warning(here.say("form.photo_no_place"))
        return None
    return {"lon": placed[0]["lon"], "lat": placed[0]["lat"], "datum": "wgs84"}


def where(here: Here) -> tuple[dict[str, Any] | None, list[Photo]]:
    """Step 1: the place as given, with its numbers in WGS84, and the photos."""
    photos = photos_chosen(here)
    how = st.segmented_control(here.say("form.where"), ["locate", "typed", "photo"], default="locate", required=True,
                               format_func=lambda one: here.say(f"form.how.{one}"), key="form_how",
                               label_visibility="collapsed")
    place = {"locate": _located, "typed": _typed}[how](here) if how != "photo" else _of_photo(here, photos)
    if place is None:
        return None, photos
    moved = wgs84(Placed(**place))
    st.markdown(here.say("form.place", lon=f"{moved['lon']:.6f}", lat=f"{moved['lat']:.6f}"))
    return {**place, "wgs_lon": moved["lon"], "wgs_lat": moved["lat"]}, photos
