"""The scenario model, recomputed by hand: who invests, who benefits, and when it is earned back."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kavelmon import cli, paths
from kavelmon.contracts import command, scenario
from kavelmon.contracts.scenario import Scenario, outcome
from kavelmon.model import CatalogueError, KavelmonError

TEMPLATE = paths.templates() / "scenario_voorbeeld.toml"
INVENTED = "rekenvoorbeeld, verzonnen"


def made(**changed):
    """One intervention that costs the Wmo 1,000 once and 100 a year, and saves the Zvw and the Wlz."""
    return Scenario.model_validate(
        {
            "id": "proef",
            "title": "Proef",
            "start": 2025,
            "years": 4,
            "segment": [{"id": "ouderen", "title": "Ouderen", "people": [100, 200], "source": "CBS"}],
            "use": [
                {"id": "uur", "title": "Uur", "law": "Zvw", "unit": "uur", "unit_cost": 10, "source": "NZa"},
                {"id": "dag", "title": "Dag", "law": "Wlz", "unit": "dag", "unit_cost": 50, "source": "NZa"},
            ],
            "intervention": [
                {
                    "id": "thuis",
                    "title": "Thuis",
                    "reach": {"ouderen": 0.5},
                    "ramp": [0.5, 1],
                    "effect": [
                        {"segment": "ouderen", "use": "uur", "low": -1, "middle": 0.5, "high": 1, "source": "X 2020"},
                        {"segment": "ouderen", "use": "dag", "low": 0, "middle": 0.1, "high": 0.2, "source": "X 2020"},
                    ],
                    "cost": [{"law": "Wmo", "once": 1000, "per_year": 100, "source": "begroting"}],
                }
            ],
            **changed,
        }
    )


def test_by_hand():
    """Reached 50, then 100; at full effect each saves 0.5 hour (5 euros) and 0.1 day (5 euros) a year."""
    found = outcome(made())
    assert [(r.year, r.law, r.saved_cents / 100, r.cost_cents / 100) for r in found.of("middle")] == [
        (2025, "Zvw", 125, 0),
        (2025, "Wlz", 125, 0),
        (2025, "Wmo", 0, 1100),
        *((y, *line) for y in (2026, 2027, 2028) for line in (("Zvw", 500, 0), ("Wlz", 500, 0), ("Wmo", 0, 100))),
    ]
    assert found.net_cents("middle") == 100 * (2 * (125 + 1500) - 1400)
    assert found.matrix("middle").loc["thuis"].to_dict() == {"Zvw": 1625, "Wlz": 1625, "Wmo": -1400}
    assert [(b.law, b.role, b.net_cents / 100) for b in found.balances("middle")] == [
        ("Zvw", "benefits", 1625),
        ("Wlz", "benefits", 1625),
        ("Wmo", "invests", -1400),
    ]


def test_payback():
    """-850 after 2025 and +50 after 2026 in the middle; never when it goes wrong; at once when it costs nothing."""
    found = outcome(made())
    assert [found.payback_year(v) for v in ("low", "middle", "high")] == [None, 2026, 2026]
    one = made()
    free = one.intervention[0].model_copy(update={"cost": ()})
    assert outcome(one.model_copy(update={"intervention": (free,)})).payback_year("high") == 2025


def test_more_use_is_an_investment_too():
    balances = {b.law: b for b in outcome(made()).balances("low")}
    assert (balances["Zvw"].role, balances["Zvw"].saved_cents) == ("invests", -325_000)
    assert balances["Wlz"].role == "even"


def test_a_result_that_does_not_last_is_no_payback():
    """Earned back in the second year and spent again in the third."""
    one = made()
    costs = one.intervention[0].cost[0].model_copy(update={"per_year": (0, 0, 5000)})
    changed = one.intervention[0].model_copy(update={"cost": (costs,)})
    assert outcome(one.model_copy(update={"intervention": (changed,)})).payback_year("middle") is None


def test_notes():
    sure = "De effecten in dit scenario zijn invoer van de gebruiker, geen uitkomst van kavelmon."
    assert outcome(made()).notes == (sure,)
    invented = made(segment=[{"id": "ouderen", "title": "Ouderen", "people": 1, "source": INVENTED}])
    assert outcome(invented).notes == (
        "Dit is een rekenvoorbeeld met verzonnen getallen. Het zegt niets over een echte kavel.",
        sure,
    )


def test_an_unknown_variant():
    with pytest.raises(KavelmonError) as error:
        outcome(made()).of("hoog")
    assert str(error.value) == 'variant = "hoog"; use "low", "middle" or "high"'


@settings(max_examples=50)
@given(
    effects=st.lists(st.integers(-1000, 1000), min_size=3, max_size=3).map(sorted),
    people=st.lists(st.integers(0, 10_000), min_size=1, max_size=4),
    reach=st.integers(0, 100),
)
def test_variants_keep_their_order_and_parts_add_up(effects, people, reach):
    low, middle, high = (e / 100 for e in effects)
    one = made(
        segment=[{"id": "ouderen", "title": "Ouderen", "people": people, "source": "CBS"}],
        intervention=[
            {
                "id": "thuis",
                "title": "Thuis",
                "reach": {"ouderen": reach / 100},
                "effect": [
                    {"segment": "ouderen", "use": "uur", "low": low, "middle": middle, "high": high, "source": "X"}
                ],
            }
        ],
    )
    found = outcome(one)
    nets = [found.net_cents(v) for v in ("low", "middle", "high")]
    assert nets == sorted(nets)
    for variant, net in zip(("low", "middle", "high"), nets, strict=True):
        assert sum(b.net_cents for b in found.balances(variant)) == net
        assert round(found.matrix(variant).to_numpy().sum() * 100) == net


# -------------------------------------------------------------------------------------------------------------- file


def test_the_example_is_read_and_is_plainly_invented():
    one = scenario.read(TEMPLATE)
    assert one.made_up
    sources = [*(s.source for s in one.segment), *(u.source for u in one.use)]
    sources += [x.source for i in one.intervention for x in (*i.effect, *i.cost)]
    assert set(sources) == {INVENTED}
    assert "REKENVOORBEELD, VERZONNEN" in TEMPLATE.read_text(encoding="utf-8")
    found = outcome(one)
    assert {b.law: b.role for b in found.balances("middle")} == {"Zvw": "benefits", "Wlz": "benefits", "Wmo": "invests"}
    assert list(found.table().columns) == [
        "variant", "year", "intervention", "law", "saved_eur", "cost_eur", "net_eur",
    ]  # fmt: skip


REFUSALS = {
    "no source": (
        ('high = 300\nsource = "rekenvoorbeeld, verzonnen"', "high = 300"),
        "intervention.1.effect.0.source: missing; give it",
    ),
    "an empty source": (
        ('high = 300\nsource = "rekenvoorbeeld, verzonnen"', 'high = 300\nsource = " "'),
        "intervention.1.effect.0.source = ' ': is empty; say where the number comes from, or \"rekenvoorbeeld, "
        'verzonnen"',
    ),
    "effects in the wrong order": (
        ("middle = 150", "middle = 350"),
        "intervention.1.effect.0.high = '300': must be at least middle (350)",
    ),
    "an unknown use": (
        ('use = "medicijnen"', 'use = "medicijn"'),
        "intervention.1.effect.0.use = 'medicijn': no [[use]] with this id; nearest: medicijnen",
    ),
    "an unknown segment": (
        ("reach = { ouderen_75plus = 0.2 }", "reach = { ouderen_75plus = 0.2, ouderen = 0.1 }"),
        "intervention.0.reach = 'ouderen': no [[segment]] with this id; nearest: ouderen_75plus",
    ),
    "a segment that is not reached": (
        ('segment = "volwassenen_overgewicht"', 'segment = "ouderen_75plus"'),
        "intervention.1.effect.0.segment = 'ouderen_75plus': reach does not have it; nearest: volwassenen_overgewicht",
    ),
    "a reach above 1": (
        ("= 0.1 }", "= 10 }"),
        "intervention.1.reach.volwassenen_overgewicht = 10: a share is a number from 0 to 1; write 30 % as 0.3",
    ),
    "people below zero": (("people = 5000", "people = -1"), "segment.1.people.0 = -1: a number is not below 0"),
    "an id twice": (
        ('id = "medicijnen"', 'id = "verpleeghuis"'),
        "use.3.id = 'verpleeghuis': stands there twice; give each its own",
    ),
    "nothing to do": (
        ("ramp = [0.25, 0.5, 1.0]", "ramp = []"),
        "intervention.0.ramp = []: is empty; give at least one",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(tmp_path, change, sentence):
    text = TEMPLATE.read_text(encoding="utf-8")
    assert change[0] in text
    file = tmp_path / "eigen.toml"
    file.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        scenario.read(file)
    lines = str(error.value).splitlines()[1:]
    assert lines[0] == f"eigen.toml: {sentence}"
    assert len(lines) == 1 + (change[0] == 'id = "medicijnen"')  # nothing has the old id any more


def test_no_file(tmp_path):
    with pytest.raises(CatalogueError) as error:
        scenario.read(tmp_path / "geen.toml")
    assert str(error.value) == (
        f"{tmp_path / 'geen.toml'}: no such file; `kavelmon local templates FOLDER` writes scenario_voorbeeld.toml to "
        "begin with"
    )


# ------------------------------------------------------------------------------------------------------ command line


def called(*arguments):
    found = CliRunner().invoke(cli.app, ["scenario", *map(str, arguments)])
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.stdout


def test_the_matrix_has_every_law_and_its_sums():
    """The figures of `test_by_hand`, in cents, with the sum of each row and column."""
    assert command.matrix(outcome(made()), "middle").rows == (
        ("Thuis", 162_500, 162_500, -140_000, 185_000),
        ("Samen", 162_500, 162_500, -140_000, 185_000),
    )
    assert [c.title for c in command.matrix(outcome(made()), "middle").columns] == [
        "Interventie",
        "zorgverzekeraars (Zvw)",
        "zorgkantoor (Wlz)",
        "gemeenten (Wmo)",
        "Samen",
    ]


def test_outcomes_and_roles():
    found = outcome(made())
    assert [row[1:] for row in command.outcomes(found).rows][:2] == [(-465_000, "niet in deze jaren"), (185_000, 2026)]
    roles = {row[1]: row[-1] for row in command.balances(found).rows if row[0] == "laag"}
    assert roles == {
        "zorgverzekeraars (Zvw)": "investeert",
        "zorgkantoor (Wlz)": "gelijk",
        "gemeenten (Wmo)": "investeert",
    }


def test_what_there_is_to_mind_goes_first():
    first, second, third, *rest = called(TEMPLATE).splitlines()
    assert first == "Dit is een rekenvoorbeeld met verzonnen getallen. Het zegt niets over een echte kavel."
    assert second == "De effecten in dit scenario zijn invoer van de gebruiker, geen uitkomst van kavelmon."
    assert third == "Niets is contant gemaakt: een euro van later telt even zwaar."
    for said in ("euro: laag", "euro: midden", "euro: hoog", "Terugverdiend in", "investeert", "profiteert"):
        assert any(said in line for line in rest)
    assert rest[-1].startswith("- rekenvoorbeeld, verzonnen: Zelfstandig wonende ouderen")


def test_json():
    found = json.loads(called(TEMPLATE, "--json"))
    middle = found["variants"]["middle"]
    assert (middle["net_eur"], middle["payback_year"]) == (2_454_000, 2027)
    assert middle["matrix"]["langer_thuis"] == {"Zvw": 0, "Wlz": 5_720_000, "Wmo": -3_316_000}
    assert sum(row["net_eur"] for row in found["rows"] if row["variant"] == "middle") == middle["net_eur"]
    assert found["made_up"]


def test_csv_adds_up_to_the_total(tmp_path):
    file = tmp_path / "scenario.csv"
    called(TEMPLATE, "--csv", file)
    lines = file.read_text(encoding="utf-8-sig").split("\n")
    assert any("verzonnen getallen" in line for line in lines if line.startswith("#"))
    head, *rows = [line.split(";") for line in lines if line and not line.startswith("#")]
    assert head[:4] == ["Variant", "Jaar", "Interventie", "Wet"]
    net = sum(float(row[-1].replace(",", ".")) for row in rows if row[0] == "midden")
    assert net == 2_454_000
    assert [p.name for p in tmp_path.iterdir()] == ["scenario.csv"]


def test_no_saving_is_spoken_of():
    assert "bespar" not in called(TEMPLATE)
    assert "bespar" not in TEMPLATE.read_text(encoding="utf-8")
