"""The sentences that statistics become, what stands out, and the funnels and peers of the real documents.

Numbers in a sentence are read back and held against the figures that they are of.
"""

import gzip
import json
import math
import re
from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kavelmon import declarations, figures, method_texts
from kavelmon.analysis.compare import ids_by_edition
from kavelmon.analysis.funnel import funnel
from kavelmon.analysis.peers import peers
from kavelmon.analysis.standard import standardised
from kavelmon.analysis.trend import course
from kavelmon.analysis.unequal import RANKINGS, between, ranking
from kavelmon.dashboard import collect, findings, prepared, standouts
from kavelmon.model import Edition, Indicator, NotFoundError

AREAS = ("achterhoek", "ede", "mijnstreek", "zuid_limburg")
NUMBER = r"[+−]?\d{1,3}(?:\.\d{3})*(?:,\d+)?"
FIGURE = rf"€\u00a0{NUMBER}|{NUMBER}\u00a0(?:%|km)|{NUMBER}"
AMOUNT = rf"[+−]?€\u00a0{NUMBER}|{NUMBER}\u00a0km|{NUMBER}"
SIGNS = ("%", "€", "km", "")
Z95, Z998 = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.999)


def read(text: str) -> float:
    """Return the number in a text, as a Dutch reader reads it."""
    [found] = re.findall(NUMBER, text.replace("€\u00a0", ""))
    return float(found.replace(".", "").replace(",", ".").replace("−", "-").replace("+", ""))


def decimals_of(text: str) -> int:
    return len(re.sub("[^0-9,]", "", text).partition(",")[2])


def says(text: str, value: float, decimals: int) -> bool:
    """Tell whether a text shows a value, rounded to so many decimals and not otherwise."""
    return decimals_of(text) == decimals and abs(read(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + 1e-12


def clean(text: str) -> None:
    """Refuse what is never in a sentence: a missing figure, an English number, or a space too many."""
    assert text == text.strip(), text
    assert text[-1] in ".:", text
    for wrong in ("None", "nan", "NaN", "inf", "  ", " .", " ,", "..", "True", "False", "()", "\n"):
        assert wrong not in text, text
    assert not re.search(r"(?<![\w-])-\d", text), f"a hyphen for a minus: {text}"
    assert not re.search(r"\d\.\d{1,2}(?!\d)", text), f"a point for a comma: {text}"


# the words of a trend

SOME = st.floats(-5000, 5000).map(lambda v: round(v, 4))
SIGN = st.sampled_from(SIGNS)
DECIMALS = st.integers(0, 2)
ENDINGS = {
    "up": "Dat is meer dan toeval.",
    "down": "Dat is meer dan toeval.",
    "similar": "Dat kan toeval zijn.",
    "few": "Met 4 metingen is niet te zeggen of dat toeval is.",
}
TREND = re.compile(
    rf"^Van (\d{{4}}) tot en met (\d{{4}}): gemiddeld ({AMOUNT})( procentpunt)? per jaar"
    rf"(?: \(({NUMBER}) tot ({NUMBER})\))?(?:, landelijk ({AMOUNT}))?\. (.+)$"
)


def course_of(per_year: float, half: float, word: str, recent: str = "", *, provisional: bool = False) -> dict:
    out = {"start": 2012, "end": 2020, "points": 4 if word == "few" else 9, "per_year": per_year, "word": word}
    return out | {
        "lower": per_year - half, "upper": per_year + half, "p": 0.5, "recent": recent, "provisional": provisional,
    }  # fmt: skip


@settings(deadline=None)
@given(SOME, st.floats(0, 500), st.sampled_from(list(ENDINGS)), st.none() | SOME, SIGN, DECIMALS, st.booleans())
def test_a_trend_says_its_numbers_and_no_others(per_year, half, word, country, sign, decimals, provisional) -> None:
    found = course_of(per_year, half, word, provisional=provisional)
    there = None if country is None else course_of(country, 1, "few")
    text = method_texts.trend(found, there, sign, decimals)
    clean(text)
    digits = next((d for d in (decimals + 1, decimals + 2) if round(per_year, d)), 0)
    if not digits:
        assert text == "Van 2012 tot en met 2020: vrijwel geen verandering per jaar."
        return
    start, end, amount, step, low, high, landelijk, rest = TREND.match(text).groups()
    assert (start, end) == ("2012", "2020")
    assert says(amount, per_year, digits)
    assert (step == " procentpunt") == (sign == "%")
    assert ("€" in amount) == (sign == "€")
    assert amount.endswith("\u00a0km") == (sign == "km")
    assert (low is None) == (word == "few")
    if low is not None:
        assert says(low, found["lower"], digits)
        assert says(high, found["upper"], digits)
    assert (landelijk is None) == (country is None)
    if landelijk is not None:
        assert says(landelijk, country, digits)
    assert rest == ENDINGS[word] + (" Het laatste punt is voorlopig." if provisional else "")
    assert "%" not in text, "a change of a percentage is in procentpunten"


@pytest.mark.parametrize(
    ("recent", "said"),
    [
        ("up", "De laatste vijf metingen laten een stijging zien."),
        ("down", "De laatste vijf metingen laten een daling zien."),
        ("no change", "De laatste vijf metingen laten geen duidelijke verandering zien."),
        ("too few", ""),
        ("", ""),
    ],
)
def test_the_last_five_years_are_told_apart(recent, said) -> None:
    text = method_texts.trend(course_of(-1.25, 0.5, "down", recent, provisional=True), None, "%", 1)
    middle = f" {said}" if said else ""
    assert text == (
        "Van 2012 tot en met 2020: gemiddeld −1,25 procentpunt per jaar (−1,75 tot −0,75). "
        f"Dat is meer dan toeval.{middle} Het laatste punt is voorlopig."
    )


@pytest.mark.parametrize(
    ("sign", "said"),
    [("%", "−1.234,6 procentpunt"), ("€", "−€\u00a01.234,6"), ("km", "−1.234,6\u00a0km"), ("", "−1.234,6")],
)
def test_a_fall_has_a_real_minus_before_its_sign(sign, said) -> None:
    text = method_texts.trend(course_of(-1234.56, 0.5, "few"), course_of(0.04, 1, "few"), sign, 0)
    assert f"gemiddeld {said} per jaar, landelijk" in text
    assert re.search(r"landelijk (€\u00a0)?0,0(\u00a0km)?\.", text), "zero has no sign"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("better", "Vergeleken met 2012: gunstiger. Dat verschil is groter dan toeval."),
        ("worse", "Vergeleken met 2012: ongunstiger. Dat verschil is groter dan toeval."),
        ("higher", "Vergeleken met 2012: hoger. Dat verschil is groter dan toeval."),
        ("lower", "Vergeleken met 2012: lager. Dat verschil is groter dan toeval."),
        ("similar", "Vergeleken met 2012: ongeveer gelijk, of het verschil kan toeval zijn."),
    ],
)
def test_an_earlier_year_is_told_in_a_word(word, said) -> None:
    assert method_texts.earlier("2012", word) == said


# the words of the spread between wijken and of its slope

SPREAD = re.compile(
    rf"^Tussen (\d+) wijken loopt het van ({FIGURE}) tot ({FIGURE})"
    rf"(?:; ongeveer de helft van de ([a-z ]+) (?:woont|staat|ligt) in een wijk met ({FIGURE}) tot ({FIGURE}))?\.$"
)
SLOPE = re.compile(
    rf"^Waar (het inkomen|de woningwaarde) het hoogst is, is het ({FIGURE})( procentpunt)? (hoger|lager) "
    rf"dan waar dat het laagst is \(({NUMBER}) tot ({NUMBER})\)\.$"
)


def with_its_sign(text: str, sign: str) -> bool:
    """Tell whether a figure has its sign with a space that does not break."""
    return {"%": text.endswith("\u00a0%"), "€": text.startswith("€\u00a0"), "km": text.endswith("\u00a0km")}.get(
        sign, "\u00a0" not in text
    )


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 99_999), min_size=4, max_size=4).map(sorted),
    SIGN,
    DECIMALS,
    st.integers(5, 900),
    st.sampled_from(["inwoners", "woningen", "km² land"]),
)
def test_the_spread_says_its_numbers(values, sign, decimals, units, counted) -> None:
    found = dict(zip(("lowest", "q1", "q3", "highest"), values, strict=True)) | {"units": units}
    text = method_texts.spread(found, sign, decimals, counted)
    clean(text)
    number, low, high, noun, q1, q3 = SPREAD.match(text).groups()
    assert int(number) == units
    assert noun == {"inwoners": "mensen", "woningen": "woningen"}.get(counted)
    halves = ((q1, "q1"), (q3, "q3")) if noun else ()
    for shown, name in ((low, "lowest"), (high, "highest"), *halves):
        assert says(shown, found[name], decimals)
        assert with_its_sign(shown, sign)


@settings(deadline=None)
@given(SOME, st.floats(0, 5000), SIGN, DECIMALS, st.sampled_from(RANKINGS))
def test_a_slope_is_told_only_when_its_margins_leave_out_zero(sii, half, sign, decimals, by) -> None:
    found = {"by": by, "sii": sii, "sii_lower": sii - half, "sii_upper": sii + half}
    text = method_texts.slope(found, sign, decimals)
    clean(text)
    if found["sii_lower"] <= 0 <= found["sii_upper"]:
        assert text == f"Een verband met {method_texts.RANKED_BY[by]} van de wijk is niet duidelijk."
        return
    noun, amount, step, way, low, high = SLOPE.match(text).groups()
    assert noun == method_texts.RANKED_BY[by]
    assert says(amount, abs(sii), decimals)
    assert (step == " procentpunt") == (sign == "%")
    assert with_its_sign(amount, "" if sign == "%" else sign)
    assert way == ("hoger" if sii > 0 else "lager")
    assert says(low, found["sii_lower"], decimals)
    assert says(high, found["sii_upper"], decimals)


# the words of ages and of margins

AGED = re.compile(
    rf"^Met de leeftijden van Nederland zou het hier ({FIGURE}) zijn; in Nederland is het ({FIGURE})\. "
    r"Twee groepen: 18 tot 65 jaar, en ouder\.( .+\.)?$"
)
SAMPLE = re.compile(
    rf"^De marges zijn zo breed als bij een steekproef van (?:ongeveer ({NUMBER})|minder dan 100) mensen\.$"
)


@settings(deadline=None)
@given(st.floats(0, 5000), st.floats(0, 5000), SIGN, DECIMALS, st.sampled_from(["", "Een opmerking."]))
def test_ages_say_their_numbers(value, reference, sign, decimals, note) -> None:
    text = method_texts.aged(value, reference, sign, decimals, note)
    clean(text)
    here, there, more = AGED.match(text).groups()
    assert says(here, value, decimals)
    assert says(there, reference, decimals)
    assert with_its_sign(here, sign)
    assert with_its_sign(there, sign)
    assert (more or "").strip() == note


@settings(deadline=None)
@given(st.floats(100, 2_000_000))
def test_a_sample_is_told_in_two_figures(size) -> None:
    text = method_texts.sample(size)
    clean(text)
    shown = read(SAMPLE.match(text).group(1))
    assert len(f"{shown:.0f}".rstrip("0")) <= 2
    assert abs(shown - size) <= 0.0501 * size


@settings(deadline=None)
@given(st.floats(1, 99))
def test_a_sample_of_few_is_not_said_to_be_of_nobody(size) -> None:
    text = method_texts.sample(size)
    clean(text)
    assert SAMPLE.match(text).group(1) is None


SINCE = re.compile(
    r"^Vergeleken met (\d{4}): (?:(gunstiger|ongunstiger|hoger|lager)\. Dat verschil is groter dan toeval"
    r"|ongeveer gelijk, of het verschil kan toeval zijn)\.$"
)


# what makes the sentences, on figures made here


class Said(list):
    """Sentences by number, as a document keeps them."""

    def __call__(self, text: str) -> int:
        self.append(text)
        return len(self) - 1


EDITION = Edition(source="bron", value="X", denominator="inwoners", breaks=({"year": 2018, "text": "Anders gemeten."},))
ITEM = Indicator(id="iets", title="Iets", domain="zorg", unit="%", edition=(EDITION,))


def frame(values: list, region: str = "hier", *, first: int = 2010, half: float | None = None, status: str = "ok"):
    number = len(values)
    found = pd.DataFrame(
        {"period": [str(first + n) for n in range(number)], "value": np.array(values, dtype=float), "region": region}
    )
    margins = {"lower": found["value"] - half, "upper": found["value"] + half} if half else dict.fromkeys(
        ("lower", "upper"), np.nan
    )  # fmt: skip
    statuses = ["ok"] * (number - 1) + [status]
    same = {"method": "bron" if half else "", "edition": "bron", "indicator": "iets", "unit": "%"}
    return found.assign(**margins, status=statuses, **same)


def test_a_trend_is_that_of_the_last_segment_here_and_there() -> None:
    said = Said()
    own, nl = frame([9, 1, 9, 1, 9, 1, 9, 1, 20, 22, 24, 26]), frame([5] * 8 + [10, 11, 12, 13], "NL")
    number = findings.trend(ITEM, EDITION, own, nl, said)
    assert said[number] == (
        "Van 2018 tot en met 2021: gemiddeld +2,00 procentpunt per jaar, landelijk +1,00. "
        "Met 4 metingen is niet te zeggen of dat toeval is."
    )
    assert findings.trend(ITEM, EDITION, nl, nl, said) is not None
    assert "landelijk" not in said[-1], "the country next to itself"
    assert findings.trend(ITEM, EDITION, own, nl.iloc[:-1], said) is not None
    assert "landelijk" not in said[-1], "of the country another stretch of years"


def test_two_points_after_a_break_are_no_trend() -> None:
    said = Said()
    nl = frame([5.0] * 12, "NL")
    assert findings.trend(ITEM, EDITION, frame([9, 8, 7, 6, 5, 4, 3, 2, 1, 2]), nl, said) is None
    assert findings.trend(ITEM, EDITION, frame([np.nan] * 4), nl, said) is None
    assert findings.trend(ITEM.model_copy(update={"rollup": "sum"}), EDITION, frame(list(range(8))), nl, said) is None
    assert not said


def test_an_earlier_year_is_that_after_the_break_and_both_margins_count() -> None:
    said = Said()
    rising = frame([1, 1, 1, 1, 1, 1, 1, 1, 20, 21, 24], half=2.0)
    item = ITEM.model_copy(update={"better": "lower"})
    assert findings.since(item, EDITION, rising, said) == 0
    assert said == ["Vergeleken met 2018: ongunstiger. Dat verschil is groter dan toeval."]  # 4 is above 2√2
    findings.since(item, EDITION, frame([1] * 8 + [20, 20, 22.5], half=2.0), said)  # 2.5 is not
    assert said[1] == "Vergeleken met 2018: ongeveer gelijk, of het verschil kan toeval zijn."
    findings.since(item, EDITION, frame([1] * 8 + [20, 20, 20.9], half=0.1), said)  # under the threshold of 1
    assert said[2] == said[1]
    assert findings.since(ITEM, EDITION, frame([1] * 8 + [20, 30]), said) is None, "without margins"
    assert findings.since(ITEM, EDITION, frame([1] * 9, half=0.1), said) is None, "one figure after the break"
    assert findings.since(ITEM, EDITION, frame([np.nan] * 9), said) is None


def test_a_provisional_last_point_is_told() -> None:
    said = Said()
    findings.trend(ITEM, EDITION, frame([1, 2, 3, 4.5, 5], half=0.5, status="provisional"), frame([1], "NL"), said)
    assert said[0].endswith("Dat is meer dan toeval. De laatste vijf metingen laten een stijging zien. Het laatste punt is voorlopig.")  # fmt: skip  # noqa: E501


@settings(deadline=None)
@given(st.floats(1, 99), st.floats(0.2, 5))
def test_a_sample_has_the_margins_of_the_figure(share, half) -> None:
    said = Said()
    rows = pd.DataFrame(
        {
            "value": [share, share, np.nan, 100.0, share],
            "lower": [share - half, share - half, np.nan, 99.0, share],
            "upper": [share + half, share + half, np.nan, 101.0, share],
            "method": ["bron", "byar", "bron", "bron", "bron"],
        }
    )
    numbers = findings.sample(ITEM, rows, said)
    assert numbers == [0, None, None, None, None]
    exact = share / 100 * (1 - share / 100) / (half / 100 / Z95) ** 2
    shown = SAMPLE.match(said[0]).group(1)
    assert exact < 100 if shown is None else read(shown) == pytest.approx(exact, rel=0.0501)
    per_thousand = ITEM.model_copy(update={"unit": "per 1.000 inwoners"})
    assert findings.sample(per_thousand, rows, said) == [None] * 5


# which differences stand when all are allowed for


def stands(chances: list[float | None]) -> list[bool]:
    """Benjamini and Hochberg, 5 %: the greatest rank k of which p <= k/m · q, and all below it."""
    tested = sorted(p for p in chances if p is not None)
    line = max((p for k, p in enumerate(tested, 1) if p <= k / len(tested) * 0.05), default=-1.0)
    return [p is not None and p <= line for p in chances]


CHANCE = st.none() | st.floats(0, 1).map(lambda p: round(p**4, 5))
ROWS = st.lists(
    st.tuples(CHANCE, CHANCE, st.sampled_from(["better", "worse", "similar", "higher", "none"])), max_size=30
)


@settings(deadline=None)
@given(ROWS)
def test_what_stands_is_what_benjamini_and_hochberg_leave(raw) -> None:
    items = [
        {"pick": {"": [0, 1], "2019": [0, 0], "2020": [0, 1]}, "editions": [{"p": [q, p], "word": ["worse", word]}]}
        for p, q, word in raw
    ]
    findings.firm_up(items)
    for year, at in (("", 1), ("2019", 0), ("2020", 1)):
        edition = [item["editions"][0] for item in items]
        sure = stands([one["p"][at] for one in edition])
        expected = [s and one["word"][at] not in ("similar", "none") for s, one in zip(sure, edition, strict=True)]
        assert [item["firm"].get(year, 0) == 1 for item in items] == expected


# what stands out

WORDS = ("better", "worse", "similar", "higher", "lower", "none")
SOURCES = {"bron": {"publisher": "Uitgever"}}
ITEMS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.booleans(), st.booleans(), st.floats(0, 100), st.floats(0, 100), SIGN),
    max_size=30,
)


def one_of(number: int, word: str, judged: bool, sure: bool, value: float, nl: float, sign: str) -> dict:
    edition = {
        "source": "bron", "periods": ["2020"], "value": [value], "lower": [value - 1], "upper": [value + 1],
        "nl": [nl], "word": [word], "status": ["ok"], "judged": [int(judged)],
        "spread": [[0.0, 40.0, 60.0, 100.0, 342]], "breaks": [],
    }  # fmt: skip
    return {
        "title": f"Indicator {number}", "domain": "gezondheid", "group": f"Groep {number}", "sign": sign, "unit": "",
        "decimals": 1, "pick": {"": [0, 0]}, "editions": [edition], "firm": {"": 1} if sure else {},
    }  # fmt: skip


@settings(deadline=None)
@given(ITEMS)
def test_only_what_is_judged_and_stands_stands_out(raw) -> None:
    items = [one_of(n, *one) for n, one in enumerate(raw)]
    found = standouts.of(items, SOURCES)
    right = {n for n, (word, judged, sure, *_) in enumerate(raw) if word not in ("similar", "none") and judged and sure}
    numbers = [one["item"] for one in found]
    assert set(numbers) <= right
    assert len(numbers) == min(len(right), 3), "three of one domain"
    for one in found:
        _, _, _, value, nl, sign = raw[one["item"]]
        text = one["text"]
        clean(text)
        assert text.startswith(f"Indicator {one['item']}: {'hoger' if value > nl else 'lager'} dan in heel Nederland")
        shown, low, high, reference = re.search(
            rf", ({FIGURE}) \(({NUMBER})–({NUMBER})\) tegen ({FIGURE}) \(Uitgever, 2020\)\.$", text
        ).groups()
        for said, figure in ((shown, value), (low, value - 1), (high, value + 1), (reference, nl)):
            assert says(said, figure, 1)
        assert with_its_sign(shown, sign)
        assert with_its_sign(reference, sign)


def test_without_anything_that_stands_nothing_stands_out() -> None:
    items = [one_of(n, "worse", True, False, 50.0, 10.0, "%") for n in range(9)]
    assert standouts.of(items, SOURCES) == []
    assert standouts.of([], SOURCES) == []


# the real documents


@cache
def real(area: str) -> tuple[dict, dict]:
    core, units = (json.loads(gzip.decompress(part)) for part in prepared.read(area))
    return core, units


@cache
def frames(region: str | tuple[str, ...], level: str = "", only: str = "") -> dict[tuple[str, str], pd.DataFrame]:
    """Return the figures of a region by indicator and edition, read in one go per edition; `only` names some."""
    found = {}
    for source, ids in ids_by_edition(collect.items()).items():
        if only and source not in only.split():
            continue
        whole = figures.observations(ids, region, edition=source, level=level)
        found |= {(name, source): part for name, part in whole.groupby("indicator", sort=False)}
    return found


def editions(core: dict):
    """Yield every indicator and edition of a document, with the declarations that they are of."""
    for item in core["items"]:
        declared = declarations.default().indicator(item["id"])
        for edition in item["editions"]:
            yield item, edition, declared, declared.editions(edition["source"])[0]


@pytest.mark.parametrize("area", [*AREAS, "nl"])
def test_every_sentence_of_the_statistics_is_clean_and_of_its_form(area) -> None:
    core, _ = real(area)
    said, seen = core["said"], 0
    for item, edition, *_ in editions(core):
        for number, form in (
            (edition["trend"], re.compile(f"{TREND.pattern}|^.*: vrijwel geen verandering per jaar\\.$")),
            (edition["since"], SINCE),
            *((n, AGED) for n in edition["aged"]),
            *((n, SAMPLE) for n in edition["sample"]),
            *((two[0], SPREAD) for two in edition["unequal"] if two),
        ):
            if number is None:
                continue
            clean(said[number])
            assert form.match(said[number]), said[number]
            assert "–" not in said[number], "a figure that is not there"
            seen += 1
        for two in edition["unequal"]:
            for number in two[1:]:
                clean(said[number])
                told = SLOPE.match(said[number])
                assert told or "niet duidelijk" in said[number] or "tonen we niet" in said[number], item["id"]
        lengths = {len(edition[k]) for k in ("periods", "value", "p", "n", "sample", "unequal", "word", "judged")}
        assert len(lengths) == 1
        assert len(edition["aged"]) in (0, len(edition["periods"]))
    assert seen > (100 if area != "nl" else 20)


@pytest.mark.parametrize("area", [*AREAS, "nl"])
def test_no_sentence_of_a_document_holds_a_missing_figure(area) -> None:
    core, units = real(area)
    assert not {"None", "nan", ""} & set(core["said"])
    for text in [*core["said"], *(one["text"] for one in core["standouts"])]:
        assert not re.search(r"\b(None|nan|NaN|inf)\b|  ", text), text
    assert "NaN" not in json.dumps([core, units])


def test_the_numbers_of_trends_are_those_of_the_api() -> None:
    core, _ = real("achterhoek")
    own, nl, told = frames("achterhoek"), frames("NL"), 0
    for item, edition, declared, its in editions(core):
        key, decimals = (item["id"], edition["source"]), item["decimals"] + 1
        segments = course(own[key], declared.breaks_of(its))
        last = segments[-1] if segments else None
        if last is None or math.isnan(last["per_year"]) or declared.rollup == "sum":
            assert edition["trend"] is None, key
            continue
        text = core["said"][edition["trend"]]
        decimals = next((d for d in (decimals, decimals + 1) if round(last["per_year"], d)), 0)
        if not decimals:
            assert "vrijwel geen verandering" in text
            continue
        start, end, amount, _, low, high, landelijk, rest = TREND.match(text).groups()
        assert (int(start), int(end)) == (last["start"], last["end"]), key
        assert says(amount, last["per_year"], decimals), (key, text, last)
        assert (low is not None) == (last["word"] != "few")
        if low is not None:
            assert says(low, last["lower"], decimals), (key, text, last)
            assert says(high, last["upper"], decimals), (key, text, last)
        assert ("meer dan toeval" in rest) == (last["word"] in ("up", "down"))
        assert ("kan toeval zijn" in rest) == (last["word"] == "similar")
        assert ("voorlopig" in rest) == bool(last["provisional"])
        assert ("stijging" in rest) == (last["recent"] == "up")
        assert ("daling" in rest) == (last["recent"] == "down")
        there = course(nl[key], declared.breaks_of(its))
        same = [one for one in there if (one["start"], one["end"]) == (last["start"], last["end"])]
        assert (landelijk is not None) == bool(same), key
        if same:
            assert says(landelijk, same[-1]["per_year"], decimals), (key, text)
        told += 1
    assert told > 40


def test_the_numbers_of_ages_are_those_of_the_api() -> None:
    core, _ = real("achterhoek")
    told = 0
    for item, edition, *_ in editions(core):
        if item["id"] not in ("roker", "eenzaam", "overgewicht", "mantelzorger") or not edition["aged"]:
            continue
        rows = standardised(item["id"], "achterhoek", edition=edition["source"]).to_dict("records")
        for row, number in zip(rows, edition["aged"], strict=True):
            assert (number is None) == math.isnan(row["standardised"])
            if number is not None:
                here, there, _ = AGED.match(core["said"][number]).groups()
                assert says(here, row["standardised"], item["decimals"])
                assert says(there, row["reference"], item["decimals"])
                told += 1
    assert told >= 10


@cache
def wijken() -> tuple[dict, dict]:
    """Return the figures per wijk of an area, and by what wijken are put in order."""
    return frames("zuid_limburg", "WK"), {name: ranking(name, "zuid_limburg") for name in RANKINGS}


def spreads():
    """Yield the sentences on the wijken of an area, with the rows that they are of."""
    core, _ = real("zuid_limburg")
    own, orders = wijken()
    here = frames("zuid_limburg")
    for item, edition, declared, its in editions(core):
        for period, numbers in zip(edition["periods"], edition["unequal"], strict=True):
            if numbers:
                rows = own[item["id"], edition["source"]]
                rows = rows[rows["period"] == period]
                [whole] = here[item["id"], edition["source"]].query("period == @period").to_dict("records")
                yield item, its, [core["said"][n] for n in numbers], rows, between(declared, rows, orders, whole)


def test_the_numbers_of_spread_and_slope_are_those_of_the_api() -> None:
    told = sloped = 0
    for item, _, sentences, _, row in spreads():
        _, low, high, noun, q1, q3 = SPREAD.match(sentences[0]).groups()
        halves = ((q1, "q1"), (q3, "q3")) if noun else ()
        for shown, name in ((low, "lowest"), (high, "highest"), *halves):
            assert says(shown, row[name], item["decimals"]), (item["id"], sentences[0], row)
        told += 1
        if len(sentences) == 1:
            assert math.isnan(row["sii"])
        elif slope := SLOPE.match(sentences[1]):
            _, amount, _, way, lower, upper = slope.groups()
            assert way == ("hoger" if row["sii"] > 0 else "lager")
            assert says(amount, abs(row["sii"]), item["decimals"])
            assert says(lower, row["sii_lower"], item["decimals"])
            assert says(upper, row["sii_upper"], item["decimals"])
            sloped += 1
        elif "tonen we niet" not in sentences[1]:
            assert row["sii_lower"] <= 0 <= row["sii_upper"]
    assert told > 60
    assert sloped > 10


def test_the_spread_is_between_as_many_wijken_as_it_says() -> None:
    wrong = []
    for item, its, sentences, rows, _ in spreads():
        known = (rows["value"].notna() & (rows["denominator"] > 0)).sum()
        number = int(SPREAD.match(sentences[0]).group(1))
        if number != known:
            wrong.append(f"{item['id']}, {its.source}, {rows['period'].iat[0]}: {number} said, {known} have a figure")
    assert not wrong, "\n".join(wrong)


def test_of_an_area_that_is_hardly_known_nothing_is_said_of_its_wijken() -> None:
    """Where too few wijken are in a file for a figure of the area, they do not stand for its people either."""
    wrong = []
    for area in ("achterhoek", "zuid_limburg"):
        core, _ = real(area)
        for item, edition, *_ in editions(core):
            if not edition["source"].endswith("_wijk_jads"):
                continue
            for n, period in enumerate(edition["periods"]):
                if edition["value"][n] is None and edition["unequal"][n]:
                    why, *_ = (core["said"][k] for k in edition["said"][n])
                    wrong.append(f"{area}, {item['id']}, {period}: {why} {core['said'][edition['unequal'][n][0]]}")
    assert not wrong, "\n".join(wrong)


def test_half_of_the_people_are_people() -> None:
    """Wijken are weighted with the denominator: of a density that is land, and half of the land is not half of us."""
    wrong = set()
    for item, its, sentences, *_ in spreads():
        noun = declarations.default().indicator(its.denominator).unit
        if ("mensen" in sentences[0]) != (noun == "inwoners"):
            wrong.add(f"{item['id']}, {its.source}: weighted with {noun}; {sentences[0]}")
    assert not wrong, "\n".join(sorted(wrong))


def test_samples_are_those_of_the_margins_of_the_api() -> None:
    core, _ = real("achterhoek")
    own, told = frames("achterhoek"), 0
    for item, edition, declared, _ in editions(core):
        rows = own[item["id"], edition["source"]].to_dict("records")
        for row, number in zip(rows, edition["sample"], strict=True):
            sure = row["method"] == "bron" and row["lower"] < row["upper"] and 0 < row["value"] < 100
            assert (number is not None) == (sure and declared.unit.startswith("%"))
            if number is not None:
                share, error = row["value"] / 100, (row["upper"] - row["lower"]) / 200 / Z95
                size = read(SAMPLE.match(core["said"][number]).group(1))
                assert size == pytest.approx(share * (1 - share) / error**2, rel=0.0501)
                told += 1
    assert told > 10


def test_numbers_of_people_are_those_of_the_api() -> None:
    core, _ = real("achterhoek")
    own = frames("achterhoek")
    for item, edition, _, its in editions(core):
        money = its.denominator and declarations.default().indicator(its.denominator).unit == "euro"
        rows = own[item["id"], edition["source"]]["denominator"]
        expected = [None if math.isnan(n) or not its.denominator or money else round(n) for n in rows]
        assert edition["n"] == expected, item["id"]


def chances_of(core: dict, area: str) -> dict[tuple[str, str], list[float | None]]:
    """Return the p of each difference with the Netherlands, worked out from the figures of the API."""
    own, nl, found = frames(area), frames("NL"), {}
    for item, edition, declared, _ in editions(core):
        key = item["id"], edition["source"]
        country = nl[key].set_index("period")["value"]
        found[key] = []
        for row in own[key].to_dict("records"):
            against = country.get(row["period"], math.nan)
            if declared.incomparable or declared.rollup == "sum" or not row["upper"] > row["lower"]:
                against = math.nan
            gap = abs(row["value"] - against)
            error = (row["upper"] - row["lower"]) / 2 / Z95
            found[key].append(None if math.isnan(gap) else math.erfc(gap / error / math.sqrt(2)))
    return found


def test_what_stands_in_a_document_is_what_the_figures_of_the_api_leave() -> None:
    core, _ = real("achterhoek")
    chances = chances_of(core, "achterhoek")
    for item, edition, *_ in editions(core):
        for shown, p in zip(edition["p"], chances[item["id"], edition["source"]], strict=True):
            assert (shown is None) == (p is None)
            assert shown is None or shown == pytest.approx(p, rel=6e-3, abs=1e-300)
    assert firm_of(core, chances) > 10


def firm_of(core: dict, chances: dict[tuple[str, str], list[float | None]]) -> int:
    """Hold what stands against what these p leave, in every year; return how much that is."""
    firm = 0
    for year in {year for item in core["items"] for year in item["pick"]}:
        rows = [(i, i["editions"][i["pick"][year][0]], i["pick"][year][1]) for i in core["items"] if year in i["pick"]]
        sure = stands([chances[item["id"], edition["source"]][at] for item, edition, at in rows])
        for stands_here, (item, edition, at) in zip(sure, rows, strict=True):
            expected = stands_here and edition["word"][at] not in ("similar", "none")
            assert (item["firm"].get(year) == 1) == expected, (item["id"], year)
            firm += expected
    assert all(set(item["firm"]) <= set(item["pick"]) for item in core["items"])
    return firm


@pytest.mark.parametrize("area", [*AREAS, "nl"])
def test_what_stands_in_a_document_is_what_its_own_chances_leave(area) -> None:
    core, _ = real(area)
    firm = firm_of(core, {(item["id"], edition["source"]): edition["p"] for item, edition, *_ in editions(core)})
    assert (firm > 10) == (area != "nl")


@pytest.mark.parametrize("area", [*AREAS, "nl"])
def test_what_stands_out_is_judged_and_says_all_of_it(area) -> None:
    core, _ = real(area)
    firm = [i for i in core["items"] if i["firm"].get("")]
    assert bool(core["standouts"]) <= bool(firm)
    assert (area == "nl") == (not core["standouts"])
    for one in core["standouts"]:
        item, at = core["items"][one["item"]], one["period"]
        edition, decimals = item["editions"][one["edition"]], item["decimals"]
        assert [one["edition"], at] == item["pick"][""]
        assert edition["judged"][at] == 1
        assert item["firm"][""] == 1
        low, value, high, nl = (edition[k][at] for k in ("lower", "value", "upper", "nl"))
        assert nl < low < value < high or low < value < high < nl
        assert abs(value - nl) >= edition["threshold"][at] - 10**-decimals
        publisher = re.escape(core["sources"][edition["source"]]["publisher"])
        said = re.search(
            rf"({FIGURE}) \(({NUMBER})–({NUMBER})\) tegen ({FIGURE}) \({publisher}, {edition['periods'][at]}\)\.",
            one["text"],
        )
        for shown, figure in zip(said.groups(), (value, low, high, nl), strict=True):
            assert says(shown, figure, decimals), one["text"]
        assert re.search(r"^Meer |hoger dan" if value > nl else r"^Minder |lager dan", one["text"]), one["text"]
        clean(one["text"])


# funnels and peers in the documents


@cache
def plot_of(name: str, source: str, period: str):
    """Return the funnel plot of the API; None where it refuses one."""
    try:
        return funnel(name, edition=source, period=period)
    except NotFoundError:
        return None


def limits_at(size: float, kind: str, centre: float, tau2: float, per: float) -> list[float]:
    """Return the limits of 95 % and 99.8 % at any size, in the unit of the indicator."""
    if kind == "cost":
        spread, back = math.sqrt(2.1**2 / size + tau2), lambda b: centre * math.exp(b)
        middle = 0.0
    elif kind == "ratio":
        spread, back = math.sqrt(0.25 / (size * centre / per) + tau2), lambda b: centre * max(b, 0) ** 2
        middle = 1.0
    else:
        spread, middle = math.sqrt(0.25 / size + tau2), math.asin(math.sqrt(centre / 100))
        back = lambda b: 100 * math.sin(min(max(b, 0), math.pi / 2)) ** 2  # noqa: E731
    return [back(middle + side * z * spread) for z in (Z95, Z998) for side in (-1, 1)]


def a_funnel_is_there(item: dict, edition: dict) -> bool:
    """Tell whether the newest figure of an area has its place in a funnel plot of the API."""
    known = [n for n, v in enumerate(edition["value"]) if v is not None]
    if item["apart"] or not known:
        return False
    plot = plot_of(item["id"], edition["source"], edition["periods"][known[-1]])
    return plot is not None and (plot.kind != "proportion" or edition["lower"][known[-1]] is not None)


def funnels(area: str):
    core, units = real(area)
    for item, levels in zip(core["items"], units["beside"], strict=True):
        for edition, one in zip(item["editions"], levels, strict=True):
            yield item, edition, one.get("funnel"), units


@pytest.mark.parametrize("area", AREAS)
def test_a_funnel_is_of_one_piece(area) -> None:
    made = 0
    for item, edition, found, units in funnels(area):
        if found is None:
            continue
        listed = units["gemeenten"][found["list"]]
        assert len(listed["codes"]) == len(listed["names"]) == len(found["size"]) == len(found["value"]) >= 20
        assert listed["codes"] == sorted(set(listed["codes"]))
        assert [len(one) for one in found["limits"]] == [len(found["grid"])] * 4
        assert found["grid"] == sorted(found["grid"])
        assert found["grid"][0] == min(found["size"])
        assert found["grid"][-1] == max(*found["size"], found["own"][0]), "the band runs on to a large area"
        low95, high95, low998, high998 = (np.array(one) for one in found["limits"])
        assert (low998 <= low95).all()
        assert (low95 <= high95).all()
        assert (high95 <= high998).all()
        assert found["period"] in edition["periods"]
        at = edition["periods"].index(found["period"])
        assert found["own"][1] == pytest.approx(edition["value"][at], abs=0.5 * 10 ** -item["decimals"] + 1e-9)
        assert not any(v is None or v != v for v in found["value"])
        assert edition["nl"][at] is not None, "the line in the middle of the figure"
        assert found["way"] in ("in", "above", "below")
        made += 1
    assert made >= 15


@pytest.mark.parametrize("area", AREAS)
def test_a_funnel_is_that_of_the_api_and_points_the_same_way(area) -> None:
    """The way of the area is held against the limits at exactly its own size."""
    wrong = []
    for item, edition, found, units in funnels(area):
        declared = declarations.default().indicator(item["id"])
        if found is None:
            assert not a_funnel_is_there(item, edition), (item["id"], edition["source"])
            continue
        plot = plot_of(item["id"], edition["source"], found["period"])
        assert found["kind"] == plot.kind
        points = plot.points.set_index("region")
        codes = units["gemeenten"][found["list"]]["codes"]
        assert codes == sorted(points.index)
        digits = item["decimals"] + 1
        assert found["value"] == pytest.approx(points.loc[codes, "value"].tolist(), abs=0.5 * 10**-digits + 1e-9)
        assert found["size"] == pytest.approx(points.loc[codes, "size"].tolist(), abs=0.5 + 1e-9)
        for n, rounded in enumerate(found["grid"]):
            size = min(points["size"], key=lambda size, rounded=rounded: abs(size - rounded))
            size = rounded if abs(size - rounded) > 1 else size  # beyond the largest gemeente
            exact = limits_at(size, plot.kind, plot.centre, plot.tau2, declared.per)
            shown = [one[n] for one in found["limits"]]
            assert shown == pytest.approx(exact, rel=1 / size, abs=0.51 * 10**-digits), (item["id"], rounded)
        size, figure = found["own"]
        low, high, *_ = limits_at(size, plot.kind, plot.centre, plot.tau2, declared.per)
        way = "above" if figure > high else "below" if figure < low else "in"
        if way != found["way"] and min(abs(figure - low), abs(figure - high)) > 10**-digits:
            wrong.append(f"{item['id']}, {edition['source']}: {found['own']}, {low}-{high}, {way} not {found['way']}")
    assert not wrong, "\n".join(wrong)


def test_some_area_lies_above_a_funnel_and_some_below() -> None:
    ways = {found["way"] for area in AREAS for _, _, found, _ in funnels(area) if found}
    assert ways == {"in", "above", "below"}


@pytest.mark.parametrize("area", AREAS)
def test_the_peers_of_a_document_are_those_of_the_api(area) -> None:
    core, units = real(area)
    found = peers(area)
    assert [code for code, _, _ in core["peers"]] == found["region"].tolist()
    assert [name for _, name, _ in core["peers"]] == found["region_name"].tolist()
    assert [d for *_, d in core["peers"]] == pytest.approx(found["distance"].tolist(), abs=0.005 + 1e-9)
    codes = set(found["region"])
    for item, levels in zip(core["items"], units["beside"], strict=True):
        for edition, one in zip(item["editions"], levels, strict=True):
            assert set(one["peers"]) <= codes
            assert all(len(values) == len(edition["periods"]) for values in one["peers"].values())


def plainly_compared(declared: Indicator, row: dict, there: dict | None) -> list:
    """Return the word of a comparison in which both margins count, and whether it is judged."""
    if there is None or math.isnan(row["value"] - there["value"]) or declared.incomparable or declared.rollup == "sum":
        return ["none", 0]
    gap = row["value"] - there["value"]
    by = 1.0 if declared.unit.startswith("%") else abs(there["value"]) * 0.025
    half = math.hypot(row["upper"] - row["lower"], there["upper"] - there["lower"]) / 2
    judged = int(not math.isnan(half))
    if abs(gap) < (declared.relevance or by) or (judged and abs(gap) <= half):
        return ["similar", judged]
    if not judged or declared.better == "none":
        return ["higher" if gap > 0 else "lower", judged]
    return ["better" if (gap > 0) == (declared.better == "higher") else "worse", judged]


def test_the_words_against_peers_are_those_of_the_figures_of_the_api() -> None:
    core, _ = real("achterhoek")
    own, alike = frames("achterhoek"), frames(tuple(sorted(code for code, _, _ in core["peers"])))
    judged, words = 0, set()
    for item, edition, declared, _ in editions(core):
        key = item["id"], edition["source"]
        assert set(edition["against"]) == set(edition["others"])
        assert all(len(one) == len(edition["periods"]) for one in edition["against"].values())
        there = {row["period"]: row for row in alike[key].to_dict("records")}
        expected = [plainly_compared(declared, row, there.get(row["period"])) for row in own[key].to_dict("records")]
        assert edition["against"]["vergelijkbaar"] == expected, key
        judged += sum(sure for _, sure in expected)
        words |= {word for word, sure in expected if sure}
    assert judged > 60
    assert words >= {"better", "worse", "similar"}


def test_the_figures_of_peers_are_those_of_the_api() -> None:
    core, units = real("achterhoek")
    codes = tuple(sorted(code for code, _, _ in core["peers"]))
    own, each = frames(codes), frames(codes, "GM", "cbs_85984ned ggd_85012ned politie_misdrijven")
    compared = 0
    for (item, edition, declared, _), one in zip(
        editions(core), (one for levels in units["beside"] for one in levels), strict=True
    ):
        key = item["id"], edition["source"]
        together = own[key].set_index("period")["value"].reindex(edition["periods"])
        for shown, value in zip(edition["others"]["vergelijkbaar"], together, strict=True):
            assert (shown is None) == math.isnan(value), key
            assert shown is None or shown == pytest.approx(value, abs=0.5 * 10 ** -item["decimals"] + 1e-9), key
            compared += shown is not None
        if declared.rollup == "sum":
            assert one["peers"] == {}
            continue
        if key not in each:
            continue
        by_code = {code: rows.set_index("period")["value"] for code, rows in each[key].groupby("region")}
        for code, values in one["peers"].items():
            for period, shown in zip(edition["periods"], values, strict=True):
                value = by_code[code].get(period, math.nan)
                assert (shown is None) == math.isnan(value), (key, code, period)
                assert shown is None or shown == pytest.approx(value, abs=0.5 * 10 ** -item["decimals"] + 1e-9)
                compared += shown is not None
    assert compared > 1000


def test_the_country_has_no_peers_and_no_funnels() -> None:
    core, units = real("nl")
    assert core["peers"] == []
    assert units["gemeenten"] == []
    assert not any(units["beside"])
    assert not any(e["p"] != [None] * len(e["p"]) for i in core["items"] for e in i["editions"])
    assert not any("vergelijkbaar" in e["others"] for i in core["items"] for e in i["editions"])
