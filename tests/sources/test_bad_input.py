"""Every loader, on the real export with one fault put in: an error that names the file, the place and what to do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kavelmon import declarations, measure, store
from kavelmon.model import SourceError
from kavelmon.sources import files, others, sites, tables, vektis

# source: file to spoil, a column that is asked of it, its delimiter, a gemeente code or name in it
CSVS = {
    "vektis_open": ("vektis/vektis_2023_gemeente.csv", "kosten_farmacie", ";", "AALTEN"),
    "rivm_50140ned": ("ggd/50140NED_TypedDataSet_22092025_192544.csv", "GoedErvarenGezondheid_6", ";", "GM0197"),
    "ggd_85012ned": ("ggd/hackathon_Gezondheidsmonitor20_85012NED.csv", "Mantelzorger", ",", "Aalten"),
    "rivm_50150ned": (
        "rivm/rivm_50150NED_goed_ervaren_gezondheid_2012-2024_buurt_gemeente.csv",
        "goed_ervaren_gezondheid_pct",
        ",",
        "GM0197",
    ),
    "cbs_kwb_geoinzicht": (
        "cbs/geoinzicht_panel/gemeente_kwb_2012_2024_afgeleid.csv",
        "aantal_inwoners",
        ",",
        "GM0197",
    ),
    "cbs_sterfte_2024": (
        "rivm/cbs_sterfte_doodsoorzaken_gemeente_2024_via_woonikveilig.csv",
        "sterfte_per_1000",
        ",",
        "GM0197",
    ),
}


def load(source_id: str, path: Path, *more: Path):
    source = declarations.default().source(source_id)
    topics = measure.topics_of(measure.asked_of(declarations.default(), source))
    if source.kind == "vektis":
        return vektis.read(source, [path, *more], store.regions())
    if source.kind == "points":
        layers = store.Store(store.paths.snapshot()).folder / "boundaries.parquet"
        import geopandas as gpd

        return sites.load(source, [path, *more], topics, gpd.read_parquet(layers), store.regions())
    loader = {"odata4": others.odata4, "offences": others.offences}.get(source.kind, tables.load)
    return loader(source, [path, *more], topics, store.regions())


@pytest.fixture
def spoil(shared_data, tmp_path) -> Callable[..., Path]:
    def spoil(name: str, change: Callable[[bytes], bytes]) -> Path:
        target = tmp_path / Path(name).name
        target.write_bytes(change((shared_data / name).read_bytes()))
        return target

    return spoil


def refused(source_id: str, *paths: Path) -> str:
    with pytest.raises(SourceError) as error:
        load(source_id, *paths)
    message = str(error.value)
    assert paths[0].name in message
    return message


def _cut(raw: bytes) -> bytes:
    """Leave the first rows only, whole."""
    return raw[: int(len(raw) * 0.6)].rsplit(b"\n", 1)[0] + b"\n"


@pytest.mark.parametrize("source_id", CSVS)
class TestCsv:
    def test_the_real_file_is_read(self, source_id, shared_data):
        assert load(source_id, shared_data / CSVS[source_id][0])

    def test_empty(self, source_id, spoil):
        assert "the file is empty; fetch it again" in refused(source_id, spoil(CSVS[source_id][0], lambda b: b" \n"))

    def test_header_only(self, source_id, spoil):
        path = spoil(CSVS[source_id][0], lambda b: b.split(b"\n")[0] + b"\n")
        assert "no rows" in refused(source_id, path)

    def test_wrong_delimiter(self, source_id, spoil):
        delimiter = CSVS[source_id][2].encode()
        message = refused(source_id, spoil(CSVS[source_id][0], lambda b: b.replace(delimiter, b"|")))
        assert "line 1" in message

    def test_column_renamed(self, source_id, spoil):
        column = CSVS[source_id][1].encode()
        message = refused(source_id, spoil(CSVS[source_id][0], lambda b: b.replace(column, b"kosten_iets_anders", 1)))
        assert "line 1" in message
        assert "kosten_iets_anders" in message or "is not there" in message

    def test_column_twice(self, source_id, spoil):
        column, other = CSVS[source_id][1].encode(), CSVS[source_id][2].encode()

        def twice(raw: bytes) -> bytes:
            head, rest = raw.split(b"\n", 1)
            names = head.split(other)
            names[-1] = column + (b"\r" if names[-1].endswith(b"\r") else b"")
            return other.join(names) + b"\n" + rest

        if column in (b"goed_ervaren_gezondheid_pct",):
            column = b"jaar"
        assert "twice" in refused(source_id, spoil(CSVS[source_id][0], twice))

    def test_unknown_gemeente(self, source_id, spoil):
        name = CSVS[source_id][3]
        wrong = "GM9999" if name.startswith("GM") else "NERGENSHUIZEN"
        message = refused(source_id, spoil(CSVS[source_id][0], lambda b: b.replace(name.encode(), wrong.encode())))
        assert wrong in message
        assert "line" in message

    def test_a_letter_in_a_number(self, source_id, shared_data, tmp_path):
        name, column, delimiter, _ = CSVS[source_id]
        lines = (shared_data / name).read_text(encoding="utf-8-sig").splitlines()
        place = lines[0].split(delimiter).index(column)
        cells = lines[4].split(delimiter)
        cells[place] = "12O.5"
        lines[4] = delimiter.join(cells)
        path = tmp_path / Path(name).name
        path.write_text("\n".join(lines), encoding="utf-8")
        message = refused(source_id, path)
        assert "line 5" in message
        assert "'12O.5' is no number" in message
        assert column in message

    def test_cut_in_a_row(self, source_id, spoil):
        message = refused(source_id, spoil(CSVS[source_id][0], lambda b: _cut(b) + b"GM01"))
        assert "cut off" in message

    def test_cut_between_rows(self, source_id, spoil):
        message = refused(source_id, spoil(CSVS[source_id][0], _cut))
        assert "cut off" in message or "not there" in message

    def test_latin_1(self, source_id, spoil):
        name = CSVS[source_id][3].encode()
        message = refused(source_id, spoil(CSVS[source_id][0], lambda b: b.replace(name, name + b"\xe9", 1)))
        assert "is not UTF-8" in message
        assert "line" in message

    def test_the_same_key_twice(self, source_id, spoil):
        def again(raw: bytes) -> bytes:
            lines = raw.rstrip(b"\n").split(b"\n")
            place = next(i for i, line in enumerate(lines) if CSVS[source_id][3].encode() in line)
            return b"\n".join([*lines, lines[place].rstrip(b"\r")]) + b"\n"

        assert "twice" in refused(source_id, spoil(CSVS[source_id][0], again))

    def test_a_year_twice(self, source_id, shared_data, tmp_path):
        name = CSVS[source_id][0]
        first, second = tmp_path / Path(name).name, tmp_path / ("copy_" + Path(name).name)
        shutil.copy(shared_data / name, first)
        shutil.copy(shared_data / name, second)
        with pytest.raises(SourceError, match=r"twice|already") as error:
            load(source_id, first, second)
        assert first.name in str(error.value)
        assert second.name in str(error.value)


class TestVektis:
    def test_two_rest_rows(self, spoil):
        path = spoil(CSVS["vektis_open"][0], lambda b: b.rstrip(b"\n") + b"\n;;" + b";0" * 28 + b"\n")
        assert "2 rows without sex" in refused("vektis_open", path)

    def test_an_unknown_age(self, spoil):
        path = spoil(CSVS["vektis_open"][0], lambda b: b.replace(b"10 t/m 14 jaar", b"10 t/m 13 jaar", 1))
        assert "10 t/m 13 jaar" in refused("vektis_open", path)

    def test_an_empty_cost(self, spoil):
        path = spoil(CSVS["vektis_open"][0], lambda b: b.replace(b"1993077.92", b"", 1))
        assert "empty cell" in refused("vektis_open", path)

    def test_negative_costs_count(self, spoil):
        path = spoil(CSVS["vektis_open"][0], lambda b: b.replace(b"1993077.92", b"-1993077.92", 1))
        assert (load("vektis_open", path).frame["kosten_msz"] == -1993077.92).any()


XLSX = "rivm/buurtvergelijker_2020_RIVM_gezondheid2020_65+.xlsx"
PARQUET = "cbs/odata_v3_84799NED_kwb2020/cbs.v3.84799NED_TypedDataSet.parquet"


@pytest.mark.parametrize(("source_id", "name"), [("rivm_50090ned", XLSX), ("cbs_84799ned", PARQUET)])
class TestBinary:
    def test_cut_or_empty(self, source_id, name, spoil):
        assert "fetch it again" in refused(source_id, spoil(name, lambda b: b[: len(b) // 2]))
        assert "fetch it again" in refused(source_id, spoil(name, lambda b: b""))

    def test_no_such_format(self, source_id, name, spoil):
        assert "fetch it again" in refused(source_id, spoil(name, lambda b: b"<html>404</html>"))


def _kwb(shared_data) -> pd.DataFrame:
    return pd.read_parquet(shared_data / PARQUET)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.rename(columns={"k_65JaarOfOuder_12": "k_65Plus_12"}), "k_65JaarOfOuder"),
        (lambda f: f[f["WijkenEnBuurten"] != "GM0197    "], "17340 rows, expected 17341"),
        (lambda f: f.replace({"WijkenEnBuurten": {"GM0197    ": "GM9999    "}}), "GM9999"),
        (lambda f: f.replace({"WijkenEnBuurten": {"GM0197    ": "Aalten"}}), "Aalten"),
        (lambda f: pd.concat([f, f.head(3)]), "twice"),
        (lambda f: f.assign(k_65JaarOfOuder_12=f["k_65JaarOfOuder_12"].astype("str") + "x"), "is no number"),
        (lambda f: f.head(0), "no rows"),
    ],
)
def test_a_parquet_export_with_a_fault(change, said, shared_data, tmp_path):
    path = tmp_path / "cbs.v3.84799NED_TypedDataSet.parquet"
    change(_kwb(shared_data)).to_parquet(path)
    assert said in refused("cbs_84799ned", path)


def test_a_topic_number_that_moved_is_no_fault(shared_data, tmp_path):
    path = tmp_path / "cbs.v3.84799NED_TypedDataSet.parquet"
    _kwb(shared_data).rename(columns={"k_65JaarOfOuder_12": "k_65JaarOfOuder_13"}).to_parquet(path)
    moved, whole = load("cbs_84799ned", path), load("cbs_84799ned", shared_data / PARQUET)
    pd.testing.assert_frame_equal(moved.frame, whole.frame)


V4 = "cbs/odata_v4_03759ned/observations-page-1.json"
OFFENCES = "cbs/misdrijven_bevolking_2012_2025/data.json"


def _json(name: str, change: Callable[[dict], object]) -> Callable[[bytes], bytes]:
    def changed(raw: bytes) -> bytes:
        content = json.loads(raw)
        change(content)
        return json.dumps(content).encode()

    return changed


KWB_2021 = "cbs/kwb2021_gemeente_nlstat/nl_data.json"


@pytest.mark.parametrize(
    ("source_id", "name"), [("cbs_03759ned", V4), ("politie_misdrijven", OFFENCES), ("cbs_85039ned", KWB_2021)]
)
class TestJson:
    def test_cut_empty_latin_1_html(self, source_id, name, spoil):
        assert "cut off" in refused(source_id, spoil(name, lambda b: b[: len(b) // 2]))
        assert "empty" in refused(source_id, spoil(name, lambda b: b""))
        assert "UTF-8" in refused(source_id, spoil(name, lambda b: b[:50] + b"\xe9" + b[50:]))
        assert "no complete JSON" in refused(source_id, spoil(name, lambda b: b"<html>404</html>"))

    def test_another_content(self, source_id, name, spoil):
        assert "fetch" in refused(source_id, spoil(name, lambda b: b'{"iets": "anders"}'))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c["value"].append(c["value"][0]), "twice"),
        (lambda c: c.update({"@odata.nextLink": "next"}), "not the last page"),
        (lambda c: c.update(value=[r for r in c["value"] if r["RegioS"] != "GM0197"]), "GM0197"),
        (lambda c: c.update(value=[r for r in c["value"] if r["Measure"] != "M000352"]), "M000352"),
        (lambda c: [r.pop("ValueAttribute") for r in c["value"]], "ValueAttribute"),
        (lambda c: c["value"][0].update(Value="17x", Id=999), "page-1.json (lines are Ids), line 999, column"),
        (lambda c: [r.pop("Id") for r in c["value"]], "Id"),
    ],
)
def test_odata_4_with_a_fault(change, said, spoil):
    assert said in refused("cbs_03759ned", spoil(V4, _json(V4, change)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c["counts"].pop("1.1.1"), "1.1.1"),
        (lambda c: c["counts"]["1.1.1"].update(GM9999={"2020": 1}), "GM9999"),
        (lambda c: c["counts"]["1.1.1"].pop("GM0197"), "GM0197"),
        (lambda c: c["counts"]["1.1.1"]["GM0197"].update({"2020": "12x"}), "12x"),
        (lambda c: c.pop("population"), "population"),
    ],
)
def test_offences_with_a_fault(change, said, spoil):
    assert said in refused("politie_misdrijven", spoil(OFFENCES, _json(OFFENCES, change)))


SITES = "supply/ziekenhuislocaties_2025_algemeen_AMC-NL_PP.csv"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: b"", "empty"),
        (lambda b: b.replace(b"x,y", b"a,y", 1), '"x" is not there'),
        (lambda b: b.replace(b"51227.7", b"51227,7"), "number of columns"),
        (lambda b: b.replace(b"51227.7", b"51x"), "51x"),
        (lambda b: b.replace(b"51227.7", b""), "without coordinates"),
        (lambda b: b.replace(b"51227.7", b"-51227.7"), "no gemeente within 2 km"),
        (lambda b: b.replace(b"Goes", b"G\xf6es"), "UTF-8"),
    ],
)
def test_sites_with_a_fault(change, said, spoil):
    path = spoil(SITES, change)
    with pytest.raises(SourceError) as error:
        load("ziekenhuislijst_2025", path)
    assert said in str(error.value)


def test_a_number_with_decimal_comma_is_read_only_where_it_is_declared(tmp_path):
    column = pd.Series(["1.234,5", "."], name="x")
    with pytest.raises(SourceError, match="decimal point"):
        files.to_numbers(column, tmp_path / "x.csv")
    read = declarations.default().source("vektis_open").read.model_copy(update={"decimal": ","})
    assert files.to_numbers(column, tmp_path / "x.csv", read)[0] == 1234.5


def test_the_line_of_a_wrong_number_is_that_of_the_file_where_rows_are_left_out(tmp_path):
    source = declarations.default().source("cbs_84799ned")
    read = source.read.model_copy(update={"where": {"Geslacht": "T001038"}, "rows": 0})
    path = tmp_path / "x.csv"
    path.write_text(
        "Geslacht;WijkenEnBuurten;AantalInwoners_5\n"
        "3000;GM0197;1\nT001038;GM0197;2\n4000;GM0197;3\nT001038;GM0222;4x\n",
        encoding="utf-8",
    )
    source = source.model_copy(update={"read": read})
    with pytest.raises(SourceError, match=r"^x\.csv, line 5, column \"AantalInwoners_5\": '4x' is no number"):
        tables.load(source, [path], ["AantalInwoners"], store.regions())


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e400", "0x10", "1_000", "١٢"])
def test_what_python_calls_a_number_and_a_statistician_does_not(text, tmp_path):
    with pytest.raises(SourceError, match="is no number"):
        files.to_numbers(pd.Series([text], name="x"), tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("source_id", "name", "old", "new"),
    [
        ("rivm_50140ned", CSVS["rivm_50140ned"][0], b"GM0197", b"NL99  "),
        ("cbs_03759ned", "cbs/odata_v4_03759ned/observations-page-1.json", b"NL01", b"NL99"),
    ],
)
def test_another_code_of_a_country(source_id, name, old, new, spoil):
    assert "NL99" in refused(source_id, spoil(name, lambda raw: raw.replace(old, new)))
