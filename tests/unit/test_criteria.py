"""The criteria: they say what was published, refer to what is there, and every fault in them is named at once."""

import shutil
from pathlib import Path

import pytest

from kavelmon import declarations, paths, store
from kavelmon.criteria import read_criteria
from kavelmon.model import CatalogueError, NotFoundError

# how the published sentences begin, in their published order
TEXTS = {
    "D1": "Er is een gedragen gedeelde visie over de toekomst van de zorgverlening",
    "D2": "Er is sprake van een ernstige crisis in de regio waardoor de continuïteit",
    "D3": "Er is sprake van een overzichtelijke en eenduidige regio blijkend uit een beperkt aantal zorgaanbieders",
    "D4": "Er is sprake van betrokkenheid van hen die de gevolgen van de crisis voelen/kunnen gaan voelen",
    "D5": "De organisatiestructuur kenmerkt zich door klinisch leiderschap en/of klinisch eigenaarschap",
    "D6": "De knelpunten in de (toekomstige) zorgvraag van de populatie zijn in beeld",
    "D7": "De regio heeft patiënten/inwoner participatie op bestuurlijk niveau",
    "D8": "De samenwerkende zorgaanbieders in de regio zijn in staat om niet-zorg gerelateerde instellingen",
    "D9": "De regio beschikt over voldoende investeringsruimte",
    "D10": "Er bestaat een zekere mate van samenwerking",
    "D11": "Er bestaat een zekere mate van burgerparticipatie in de zorg",
    "K1": "Duidelijk aanwijsbare gezondheidsverbetering van de inwoners mogelijk",
    "K2": "Er is sprake van voldoende burgerparticipatie",
    "K3": "Er is een besparingspotentieel aanwezig",
    "K4": "Er is crisis/urgentie aanwezig als het gaat om knelpunten in het zorgsysteem",
    "K5": "Er is al een bestaande samenwerkingsstructuur tussen lokale partijen",
    "K6": "Andere bekostigingsmodellen kunnen worden geïntroduceerd",
}
SAME = {"K2": "D11", "K4": "D2", "K5": "D10"}
ASKED = ["D1", "D5", "D6", "D7", "D8", "D10", "K6"]
GROUPS = {
    "gezondheidswinst": 8,
    "urgentie": 5,
    "zorgkosten": 2,
    "overzicht": 2,
    "participatie": 2,
    "investeringsruimte": 0,
}
LOWER = {
    "ervaren_gezondheid",
    "beweegrichtlijn",
    "bevolkingsgroei_5jaar",
    "ziekenhuizen_binnen_20km",
    "huisartsenpraktijken_binnen_3km",
}


@pytest.fixture(autouse=True)
def no_store(monkeypatch, tmp_path):
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "none"))


@pytest.fixture(scope="module")
def catalogue():
    return declarations.load()


def codes(criteria) -> list[str]:
    return [one.code for one in criteria]


def test_the_published_criteria_are_all_there_in_their_order():
    found = read_criteria()
    assert codes(found.criteria) == list(TEXTS)
    for one in found.criteria:
        assert one.text.startswith(TEXTS[one.code])
        assert one.kind == ("delphi" if one.code.startswith("D") else "voorwaarde")
    assert {one.code: found.meant(one).code for one in found.criteria if one.same_as} == SAME


def test_groups_and_their_indicators():
    found = read_criteria()
    assert [group.id for group in found.groups] == list(GROUPS)
    assert {g: sum(len(c.indicator) for c in criteria) for g, criteria in found.by_group.items()} == GROUPS
    assert len(found.proxies) == sum(GROUPS.values())
    assert {p.id for p in found.proxies.values() if p.direction == "lower"} == LOWER
    assert found.group_of["roker"] == "gezondheidswinst"
    # the same thing is not counted twice
    assert "grijze_druk" not in found.proxies
    assert found.group_of["ervaren_gezondheid"] == "gezondheidswinst"


def test_what_people_judge_has_no_number():
    found = read_criteria()
    assert codes(found.asked) == ASKED
    assert codes(found.without_number) == ["D1", "D5", "D6", "D7", "D8", "D9", "D10", "K5", "K6"]
    assert all(one.ask.endswith("?") for one in found.asked)
    assert all(not one.indicator for one in found.asked)


def test_what_is_read_is_kept_and_found_by_code_or_id():
    found = read_criteria()
    assert found is read_criteria()
    assert found.criterion("D2") is found.criterion("d02_ernstige_crisis")
    with pytest.raises(NotFoundError, match=r'unknown criterion "D12"; nearest: .*D1'):
        found.criterion("D12")


@pytest.mark.parametrize("name", read_criteria(catalogue=declarations.load()).proxies)
def test_an_indicator_has_figures_of_most_of_the_country(name):
    proxy = read_criteria().proxies[name]
    rows = store.read([name], sources=[proxy.source] if proxy.source else [], levels=["GM", "WK"])
    rows = rows[rows["level"].isin(["GM", "WK"]) & (rows["value"].notna() | rows["numerator"].notna())]
    assert rows["region"].nunique() > 300


# faults


@pytest.fixture
def folder(tmp_path) -> Path:
    for sub in ("criteria", "groups"):
        shutil.copytree(paths.data_sources() / sub, tmp_path / sub)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


D1, D2, D3 = "criteria/d01_gedeelde_visie", "criteria/d02_ernstige_crisis", "criteria/d03_overzichtelijke_regio"
K2, K3 = "criteria/k2_burgerparticipatie", "criteria/k3_zorgkosten"
QUESTION = 'ask = "Hebben de partijen samen een visie op de zorg van de toekomst, en staan zij daar alle achter?"\n'
FAULTS = {
    "unknown indicator": (
        D2,
        '"afstand_huisarts"',
        '"afstand_huisart"',
        'indicator.3.id = "afstand_huisart": no such file in indicators/; nearest: afstand_huisarts, '
        "afstand_huisartsenpost, afstand_ziekenhuis",
    ),
    "unknown group": (D2, '"urgentie"', '"urgent"', 'group = "urgent": no such file in groups/; nearest: urgentie'),
    "unknown gap": (
        D2,
        '"zorgpersoneel"',
        '"zorgpersoneelen"',
        'missing: "zorgpersoneelen": no such file in missing/; nearest: zorgpersoneel',
    ),
    "unknown criterion": (
        K2,
        '"d11_burgerparticipatie"',
        '"d11_burger"',
        'same_as = "d11_burger": no such file in criteria/; nearest: d11_burgerparticipatie',
    ),
    "the same as one that is the same": (
        K2,
        '"d11_burgerparticipatie"',
        '"k4_urgentie"',
        'same_as = "k4_urgentie": that one is the same as another too; name the last one',
    ),
    "the same, and measured otherwise": (
        K2,
        '"deels"',
        '"nee"',
        'measured = "nee": criteria/d11_burgerparticipatie.toml says the same and has "deels"; give both the same',
    ),
    "in two groups": (
        K3,
        '"wmo_clienten"',
        '"aandeel_65plus"',
        'indicator.1.id = "aandeel_65plus": criteria/d02_ernstige_crisis.toml has it too, so that it would count twice',
    ),
    "another source": (
        D2,
        'id = "aandeel_80plus"',
        'id = "aandeel_80plus"\nsource = "rivm_50090ned"',
        'indicator.1.source = "rivm_50090ned": no edition of aandeel_80plus; '
        "allowed: cbs_70072ned, cbs_kwb, cbs_70072ned_panel",
    ),
    "an age group": (
        D2,
        'id = "afstand_ziekenhuis_hemelsbreed"',
        'id = "afstand_ziekenhuis_hemelsbreed"\nage = "65+"',
        'indicator.4.age = "65+": no age group of ziekenhuislijst_2025; allowed: none, it has no age groups',
    ),
    "a place twice": (
        D3,
        "order = 3",
        "order = 2",
        "order = 2: criteria/d02_ernstige_crisis.toml has it too; give each its own",
    ),
    "direction": (
        D2,
        'direction = "higher"',
        'direction = "up"',
        "indicator.0.direction = 'up': Input should be 'higher' or 'lower'",
    ),
    "confidence": (
        D2,
        'confidence = "A"',
        'confidence = "D"',
        "indicator.0.confidence = 'D': Input should be 'A', 'B' or 'C'",
    ),
    "weight": (
        D2,
        'confidence = "A"',
        'confidence = "A"\nweight = 0',
        "indicator.0.weight = 0: Input should be greater than 0",
    ),
    "no reason": (
        D2,
        'why = "Waar meer ouderen wonen, is meer zorg nodig."',
        'why = ""',
        "indicator.0.why = '': String should have at least 1 character",
    ),
    "a key": (
        D1,
        "short =",
        "kort =",
        "kort = 'Gedeelde visie': Extra inputs are not permitted; allowed: id, code, order, text, short",
    ),
    "measured": (D1, '"nee"', '"soms"', "measured = 'soms': Input should be 'ja', 'deels' or 'nee'"),
    "kind": (D1, '"delphi"', '"voorwaarde"', 'kind = "voorwaarde"; D is for "delphi"'),
    "another code": (D1, 'code = "D1"', 'code = "D4"', 'code = "D4" is not that of the file name'),
    "no question": (D1, QUESTION, "", 'ask: give the question where measured = "nee", and only there'),
    "figures of what people judge": (
        D1,
        QUESTION,
        QUESTION + '[[indicator]]\nid = "roker"\ndirection = "higher"\nconfidence = "C"\nwhy = "Geen reden."\n',
        'indicator: there is one, and measured = "nee"; use "ja" or "deels"',
    ),
    "a question beside figures": (
        D3,
        "order = 3",
        'order = 3\nask = "Is het overzichtelijk?"',
        'ask: give the question where measured = "nee", and only there',
    ),
    "no group": (D3, 'group = "overzicht"\n', "", 'group: give it where measured = "ja" or "deels", and only there'),
    "a group of what people judge": (
        D1,
        "order = 1",
        'order = 1\ngroup = "urgentie"',
        'group: give it where measured = "ja" or "deels", and only there',
    ),
    "the same, with more": (
        K2,
        "order = 13",
        'order = 13\ngroup = "participatie"',
        "same_as, and group, ask, missing or indicator too; give these in the other criterion",
    ),
    "nothing that measures": (
        "criteria/d09_investeringsruimte",
        'missing = ["investeringsruimte"]\n',
        "",
        "no indicator, and missing names nothing that would be one; give either",
    ),
    "a key of a group": (
        "groups/overzicht",
        "order = 4",
        "order = 4\nweight = 2",
        "weight = 2: Extra inputs are not permitted; allowed: id, order, title, why",
    ),
    "the place of a group": (
        "groups/zorgkosten",
        "order = 3",
        "order = 4",
        "order = 4: groups/overzicht.toml has it too; give each its own",
    ),
    "no TOML": (D1, "order = 1", "order", "not valid TOML"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_file_and_key(folder, catalogue, name):
    file, old, new, words = FAULTS[name]
    change(folder, file, old, new)
    with pytest.raises(CatalogueError) as error:
        read_criteria(folder, catalogue)
    lines = str(error.value).splitlines()
    assert lines[0] == f"{len(lines) - 1} fault(s) in the criteria:"
    assert any(line.startswith(f"{file}.toml: ") and words in line for line in lines[1:]), str(error.value)


def test_every_fault_is_named_at_once(folder, catalogue):
    change(folder, *FAULTS["unknown indicator"][:3])
    change(folder, *FAULTS["unknown criterion"][:3])
    (folder / "groups" / "los.toml").write_text('order = 7\ntitle = "Los"\nwhy = "Hoort nergens bij."\n', "utf-8")
    with pytest.raises(CatalogueError) as error:
        read_criteria(folder, catalogue)
    text = str(error.value)
    assert text.startswith("3 fault(s)")
    assert "groups/los.toml: no criterion names this group; take it out, or name it" in text


def test_a_code_stands_there_once(folder, catalogue):
    (folder / "criteria" / "d02_ernstige_crisis.toml").rename(folder / "criteria" / "d02_crisis.toml")
    change(folder, "criteria/d02_crisis", "order = 2", "order = 20")
    shutil.copy(paths.data_sources() / f"{D2}.toml", folder / "criteria")
    with pytest.raises(CatalogueError) as error:
        read_criteria(folder, catalogue)
    words = "criteria/d02_ernstige_crisis.toml: code = 'D2': criteria/d02_crisis.toml has it too; give each its own"
    assert words in str(error.value).splitlines()


def test_a_folder_without_criteria_is_no_selection(tmp_path, catalogue):
    with pytest.raises(CatalogueError, match="no TOML file found in the folder criteria"):
        read_criteria(tmp_path, catalogue)
