"""Judgement, read-only: what follows from the records on a day, always with the rows and rules it follows from."""
