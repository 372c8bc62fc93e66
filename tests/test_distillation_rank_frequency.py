"""The plot of types by frequency."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from uniner_hf.distillation.rank_frequency import FILES, draw_rank_frequency
from uniner_hf.distillation.statistics import Statistics, set_statistics


def zipf(types: int) -> Statistics:
    entities = [{"type": str(rank)} for rank in range(1, types + 1) for _ in range(types // rank)]
    return set_statistics([{"text": "text", "entities": entities}])


@pytest.mark.parametrize("types, bands", [(200, 3), (20, 2), (1, 1)])
def test_both_files_show_the_bands_that_have_types(types: int, bands: int, tmp_path: Path) -> None:
    statistics = zipf(types)
    draw_rank_frequency(statistics, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    with Image.open(tmp_path / "rank_frequency.png") as image:
        image.load()
        assert image.format == "PNG" and len(image.convert("RGB").getcolors(1 << 20) or ()) > bands
    picture = ElementTree.parse(tmp_path / "rank_frequency.svg")
    words = ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert f"{statistics.entities:,} entities of {types:,} types" in words
    shown = [
        f"{band.name}: {band.types:,} types, {100 * band.share:.1f} % of the entities" for band in statistics.bands
    ]
    assert [label for label in shown if label in words] == shown[-bands:]


def test_the_same_set_gives_the_same_files(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        draw_rank_frequency(zipf(30), tmp_path / name)
        written.append([(tmp_path / name / file).read_bytes() for file in FILES])
    assert written[0] == written[1]
