"""Export: filter the problems, see how many, make the files; all of one set carry one kept number."""

import streamlit as st

from app_pages import export_parts, parts
from app_pages.export_parts import Wish


def downloads(here: parts.Here, wish: Wish) -> None:
    """The files made last, with their number."""
    made = st.session_state.get("export_made")
    if not made:
        return
    st.markdown(f"**{here.say('export.ready', number=made['number'])}**")
    st.caption(here.say("export.kept", number=made["number"], count=made["count"]))
    if made["wish"] not in (None, wish):
        st.caption(here.say("export.changed", number=made["number"]))
    for name, content, mime in made["files"]:
        about = f"{name.split('-')[0]} {name.rpartition('.')[2].upper()} · {export_parts.size_text(len(content))}"
        st.download_button(here.say("export.download", called=about), content, file_name=name, mime=mime,
                           key=f"get_{name}", on_click="ignore")


def make(here: parts.Here, wish: Wish, kinds: list[str], chief: str | None) -> None:
    """Keep the rows under a number, then make each file, saying which."""
    with st.status(here.say("export.working"), expanded=True) as status:
        number, kept = export_parts.keep(here, wish)
        files = []
        for kind in kinds:
            st.write(here.say("export.doing", what=here.say(f"export.kind.{kind}")))
            files += export_parts.make(here, wish, kind, number, kept, chief)
        status.update(label=here.say("export.ready", number=number), state="complete", expanded=False)
    st.session_state["export_made"] = {"wish": wish, "number": number, "files": files, "count": len(kept[0])}


here = parts.here()
with parts.faults():
    st.title(here.say("export.title"))
    st.caption(here.say("export.note"))
    wish = export_parts.filters(here)
    rows = export_parts.rows_of(here.key, wish, here.view)
    if len(rows):
        overdue, unplaced = export_parts.counts(rows)
        st.markdown(here.say("export.preview", count=len(rows), overdue=overdue, unplaced=unplaced))
        with st.expander(here.say("export.rows")):
            export_parts.row_table(here, wish, rows)
    else:
        st.markdown(here.say("export.empty"))
    st.subheader(here.say("export.make"))
    kinds = [kind for kind in export_parts.FILES
             if st.checkbox(here.say(f"export.kind.{kind}"), value=kind in ("map", "ledger"), key=f"want_{kind}")]
    chief = export_parts.choose_chief(here) if "chief" in kinds else None
    stuck = not kinds or ("chief" in kinds and chief is None) or not len(rows)
    if st.button(here.say("export.go"), key="export_go", type="primary", disabled=stuck):
        make(here, wish, kinds, chief)
    downloads(here, wish)
    export_parts.lists(here, wish)
    export_parts.reprint(here)
