"""Upload: a file in four steps that stay visible, an inspection form, and what one handed in."""

import hashlib

import streamlit as st

from app_pages import inspect_form, mine_parts, parts, upload_parts, work_parts
from app_pages.upload_parts import Given
from data.intake.report import ImportReport


def kept(here: parts.Here) -> None:
    """Step 4, done: the receipt, where the rows are, the way back."""
    done = st.session_state["up_done"]
    lines = [here.say("up.replayed" if done["outcome"] == "replayed" else "up.saved", count=done["count"])]
    if done["refused"]:
        lines.append(here.say("up.partly_note", count=done["refused"]))
    work_parts.receipt(here, "up", lines, (done["layer"], done["first"]), (done["layer"], done["first"]))


def save(here: parts.Here, given: Given, count: int, refused: int) -> None:
    """Step 4: one button; the same button again finds the first receipt."""
    if refused:
        st.caption(here.say("up.partly_note", count=refused))
    if not st.button(here.say("up.save", count=count), key="up_save", type="primary"):
        return
    with st.spinner(here.say("up.saving")):
        report = given.run(here, dry_run=False, key=work_parts.form_key("up"))
    if report.receipt is None:
        upload_parts.rows_report(here, report)
        return
    st.session_state["up_done"] = {"receipt": report.receipt, "outcome": report.outcome, "layer": report.layer,
                                   "count": len(report.stored), "refused": len(report.refused),
                                   "first": str(report.stored[0].id) if report.stored else ""}
    st.rerun()


def dry_run(here: parts.Here, given: Given) -> ImportReport:
    """What importing would do, worked out once for the same file and choices."""
    mark = (hashlib.sha256(given.content).hexdigest(), given.layer, repr(given.options), here.lang, here.stamp)
    if st.session_state.get("up_report", ((), None))[0] != mark:
        with st.spinner(here.say("up.reading")):
            st.session_state["up_report"] = (mark, given.run(here, dry_run=True))
    return st.session_state["up_report"][1]


def file_steps(here: parts.Here) -> None:
    """The four steps."""
    if "up_done" in st.session_state:
        kept(here)
        return
    st.subheader(here.say("up.step1"))
    files = st.file_uploader(here.say("up.file"), accept_multiple_files=True, key="up_files",
                             help=here.say("up.file_help"))
    chosen = upload_parts.one_file(files)
    layer, found = upload_parts.layer_step(here, chosen)
    st.subheader(here.say("up.step2"))
    if chosen is None or layer is None:
        st.markdown(here.say("up.wait"))
        return
    given = Given(*chosen, layer, upload_parts.options_chosen())
    report = dry_run(here, given)
    upload_parts.understood(here, found, report, layer)
    st.subheader(here.say("up.step3"))
    upload_parts.rows_report(here, report)
    st.subheader(here.say("up.step4"))
    if report.outcome in ("accepted", "repaired", "partly"):
        save(here, given, len(report.stored), len(report.refused))
    else:
        st.markdown(here.say("up.nothing" if report.outcome == "refused" else "up.save_first"))


here = parts.here()
with parts.faults():
    st.title(here.say("up.title"))
    sections = [name for name in ("file", "form", "mine") if name != "form" or here.can("submit_inspection")]
    section = st.segmented_control(here.say("up.title"), sections, default="file", required=True, key="section",
                                   format_func=lambda one: here.say(f"up.tab.{one}"), label_visibility="collapsed")
    with st.container(width=work_parts.COLUMN_PX if section != "mine" else "stretch"):
        {"file": file_steps, "form": inspect_form.form, "mine": mine_parts.mine}[section](here)
