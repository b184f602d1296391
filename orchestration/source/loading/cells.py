"""What becomes of one cell of a file: text for COPY, or a refusal with its reason."""

NULL = "\\N"


class BadCell(ValueError):  # noqa: N818  # it reads as what it is
    """The cell is refused; the message says why, to follow "value …"."""
