"""The screens. A page reads inputs, calls one action or one analysis, and shows the result or the fault.

``parts`` and ``parts_*`` are what pages share; the pages themselves are run by ``streamlit_app.py``.
"""
