"""From original files to annotated passages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from uniner_hf.benchmark.catalog import benchmark_sets, find_row, training_sets
from uniner_hf.benchmark.passages import read_passages
from uniner_hf.benchmark.readers.errors import DataFormatError
from uniner_hf.schema import AnnotatedPassage, Entity

# row and split -> the passages of the excerpts: text, then (type, mention) in text order
EXCERPTS: dict[str, list[tuple[str, list[tuple[str, str]]]]] = {
    "crossner_ai/train": [
        (
            "Advocates of procedural representations were mainly centered at MIT , under the leadership of "
            "Marvin Minsky and Seymour Papert .",
            [("university", "MIT"), ("researcher", "Marvin Minsky"), ("researcher", "Seymour Papert")],
        ),
        ("The standard interface and calculator interface are written in Java .", [("program language", "Java")]),
    ],
    "crossner_ai/validation": [
        (
            "In 1969 , Scheinman invented the Stanford arm ,",
            [("researcher", "Scheinman"), ("product", "Stanford arm")],
        ),
    ],
    "crossner_ai/test": [
        (
            "Troponymy is one of the possible relations between verb s in the semantic network of the "
            "WordNet database .",
            [("product", "WordNet database")],
        ),
        (
            "A frame language is a technology used for knowledge representation in artificial intelligence .",
            [("task", "knowledge representation"), ("field", "artificial intelligence")],
        ),
        (
            "Prova is an open source programming language that combines Prolog with Java .",
            [("program language", "Prova"), ("program language", "Prolog"), ("program language", "Java")],
        ),
    ],
    "wikiann/test": [
        ("Jane Doe ( Springfield )", [("person", "Jane Doe"), ("location", "Springfield")]),
        ("Example Broadcasting Company", [("organization", "Example Broadcasting Company")]),
    ],
    "wikineural/validation": [
        ("Her book On Rivers appeared in Springfield .", [("location", "Springfield")]),
        ("The song Hot 100 made Jane Doe famous .", [("person", "Jane Doe")]),
    ],
    "anatem/validation": [
        ("Overall survival in high - risk breast cancer patients .", [("anatomy", "breast cancer")]),
    ],
    "bc5cdr/validation": [
        (
            "22 - oxacalcitriol suppresses secondary hyperparathyroidism without inducing low bone turnover "
            "in dogs with renal failure .",
            [
                ("chemical", "22 - oxacalcitriol"),
                ("disease", "secondary hyperparathyroidism"),
                ("disease", "low bone turnover"),
                ("disease", "renal failure"),
            ],
        ),
    ],
    "ncbi/validation": [
        (
            "Germline mutations in BRCA1 are responsible for most cases of inherited breast and ovarian cancer .",
            [("disease", "inherited breast and ovarian cancer")],
        ),
    ],
    "harveyner/test": [
        (
            "Water is rising at Maple Street and 5th near Example Creek .",
            [("point", "Maple Street and 5th"), ("river", "Example Creek")],
        ),
        ("Avoid Highway 99 in Northtown !", [("road", "Highway 99"), ("area", "Northtown")]),
    ],
    "broad_tweet_corpus/validation": [
        ("Ca n't wait to get back to Sayulita and skate with everyone ! !", [("location", "Sayulita")]),
        (
            "I 'm at Yume & Co Grimsby , North East Lincolnshire ) http://t.co/zIcw403fdw",
            [("organization", "Yume & Co"), ("location", "Grimsby"), ("location", "North East Lincolnshire")],
        ),
        (
            "Last chance to come see les mis tonight at 7 :3 30 ! Tickets are $ 15 at the door . Everyone "
            "come see an amazing show and help us sell out ! ! 🇫🇷 💙 💙",
            [],
        ),
    ],
    "mit_movie/test": [
        (
            "list the western movies from the nineties with jane doe",
            [("genre", "western"), ("year", "the nineties"), ("actor", "jane doe")],
        ),
        ("who plays captain example", [("character", "captain example")]),
    ],
    "mit_restaurant/train": [
        (
            "five star noodle house with outdoor seats",
            [("rating", "five star"), ("cuisine", "noodle"), ("amenity", "outdoor seats")],
        ),
        ("is joes diner open after ten", [("restaurant name", "joes diner"), ("hours", "after ten")]),
    ],
    "stackoverflow_ner/validation": [
        ("Why does :", []),
        (
            "Java + = operator has an implicit cast to the left hand type .",
            [("language", "Java"), ("code block", "+ =")],
        ),
        ("This goes for all composed operators .", []),
    ],
    "fewnerd_inter/test": [
        (
            "The stadium previously hosted the 1982 Commonwealth Games and 2001 Goodwill Games .",
            [("sports event", "Commonwealth Games"), ("sports event", "Goodwill Games")],
        ),
        (
            "War Machine faced Blas Avena at on June 19 , 2013 .",
            [("athlete", "War Machine"), ("athlete", "Blas Avena")],
        ),
    ],
    "wnut17/train": [
        (
            "From Green Newsfeed : AHFA extends deadline for Sage Award to Nov . 5 http://tinyurl.com/24agj38",
            [("group", "AHFA")],
        ),
        (
            "Pxleyes Top 50 Photography Contest Pictures of August 2010 ... http://bit.ly/bgCyZ0 #photography",
            [("corporation", "Pxleyes")],
        ),
        (
            "Cant wait for the ravens game tomorrow .... go ray rice !!!!!!!",
            [("group", "ravens"), ("person", "ray rice")],
        ),
    ],
    "litbank/train": [
        ("CHAPTER I In Chancery London .", [("facility", "Chancery"), ("geopolitical entity", "London")]),
        (
            "Michaelmas term lately over , and the Lord Chancellor sitting in Lincoln 's Inn Hall .",
            [("person", "Lord"), ("person", "Lord Chancellor"), ("facility", "Lincoln 's Inn Hall")],
        ),
        (
            "Fog on the Essex marshes , fog on the Kentish heights .",
            [("geopolitical entity", "Essex"), ("location", "Essex marshes"), ("location", "the Kentish heights")],
        ),
    ],
    "wikigold/train": [
        ("UK Edition came with the OSC-DIS video , and most of the tracks were re-engineered .", [("location", "UK")]),
        (
            "The 139th was formed at Camp Howe , near Pittsburgh , on September 1 , 1862 .",
            [("organization", "139th"), ("location", "Camp Howe"), ("location", "Pittsburgh")],
        ),
        ("Frederick H. Collier was the first colonel .", [("person", "Frederick H. Collier")]),
    ],
    "uner_en_ewt/validation": [
        ("Well you say Miramar I say Piramar", [("location", "Miramar")]),
        (
            "There are way more stranger names in the U.S for areas than Miramar .",
            [("location", "U.S"), ("location", "Miramar")],
        ),
    ],
    "sec_filings/train": [
        (
            "This Agreement shall be construed to impart upon Bank a duty to act reasonably at all times .",
            [("organization", "Bank")],
        ),
        (
            "Borrower will pay Bank the unpaid principal amount of all Credit Extensions and interest on the "
            "unpaid principal amount of the Credit Extensions .",
            [("person", "Borrower"), ("organization", "Bank")],
        ),
    ],
    "scierc_sentences/validation": [
        (
            "We train a tree parser beam search on news text .",
            [("method", "tree parser"), ("method", "beam search"), ("material", "news text")],
        ),
        ("This method raises the accuracy .", [("metric", "accuracy")]),
    ],
    "scirex/train": [
        (
            "document : Modelling Interaction of Sentence Pair with Coupled - LSTMs",
            [("task", "Modelling Interaction of Sentence Pair"), ("method", "LSTMs")],
        ),
        (
            "Recently , there is rising interest in modelling the interactions of two sentences with deep neural "
            "networks .",
            [("task", "interactions of two sentences"), ("method", "deep neural networks")],
        ),
        (
            "However , most of the existing methods encode two sequences with separate encoders , in which a sentence "
            "is encoded with little or no information from the other sentence .",
            [("method", "encoders")],
        ),
    ],
}


def passages(row: str, split: str, folder: Path) -> list[AnnotatedPassage]:
    return list(read_passages(find_row(row), split, folder))


@pytest.mark.parametrize("name", EXCERPTS)
def test_every_format_is_read(name: str, raw: Path) -> None:
    found = [
        (passage.text, [(entity.type, entity.text) for entity in passage.entities])
        for passage in passages(*name.split("/"), raw)
    ]
    assert found == EXCERPTS[name]


def excerpts(raw: Path) -> list[tuple[str, str]]:
    rows = [row for data_set in (*benchmark_sets(), *training_sets()) for row in data_set.rows]
    return [(row.name, split) for row in rows for split, files in row.files.items() if any(raw.glob(files))]


def test_every_excerpt_is_expected_above(raw: Path) -> None:
    assert {f"{row}/{split}" for row, split in excerpts(raw)} == set(EXCERPTS)


def test_offsets_are_those_of_the_text(raw: Path) -> None:
    for row, split in excerpts(raw):
        for number, passage in enumerate(passages(row, split, raw)):
            assert passage.id == f"{row}/{split}/{number}"
            assert list(passage.entities) == sorted(passage.entities, key=lambda one: (one.start, one.end, one.type))
            for entity in passage.entities:
                assert passage.text[entity.start : entity.end] == entity.text != ""


def write(folder: Path, path: str, content: str) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return folder


def test_offsets_count_code_points(tmp_path: Path) -> None:
    folder = write(
        tmp_path, "wnut17/emerging.test.annotated", "🇫🇷\tO\nZoë\tB-person\ne\u0301a\tI-person\n한국\tB-location\n"
    )
    (passage,) = passages("wnut17", "test", folder)
    assert passage.entities == (
        Entity("person", "Zoë e\u0301a", 3, 10),
        Entity("location", "한국", 11, 13),
    )


def test_an_empty_token_leaves_no_trace_in_the_text(tmp_path: Path) -> None:
    folder = write(tmp_path, "wnut17/emerging.test.annotated", "\tO\nwith\tO\n\tO\nAda\tB-person\n\tO\n")
    (passage,) = passages("wnut17", "test", folder)
    assert (passage.text, passage.entities) == ("with Ada", (Entity("person", "Ada", 5, 8),))


def test_a_mention_that_two_layers_hold_comes_once(tmp_path: Path) -> None:
    folder = write(tmp_path, "litbank/entities/tsv/a_brat.tsv", "Lord\tB-PER\tB-PER\tB-FAC\tO\t\n")
    (passage,) = passages("litbank", "train", folder)
    assert passage.entities == (Entity("facility", "Lord", 0, 4), Entity("person", "Lord", 0, 4))


def test_a_split_of_many_files_is_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b_brat", "a_brat", "c_brat"):
        write(tmp_path, f"litbank/entities/tsv/{name}.tsv", f"{name}\tO\tO\tO\tO\t\n")
    found = [(passage.id, passage.text) for passage in passages("litbank", "train", tmp_path)]
    assert found == [("litbank/train/0", "a_brat"), ("litbank/train/1", "b_brat"), ("litbank/train/2", "c_brat")]


def test_what_the_catalogue_leaves_out_is_counted(raw: Path) -> None:
    dropped: Counter[str] = Counter()
    for row, split in (("crossner_ai", "test"), ("wikineural", "validation"), ("stackoverflow_ner", "validation")):
        list(read_passages(find_row(row), split, raw, dropped))
    assert dropped == {"mentions labelled misc": 2, "mentions labelled MISC": 2, "sentences that are not text": 3}


def test_an_unknown_label_is_an_error_with_its_line(tmp_path: Path) -> None:
    folder = write(tmp_path, "crossner/ai/test.txt", "Ada\tB-person\n\nthe\tO\nEiffel\tB-tower\n")
    with pytest.raises(
        DataFormatError, match=r"crossner/ai/test\.txt:4: expected a tag with one of the labels algorithm, .*'tower'"
    ):
        passages("crossner_ai", "test", folder)


def test_a_type_of_the_other_file_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path, "fewnerd/inter/dev.txt", "Ada\tperson-athlete\n")
    with pytest.raises(DataFormatError, match="dev.txt:1: .*found the label 'person-athlete'"):
        passages("fewnerd_inter", "validation", folder)


def test_an_unknown_split_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a split of mit_movie, one of train, test; found 'validation'"):
        passages("mit_movie", "validation", tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match="Expected the test file of crossner_ai at .*/crossner/ai/test.txt, found n"
    ):
        passages("crossner_ai", "test", tmp_path)
