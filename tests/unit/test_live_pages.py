"""A page of StatLine read into columns: the same as one row after another, or the sentence that says what is wrong."""

import json

import pytest

from kavelmon.live import pages

ROWS = [{"ID": 0, "RegioS": "GM0197  ", "Roker_1": "    12.3"}, {"ID": 7, "RegioS": "NL01    ", "Roker_1": ""}]
KEYS = ("RegioS", "Roker_1")
LINK = "https://opendata.cbs.nl/ODataFeed/odata/VERZONNEN/UntypedDataSet?$skip=2"


def body(rows: object = ROWS, **more: object) -> bytes:
    return json.dumps({"odata.metadata": "x", "value": rows, **more}).encode()


@pytest.mark.parametrize("given", [body(), json.dumps({"value": ROWS, "odata.nextLink": None}, indent=2).encode()])
def test_a_page_keeps_its_text_as_it_came(given: bytes) -> None:
    page = pages.read(given, KEYS)
    assert page.link == ""
    assert page.columns.to_pylist() == ROWS
    assert page == pages._slow(given, KEYS)


def test_columns_that_were_not_asked_are_left_out_and_dates_stay_text() -> None:
    rows = [{**row, "Perioden": "2020-01-01", "more": [1, {"a": 2}]} for row in ROWS]
    page = pages.read(body(rows, **{"odata.nextLink": LINK}), ("Perioden",))
    assert page.link == LINK
    assert page.columns["Perioden"].to_pylist() == ["2020-01-01"] * 2


def test_the_last_page_has_no_rows() -> None:
    assert len(pages.read(body([]), KEYS).columns) == 0


def test_null_and_numbers_are_read_as_they_were() -> None:
    odd = [{**ROWS[0], "Roker_1": None}, {**ROWS[1], "Roker_1": 12.3}]
    assert pages.read(body(odd), KEYS).columns["Roker_1"].to_pylist() == [None, "12.3"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (body()[:-20], "cut off"),
        (body() + body(), "cut off or no JSON"),
        (body().replace(b"GM0197", b"GM\xff197"), "utf-8"),
        (b"", "empty"),
        (b"<html>Storing</html>", "a page in place of figures"),
        (b"[]", "list in place of"),
        (body("none"), 'no list "value"'),
        (body([*ROWS, None]), 'no list "value"'),
        (body([*ROWS, {"ID": 8, "RegioS": "GM0222  "}]), "a row without Roker_1"),
        (body([{"RegioS": "GM0222  ", "Roker_1": "1"}]), "a row without ID"),
    ],
)
def test_a_page_that_is_not_whole_is_refused_in_words(given: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pages.read(given, KEYS)
