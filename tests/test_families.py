"""Which rows are the same data."""

from uniner_hf.benchmark.families import is_kin


def test_rows_of_one_set_and_of_one_repository_are_kin() -> None:
    assert is_kin("crossner_ai", ["crossner_politics"])
    assert is_kin("fewnerd_coarse", ["fewnerd_inter"]), "two sets, one repository of the Hub"
    assert is_kin("ncbi", ["wnut17", "ncbi"])
    assert not is_kin("ncbi", ["wnut17", "bc5cdr"])
    assert not is_kin("ncbi", [])
