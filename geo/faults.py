"""The one class of error a person can act on; anything else is a bug."""


class Fault(Exception):
    """Something a person did or supplied cannot be used, and they can be told why.

    Parameters
    ----------
    code : str
        Key of the sentence in ``data/words/faults.csv``; the words live there, in two languages.
    **fields
        Values the sentence names: file, row, field, column, reach_id, ...
    """

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value}" for name, value in self.fields.items())
        return f"{self.code} ({named})" if named else self.code
