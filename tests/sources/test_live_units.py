"""A unit that is not what an edition takes it for is refused before a figure is made of it."""

import csv
import dataclasses
from pathlib import Path

import pytest

from kavelmon.declarations import Catalogue
from kavelmon.live import questions, sources, units
from kavelmon.live.properties import base_of
from kavelmon.live.wire import FetchError, Wire
from kavelmon.model import Edition
from tests.sources.loopback import Loopback
from tests.sources.updating import HASTE, quiet


def edited(catalogue: Catalogue, indicator: str, source: str, **edition: str) -> Catalogue:
    """Return the catalogue with another edition of an indicator."""
    item = catalogue.indicator(indicator)
    other = item.model_copy(update={"edition": [Edition(source=source, **edition)]})
    return dataclasses.replace(catalogue, **{"indicators": {**catalogue.indicators, indicator: other}})


def faults(catalogue: Catalogue, source: str, **named: str) -> list[str]:
    return units.mistaken(catalogue, catalogue.source(source), "T", named)


def test_every_edition_agrees_with_the_lists_of_cbs(catalogue: Catalogue, shared_data: Path) -> None:
    source, seen = catalogue.source("cbs_kwb"), set()
    topics = sources.topics_of(catalogue, source)
    for year in ("kwb2020_84799NED", "kwb2025_86165NED"):
        path = shared_data.parent / "facts" / f"{year}_dataproperties.csv"
        if not path.is_file():
            pytest.skip("needs ../shared/facts")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [{name.lower(): text for name, text in row.items()} for row in csv.DictReader(lines)]
        known = {base_of(row["key"]): row["unit"] for row in rows}
        found = {name: known[name] for name in topics if name in known}
        assert units.mistaken(catalogue, source, year, found) == []
        seen |= {name for name, unit in found.items() if unit}
    assert len(seen) > 35


def test_a_share_is_no_count(catalogue: Catalogue) -> None:
    # as 85098NED has it: 15.4 (per cent, Groningen 2022); taken for a count it is a figure some 700 times too low
    assert faults(catalogue, "cbs_85098ned", JongerenMetJeugdhulpInNatura="% (zie toelichting)") == []
    named = {"numerator": "JongerenMetJeugdhulpInNatura", "denominator": "inwoners_0_22"}
    wrong = edited(catalogue, "jeugdhulp", "cbs_85098ned", **named)
    (said,) = faults(wrong, "cbs_85098ned", JongerenMetJeugdhulpInNatura="% (zie toelichting)")
    assert said.startswith(
        'T: "JongerenMetJeugdhulpInNatura" is in "% (zie toelichting)", and jeugdhulp takes it for a count'
    )
    assert faults(wrong, "cbs_85098ned", JongerenMetJeugdhulpInNatura="aantal") == []


def test_of_one_topic_by_another_the_unit_goes_out(catalogue: Catalogue) -> None:
    named = dict.fromkeys(sources.topics_of(catalogue, catalogue.source("cbs_70262ned")), "ha")
    assert len(named) >= 3
    assert faults(catalogue, "cbs_70262ned", **named) == []  # as CBS has it: hectares, of which shares are made


@pytest.mark.parametrize(
    ("source", "topic", "right", "wrong"),
    [
        ("cbs_kwb", "k_15Tot25Jaar", "aantal", "%"),  # a denominator
        ("cbs_kwb", "Eenpersoonshuishoudens", "aantal", "%"),
        ("cbs_kwb", "SterfteTotaal", "aantal", "per 1 000 inwoners"),
        ("cbs_kwb", "SterfteTotaal", "aantal", "relatief"),
        ("cbs_kwb", "Koopwoningen", "%", "aantal"),
        ("cbs_kwb", "WmoClientenRelatief", "per 1 000 inwoners", "aantal"),
        ("cbs_kwb", "GemiddeldInkomenPerInwoner", "x 1 000 euro", "euro"),
        ("cbs_kwb", "AantalInwoners", "aantal", "x 1 000"),
        ("rivm_50140ned", "SterkEenzaam", "%", "aantal"),
        ("cbs_03759ned", "M000352", "aantal", "%"),
    ],
)
def test_each_kind_of_unit(catalogue: Catalogue, source: str, topic: str, right: str, wrong: str) -> None:
    assert topic in sources.topics_of(catalogue, catalogue.source(source))
    assert faults(catalogue, source, **{topic: right}) == faults(catalogue, source, **{topic: ""}) == []
    assert f'"{topic}" is in "{wrong}"' in faults(catalogue, source, **{topic: wrong})[0]


def test_it_is_refused_at_the_first_fetch_and_when_it_changes(
    catalogue: Catalogue, wire: Wire, server: Loopback
) -> None:
    source = catalogue.source("rivm_50140ned")
    topic = server.table("50140NED").topics()[server.table("50140NED").key_of("SterkEenzaam")]
    topic["Unit"] = "aantal"
    with pytest.raises(FetchError, match=r'"SterkEenzaam" is in "aantal", and [a-z_]+ takes it for a percentage'):
        sources.bring(catalogue, source, wire, quiet)
    (said,) = questions.ask(catalogue, ["rivm_50140ned"], server.hosts, HASTE)
    assert not said.right
    assert '50140NED: "SterkEenzaam" is in "aantal"' in said.text

    topic["Unit"] = "%"
    brought, _ = sources.bring(catalogue, source, wire, quiet)
    wire.archive.complete(source.id, brought.content())
    topic["Unit"] = "% van de volwassenen"
    server.modify("50140NED", modified="2026-05-01T02:00:00")
    with pytest.raises(FetchError, match='"SterkEenzaam" was in "%" and is in "% van de volwassenen" now'):
        sources.bring(catalogue, source, wire, quiet)
