"""Reading what people upload: a short-lived worker reads bytes, the app understands rows, one transaction keeps them.

`data.intake.importing.import_file` is the one way in; `data.intake.templates.template` makes the blank ledgers. This file
imports nothing, because the worker process passes through it before its guards stand.
"""
