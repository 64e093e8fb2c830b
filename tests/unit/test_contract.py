"""A contract as TOML: every fault is found at once and said word for word; what is only unusual is a warning."""

import datetime as dt
import hashlib
import re
import shutil
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kavelmon import paths
from kavelmon.contracts import contract
from kavelmon.model import CatalogueError, KavelmonError, NotFoundError

TEMPLATE = paths.templates() / "contract_voorbeeld.toml"
INDICATORS = "contract_voorbeeld_indicatoren.toml"
RECORD = "leg ze vast in een bestand en noem dat in [quality.frozen] met file, sha256 en date"
EARLIER = "leg ze vast vóór 1 januari 2023, of laat het eerste prestatiejaar later beginnen"


def changed(folder, *changes):
    """Write the example with pieces of its text replaced."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    file = folder / "eigen.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults(folder, *changes):
    with pytest.raises(CatalogueError) as error:
        contract.read(changed(folder, *changes))
    first, *lines = str(error.value).splitlines()
    assert first == f"{len(lines)} fault(s) in eigen.toml:"
    return lines


@pytest.fixture
def example():
    return contract.read(TEMPLATE)


# ------------------------------------------------------------------------------------------------------------- example


def test_the_example_is_read(example):
    assert example.id == "contract_voorbeeld"
    assert example.area == ("achterhoek",)
    assert [d.use for d in example.loan.draw] == ["aanloop_governance", "aanloop_data", "interventie"]
    assert contract.warnings(example) == ()
    contract.verify_frozen(example, TEMPLATE.parent)


def test_the_example_says_what_is_assumed_and_that_it_is_invented():
    text = TEMPLATE.read_text(encoding="utf-8")
    assert "rekenvoorbeeld, verzonnen" in text
    sure = ("term ", "rounding", "title", "area", "name", "role", "integrator", "file", "sha256", "date", "use", "year")
    for line in text.splitlines():
        setting = re.match(r"^(?!\s*#)\w+ += ", line)
        if setting and not line.startswith((*sure, "id", "base = 7", "base = 4", "base = 9", "target", "weight")):
            assert "aanname" in line, line


def test_defaults(tmp_path):
    gone = ("method", "reference", "minimum_savings_rate", "first_euro", "deficit_banking", "rounding")
    text = TEMPLATE.read_text(encoding="utf-8")
    for name in gone:
        text = re.sub(rf"(?m)^{name} = .*\n", "", text)
    text = re.sub(r"(?m)^base = \"net.*\n", "", text)
    file = tmp_path / "kort.toml"
    file.write_text(text, encoding="utf-8")
    found = contract.read(file)
    assert (found.method, found.reference, str(found.minimum_savings_rate)) == ("own_norm", "others", "0.02")
    assert (found.first_euro, found.deficit_banking, found.base) == (True, False, "net_of_debt")


def test_codes_and_placebo(tmp_path):
    file = changed(
        tmp_path,
        ('area = "achterhoek" ', 'area = ["GM1876", "WK158600"] '),
        ("minimum_savings_rate = 0.02 ", 'minimum_savings_rate = "placebo" '),
    )
    found = contract.read(file)
    assert found.area == ("GM1876", "WK158600")
    assert found.minimum_savings_rate == "placebo"


# ------------------------------------------------------------------------------------------------------------ refusals

RATE = "a rate per year is a number from 0 to 0.25; write 4 % as 0.04"
BASIS = 'use "own_norm" or "synthetic"'
REFUSALS = {
    "level": (
        ('method = "own_norm"', 'method = "level"'),
        "method = 'level': no basis for payment: an area that was cheap before would be paid without doing anything; "
        + BASIS,
    ),
    "trend": (
        ('method = "own_norm"', 'method = "trend"'),
        "method = 'trend': no basis for payment: a line drawn on from a few years is a check of the outcome, and not "
        "its measure; " + BASIS,
    ),
    "shares above the whole": (
        ("p_max = 0.5 ", "p_max = 0.8 "),
        "providers.p_max = '0.8': with payers.share (0.3) more than 1; lower one of the two, p_max to at most 0.7",
    ),
    "a share above 1": (
        ("share = 0.3 ", "share = 1.3 "),
        "payers.share = 1.3: a share is a number from 0 to 1; write 30 % as 0.3",
    ),
    "p_max below p_min": (("p_max = 0.5 ", "p_max = 0.1 "), "providers.p_max = '0.1': must be at least p_min (0.2)"),
    "no curve": (("q_hi = 1.0 ", "q_hi = 0.0 "), "providers.q_hi = '0.0': must be more than q_lo (0.0)"),
    "a rate of 400 %": (("\nrate = 0.03 ", "\nrate = 4.0 "), f"loan.rate = 4.0: {RATE}"),
    "a rate below 0": (("arrears_rate = 0.03 ", "arrears_rate = -0.01 "), f"loan.arrears_rate = -0.01: {RATE}"),
    "a rate that is no number": (
        ("\nrate = 0.03 ", "\nrate = nan "),
        "loan.rate = nan: Input should be a finite number",
    ),
    "a negative amount": (
        ("amount = 400_000 ", "amount = -400_000 "),
        "loan.draw.0.amount = -400000: an amount is in euros, above 0 and at most 1000000000000, with at most two "
        "decimals",
    ),
    "part of a cent": (
        ("amount = 400_000 ", "amount = 0.005 "),
        "loan.draw.0.amount = 0.005: an amount is in euros, above 0 and at most 1000000000000, with at most two "
        "decimals",
    ),
    "a draw after the term": (
        ("year = 2024\n", "year = 2033\n"),
        "loan.draw.2.year = 2033: a draw after the term, which ends in 2032; draw earlier",
    ),
    "a draw before the pre-period": (
        ("[[loan.draw]]\nyear = 2023\n", "[[loan.draw]]\nyear = 2014\n"),
        ('term_from = "first_draw"', 'term_from = "start"'),
        "loan.draw.0.year = 2014: a draw before the pre-period, which begins in 2015; draw later",
    ),
    "an intervention in the pre-period": (
        ("year = 2024\n", "year = 2020\n"),
        "loan.draw.2.year = 2020: an intervention in the pre-period, which ends in 2020; draw after it",
    ),
    "grace": (("grace = 2 ", "grace = 10 "), "loan.grace = 10: must be less than the term (10 years)"),
    "an overlap": (
        ("last = 2020 ", "last = 2023 "),
        "pre_period.last = 2023: the pre-period must end before the start (2023); end it earlier",
    ),
    "years in the wrong order": (
        ("last = 2020 ", "last = 2014 "),
        "pre_period.last = 2014: lies before first (2015); give the last year",
    ),
    "split": (
        ('"Welzijn Voorbeeld" = 0.15', '"Welzijn Voorbeeld" = 0.1'),
        "providers.split = '0.95': the shares of the providers must add up to 1; mend the shares",
    ),
    "no law": (
        ('laws = ["Zvw", "Wlz", "Wmo"] ', "laws = [] "),
        "laws = []: is empty; give at least one",
    ),
    "a law twice": (
        ('laws = ["Zvw", "Wlz", "Wmo"] ', 'laws = ["Zvw", "Zvw"] '),
        "laws = ['Zvw', 'Zvw']: Zvw stands there twice; keep one",
    ),
    "an unknown law": (
        ('laws = ["Zvw", "Wlz", "Wmo"] ', 'laws = ["AWBZ"] '),
        "laws.0 = 'AWBZ': Input should be 'Zvw', 'Wlz', 'Wmo', 'Jeugdwet' or 'overig'",
    ),
    "a minimum": (
        ("minimum_savings_rate = 0.02 ", "minimum_savings_rate = 2 "),
        'minimum_savings_rate = 2: give a share of the expected cost from 0 to 0.25 (0.02 is 2 %), or "placebo"',
    ),
    "a key that is not there": (
        ("grace = 2 ", "aflossingsvrij = 2 "),
        "loan.aflossingsvrij = 2: no such key; nearest: arrears_rate, draw, grace; allowed: rate, kind, grace, term, "
        "term_from, arrears_rate, draw",
    ),
    "a key that is missing": (("share = 0.3 ", "# "), "payers.share: missing; give it"),
    "an indicator twice": (
        ('id = "eenzaam"', 'id = "ervaren_gezondheid"'),
        "quality.indicator.1.id = 'ervaren_gezondheid': stands there twice, so that it counts twice; keep one",
    ),
    "nothing to reach": (
        ("target = 78.0", "target = 74.0"),
        "quality.indicator.0.target = '74.0': is the same as base; give what is to be reached",
    ),
    "no weight": (
        ("weight = 2\n", "weight = 0\n"),
        "quality.indicator.0.weight = 0: a weight is a number above 0, such as 1 or 2.5",
    ),
    "a folder in the name of the file": (
        (f'file = "{INDICATORS}"', 'file = "../x.toml"'),
        "quality.frozen.file = '../x.toml': String should match pattern '^([^/\\\\]+)?$'",
    ),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_refusals(tmp_path, case):
    *changes, sentence = case
    assert faults(tmp_path, *changes) == [f"eigen.toml: {sentence}"]


def test_a_loan_that_ends_before_the_start(tmp_path):
    text = TEMPLATE.read_text(encoding="utf-8")
    loan = "[loan]\nrate = 0.03\narrears_rate = 0.03\nterm = 3\n"
    loan += '[[loan.draw]]\nyear = 2018\namount = 5\nuse = "aanloop_data"'
    text = re.sub(r"(?s)\[loan\].*?(?=\n# Vastgelegd: een groter deel)", loan, text)
    file = tmp_path / "eigen.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        contract.read(file)
    assert str(error.value).splitlines()[1:] == [
        "eigen.toml: loan.term = 3: the loan ends in 2020, before the start (2023); draw later"
    ]


def test_every_fault_at_once(tmp_path):
    """Also what lies between keys, where others of the same table are wrong."""
    found = faults(
        tmp_path,
        ("\nrate = 0.03 ", "\nrate = 4 "),
        ("p_max = 0.5 ", "p_max = 0.9 "),
        ('"Welzijn Voorbeeld" = 0.15', '"Welzijn Voorbeeld" = 0.16'),
        ("last = 2020 ", "last = 2024 "),
        ("first_euro = true", "eerste_euro = true"),
    )
    assert [line.split(" = ")[0].split(": ")[1] for line in found] == [
        "loan.rate",
        "providers.split",
        "eerste_euro",
        "providers.p_max",
        "pre_period.last",
    ]


def test_no_file(tmp_path):
    with pytest.raises(CatalogueError) as error:
        contract.read(tmp_path / "geen.toml")
    assert str(error.value) == (
        f"{tmp_path / 'geen.toml'}: no such file; `kavelmon local templates FOLDER` writes contract_voorbeeld.toml to "
        "begin with"
    )


def test_no_toml(tmp_path):
    (tmp_path / "kapot.toml").write_text("title = Achterhoek", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"^1 fault\(s\) in kapot\.toml:\nkapot\.toml: not valid TOML: "):
        contract.read(tmp_path / "kapot.toml")


# ------------------------------------------------------------------------------------------------------------ warnings


def without(example, *roles):
    return example.model_copy(update={"party": tuple(p for p in example.party if p.role not in roles)})


def test_parties_that_every_kavel_has(example):
    assert contract.warnings(without(example, "gemeente", "ziekenhuis"))[0] == (
        "In het contract ontbreekt de gemeente en een ziekenhuis. In elke kavel doen die in ieder geval mee."
    )
    assert contract.warnings(without(example, "vvt"))[0] == (
        "In het contract ontbreekt een ggz- of vvt-aanbieder. In elke kavel doen die in ieder geval mee."
    )


def test_ggz_takes_the_place_of_vvt(example):
    parties = [p.model_copy(update={"role": "ggz"}) if p.role == "vvt" else p for p in example.party]
    assert contract.warnings(example.model_copy(update={"party": tuple(parties)})) == ()


def test_who_sits_in_the_integrator(example):
    assert contract.warnings(without(example, "inwoners")) == (
        "In de integrator ontbreken de inwoners. Alle drie de groepen horen daarin.",
    )


def test_a_provider_that_is_no_party(example):
    parties = tuple(p for p in example.party if p.name != "Welzijn Voorbeeld")
    assert contract.warnings(example.model_copy(update={"party": parties}))[1] == (
        "Deelt mee en is geen partij in het contract: Welzijn Voorbeeld."
    )


def test_another_term(tmp_path):
    found = contract.read(changed(tmp_path, ("term = 10 ", "term = 12 ")))
    assert contract.warnings(found) == ("De lening loopt 12 jaar. In het Kavelmodel is dat tien jaar.",)


def test_a_share_that_does_not_depend_on_quality(tmp_path):
    found = contract.read(changed(tmp_path, ("p_min = 0.2 ", "p_min = 0.5 ")))
    assert contract.warnings(found) == (
        "Het deel van de aanbieders hangt niet af van kwaliteit. In het Kavelmodel is dat wel zo.",
    )


def test_shares_that_leave_nothing_for_the_fund(tmp_path):
    found = contract.read(changed(tmp_path, ("p_max = 0.5 ", "p_max = 0.7 ")))
    assert contract.warnings(found) == ("Bij de hoogste kwaliteit blijft er niets over voor het revolving fund.",)


def providers(folder, split):
    text = re.sub(
        r"(?s)\[providers\.split\].*?(?=\n\[payers\])", f"[providers.split]\n{split}\n", TEMPLATE.read_text("utf-8")
    )
    file = folder / "eigen.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_one_provider_is_enough_and_none_is_not(tmp_path):
    one = contract.read(providers(tmp_path, '"Huisartsen Voorbeeld" = 1'))
    assert {name: str(share) for name, share in one.providers.split.items()} == {"Huisartsen Voorbeeld": "1"}
    with pytest.raises(CatalogueError) as error:
        contract.read(providers(tmp_path, ""))
    assert str(error.value).splitlines()[1:] == [
        "eigen.toml: providers.split = {}: is empty; give at least one",
    ]


def test_a_contract_without_a_loan(tmp_path):
    text = re.sub(r"(?s)\n\[loan\].*?(?=\n# Vastgelegd: een groter deel)", "\n", TEMPLATE.read_text("utf-8"))
    file = tmp_path / "eigen.toml"
    file.write_text(text, encoding="utf-8")
    found = contract.read(file)
    assert found.loan is None
    assert contract.warnings(found) == ()


# ------------------------------------------------------------------------------------------------------------- quality


def test_quality(example):
    """Halfway, all the way and not at all, with weights 2, 1 and 1."""
    found = contract.quality(example, {"ervaren_gezondheid": 76, "eenzaam": 40, "ziekenhuisopnamen_vermijdbaar": 9.9})
    assert [one.score for one in found.indicators] == [Fraction(1, 2), 1, 0]
    assert (found.score, found.coverage) == (Fraction(1, 2), 1)


def test_three_quarters_of_the_weight_is_enough(example):
    found = contract.quality(example, {"ervaren_gezondheid": 78, "eenzaam": 46, "ziekenhuisopnamen_vermijdbaar": None})
    assert (found.score, found.coverage) == (Fraction(2, 3), Fraction(3, 4))


def test_less_than_three_quarters_is_not(example):
    found = contract.quality(example, {"ervaren_gezondheid": 78, "eenzaam": float("nan")})
    assert (found.score, found.coverage) == (None, Fraction(1, 2))
    assert found.table()["score"].isna().tolist() == [False, True, True]


def test_quality_of_an_unknown_indicator(example):
    with pytest.raises(NotFoundError) as error:
        contract.quality(example, {"eenzam": 44})
    assert str(error.value) == ('quality: "eenzam" is no indicator of contract_voorbeeld; nearest: eenzaam')


def test_quality_that_is_no_number(example):
    with pytest.raises(KavelmonError) as error:
        contract.quality(example, {"eenzaam": "hoog"})
    assert str(error.value) == "quality: eenzaam = 'hoog'; give a number, such as 1250000 or 0.4"


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), step=st.floats(0, 1e3))
def test_a_score_is_from_0_to_1_and_rises_with_what_is_better(values, step):
    one = contract.read(TEMPLATE)
    ids = [i.id for i in one.quality.indicator]
    before = contract.quality(one, dict(zip(ids, values, strict=True))).score
    after = contract.quality(one, dict(zip(ids, [values[0] + step, *values[1:]], strict=True))).score
    assert 0 <= before <= after <= 1


# -------------------------------------------------------------------------------------------- recorded beforehand


def frozen(example, **changed):
    record = None if changed.get("record", 0) is None else example.quality.frozen.model_copy(update=changed)
    return example.model_copy(update={"quality": example.quality.model_copy(update={"frozen": record})})


def why(reason, to_do):
    return f"indicatoren niet vooraf vastgesteld: {reason}. Er wordt niets uitgekeerd; {to_do}."


NOT_FROZEN = {
    "nothing": ({"record": None}, why("[quality.frozen] ontbreekt", RECORD)),
    "no hash": ({"sha256": ""}, why("in [quality.frozen] ontbreekt sha256", RECORD)),
    "no date and file": (
        {"date": None, "file": ""},
        why("in [quality.frozen] ontbreekt file en date", RECORD),
    ),
    "the first day": (
        {"date": dt.date(2023, 1, 1)},
        why("in [quality.frozen] is date 2023-01-01, en prestatiejaar 2023 begon op 1 januari", EARLIER),
    ),
    "no such file": (
        {"file": "weg.toml"},
        why("in [quality.frozen] is file weg.toml, en dat bestand is er niet", "zet het afgesproken bestand terug"),
    ),
}


@pytest.mark.parametrize(("change", "sentence"), NOT_FROZEN.values(), ids=NOT_FROZEN)
def test_not_recorded_beforehand(example, change, sentence):
    with pytest.raises(contract.NotFrozen) as error:
        contract.verify_frozen(frozen(example, **change), TEMPLATE.parent)
    assert str(error.value) == sentence


def test_the_last_day_before(example):
    contract.verify_frozen(frozen(example, date=dt.date(2022, 12, 31)), TEMPLATE.parent)


def recorded(folder, example, text):
    (folder / INDICATORS).write_text(text, encoding="utf-8")
    return frozen(example, sha256=hashlib.sha256(text.encode()).hexdigest())


def test_a_file_that_was_changed(tmp_path, example):
    shutil.copy(TEMPLATE.parent / INDICATORS, tmp_path)
    with (tmp_path / INDICATORS).open("a", encoding="utf-8") as file:
        file.write("# iets\n")
    with pytest.raises(contract.NotFrozen) as error:
        contract.verify_frozen(example, tmp_path)
    sha = hashlib.sha256((tmp_path / INDICATORS).read_bytes()).hexdigest()[:12]
    agreed = example.quality.frozen.sha256[:12]
    assert str(error.value) == why(
        f"{INDICATORS} is veranderd (de sha256 is {sha}…, in [quality.frozen] staat {agreed}…)",
        "zet het afgesproken bestand terug",
    )


def test_other_indicators_than_were_recorded(tmp_path, example):
    """The contract can be rewritten without touching the recorded file; then the two lists differ."""
    text = (TEMPLATE.parent / INDICATORS).read_text(encoding="utf-8").replace("target = 42.0", "target = 30.0")
    with pytest.raises(contract.NotFrozen) as error:
        contract.verify_frozen(recorded(tmp_path, example, text), tmp_path)
    assert str(error.value) == why(
        f"het contract en {INDICATORS} verschillen bij eenzaam", "neem de indicatoren over zoals ze zijn vastgelegd"
    )


@pytest.mark.parametrize("text", ["geen toml", 'title = "zonder lijst"', "[[indicator]]\nid = 3"])
def test_a_record_that_cannot_be_read(tmp_path, example, text):
    with pytest.raises(contract.NotFrozen) as error:
        contract.verify_frozen(recorded(tmp_path, example, text), tmp_path)
    assert str(error.value) == why(
        f"{INDICATORS} is geen lijst van indicatoren in TOML", "neem de indicatoren over zoals ze zijn vastgelegd"
    )
