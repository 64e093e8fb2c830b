"""The division as the page shows it: the example in round numbers, every form beside plain loops, every fault said."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kavelmon import cost_texts, numerals
from kavelmon.contracts.clauses import Contract
from kavelmon.dashboard import dividing

PARTS = ("rente", "aflossing", "aanbieders", "bekostigers", "fonds", "apart")
EXAMPLE = dividing.example()


def divided(**given):
    """Return the outcome of the example with some fields filled in otherwise; it must have one."""
    found = dividing.divide(given)
    assert "faults" not in found, found
    return found


def faults(**given):
    return dividing.divide(given)["faults"]


def cents(euros):
    return round(euros * 100)


# ------------------------------------------------------------------------------------------------------- the example


def test_the_example_in_round_numbers():
    found = divided()
    first, totals = found["years"][0], found["totals"]
    assert [first[part] for part in PARTS] == [200_000, 500_000, 874_000, 690_000, 736_000, 0]
    assert [totals[part] for part in PARTS] == [1_100_000, 5_000_000, 9_082_000, 7_170_000, 7_648_000, 0]
    assert (first["divided"], totals["divided"]) == (3_000_000, 30_000_000)
    assert [year["balance"] for year in found["years"]] == [500_000 * left for left in range(9, -1, -1)]
    assert found["notes"] == []


def test_an_empty_form_is_the_example():
    assert dividing.divide({}) == dividing.divide(EXAMPLE)
    again = dividing.example()
    again["saving"] = 0
    assert dividing.example()["saving"] == 3_000_000  # who fills in a form changes nobody else's


def test_the_example_in_words():
    found = divided()
    assert found["assumed"].replace(numerals.NBSP, " ") == (
        "Besparing per jaar € 3.000.000, kwaliteitsscore 0,6, lening € 5.000.000 tegen 4 %, bekostigers 30 %"
    )
    # 2,300,000 is left: 20 % or 50 % of it to providers, 30 % to payers
    said = found["quality"].replace(numerals.NBSP, " ")
    assert "score 0 de aanbieders € 460.000 en het fonds € 1.150.000" in said
    assert "score 1 geeft € 1.150.000 en € 460.000" in said
    assert "het totaal blijft gelijk" in said


def test_what_if_the_example_turns_out_worse():
    rows = divided()["whatIf"]
    assert [row["name"] for row in rows] == list(cost_texts.IF.values())
    assert [row["saving"] for row in rows] == [3_000_000, 2_000_000, 1_000_000, 0, -3_000_000]
    # the least that counts is 2 % of 100 million: with half of that nothing counts, and all that is due is in arrears
    assert [row["rente"] + row["aflossing"] for row in rows] == [700_000, 700_000, 0, 0, 0]
    assert [row["arrears"] for row in rows] == [0, 0, 700_000, 700_000, 700_000]
    assert [row["fonds"] > 0 for row in rows] == [True, True, False, False, False]


# --------------------------------------------------------------------------------------------------- by plain loops


def nearest(x):
    return floor(x + Fraction(1, 2))


def due_of(form):
    """Return of ten years what is due and what is left of the loan, in cents."""
    rate, balance, found = Fraction(form["rate"]) / 100, 0, []
    for k in range(10):
        balance += 100 * int(form[("loan", "loan2", "loan3")[k]]) if k < 3 else 0
        interest, left = nearest(balance * rate), 10 - k
        if k < int(form["grace"]):
            principal = 0
        elif form["kind"] == "linear":
            principal = nearest(Fraction(balance, left))
        else:
            yearly = balance * rate / (1 - (1 + rate) ** -left) if rate else Fraction(balance, left)
            principal = nearest(yearly) - interest
        balance -= principal
        found.append((interest, principal, balance))
    return found


def plainly(form, savings, due):
    """Return of each saving (cents) what comes of it: exact shares as fractions, all else in cents."""
    expected = 100 * int(form["expected"])
    least = ceil(Fraction(form["msr"]) / 100 * expected)
    low, high, at = (Fraction(form[name]) for name in ("q_lo", "q_hi", "quality"))
    slope = min(max((at - low) / (high - low), Fraction(0)), Fraction(1))
    p = (Fraction(form["p_min"]) + (Fraction(form["p_max"]) - Fraction(form["p_min"])) * slope) / 100
    q = Fraction(form["payers"]) / 100
    late_interest = late_principal = bank = 0
    rows = []
    for saving, (interest, principal, balance) in zip(savings, due, strict=False):
        counts = saving >= least
        amount = max(0, saving if form["first_euro"] == "true" else saving - least) if counts else 0
        if form["deficit"] == "true":
            amount, bank = max(0, amount - bank), max(0, bank - saving)
        charge = nearest(Fraction(form["arrears_rate"]) / 100 * (late_interest + late_principal))
        owed_interest, owed_principal = interest + late_interest + charge, principal + late_principal
        paid_interest = min(amount, owed_interest)
        paid_principal = min(amount - paid_interest, owed_principal)
        late_interest, late_principal = owed_interest - paid_interest, owed_principal - paid_principal
        left = amount - paid_interest - paid_principal
        base = left if form["base"] == "net_of_debt" else amount
        providers, payers, fund = p * base, q * base, left - (p + q) * base
        if fund < 0:  # the shares of everything ask for more than is left
            providers, payers, fund = left * p / (p + q), left * q / (p + q), 0
        rows.append(
            {
                "saving": saving,
                "divided": amount,
                "rente": paid_interest,
                "aflossing": paid_principal,
                "aanbieders": providers,
                "bekostigers": payers,
                "fonds": fund,
                "apart": 0,
                "arrears": late_interest + late_principal,
                "balance": balance,
            }
        )
    return rows


SHARED = ("aanbieders", "bekostigers", "fonds")


def alike(found, told, where):
    for name, value in told.items():
        mine = cents(found[name])
        assert abs(mine - found[name] * 100) < 1e-3, (where, name)  # whole cents
        if name in SHARED:  # a cent that cannot be cut goes to one of them
            assert abs(mine - value) < 1, (where, name, found[name], float(value))
        else:
            assert mine == value, (where, name, found[name], value)


def parts_of(year):
    return [cents(year[part]) for part in PARTS]


@st.composite
def forms(draw):
    tenth = st.integers(0, 10).map(lambda n: f"{n // 10}.{n % 10}")
    percent = st.integers(0, 100)
    low, high = sorted(draw(st.lists(st.integers(0, 10), min_size=2, max_size=2, unique=True)))
    p_min, p_max = sorted(draw(st.tuples(percent, percent)))
    expected = draw(st.integers(1, 200_000_000))
    loan = st.one_of(st.just(0), st.integers(1, 9_999_999))
    return {
        "saving": str(draw(st.integers(-expected // 2, expected))),
        "expected": str(expected),
        "quality": draw(tenth),
        "msr": str(draw(st.integers(0, 25))),
        "first_euro": draw(st.sampled_from(["true", "false"])),
        "deficit": draw(st.sampled_from(["true", "false"])),
        "loan": str(draw(loan)),
        "loan2": str(draw(loan)),
        "loan3": str(draw(loan)),
        "rate": str(draw(st.integers(0, 25))),
        "arrears_rate": str(draw(st.integers(0, 25))),
        "kind": draw(st.sampled_from(["linear", "annuity"])),
        "grace": str(draw(st.integers(0, 9))),
        "p_min": str(p_min),
        "p_max": str(p_max),
        "q_lo": f"{low // 10}.{low % 10}",
        "q_hi": f"{high // 10}.{high % 10}",
        "payers": str(draw(st.integers(0, 100 - p_max))),
        "base": draw(st.sampled_from(["net_of_debt", "gross"])),
    }


PLAIN = {name: str(value) for name, value in EXAMPLE.items()}


@settings(max_examples=120, deadline=None)
@given(form=forms())
@example(form=PLAIN)
@example(form={**PLAIN, "base": "gross", "p_max": "70", "quality": "1", "saving": "2000000"})  # no remainder
@example(form={**PLAIN, "saving": "-3000000", "deficit": "true"})
@example(form={**PLAIN, "saving": "600000", "msr": "0", "kind": "annuity", "loan": "0", "loan3": "9000001"})
def test_every_form_beside_plain_loops(form):
    found = divided(**form)
    due, saving = due_of(form), 100 * int(form["saving"])
    assert due[-1][2] == 0
    told = plainly(form, [saving] * 10, due)
    for k, (year, mine) in enumerate(zip(found["years"], told, strict=True)):
        alike(year, mine, k)
        assert sum(parts_of(year)) == cents(year["divided"])  # no cent is lost and none is made
        assert min(parts_of(year)) >= 0
        assert not (year["fonds"] and year["arrears"])  # the fund waits until interest and repayment are met
    for name, total in found["totals"].items():
        assert cents(total) == sum(cents(year[name]) for year in found["years"]), name
    ifs = {row["name"]: row for row in found["whatIf"]}
    for row in ifs.values():
        alike(row, plainly(form, [cents(row["saving"])], due)[0], row["name"])
        assert sum(parts_of(row)) == cents(row["divided"])
    asked = {name: ifs[text] for name, text in cost_texts.IF.items() if text in ifs}
    assert cents(asked["given"]["saving"]) == saving
    assert cents(asked["nothing"]["saving"]) == 0
    assert asked["more"]["saving"] < 0
    if enough := asked.get("enough"):  # cannot be where more is due than all that care was to cost
        assert enough["arrears"] == 0
        assert cents(enough["rente"] + enough["aflossing"]) == sum(due[0][:2])
        assert cents(enough["saving"]) >= sum(due[0][:2])
        if form["first_euro"] == "false":  # not a cent more than is due
            assert cents(enough["divided"]) == sum(due[0][:2])


@settings(max_examples=40, deadline=None)
@given(form=forms(), scores=st.tuples(st.integers(0, 10), st.integers(0, 10)))
def test_quality_moves_money_and_makes_none(form, scores):
    low, high = (divided(**{**form, "quality": str(score / 10)})["years"][0] for score in sorted(scores))
    assert cents(low["divided"]) == cents(high["divided"])
    assert cents(low["rente"] + low["aflossing"]) == cents(high["rente"] + high["aflossing"])
    assert cents(low["aanbieders"]) <= cents(high["aanbieders"]) + 1
    assert cents(low["fonds"]) >= cents(high["fonds"]) - 1


def test_it_is_said_whom_quality_takes_from():
    assert "van het fonds naar de aanbieders" in divided()["quality"]
    # with shares of everything and a heavy loan the fund has nothing at either score
    heavy = divided(base="gross", loan="10.000.000", rate="8", p_min="20", p_max="70", payers="30")
    assert heavy["years"][0]["fonds"] == 0
    assert "van de bekostigers naar de aanbieders" in heavy["quality"] or "en de bekostigers" in heavy["quality"]


# ---------------------------------------------------------------------------------------------- loans, and no saving


def test_without_a_loan_all_is_shared():
    found = divided(loan="0")
    first = found["years"][0]
    assert [first[part] for part in PARTS] == [0, 0, 1_140_000, 900_000, 960_000, 0]
    assert {year["balance"] for year in found["years"]} == {0}
    assert "lening € 0 " in found["assumed"].replace(numerals.NBSP, " ")
    enough = next(row for row in found["whatIf"] if row["name"] == cost_texts.IF["enough"])
    assert enough["saving"] == 2_000_000  # nothing is due, but less than this does not count


@pytest.mark.parametrize("saving", ["0", "-3000000", "1999999,99"])
def test_without_a_saving_that_counts_there_is_only_arrears(saving):
    found = divided(saving=saving)
    assert found["totals"]["divided"] == 0
    assert found["quality"] == ""  # of nothing quality moves nothing
    late = [year["arrears"] for year in found["years"]]
    assert late[0] == 700_000
    assert late == sorted(late)
    assert late[1] == pytest.approx(700_000 * 1.04 + 180_000 + 500_000, abs=0.01)
    owed = numerals.number(late[-1], 0)
    assert found["notes"][0].replace(numerals.NBSP, " ").startswith(f"Na jaar 10 is € {owed} aan rente en aflossing")
    assert not any(note.startswith("Er blijft") for note in found["notes"])  # of each year that stands in the table


def test_draws_of_later_years_are_repaid_in_the_same_ten():
    found = divided(loan="1000000", loan2="0", loan3="800000")
    assert [year["balance"] for year in found["years"]][:3] == [900_000, 800_000, 1_400_000]
    assert found["totals"]["aflossing"] == 1_800_000
    assert "lening € 1.800.000 " in found["assumed"].replace(numerals.NBSP, " ")


def test_years_without_repayment():
    found = divided(grace="3")
    assert [year["aflossing"] for year in found["years"][:4]] == [0, 0, 0, 714_285.71]


# --------------------------------------------------------------------------------------------------- numbers as written


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("saving", "1.250.000,50", 1_250_000.50),
        ("saving", "€ 3.000", 3_000),
        ("saving", f"€{numerals.NBSP}3.000", 3_000),
        ("saving", "−5", -5),
        ("saving", "-5", -5),
        ("saving", "−1.250.000,50", -1_250_000.50),
        ("saving", " 12 000 ", 12_000),
        ("saving", "1250000.5", 1_250_000.5),
        ("saving", 1_250_000, 1_250_000),
        ("quality", "0.6", 0.6),
        ("quality", "0,6", 0.6),
        ("quality", "0.125", 0.125),
        ("rate", "3,75", 3.75),
    ],
)
def test_numbers_as_people_write_them(name, text, value):
    written = {float: repr(value), int: str(value)}[type(value)]
    assert dividing.divide({name: text}) == dividing.divide({name: written})
    assert float(dividing._number(str(text).strip())) == value


def test_what_is_filled_in_is_what_is_reckoned_with():
    assert divided(saving="−1.250.000,50")["years"][0]["saving"] == -1_250_000.50
    assert divided(saving="€ 3.000")["years"][0]["saving"] == 3_000
    assert "kwaliteitsscore 0,6," in divided(quality="0.6")["assumed"]


@pytest.mark.parametrize("text", ["", "veel", "1,2,3", "1.25.0", "NaN", "Infinity", "sNaN", "1e999999", "1e-99", "--5"])
def test_what_is_no_number_is_said(text):
    wrong = f"„{text}” is geen getal." if text else "vul een getal in."
    assert faults(saving=text) == [f"Besparing per jaar: {wrong}"]


def test_long_nonsense_is_cut_off():
    [said] = faults(saving="x" * 10_000)
    assert len(said) < 100
    [said] = faults(quality="0," + "3" * 5_000)
    assert len(said) < 100


@pytest.mark.parametrize("name", ["saving", "expected", "loan", "loan2", "loan3"])
def test_amounts_are_reckoned_in_whole_cents(name):
    base = {"loan": "0", "expected": "90000000"}
    found, again = (divided(**{**base, name: f"80000000,{rest}"}) for rest in ("004", "00"))
    assert found["years"] == again["years"]
    assert divided(**{**base, name: "80000000,001"})["totals"] == again["totals"]


# ------------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("given_fields", "said"),
    [
        ({"quality": "2"}, "Kwaliteitsscore: 2 kan niet. Geef een getal van 0 tot 1"),
        ({"quality": "1,001"}, "Kwaliteitsscore: 1,001 kan niet. Geef een getal van 0 tot 1"),
        ({"rate": "30"}, "Rente: 30 kan niet. Geef een getal van 0 tot 25 (% per jaar)."),
        ({"loan": "-1"}, "Lening in jaar 1: −1 kan niet. Geef een getal van 0 tot 1.000.000.000 (euro)."),
        ({"expected": "0"}, "Verwachte kosten per jaar: 0 kan niet. Geef een getal van 1 tot 100.000.000.000 (euro)."),
        ({"grace": "10"}, "Jaren zonder aflossing: 10 kan niet. Geef een getal van 0 tot 9 (jaar)."),
        ({"grace": "1,5"}, "Jaren zonder aflossing: „1,5” is geen heel getal."),
        ({"p_max": "80"}, "samen 110 %. Samen mogen zij hoogstens 100 % zijn."),
        ({"p_max": "10"}, "Meer kwaliteit geeft altijd een groter deel."),
        ({"q_lo": "1", "q_hi": "1"}, "De score voor hoge kwaliteit moet hoger zijn dan die voor lage kwaliteit."),
        ({"q_lo": "0,8", "q_hi": "0,2"}, "De score voor hoge kwaliteit moet hoger zijn dan die voor lage kwaliteit."),
        ({"saving": "100000001"}, "Besparing per jaar is groter dan verwachte kosten per jaar: dat kan niet."),
    ],
)
def test_every_fault_has_a_sentence(given_fields, said):
    [found] = faults(**given_fields)
    assert said in found
    assert found[0].isupper()
    assert found.endswith(".")


def test_all_faults_at_once():
    assert len(faults(quality="2", rate="veel", grace="0,5")) == 3
    assert len(faults(p_min="60", p_max="50", payers="70", q_lo="1", q_hi="0")) == 3


def test_every_field_has_bounds_that_hold():
    for name in dividing._NUMBERS:
        _, title, _, least, most = cost_texts.FIELDS[name]
        for wrong in (least - 1, most + 1):
            [said] = faults(**{name: str(wrong)})
            assert said.startswith(f"{title}: ")
    whole = {"p_min": "100", "p_max": "100", "payers": "0"}
    for name in dividing._NUMBERS:
        for value in cost_texts.FIELDS[name][3:]:
            fields = {"expected": "100000000000", **(whole if name in whole else {}), name: str(value)}
            found = dividing.divide(fields)
            assert "faults" not in found or not any("kan niet. Geef" in said for said in found["faults"]), (name, value)


def test_a_contract_that_cannot_be_is_a_sentence_and_no_error():
    [said] = faults(kind="bullet")
    assert said.startswith("Dit contract kan niet: ")


def test_every_fault_names_a_field_of_the_form():
    assert set(cost_texts.FIELDS) == set(EXAMPLE)
    assert set(dividing._NUMBERS) | set(cost_texts.CHOICES) == set(cost_texts.FIELDS)
    for name, options in cost_texts.CHOICES.items():
        assert EXAMPLE[name] in options


# ---------------------------------------------------------------------------------------------------------- contracts


def test_two_contracts_are_two_outcomes():
    one, other = divided(), divided(payers="20", base="gross")
    assert one == dividing.divide(EXAMPLE)
    assert other["years"][0]["bekostigers"] == 600_000  # 20 % of everything
    assert other["totals"]["divided"] == one["totals"]["divided"]


def test_the_contract_is_what_the_form_says():
    made = dividing._contract({**EXAMPLE, "deficit": "true"}, dividing._numbers(EXAMPLE)[0])
    assert isinstance(made, Contract)
    assert made.deficit_banking
    assert made.loan.term == 10
    assert made.providers.split == {"aanbieders": 1}


def test_a_first_year_can_be_otherwise_and_a_deficit_is_made_good_first():
    plain, banked = (divided(first="-2.000.000", deficit=deficit, loan=0) for deficit in ("false", "true"))
    assert [year["divided"] for year in plain["years"][:3]] == [0, 3e6, 3e6]
    assert [year["divided"] for year in banked["years"][:3]] == [0, 1e6, 3e6]
    assert plain["whatIf"][0]["saving"] == -2e6
    assert "(in jaar 1 −€ 2.000.000)" in plain["assumed"].replace(numerals.NBSP, " ")


def test_an_empty_first_year_is_as_the_others():
    assert divided(first="")["years"] == divided(first="3.000.000")["years"]
    assert "jaar 1 als" not in divided(first="")["assumed"]
    assert dividing.divide({"first": "x"})["faults"] == ["Besparing in jaar 1, als die anders is: „x” is geen getal."]
