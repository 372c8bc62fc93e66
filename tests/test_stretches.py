"""Cutting documents into stretches."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from uniner_hf.benchmark.readers.raw_passages import RawPassage, RawSpan
from uniner_hf.benchmark.readers.stretches import cut

REASON = "mentions across lines"


@given(st.text("ab \n", max_size=40), st.data())
def test_every_span_keeps_its_text_or_is_counted(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    stretches = list(zip(cuts[::2], cuts[1::2], strict=False))
    offsets = st.integers(0, max(len(text) - 1, 0))
    pairs = data.draw(st.lists(st.tuples(offsets, offsets).map(sorted))) if text else []
    spans = [RawSpan(str(number), start, end + 1, "a:1") for number, (start, end) in enumerate(pairs)]
    dropped = Counter[str]()
    passages = list(cut(RawPassage(text, spans), stretches, dropped, REASON))
    assert [passage.text for passage in passages] == [text[start:end] for start, end in stretches]
    found = {span.label: passage.text[span.start : span.end] for passage in passages for span in passage.spans}
    assert found == {
        span.label: text[span.start : span.end]
        for span in spans
        if any(start <= span.start and span.end <= end for start, end in stretches)
    }
    assert dropped[REASON] == len(spans) - len(found)
