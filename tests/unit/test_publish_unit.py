"""A file to pass on: what may be in it, that no text in it becomes markup or code, and that it is written at once."""

import base64
import copy
import gzip
import hashlib
import json
import re
import sys
from html.parser import HTMLParser

import nbformat
import pytest

from kavelmon import cli, publish
from kavelmon.dashboard import prepared, sharing
from kavelmon.model import KavelmonError

HOSTILE = "</script><script>alert(1)</script><!--<script>'\"&--!>--> \u2028"
OPEN, CLOSED, VEKTIS = "CC BY 4.0", "onbekend: noem Geheim", "Vektis: eigen gebruik en onderzoek, niet commercieel"
SECRET = 987654


def source(name: str, licence: str = OPEN, terms: str = "open") -> dict:
    return {
        "publisher": f"Uitgever {name}",
        "title": f"Titel {name}",
        "table": f"T-{name}",
        "method": "register",
        "licence": licence,
        "terms": terms,
        "accessed": "onbekend",
        "attempt": "",
    }


def edition(
    name: str, value: list, *, periods: list[str], older: list[int], found: int, lower: list | None = None
) -> dict:
    """An edition; `found` is the number of the sentence that statistics say of it."""
    n = len(value)
    upper = [v + 1 for v in lower] if lower else [None] * n
    lower = lower or [None] * n
    return {
        "source": name,
        "periods": periods,
        "years": [2024] * n,
        "value": value,
        "lower": lower,
        "upper": upper,
        "nl": [1.0] * n,
        "nlSaid": [[] for _ in value],
        "people": [None] * n,
        "word": ["worse"] * n,
        "judged": [int(v is not None) for v in lower],
        "p": [None if v is None else 0.001 for v in lower],
        "threshold": [1.0] * n,
        "comparable": True,
        "status": ["ok"] * n,
        "said": [[0] for _ in value],
        "older": older,
        "spread": [[0, 1, 2, 3, 9]] * n,
        "breaks": [[2019, 1]],
        "others": {"elders": value, "vergelijkbaar": value},
        "against": {"elders": [["worse", 0]] * n, "vergelijkbaar": [["worse", 1]] * n},
        "since": found,
        "trend": found,
        "n": [len(value)] * n,
        "sample": [None] * (n - 1) + [found],
        "aged": [None] * (n - 1) + [found],
        "unequal": [[]] * (n - 1) + [[found]],
        "origin": {"formula": 2},
    }


def item(name: str, domain: str, editions: list[dict], pick: dict) -> dict:
    return {
        "id": name,
        "title": f"Indicator {name}",
        "domain": domain,
        "group": f"Groep {name}",
        "unit": "",
        "sign": "%",
        "decimals": 1,
        "better": "lower",
        "sum": False,
        "why": "",
        "apart": "",
        "pick": pick,
        "editions": editions,
        "firm": {"": 1},
    }


def funnel(value: list[float], numbers: int) -> dict:
    """The funnel plot of an edition, over the gemeenten of list `numbers`."""
    limits = [[v, v] for v in (1.0, 3.0, 0.5, 3.5)]
    grid, own = [10, 99], [50, value[0]]
    found = {"kind": "proportion", "period": "2023", "list": numbers, "size": [10, 99], "value": value, "grid": grid}
    return found | {"limits": limits, "own": own, "way": "above"}


def part(number: int, value: list, **more: object) -> dict:
    return {"list": number, "value": value, "breaks": [], "classes": [4], "said": {"5": []}, **more}


def document(closed: str = CLOSED, terms: str = "unknown") -> tuple[dict, dict]:
    """Two indicators: one that only the closed source gives, and one of an open and of that source."""
    said = [
        "gezegd",
        "een breuk",
        "formule",
        "Nieuwer: Uitgever dicht T-dicht (2024, hier te kiezen).",
        "klasse",
        "van alle wijken",
        "alleen van dicht",
        "klasse van dicht",
        f"Bevinding in dicht: {SECRET}.",
        "Bevinding in vrij.",
    ]
    shut = edition("dicht", [SECRET, SECRET], periods=["2023", "2024"], older=[6, 6], found=8, lower=[1, 1])
    shut["said"] = [[6], [6]]
    free = edition("vrij", [2.0, 3.0], periods=["2020", "2023"], older=[3, 3], found=9, lower=[1.5, 2.5])
    core = {
        "area": {"id": "hier", "title": "Hier", "kind": "kavel", "wijken": [3, 2024]},
        "kernset": ["een", "twee"],
        "domains": [{"id": "zorg", "count": 1}, {"id": "aanbod", "count": 1}],
        "sources": {"vrij": source("vrij"), "dicht": source("dicht", closed, terms)},
        "items": [
            item("een", "aanbod", [shut], {"": [0, 1], "2023": [0, 0], "2024": [0, 1]}),
            item("twee", "zorg", [shut, free], {"": [0, 1], "2020": [1, 0], "2023": [0, 0], "2024": [0, 1]}),
        ],
        "events": [
            {"year": 2020, "title": "Corona", "text": "Corona."},
            {"year": 2021, "title": "Open", "text": "Open.", "of": "lijst/open"},
            {"year": 2022, "title": f"{SECRET}", "text": f"{SECRET}", "of": "lijst/dicht"},
        ],
        "peers": [["GM0002", "Elders", 0.3]],
        "standouts": [{"item": 0, "edition": 0, "period": 1, "text": f"Dicht {SECRET}"}],
        "said": said,
    }
    lists = [
        {"level": "WK", "year": 2024, "codes": ["a", "b", "c"], "names": list("ABC"), "layer": "WK-2024", "lost": []},
        {"level": "WK", "year": 2022, "codes": ["a"], "names": ["A"], "layer": "WK-2022", "lost": []},
    ]
    hidden = {"WK": {"periods": [None, part(0, [SECRET] * 3, classes=[7])]}}
    secret = {"peers": {"GM0002": [SECRET, SECRET]}, "funnel": funnel([SECRET, SECRET], 0)}
    shown = {"WK": {"periods": [part(1, [2.5]), None]}}
    told = {"peers": {"GM0002": [2.0, 2.5]}, "funnel": funnel([2.0, 3.0], 0)}
    gemeenten = [{"codes": ["GM0001", "GM0002"], "names": ["Hier", "Elders"]}]
    layers = {name: {"codes": [], "rings": []} for name in ("WK-2024", "GM-2024", "WK-2022", "GM-2022")}
    geo, inside = {"size": [1, 1], "layers": layers}, [[hidden], [hidden, shown]]
    return core, {
        "lists": lists,
        "geo": geo,
        "items": inside,
        "beside": [[secret], [secret, told]],
        "gemeenten": gemeenten,
        "sites": [site("open", OPEN), site("dicht", closed)],
    }


def site(name: str, licence: str) -> dict:
    told = f"Interventie {name} {'' if licence == OPEN else SECRET}"
    return {"id": f"lijst/{name}", "title": told, "kind": "interventie", "text": told, "licence": licence, "at": [1, 2]}


def page(closed: str = CLOSED, terms: str = "unknown", module: str = "let x = 1;") -> publish.Page:
    core, units = document(closed, terms)
    words = {
        "profileOf": "Kavelmonitor {area}",
        "licenceOurs": "Tekst: {licence}.",
        "figuresTerms": "",
        "source": "Bron",
        "terms_open": "{licence}",
        "terms_non_commercial": "niet-commercieel, bron: Vektis",
    }
    common = {"texts": words, "version": "1", "areas": []}
    style = (
        '@font-face {\n  font-family: "S";\n  src: url("source-sans-3.woff2") format("woff2");\n}\nb { color: red; }'
    )
    return publish.Page(common, core, units, module, style, "export const figure = 1;")


class Elements(HTMLParser):
    """The elements of a file, with the text of those that hold text only."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside = False
        self.found: list[tuple[str, dict, str]] = []
        self.comments: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), ""))
        self.inside = True

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            tag, attrs, text = self.found.pop()
            self.found.append((tag, attrs, text + data))

    def handle_comment(self, data):
        self.comments.append(data)

    def text(self, **wanted: str) -> str:
        (found,) = [t for _, attrs, t in self.found if wanted.items() <= attrs.items()]
        return found


def test_what_may_not_be_passed_on_is_gone():
    core, units = sharing.shareable(*document())
    text = json.dumps([core, units])
    for gone in (str(SECRET), "dicht", "Dicht"):
        assert gone not in text
    assert [i["id"] for i in core["items"]] == ["twee"]
    assert [e["source"] for e in core["items"][0]["editions"]] == ["vrij"]
    assert core["kernset"] == ["twee"]
    assert core["domains"] == [{"id": "zorg", "count": 1}, {"id": "aanbod", "count": 0}]
    assert list(core["sources"]) == ["vrij"]
    assert len(units["items"]) == 1
    assert len(units["items"][0]) == 1


def test_interventions_under_other_terms_are_gone_and_the_others_stay():
    core, units = sharing.shareable(*document())
    assert [one["id"] for one in units["sites"]] == ["lijst/open"]
    assert [mark["title"] for mark in core["events"]] == ["Corona", "Open"]
    _, left = publish.to_share(page("overeenkomst met de GGD", "agreement"))
    assert "1 interventions and provisions: its figures are under an agreement" in left


def test_what_stays_keeps_its_meaning_under_new_numbers():
    core, units = sharing.shareable(*document())
    (kept,) = core["items"]
    (only,) = kept["editions"]
    said = core["said"]
    assert kept["pick"] == {"": [0, 1], "2020": [0, 0], "2023": [0, 1]}
    assert only["value"] == [2.0, 3.0]
    assert [[said[n] for n in one] for one in only["said"]] == [["gezegd"], ["gezegd"]]
    assert [said[n] for n in only["older"]] == [
        f"Dit cijfer is ouder dan drie jaar ({year}). Een nieuwere uitgave is ons niet bekend." for year in (2020, 2023)
    ]
    assert (only["breaks"], said[only["breaks"][0][1]]) == ([[2019, only["breaks"][0][1]]], "een breuk")
    assert said[only["origin"]["formula"]] == "formule"
    assert [said[only[name]] for name in ("since", "trend")] == ["Bevinding in vrij."] * 2
    assert [None if n is None else said[n] for n in only["sample"]] == [None, "Bevinding in vrij."]
    assert [None if n is None else said[n] for n in only["aged"]] == [None, "Bevinding in vrij."]
    assert [[said[n] for n in one] for one in only["unequal"]] == [[], ["Bevinding in vrij."]]
    assert (only["n"], only["p"], only["others"]["vergelijkbaar"]) == ([2, 2], [0.001, 0.001], [2.0, 3.0])
    assert kept["firm"] == {"": 1, "2020": 1, "2023": 1}
    assert core["peers"] == [["GM0002", "Elders", 0.3]]
    [[levels]] = units["beside"]
    assert levels["peers"] == {"GM0002": [2.0, 2.5]}
    assert levels["funnel"] == funnel([2.0, 3.0], 0)
    assert units["gemeenten"][levels["funnel"]["list"]]["codes"] == ["GM0001", "GM0002"]
    shown = units["items"][0][0]["WK"]["periods"]
    assert shown[1] is None
    assert units["lists"][shown[0]["list"]]["year"] == 2022
    assert [said[n] for n in shown[0]["classes"]] == ["klasse"]
    assert {said[int(n)]: who for n, who in shown[0]["said"].items()} == {"van alle wijken": []}
    assert len(units["lists"]) == 1
    assert sorted(units["geo"]["layers"]) == ["GM-2022", "WK-2022"]
    assert core["area"]["wijken"] == [1, 2022]
    assert core["standouts"] == [{"item": 0, "edition": 0, "period": 1, "text": core["standouts"][0]["text"]}]
    text = core["standouts"][0]["text"]
    assert text.startswith("Indicator twee: hoger dan in heel Nederland, 3,0\u00a0% (2,5–3,5) tegen 1,0\u00a0%")
    assert "(Uitgever vrij, 2023)." in text


def test_what_stands_is_judged_anew_among_what_is_left():
    """With the closed figure, whose difference is sure, those of the open source stand too; alone they do not."""
    core, units = document()
    for one in core["items"][1]["editions"][1], core["items"][0]["editions"][0]:
        one["p"] = [0.04, 0.04] if one["source"] == "vrij" else [0.0001, 0.0001]
    extra = copy.deepcopy(core["items"][1])
    extra |= {"id": "drie", "group": "Groep drie", "firm": {"": 1}}
    extra["editions"][1]["p"] = [0.9, 0.9]
    core["items"].append(extra)
    units["items"].append(copy.deepcopy(units["items"][1]))
    units["beside"].append(copy.deepcopy(units["beside"][1]))
    shared, _ = sharing.shareable(core, units)
    assert [i["id"] for i in shared["items"]] == ["twee", "drie"]
    assert [i["firm"] for i in shared["items"]] == [{}, {}]  # 0.04 is the least of two: it must be 0.025 or less
    assert shared["standouts"] == []


def test_a_document_of_open_sources_stays_as_it_is():
    core, units = document(OPEN, "open")
    before = copy.deepcopy((core, units))
    first, second = sharing.shareable(core, units)
    assert first["items"] == core["items"]
    assert first["said"] == core["said"]
    assert first["standouts"] == core["standouts"]
    assert second == units
    assert (core, units) == before


def test_the_given_document_is_not_changed():
    core, units = document()
    before = copy.deepcopy((core, units))
    sharing.shareable(core, units)
    assert (core, units) == before


@pytest.mark.parametrize(
    ("licence", "terms", "kept"),
    [
        (OPEN, "open", True),
        ("CC0", "open", True),
        (VEKTIS, "non_commercial", True),
        (CLOSED, "unknown", False),
        ("overeenkomst met de GGD", "agreement", False),
        ("", "unknown", False),
    ],
)
def test_licence_decides_what_goes_along(licence, terms, kept):
    shared, left = publish.to_share(page(licence, terms))
    assert (str(SECRET) in json.dumps([shared.core, shared.units])) is kept
    assert bool(left) is not kept
    assert shared.common["left"] == ([] if kept else ["Uitgever dicht, Titel dicht"])


def test_what_is_left_out_is_named_with_the_reason():
    assert publish.to_share(page())[1] == (
        "Uitgever dicht, Titel dicht: its publisher states no licence",
        "1 interventions and provisions: its publisher states no licence",
    )
    under = publish.to_share(page("overeenkomst", "agreement"))[1]
    assert under[0] == "Uitgever dicht, Titel dicht: its figures are under an agreement"


def test_an_area_without_a_figure_to_share_is_refused():
    whole = page()
    for one in whole.core["sources"].values():
        one["licence"] = "onbekend"
    with pytest.raises(KavelmonError, match="no figure of it may be passed on"):
        publish.to_share(whole)


@pytest.mark.parametrize(
    ("closed", "terms", "expected"),
    [(OPEN, "open", "CC BY 4.0"), (CLOSED, "unknown", "CC BY 4.0"), (VEKTIS, "non_commercial", "CC BY-NC 4.0")],
)
def test_strictest_source_decides_the_licence(closed, terms, expected):
    text = publish.assembled(publish.to_share(page(closed, terms))[0])
    found = Elements(text)
    assert [a["content"] for _, a, _ in found.found if a.get("name") == "license"] == [expected]
    (deed,) = [a["href"] for _, a, _ in found.found if a.get("rel") == "license"]
    assert ("/by-nc/" in deed) is ("NC" in expected)
    assert f"Tekst: {expected}." in found.comments[0]
    assert ("niet-commercieel, bron: Vektis" in found.comments[0]) is ("NC" in expected)


def test_hostile_text_stays_text():
    whole = publish.to_share(page(module=f"const a = {json.dumps(HOSTILE)};"))[0]
    plain = Elements(publish.assembled(publish.to_share(page())[0]))
    whole.core["area"]["title"] = HOSTILE
    whole.core["sources"]["vrij"]["publisher"] = HOSTILE
    whole.core["said"][0] = HOSTILE
    whole = publish.Page(whole.common, whole.core, whole.units, whole.module, whole.style, f"/* {HOSTILE} */")
    text = publish.assembled(whole)
    found = Elements(text)
    assert [tag for tag, _, _ in found.found] == [tag for tag, _, _ in plain.found]
    assert len(found.comments) == 1
    assert text.count("<!--") == 1
    inside = json.loads(found.text(id="kavelmon-document"))
    assert inside["core"]["said"][0] == HOSTILE
    assert inside["core"]["sources"]["vrij"]["publisher"] == HOSTILE
    assert found.found[[tag for tag, _, _ in found.found].index("title")][2] == f"{HOSTILE} – kavelmon"


def test_code_in_a_script_keeps_its_meaning():
    code = 'const a = "</script>", b = /<!--/; if (1 <2) a < b;'
    written = publish.in_script(code)
    assert "</script" not in written
    assert "<!--" not in written
    assert written == 'const a = "<\\/script>", b = /<\\!--/; if (1 <2) a < b;'


def test_policy_lets_only_this_script_run():
    found = Elements(publish.assembled(publish.to_share(page())[0]))
    script = found.text(type="module")
    (policy,) = [a["content"] for _, a, _ in found.found if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    mark = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules.pop("script-src") == f"'sha256-{mark}' blob:"
    assert rules.pop("default-src") == "'none'"
    assert rules.pop("style-src") == "'unsafe-inline'"
    assert set(rules.values()) == {"data:", "'none'"}


def test_file_asks_for_nothing():
    text = publish.assembled(publish.to_share(page())[0])
    for tag, attributes, content in Elements(text).found:
        assert not attributes.get("src"), tag
        assert tag != "a" or attributes["href"].startswith("#")
        assert tag != "link" or attributes["rel"] == "license" or attributes["href"] == "data:,"
        for address in re.findall(r"url\(([^)]*)\)", content) if tag == "style" else ():
            assert address.startswith("data:font/woff2;base64,d09GMg")


def test_a_style_sheet_that_asks_for_something_is_refused():
    whole = page()
    style = whole.style + '\ni { background: url("x.png"); }'
    bad = publish.Page(whole.common, whole.core, whole.units, whole.module, style, whole.vega)
    with pytest.raises(ValueError, match="nor an address"):
        publish.assembled(publish.to_share(bad)[0])


def test_charset_stands_where_browsers_look_for_it():
    assert b'<meta charset="utf-8">' in publish.assembled(publish.to_share(page())[0]).encode()[:1024]


def test_same_page_gives_the_same_file():
    first, second = (publish.assembled(publish.to_share(page())[0]) for _ in range(2))
    assert first == second


def state(area: str = "hier") -> dict:
    whole = page()
    parts = {"common": whole.common, "core": whole.core, "units": whole.units}
    buffers = [
        {"path": [k], "encoding": "base64", "data": base64.b64encode(prepared.packed(v)).decode()}
        for k, v in parts.items()
    ]
    values = {"area": area, "_esm": whole.module, "_css": whole.style, "vega": whole.vega}
    return {"a": {"state": {"_model_name": "LayoutModel"}}, "b": {"state": values, "buffers": buffers}}


def test_page_comes_from_the_state_of_the_notebook():
    assert publish.of_state(state(), "hier") == page()


@pytest.mark.parametrize("found", [{}, {"a": {"state": {}}}, state("elders")])
def test_a_notebook_that_shows_no_such_page_is_refused(found):
    with pytest.raises(KavelmonError, match="shows no kavelmonitor of hier"):
        publish.of_state(found, "hier")


def notebook(folder, code: str) -> None:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(book, folder / publish.NOTEBOOK)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise ValueError('kapot')", "failed: ValueError: kapot"),
        ("import os; raise ValueError(os.environ['QUERY_STRING'])", "failed: ValueError: gebied=ede$"),
        ("import os; raise ValueError('KAVELMON_VEGA_SERVED' in os.environ)", "failed: ValueError: False"),
        ("import time; time.sleep(60)", "gave no page within 2 seconds"),
        ("import os; os._exit(1)", "gave no page"),
        ("1 + 1", "shows no kavelmonitor of ede"),
    ],
)
def test_a_notebook_that_fails_is_one_sentence(tmp_path, monkeypatch, code, said):
    notebook(tmp_path, code)
    monkeypatch.setattr(publish.paths, "notebooks", lambda: tmp_path)
    monkeypatch.setattr(publish.prepared, "folder", lambda: tmp_path)
    monkeypatch.setattr(publish.serving, "CELL_S", 2)
    with pytest.raises(KavelmonError, match=said):
        publish.executed("ede")


@pytest.fixture
def quick(monkeypatch):
    """Publishing without a kernel: the page is a made-up one."""
    monkeypatch.setattr(publish, "executed", lambda area: page())
    monkeypatch.setattr(publish.prepared, "ready", lambda: True)


@pytest.mark.usefixtures("quick")
def test_folder_is_made_and_the_file_replaced(tmp_path):
    out = tmp_path / "een" / "twee"
    made = publish.publish("ede", out)
    first = made.path.read_bytes()
    assert made.path == out / "kavelmon-ede.html"
    assert (made.size, made.gzipped) == (len(first), len(gzip.compress(first, 6, mtime=0)))
    made.path.write_text("van voor vandaag")
    publish.publish("ede", out)
    assert made.path.read_bytes() == first
    assert [p.name for p in out.iterdir()] == ["kavelmon-ede.html"]


@pytest.mark.usefixtures("quick")
def test_a_fault_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "kavelmon-ede.html"
    path.write_text("van voor vandaag")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish.os, "replace", full)
    with pytest.raises(KavelmonError, match=r"kavelmon-ede\.html cannot be written \(No space left on device\)"):
        publish.publish("ede", tmp_path)
    assert path.read_text() == "van voor vandaag"
    assert [p.name for p in tmp_path.iterdir()] == ["kavelmon-ede.html"]


def run(monkeypatch, capsys, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["kavelmon", "publish", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr()
    return end.value.code, said.out, said.err


def test_an_unknown_area_is_one_sentence_with_near_names(tmp_path, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, "achterhoke", "--out", str(tmp_path / "uit"))
    assert (code, out) == (2, "")
    assert "achterhoek" in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "uit").exists()


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "uit").write_text("")
    code, _, err = run(monkeypatch, capsys, "ede", "--out", str(tmp_path / "uit"))
    assert code == 2
    assert re.fullmatch(r"kavelmon: .*uit cannot be written \(.+\); name a folder of your own with --out\n", err)


@pytest.mark.usefixtures("quick")
def test_command_says_what_it_wrote_and_what_it_left_out(tmp_path, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, "ede", "--out", str(tmp_path))
    assert code == 0
    assert re.fullmatch(r".*kavelmon-ede\.html: \d+\.\d\d MB, \d+\.\d\d MB gzipped; CC BY 4\.0\n", out)
    assert err.splitlines() == [
        "left out: Uitgever dicht, Titel dicht: its publisher states no licence",
        "left out: 1 interventions and provisions: its publisher states no licence",
    ]
