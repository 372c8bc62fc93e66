"""The error of all readers."""


class DataFormatError(ValueError):
    """Content that the format of a data file does not allow; the message names file, place and what was expected."""
