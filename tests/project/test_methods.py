"""The method pages say what the code does: their examples run, and the numbers in their sentences are those printed."""

import ast
import doctest
import re
from pathlib import Path

import pytest

from kavelmon import (
    area_texts,
    contract_texts,
    cost_texts,
    method_texts,
    page_texts,
    region_texts,
    report_texts,
    savings_texts,
    selection_texts,
    settling_texts,
    texts,
)
from kavelmon.analysis import funnel, peers, unequal
from kavelmon.dashboard import standouts
from kavelmon.numerals import number
from kavelmon.savings import luck, others, verdict
from kavelmon.selection import candidates, scores, settings
from kavelmon.source_model import Disclosure
from kavelmon.stats import intervals, standardise, trend

FOLDER = Path(__file__).parents[2] / "docs" / "methode"
INDEX = FOLDER / "README.md"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path != INDEX)
SCREEN = (
    *(area_texts, contract_texts, cost_texts, method_texts, page_texts, region_texts, report_texts, savings_texts),
    *(selection_texts, settling_texts, texts),
)
HEADINGS = [
    "Welke vraag",
    "Waar u het ziet",
    "Hoe het werkt",
    "Voorbeeld",
    "Formule",
    "Wat het niet zegt",
    "Bronnen",
    "In Python",
]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MOST_WORDS, MEAN_WORDS = 19, 13
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+(?:[.,_]\d+)*")
BY_HEART = {"95", "99,8", "100"}  # the levels of margins, and all of a whole
WORDS = {2: "twee", 3: "drie", 4: "vier", 5: "vijf", 6: "zes", 9: "negen", 10: "tien", 20: "twintig"}

every_page = pytest.mark.parametrize("path", [INDEX, *PAGES], ids=lambda p: p.stem)
method_page = pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)


@pytest.fixture(autouse=True)
def bundled_figures_only(monkeypatch, tmp_path):
    monkeypatch.setenv("KAVELMON_STORE", str(tmp_path / "none"))


def examples(path: Path) -> doctest.DocTest:
    """The Python blocks of a page as one session; other lines are empty, so that a failure names the line."""
    text = path.read_text(encoding="utf-8")
    lines = [""] * (text.count("\n") + 1)
    for block in FENCE.finditer(text):
        if block[1] == "python":
            first = text.count("\n", 0, block.start(2))
            code = block[2].split("\n")
            lines[first : first + len(code)] = code
    return doctest.DocTestParser().get_doctest("\n".join(lines), {}, path.name, str(path), 0)


def prose(path: Path, section: str = "") -> str:
    """The text of a page, or of one section, without code blocks."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    if section:
        found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        assert found, f"{path.name} has no section {section}"
        text = found[1]
    return text


def plain(text: str) -> str:
    """Text without links, emphasis and non-breaking spaces."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text).replace("**", "").replace("\u00a0", " ")


def sentences(path: Path) -> list[str]:
    """The sentences of a page; headings, tables and references hold none."""
    text = re.sub(r"^## Bronnen\n.*?(?=^## |\Z)", "", prose(path), flags=re.MULTILINE | re.DOTALL)
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:- |\d+\. |#|\|))", plain(text))
    kept = [re.sub(r"^\s*(?:- |\d+\. |> )", "", b) for b in blocks if not b.lstrip().startswith(("#", "|"))]
    found = [s for block in kept for s in re.split(r"(?<=[.?!])[\"”]?\s+", " ".join(block.split()))]
    return [s for s in found if s.strip()]


def dutch(figure: str) -> set[str]:
    """How a number that Python reads or prints may be written in a Dutch sentence."""
    bare = figure.replace("_", "")
    if re.fullmatch(r"\d+\.\d+", bare):
        whole = {number(float(bare))} if float(bare).is_integer() else set()
        return {figure, number(float(bare), len(bare.split(".")[1])), *whole}
    return {figure, bare, number(int(bare))} if bare.isdigit() else {figure}


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def screen() -> str:
    """Everything that the page can say; of sentences with figures in them the pieces between these."""
    found = []
    for module in SCREEN:
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        found += [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return plain("\n".join(found))


def test_index_names_every_page_once():
    linked = re.findall(r"\]\(([^)]+\.md)\)", INDEX.read_text(encoding="utf-8"))
    assert sorted(linked) == [path.name for path in PAGES]


@every_page
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)]+)\)", prose(path)):
        assert (path.parent / target).is_file(), target


@every_page
def test_examples_run(path):
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    found = runner.run(examples(path), out=said.append)
    assert found.attempted > 0
    assert not found.failed, "".join(said)


@every_page
def test_every_python_block_is_an_example(path):
    for kind, code in FENCE.findall(path.read_text(encoding="utf-8")):
        assert (kind == "python") == (">>>" in code)


@method_page
def test_pages_have_the_same_headings(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


@method_page
def test_a_formula_and_a_reference_with_a_year(path):
    text = path.read_text(encoding="utf-8")
    assert re.search(r"^## Formule\n+```\n", text, re.MULTILINE)
    sources = re.findall(r"^- (.+)$", prose(path, "Bronnen"), re.MULTILINE)
    assert sources
    assert re.search(r"\b(19|20)\d\d\b", sources[0])


@method_page
def test_numbers_of_the_example_are_those_of_the_code(path):
    """Both ways: what the prose says is put in or comes out, and what comes out is said."""
    session = examples(path).examples
    known = set().union(*(dutch(n) for one in session for n in numbers(one.source + one.want)))
    told = numbers(plain(prose(path, "Voorbeeld")))
    assert told
    assert told - known <= BY_HEART, "in the sentences, not in the code"
    anywhere = numbers(plain(prose(path)))
    silent = {n for one in session for n in numbers(one.want) if not dutch(n) & (anywhere | BY_HEART)}
    assert not silent, "printed, but in no sentence"


def test_prose_that_is_wrong_would_be_seen():
    assert dutch("0.73") == {"0.73", "0,73"}
    assert dutch("303_219") == {"303_219", "303219", "303.219"}
    assert dutch("2023") >= {"2023"}
    assert not dutch("0.73") & numbers("Dat is 0,74 per 1.000 inwoners.")


@every_page
def test_sentences_are_short(path):
    found = {sentence: len(sentence.split()) for sentence in sentences(path)}
    assert sum(found.values()) / len(found) < MEAN_WORDS
    assert not {s: n for s, n in found.items() if n > MOST_WORDS}


@every_page
def test_numbers_are_written_as_in_dutch(path):
    text = plain(re.sub(r"`[^`]*`", "", prose(path)))
    text = re.sub(r"^## Bronnen\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"\d\.(?!\d{3}\b)\d", text), "a decimal point"
    assert not re.search(r"(?<![\w-])-\d", text), "a hyphen for a minus"
    assert not re.search(r"\d{4,}(?<!\b(?:19|20)\d\d)", text), "no thousands dot"


@every_page
def test_words_that_we_do_not_use(path):
    assert not re.search(r"significant|scoort|rood|groene? |besparing", prose(path), re.IGNORECASE)


@every_page
def test_what_is_quoted_from_the_screen_is_on_the_screen(path):
    section = "Wat u ziet, en waar het wordt uitgelegd" if path == INDEX else "Waar u het ziet"
    quoted = re.findall(r'"([^"]+)"', plain(prose(path, section)))
    assert quoted
    said = screen()
    assert not [text for text in quoted if text not in said]


RULE = Disclosure()
SAID = {
    "marges": [f"Vanaf {WORDS[intervals.EXACT_BELOW]} gebruiken", f"Onder {WORDS[intervals.EXACT_BELOW]} gebruiken"],
    "leeftijd": [f"minder dan {WORDS[standardise.FEWEST_EVENTS]} gevallen"],
    "trechterfiguur": [f"minstens {WORDS[funnel.FEWEST]} gemeenten", f"{number(funnel.CV_OF_COST, 1)} keer"],
    "verloop": [
        f"{WORDS[trend.FEWEST_POINTS]} metingen nodig",
        f"Vanaf {WORDS[trend.FEWEST_FOR_A_WORD]} metingen",
        f"laatste {WORDS[trend.RECENT_POINTS]} metingen",
    ],
    "ongelijkheid": [f"minstens {WORDS[unequal.FEWEST]} wijken", f"{number(100 * unequal.KNOWN)} % van de mensen"],
    "vergelijkbare-gemeenten": [
        f"{WORDS[len(peers.STRUCTURE)]} kenmerken",
        f"welke {WORDS[peers.MOST_LIKE]} gemeenten",
    ],
    "opvallend": [
        f"hooguit {WORDS[standouts.MOST]}",
        f"Hooguit {WORDS[standouts.PER_DOMAIN]} uit één domein",
        f"hooguit {WORDS[standouts.RECENT_YEARS]} jaar",
    ],
    "kosten": [
        f"We trekken {number(others.AREAS)} aaneengesloten gebieden",
        f"op {number(100 * others.LIKE)} % na",
        f"p hooguit {number(luck.ALPHA, 2)} is en het minstens {number(100 * luck.MSR)} % scheelt",
        f"{WORDS[verdict.BACK[0]]} of {WORDS[verdict.BACK[1]]} jaar eerder",
        f"minder dan {WORDS[round(1 / luck.ALPHA) - 1]} naast elkaar",
    ],
    "kavelselectie": [
        f"minstens {WORDS[scores.LEAST_GROUPS]} groepen",
        f"trekken {number(settings.Settings().draws)} keer",
        f"{candidates.PEERS} willekeurige gebieden",
    ],
    "onthulling": [
        f"minder dan {RULE.n_min} waarnemingen",
        f"minder dan {RULE.cell_min} mensen hebben het kenmerk",
        f"meer dan {number(100 * RULE.p_max)} % heeft het kenmerk",
        f"het is minder dan {RULE.count_min}.",
    ],
}


@pytest.mark.parametrize("name", SAID)
def test_limits_in_the_text_are_those_of_the_code(name):
    text = " ".join(plain(prose(FOLDER / f"{name}.md")).split())
    assert not [limit for limit in SAID[name] if limit not in text]
