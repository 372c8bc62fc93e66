"""The error of all readers."""


class DataFormatError(ValueError):
    """Content that the format of a data file does not allow; the message names file, place and what was expected."""


def unlike_catalogue(what: str) -> str:
    """Return how an error ends that says where a file is not as the catalogue describes it.

    Args:
        what: differs from the catalogue, such as `"label"`.
    """
    return (
        "this is not the file that the catalogue describes, so fetch the original again, or report the "
        f"{what} as an issue if the source has changed."
    )
