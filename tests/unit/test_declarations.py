"""The catalogue: what stands in it is right, and what is wrong in one is said, all at once."""

import shutil

import pytest

from kavelmon import declarations, paths
from kavelmon.model import DOMAINS, CatalogueError, NotFoundError

SOURCE = """
publisher = "RIVM"
title = "Gezondheid"
table = "50090NED"
kind = "statline"
licence = "CC BY 4.0"
files = ["a.csv"]
"""
FETCH = """
[fetch]
service = "odata3"
host = "data.cbs.nl"
verified = false
"""
INDICATOR = """
title = "Roken"
domain = "gezondheid"
unit = "%"
[[edition]]
source = "rivm"
value = "Roker_11"
denominator = "inwoners"
"""
DENOMINATOR = """
title = "Inwoners"
unit = "inwoners"
rollup = "sum"
[[edition]]
source = "rivm"
value = "n"
"""
AREA = """
title = "Ergens"
kind = "kavel"
[[member]]
code = "GM0294"
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in (
        ("sources/rivm", SOURCE),
        ("indicators/roken", INDICATOR),
        ("denominators/inwoners", DENOMINATOR),
        ("kavels/ergens", AREA),
    ):
        path = tmp_path / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def change(folder, name, old, new):
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_small_catalogue_is_read(folder):
    assert declarations.load(folder).indicator("roken").per == 100


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("indicators/roken", '"%"', '"%"\nbetter = "laag"', "better = 'laag'"),
        ("indicators/roken", 'domain = "gezondheid"', 'domain = "milieu"', "domain = 'milieu'"),
        (
            "indicators/roken",
            'domain = "gezondheid"\n',
            "",
            "domain: missing; use gezondheid, zorg, omgeving or aanbod",
        ),
        ("indicators/roken", "title", "titel", "titel = 'Roken'"),
        ("indicators/roken", '"rivm"', '"rvim"', "no such file in sources/; nearest: rivm"),
        ("indicators/roken", '"inwoners"', '"inwoner"', "no such file in denominators/; nearest: inwoners"),
        ("indicators/roken", '"Roker_11"', '"__import__(1)"', "holds more than column names"),
        ("indicators/roken", '"Roker_11"', '"Roker_11"\nnumerator = "a"', "either value or numerator"),
        ("indicators/roken", '"%"', '"%"\nrollup = "none"', "needs a rollup_reason"),
        ("indicators/roken", 'denominator = "inwoners"', "", "needs a denominator"),
        ("indicators/roken", "title", "id = 'x'\ntitle", "the file name is the id"),
        ("indicators/roken", "[[edition]]", "[[edition]", "not valid TOML"),
        ("denominators/inwoners", 'rollup = "sum"', 'rollup = "mean"', "denominator"),
        ("sources/rivm", '"statline"', '"statlijn"', "kind = 'statlijn'"),
        ("sources/rivm", "title", "accessed = 'ooit'\ntitle", "accessed"),
        ("sources/rivm", SOURCE, SOURCE + FETCH, "fetch.host = 'data.cbs.nl': Input should be 'opendata.cbs.nl', "),
        ("kavels/ergens", "GM0294", "0294", "member.0.code"),
        ("kavels/ergens", '"GM0294"', '"GM0294"\n[[member]]\ncode = "GM0294"', "stands there twice"),
        ("kavels/ergens", '"GM0294"', '"GM0294"\nvalid_from = 2024\nvalid_to = 2016', "lies before valid_from"),
        ("kavels/ergens", "title", "kernset = ['rokne']\ntitle", '"rokne" is no indicator; nearest: roken'),
    ],
)
def test_a_fault_names_file_key_found_and_allowed(folder, name, old, new, said):
    change(folder, name, old, new)
    with pytest.raises(CatalogueError) as error:
        declarations.load(folder)
    assert f"{name}.toml" in str(error.value)
    assert said in str(error.value)


def test_every_fault_is_reported_at_once(folder):
    change(folder, "indicators/roken", '"rivm"', '"x"')
    change(folder, "indicators/roken", '"inwoners"', '"y"')
    change(folder, "sources/rivm", '"statline"', '"z"')
    change(folder, "kavels/ergens", "GM0294", "Aalten")
    with pytest.raises(CatalogueError, match=r"^[4-9] fault\(s\)"):
        declarations.load(folder)


def test_an_empty_folder_is_no_catalogue(tmp_path):
    with pytest.raises(CatalogueError, match="no TOML file found"):
        declarations.load(tmp_path)


def test_an_unknown_name_comes_with_the_nearest_ones():
    with pytest.raises(NotFoundError, match="ervaren_gezondheid"):
        declarations.default().indicator("ervaren_gezondhied")


def test_the_bundled_catalogue_has_what_the_mission_asks():
    catalogue = declarations.default()
    assert {"achterhoek", "ede", "mijnstreek", "zuid_limburg", "nl"} <= set(catalogue.areas)
    networks = {a.id for a in catalogue.areas.values() if a.kind == "netwerk"}
    assert networks == {"parkstad_limburg", "westelijke_mijnstreek", "maastricht_heuvelland"}
    assert {a.id for a in catalogue.areas.values() if a.kind == "kavel"} == {"achterhoek", "ede"}
    assert len(catalogue.indicators) >= 60
    for domain in DOMAINS:
        assert len(catalogue.in_domain(domain)) >= 8
    assert len(catalogue.areas["achterhoek"].codes) == 8
    assert len(catalogue.areas["zuid_limburg"].codes) == 16


def test_adding_an_indicator_takes_fewer_than_ten_lines_and_no_python(tmp_path):
    copy = tmp_path / "data_sources"
    shutil.copytree(paths.data_sources(), copy, ignore=shutil.ignore_patterns("snapshot"))
    text = (
        'title = "Inwoners met overgewicht, nog een keer"\ndomain = "gezondheid"\nunit = "%"\nbetter = "lower"\n\n'
        '[[edition]]\nsource = "rivm_50090ned"\nvalue = "Overgewicht"\ndenominator = "inwoners_18plus"\n'
    )
    assert len([line for line in text.splitlines() if line]) < 10
    (copy / "indicators" / "nieuw.toml").write_text(text, encoding="utf-8")
    assert declarations.load(copy).indicator("nieuw").edition[0].source == "rivm_50090ned"


def test_every_screen_text_of_the_catalogue_is_short_enough():
    for item in declarations.default().indicators.values():
        assert len(item.title) <= 70, item.id
        assert item.why, item.id
        assert item.why.endswith("."), item.id


def test_figures_under_an_agreement_say_who_controls_what_may_be_shown(folder):
    change(folder, "sources/rivm", 'licence = "CC BY 4.0"', 'licence = "overeenkomst met de GGD"')
    with pytest.raises(CatalogueError, match=r"sources/rivm\.toml: disclosure: missing, and the licence is"):
        declarations.load(folder)
    change(folder, "sources/rivm", 'kind = "statline"', 'kind = "statline"\ndisclosure = "publisher"')
    assert declarations.load(folder).sources["rivm"].disclosure == "publisher"
