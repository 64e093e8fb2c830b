"""The server that stands in for the publishers: its answers are theirs, and it fails as it is told."""

import http.client
import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pandas as pd
import pytest

from tests.sources.loopback import Fault, Loopback
from tests.sources.loopback.faults import KINDS
from tests.sources.loopback.files import YEARS, vektis_path
from tests.sources.loopback.filters import Filter, FilterError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
CBS, RIVM, V4 = "opendata.cbs.nl", "dataderden.cbs.nl", "datasets.cbs.nl"
PDOK, VEKTIS = "service.pdok.nl", "www.vektis.nl"
FEED, API = "/ODataFeed/odata", "/ODataApi/odata"
GEO = "/cbs/gebiedsindelingen/2022/wfs/v1_0?service=WFS&version=2.0.0&request=GetFeature&outputFormat=application/json"
POPULATION = "/odata/v1/CBS/03759ned"
TOO_MANY = "query returns more than 10000 records"


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def rows(self) -> list[dict]:
        return self.json["value"]


def get(url: str, method: str = "GET", timeout: float = 60, **headers: str) -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        target = quote(parts.path) + (f"?{quote(parts.query, safe='$&=,%+')}" if parts.query else "")
        connection.request(method, target, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@pytest.fixture
def server(shared_data) -> Iterator[Loopback]:
    with Loopback(shared_data) as server:
        yield server


@pytest.fixture
def ask(server):
    def ask(host: str, path: str, method: str = "GET", **headers: str) -> Reply:
        return get(server.hosts[host] + path, method, **headers)

    return ask


def recorded(shared_data: Path, name: str) -> dict:
    return json.loads((shared_data / "recorded" / name).read_text("utf-8"))


def all_rows(server: Loopback, host: str, path: str) -> list[dict]:
    url, rows = server.hosts[host] + path, []
    while url:
        content = get(url).json
        rows += content["value"]
        url = content.get("odata.nextLink") or content.get("@odata.nextLink")
    return rows


# OData v3 as it was recorded


@pytest.mark.parametrize(
    ("name", "table", "part"),
    [
        ("meta_1", "80137ned", ""),
        ("meta_2", "80137ned", "TableInfos"),
        ("meta_3", "80137ned", "CategoryGroups"),
        ("meta_4", "80137ned", "Persoonskenmerken"),
        ("meta_5", "80137ned", "BedrijfstakkenSBI93"),
        ("meta_6", "80137ned", "Perioden"),
        ("meta_7", "80137ned", "DataProperties"),
        ("meta_8", "80137ned", "TypedDataSet"),
        ("tables_2", "83599NED", "UntypedDataSet"),
        ("tables_3", "83599NED", "UntypedDataSet?$skip=10000"),
    ],
)
def test_v3_answers_as_recorded(server, ask, shared_data, name, table, part):
    # the recording sorted nothing but the order of keys, which a comparison of objects leaves aside
    expected = json.dumps(recorded(shared_data, f"odata_v3/{name}.json"))
    expected = json.loads(expected.replace("https://opendata.cbs.nl", server.hosts[CBS]))
    address = f"{FEED}/{table}/{part}"
    assert ask(CBS, f"{address}{'&' if '?' in part else '?'}$format=json").json == expected


def test_a_row_runs_id_dimensions_topics(ask):
    row = ask(CBS, f"{FEED}/80137ned/TypedDataSet?$format=json&$top=1").rows[0]
    assert list(row)[:5] == ["ID", "Persoonskenmerken", "BedrijfstakkenSBI93", "Perioden", "Totaal_1"]
    assert list(ask(CBS, f"{API}/84799NED/TypedDataSet?$top=1").rows[0])[:3] == [
        "ID",
        "WijkenEnBuurten",
        "Gemeentenaam_1",
    ]


@pytest.mark.slow
def test_the_catalog_is_listed(server, ask):
    server.table("50090NED")  # reads sheets for some seconds, the first time on a machine
    rows = ask(RIVM, "/ODataCatalog/Tables?$format=json&$filter=Catalog eq 'RIVM'&$orderby=Identifier desc").rows
    assert [row["Identifier"] for row in rows] == ["50150NED", "50140NED", "50090NED"]
    assert {urlsplit(row["ApiUrl"]).hostname for row in rows} == {"dataderden.prod.cbsp.nl"}
    kwb = ask(CBS, "/ODataCatalog/Tables?$format=json&$filter=Identifier eq '84799NED'").rows[0]
    assert (kwb["RecordCount"], kwb["ColumnCount"], kwb["Modified"]) == (17341, 117, "2021-03-26T02:00:00")
    assert kwb["FeedUrl"] == f"{server.hosts[CBS]}/ODataFeed/OData/84799NED"
    assert len(ask(CBS, "/ODataCatalog/Tables?$format=json").rows) > 20


# What a filter, a limit and a page do


def test_a_key_that_is_not_padded_finds_nothing(ask, shared_data):
    gemeenten = pd.read_csv(shared_data / "regions" / "gemeenten_2020.csv")["gm_code"]

    def found(code: str) -> int:
        return len(ask(CBS, f"{API}/84799NED/UntypedDataSet?$select=WijkenEnBuurten&$filter={code}").rows)

    assert found("WijkenEnBuurten eq 'GM0294'") == 0
    assert found("WijkenEnBuurten eq 'GM0294    '") == 1
    expected = gemeenten.str.startswith("GM02").sum()
    assert found("startswith(WijkenEnBuurten,'GM02')") == expected
    assert found("substring(WijkenEnBuurten,0,4) eq 'GM02'") == expected
    assert found("(WijkenEnBuurten eq 'GM0294    ') or (WijkenEnBuurten eq 'NL00      ')") == 2
    assert found("startswith(WijkenEnBuurten,'GM') and WijkenEnBuurten ge 'GM1900'") == gemeenten.ge("GM1900").sum()


def test_periods_compare_as_text(ask):
    def periods(condition: str) -> set[str]:
        rows = ask(CBS, f"{FEED}/83599NED/UntypedDataSet?$format=json&$select=Perioden&$filter={condition}").rows
        return {row["Perioden"] for row in rows}

    assert periods("Perioden ge '2020'") == {"2020KW01", "2020KW02"}
    assert periods("Perioden le '2011KW02'") == {"2011KW01", "2011KW02"}
    assert periods("substringof('KW02',Perioden) and Perioden ge '2019'") == {"2019KW02", "2020KW02"}


def test_a_quote_is_doubled(ask):
    rows = ask(CBS, f"{API}/83674NED/RegioS?$filter=Title eq '''s-Gravenhage (gemeente)'").rows
    assert [row["Key"] for row in rows] == ["GM0518"]


@pytest.mark.parametrize("text", ["RegioS eq", "RegioS eq 'x", "unknown(RegioS,'x')", "(RegioS eq 'x'", "'a' eq 'a'"])
def test_a_filter_that_is_none_is_refused(ask, text):
    with pytest.raises(FilterError):
        Filter(text)({"RegioS": ["x"]})
    assert ask(RIVM, f"{API}/50140NED/TypedDataSet?$filter={text}").status == 400


def test_a_filter_on_a_topic_and_one_that_is_too_long_fail(server, ask):
    topic = ask(CBS, f"{API}/84799NED/TypedDataSet?$filter=SoortRegio_2 eq 'Gemeente  '")
    assert (topic.status, topic.json["odata.error"]["message"]["value"]) == (500, TOO_MANY)
    long = " or ".join(["RegioS eq 'GM0294'"] * (server.most_or + 2))
    assert ask(RIVM, f"{API}/50140NED/TypedDataSet?$filter={long}").status == 500


def test_the_api_has_a_limit_and_does_not_skip(server, ask):
    too_many = ask(CBS, f"{API}/84799NED/UntypedDataSet")
    assert (too_many.status, too_many.json["odata.error"]["message"]["value"]) == (500, TOO_MANY)
    assert ask(CBS, f"{API}/84799NED/UntypedDataSet?$skip=5&$top=1").status == 400
    assert len(ask(CBS, f"{API}/84799NED/UntypedDataSet?$top=9999&$select=WijkenEnBuurten").rows) == 9999
    assert len(ask(CBS, f"{API}/84799NED/WijkenEnBuurten?$top=100000").rows) == 17341
    server.limit = 300
    assert ask(RIVM, f"{API}/50140NED/TypedDataSet").status == 500


def test_the_count_does_not_look_at_the_filter(ask):
    for part in ("", "?$filter=RegioS eq 'GM0294'"):
        assert ask(RIVM, f"{FEED}/50140NED/TypedDataSet/$count{part}").body == b"365"
    assert "odata.count" not in ask(RIVM, f"{API}/50140NED/RegioS?$inlinecount=allpages").json


def test_pages_of_the_feed_take_filter_and_columns_along(server, ask):
    server.page = 100
    path = f"{FEED}/50140NED/UntypedDataSet?$format=json&$filter=startswith(RegioS,'GM')&$select=ID, RegioS"
    link = ask(RIVM, path).json["odata.nextLink"]
    start = f"{server.hosts[RIVM]}/ODataFeed/OData/50140NED/UntypedDataSet/?$format=json&$filter=startswith%28RegioS%2C"
    assert link.startswith(start)
    assert link.endswith("&$skip=100")
    rows = all_rows(server, RIVM, path)
    assert len(rows) == len({row["RegioS"] for row in rows}) == 338
    assert list(rows[0]) == ["ID", "RegioS"]
    top = all_rows(server, RIVM, f"{FEED}/50140NED/RegioS?$format=json&$top=250")
    assert len(top) == 250


def test_links_can_point_elsewhere(server, ask):
    server.page, server.next_host = 100, "https://dataderden.prod.cbsp.nl"
    link = ask(RIVM, f"{FEED}/50140NED/TypedDataSet?$format=json").json["odata.nextLink"]
    assert link == "https://dataderden.prod.cbsp.nl/ODataFeed/OData/50140NED/TypedDataSet/?$format=json&$skip=100"


def test_the_feed_speaks_atom_unless_asked_for_json(ask):
    atom = ask(RIVM, f"{FEED}/50140NED/TypedDataSet?$top=1")
    assert "atom+xml" in atom.headers["Content-Type"]
    assert b'<d:MoeiteMetRondkomen_1 m:type="Edm.Double" xml:space="preserve">28.3<' in atom.body
    assert "xml" in ask(RIVM, f"{FEED}/50140NED").headers["Content-Type"]
    assert "json" in ask(RIVM, f"{API}/50140NED/TypedDataSet?$top=1").headers["Content-Type"]


def test_v3_does_not_look_at_capitals_of_table_and_odata(ask):
    assert ask(CBS, "/ODataApi/OData/84799ned/TableInfos").rows == ask(CBS, f"{API}/84799NED/TableInfos").rows


@pytest.mark.parametrize("path", ["/ODataApi/odata/99999NED", "/ODataApi/odata/84799NED/Geslacht", "/nothing", ""])
def test_what_is_not_there_is_404(ask, path):
    assert ask(CBS, path).status == 404


# Numbers and what is missing, against the files


@pytest.mark.slow
def test_kwb_comes_over_whole(server, shared_data):
    path = shared_data / "cbs" / "odata_v3_84799NED_kwb2020" / "cbs.v3.84799NED_TypedDataSet.parquet"
    frame = pd.read_parquet(path).astype(object)
    frame = frame.where(frame.notna(), None)
    typed = pd.DataFrame(all_rows(server, CBS, f"{FEED}/84799NED/TypedDataSet?$format=json"), dtype=object)
    typed = typed.where(typed.notna(), None)
    assert list(typed) == list(frame)
    assert all(typed[name].tolist() == frame[name].tolist() for name in frame)
    rows = all_rows(server, CBS, f"{FEED}/84799NED/UntypedDataSet?$format=json&$select=AfstandTotSchool_108, Mannen_6")
    assert {row["AfstandTotSchool_108"] for row in rows} == {"       ."}
    assert [int(row["Mannen_6"]) for row in rows] == frame["Mannen_6"].tolist()
    assert rows[0]["Mannen_6"] == " 8648031"


@pytest.mark.slow
def test_a_sheet_of_rivm_comes_over_as_it_is(server, shared_data):
    sheet = pd.read_excel(
        shared_data / "rivm" / "buurtvergelijker_2016_2016_18_65.xlsx",
        engine="calamine",
        dtype=str,
        keep_default_na=False,
    )
    condition = "$filter=Leeftijd eq '53115' and Perioden eq '2016JJ00'"
    rows = pd.DataFrame(all_rows(server, RIVM, f"{FEED}/50090NED/UntypedDataSet?$format=json&{condition}"))
    pd.testing.assert_frame_equal(rows.drop(columns="ID"), sheet.drop(columns="ID").astype(rows.dtypes["Marges"]))
    assert rows["ErnstigeGeluidhinderDoorBuren_37"].eq("").all()  # blank: impossible; a point would be: not known
    assert get(f"{server.hosts[RIVM]}{FEED}/50090NED/UntypedDataSet/$count").body == b"121387"


@pytest.mark.parametrize(
    ("host", "table", "pattern", "delimiter"),
    [
        (RIVM, "50140NED", "ggd/50140NED_*.csv", ";"),
        (CBS, "70072ned", "cbs/statline_csv/70072ned_*.csv", ";"),
        (CBS, "83674NED", "ggd/*83674NED.csv", ","),
        (CBS, "85012NED", "ggd/*85012NED.csv", ","),
    ],
)
def test_exports_come_over_whole(server, shared_data, host, table, pattern, delimiter):
    path = next(shared_data.glob(pattern))
    frame = pd.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    typed, untyped = (
        pd.DataFrame(all_rows(server, host, f"{FEED}/{table}/{name}?$format=json"))
        for name in ("TypedDataSet", "UntypedDataSet")
    )
    topics = {key: key if key in frame else key.rsplit("_", 1)[0] for key in server.table(table).topics()}
    assert set(topics.values()) <= set(frame)
    for key, own in topics.items():
        if server.table(table).datatype(key) == "String":
            assert untyped[key].tolist() == typed[key].tolist() == frame[own].tolist()
        else:
            assert numbers(typed[key]) == numbers(untyped[key]) == numbers(frame[own])
    if table == "70072ned":  # an UntypedDataSet itself: blank and point stay what they are
        pd.testing.assert_frame_equal(
            untyped.drop(columns="ID"), frame.drop(columns="ID").astype(untyped["RegioS"].dtype)
        )


def numbers(column: pd.Series) -> list[float]:
    """Return numbers, with one that does not occur for what is missing."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.fillna(-1e9).tolist()
    text = column.astype("str").str.strip()
    return pd.to_numeric(text.mask(column.isna() | text.isin(["", "."]))).fillna(-1e9).tolist()


def test_perceived_health_comes_over_whole(server, shared_data):
    frame = pd.read_csv(next((shared_data / "rivm").glob("rivm_50150NED_*.csv")))
    columns = "$select=WijkenEnBuurten,Perioden,GoedErvarenGezondheid_4"
    rows = pd.DataFrame(all_rows(server, RIVM, f"{FEED}/50150NED/TypedDataSet?$format=json&{columns}"))
    assert rows["GoedErvarenGezondheid_4"].tolist() == frame.iloc[:, -1].tolist()
    assert rows["WijkenEnBuurten"].str.strip().tolist() == frame["code"].tolist()
    assert rows["Perioden"].tolist() == (frame["jaar"].astype("str") + "JJ00").tolist()


def test_repeated_names_lie_in_different_groups(ask):
    rows = ask(CBS, f"{API}/70072ned/DataProperties").rows
    titles = {row["ID"]: row["Title"] for row in rows if row["Type"] == "TopicGroup"}
    found = {row["Key"]: titles[row["ParentID"]] for row in rows if row["Key"].startswith("JongerDan5Jaar")}
    assert found == {
        "JongerDan5Jaar_4": "Leeftijdsgroepen, aantallen",
        "JongerDan5Jaar_13": "Leeftijdsgroepen, relatief",
    }
    topics = [(row["ParentID"], row["Key"].rsplit("_", 1)[0]) for row in rows if row["Type"] == "Topic"]
    assert len(topics) == len(set(topics)) == 312


@pytest.mark.parametrize(
    ("host", "table"),
    [(CBS, t) for t in ("84799NED", "70072ned", "83674NED", "85012NED", "80137ned", "83599NED")]
    + [(RIVM, t) for t in ("50140NED", "50150NED")],
)
def test_every_key_of_the_data_has_a_title_and_one_width(server, host, table):
    held = server.table(table)
    assert held.host == host
    for name, rows in held.dimensions.items():
        keys = [row["Key"] for row in rows]
        assert len({len(key) for key in keys}) == 1
        assert len(set(keys)) == len(keys)
        assert set(held.columns[name]) <= set(keys)
    assert list(held.topics()) == list(held.columns)[len(held.dimensions) :]


def test_labels_of_the_monitors_got_the_codes_of_the_lists(server):
    titles = {row["Title"]: row["Key"] for row in server.table("83674NED").dimensions["RegioS"]}
    assert titles["Groningen (gemeente)"] == "GM0014"
    assert titles["Groningen (PV)"] == "PV20  "
    assert titles["Nederland"] == "NL01  "
    assert titles["GGD Haaglanden"] == "GG7014"
    marks = {row["Key"] for row in server.table("83674NED").dimensions["Marges"]}
    assert marks == {"MW00000", "MOG0095", "MBG0095"}


# cbsodata, as it is


@pytest.fixture
def cbsodata(server):
    module = pytest.importorskip("cbsodata")
    held = module.options.use_https, module.options.catalog_url
    module.options.use_https, module.options.catalog_url = False, f"127.0.0.1:{server.port}/{CBS}"
    yield module
    module.options.use_https, module.options.catalog_url = held


def test_cbsodata_reads_it(server, cbsodata):
    rivm = f"127.0.0.1:{server.port}/{RIVM}"
    assert cbsodata.get_info("84799NED")["Title"] == "Kerncijfers wijken en buurten 2020"
    assert len(cbsodata.get_meta("84799NED", "DataProperties")) == 157
    assert {row["Identifier"] for row in cbsodata.get_table_list(catalog_url=rivm)} == {
        "50090NED",
        "50140NED",
        "50150NED",
    }
    assert len(cbsodata.get_data("80137ned", typed=True)) == 675
    one = {"filters": "RegioS eq 'GM0294'", "select": ["RegioS", "SterkEenzaam_54"], "catalog_url": rivm}
    # its `typed` works the other way round: the set that is named is the one that is left out
    assert cbsodata.get_data("50140NED", typed=True, **one)[0]["SterkEenzaam_54"] == "    24.0"
    assert cbsodata.get_data("50140NED", typed=False, **one)[0]["SterkEenzaam_54"] == 24.0
    assert cbsodata.get_data("50140NED", **one)[0]["RegioS"] == "Winterswijk"
    server.page = 200
    assert len(cbsodata.get_data("50140NED", select=["RegioS"], catalog_url=rivm)) == 365


# OData v4


def test_v4_answers_as_recorded(server, ask, shared_data):
    folder = shared_data / "cbs" / "odata_v4_03759ned"
    for name, part in [
        ("dimensions", "Dimensions"),
        ("codes-RegioS", "RegioSCodes"),
        ("observations-page-1", "Observations"),
    ]:
        text = (folder / f"{name}.json").read_text("utf-8").replace("https://datasets.cbs.nl", server.hosts[V4])
        assert ask(V4, f"{POPULATION}/{part}").json == json.loads(text)
    sets = [row["name"] for row in ask(V4, "/odata/v1/CBS/80072ned").rows]
    assert sets == [row["name"] for row in recorded(shared_data, "odata_v4/meta_2.json")["value"]]


def test_v4_counts_filters_and_pages(server, ask):
    where = "$filter=RegioS in ('GM0294','GM0222') and Perioden ge '2025JJ00'"
    counted = ask(V4, f"{POPULATION}/Observations?{where}&$count=true&$top=0").json
    assert (counted["@odata.count"], counted["value"]) == (8, [])
    assert ask(V4, f"{POPULATION}/Observations/$count?{where}").body == b"8"
    assert ask(V4, f"{POPULATION}/Observations/$count").body == b"13568"
    assert ask(V4, f"{POPULATION}/Observations/$count?$filter=RegioS eq 'GM0294    '").body == b"0"
    server.page4 = 5_000
    first = ask(V4, f"{POPULATION}/Observations").json
    assert len(first["value"]) == 5_000
    assert first["@odata.nextLink"] == f"{server.hosts[V4]}{POPULATION}/Observations?$skip=5000"
    rows = all_rows(server, V4, f"{POPULATION}/Observations?$filter=startswith(RegioS,'GM')")
    assert len({row["Id"] for row in rows}) == 13_360
    assert len(ask(V4, f"{POPULATION}/Observations?$skip=13560").rows) == 8
    assert {row["ValueAttribute"] for row in rows} == {"None", "Impossible"}
    assert all((row["Value"] is None) == (row["ValueAttribute"] == "Impossible") for row in rows)


def test_v4_looks_at_capitals_and_does_not_search(ask):
    assert ask(V4, "/odata/v1/CBS/03759NED").status == 404
    assert len(ask(V4, f"{POPULATION}/RegioSCodes?$search=Aalten").rows) == len(
        ask(V4, f"{POPULATION}/RegioSCodes").rows
    )
    assert len(ask(V4, f"{POPULATION}/RegioSCodes?$filter=contains(Title,'Aalten')").rows) == 1
    assert ask(V4, f"{POPULATION}/$metadata").status == 406


# PDOK


def test_wfs_gives_metres_unless_asked_for_degrees(server, ask):
    def first(more: str) -> list[float]:
        point = ask(PDOK, f"{GEO}&typeName=gebiedsindelingen:gemeente_gegeneraliseerd&count=1{more}").json["features"][
            0
        ]
        return point["geometry"]["coordinates"][0][0][0]

    x, y = first("")
    assert 0 < x < 300_000 < y < 620_000
    assert first("&srsName=EPSG:28992") == [x, y]
    lon, lat = first("&srsName=EPSG:4326")
    assert 3 < lon < 7.3 < 50 < lat < 54
    server.swap_axes = True
    assert first("&srsName=urn:ogc:def:crs:EPSG::4326") == [lat, lon]
    server.ignore_srs, server.swap_axes = True, False
    assert first("&srsName=EPSG:4326") == [x, y]


def test_wfs_gives_a_thousand_at_most(ask):
    name = "&typeName=wijk&srsName=EPSG:4326"
    hits = ask(PDOK, f"{GEO}{name}&resultType=hits")
    assert "xml" in hits.headers["Content-Type"]
    assert b'numberMatched="3340"' in hits.body
    codes = []
    for start in range(0, 5000, 1000):
        found = ask(PDOK, f"{GEO}{name}&count=5000&startIndex={start}").json["features"]
        codes += [feature["properties"]["statcode"] for feature in found]
    assert len(codes) == len(set(codes)) == 3340


def test_wfs_properties_and_what_is_not_there(ask):
    ggd = ask(PDOK, f"{GEO}&typeName=ggdregio").json["features"]
    assert {f["properties"]["statcode"] for f in ggd} >= {"GG6106", "GG1413"}
    assert ggd[0]["properties"]["jrstatcode"].startswith("2022GG")
    counts = (
        GEO.replace("gebiedsindelingen/2022", "wijkenbuurten/2024")
        + "&typeNames=wijkenbuurten:wijken&srsName=EPSG:4326"
    )
    wijken = [f["properties"] for f in ask(PDOK, counts).json["features"]]
    assert {w["aantal_inwoners"] for w in wijken if w["water"] == "JA"} == {-99997}
    assert next(w for w in wijken if w["wijkcode"] == "WK001400")["aantal_inwoners"] == 24920
    assert ask(PDOK, GEO.replace("2022", "2031")).status == 404
    unknown = ask(PDOK, f"{GEO}&typeName=gebiedsindelingen:kavel")
    assert (unknown.status, b"ExceptionReport" in unknown.body) == (400, True)
    assert ask(PDOK, f"{GEO}&typeName=wijk&srsName=EPSG:3857").status == 400
    assert "ETag" not in ask(PDOK, f"{GEO}&typeName=provincie").headers


# Files


def test_vektis_answers_conditionally(server, ask, shared_data):
    assert len({vektis_path(year) for year in YEARS}) == 13
    listed = shared_data.parent / "facts" / "vektis_urls.csv"
    if listed.is_file():
        known = set(pd.read_csv(listed, header=None)[2].str.replace("%20", " "))
        assert all(f"https://{VEKTIS}{vektis_path(year)}" in known for year in YEARS)
    path = vektis_path(2023)
    full = ask(VEKTIS, path)
    assert full.body == (shared_data / "vektis" / "vektis_2023_gemeente.csv").read_bytes()
    assert int(full.headers["Content-Length"]) == len(full.body)
    head = ask(VEKTIS, path, "HEAD")
    assert (head.body, head.headers["Content-Length"]) == (b"", full.headers["Content-Length"])
    tag, date = full.headers["ETag"], full.headers["Last-Modified"]
    assert ask(VEKTIS, path, If_None_Match=tag).status == 304
    assert ask(VEKTIS, path, If_None_Match='"other"', If_Modified_Since=date).status == 200
    assert ask(VEKTIS, path, If_Modified_Since=date).status == 304
    assert server.headers[-1]["If-Modified-Since"] == date
    server.put(VEKTIS, path, b"geslacht;leeftijdsklasse\n", modified=4e9)
    assert ask(VEKTIS, path, If_Modified_Since=date).body == b"geslacht;leeftijdsklasse\n"
    assert ask(VEKTIS, path.replace("2023", "2031")).status == 404


# What a publisher may do


def test_requests_are_noted_decoded(server):
    urllib.request.urlopen(
        f"{server.hosts[RIVM]}{FEED}/50140NED/RegioS?%24format=json&%24filter=Key+eq+%27GM0294%27"
    ).read()
    assert server.requests == [(RIVM, f"{FEED}/50140NED/RegioS", "$format=json&$filter=Key eq 'GM0294'")]
    server.clear()
    assert server.requests == server.headers == []


def test_a_table_changes(server, ask, shared_data):
    def cell(name: str) -> object:
        rows = ask(RIVM, f"{API}/50140NED/TypedDataSet?$filter=RegioS eq 'GM0294'&$select={name}").rows
        return rows[0][name]

    server.modify("50140NED", "2026-05-01T02:00:00")
    assert ask(RIVM, f"{API}/50140NED/TableInfos").rows[0]["Modified"] == "2026-05-01T02:00:00"
    assert server.set_value("50140NED", {"RegioS": "GM0294"}, "SterkEenzaam", "31.5") == 1
    assert cell("SterkEenzaam_54") == 31.5
    server.set_value("50140NED", {"RegioS": "GM0294"}, "SterkEenzaam_54", ".")
    assert cell("SterkEenzaam_54") is None
    server.rename_topic("50140NED", "SterkEenzaam", "ErnstigEenzaam")
    assert cell("ErnstigEenzaam_54") is None
    server.shift_suffixes("50140NED", by=2, start=50)
    assert cell("HeeftSchulden_3") == cell("HeeftSchulden_3")
    assert cell("ErnstigEenzaam_56") is None
    assert server.add_topic("50140NED", "NieuwOnderwerp", "1.0", at=2) == "NieuwOnderwerp_2"
    keys = [r["Key"] for r in ask(RIVM, f"{API}/50140NED/DataProperties").rows if r["Type"] == "Topic"]
    assert keys[:3] == ["MoeiteMetRondkomen_1", "NieuwOnderwerp_2", "WeinigControleOverGeldzaken_3"]
    assert list(ask(RIVM, f"{API}/50140NED/TypedDataSet?$top=1").rows[0])[4:] == keys
    server.remove_topic("50140NED", "HeeftSchulden")
    assert ask(RIVM, f"{API}/50140NED/TypedDataSet?$select=HeeftSchulden_4").status == 400
    assert server.drop_rows("50140NED", lambda row: row["RegioS"].startswith("GG")) == 25
    assert ask(RIVM, f"{API}/50140NED/TypedDataSet/$count").body == b"340"
    server.withdraw("50140NED")
    assert ask(RIVM, f"{API}/50140NED/TableInfos").status == 404
    with Loopback(shared_data) as other:  # what was changed is this server's only
        assert get(f"{other.hosts[RIVM]}{API}/50140NED/TypedDataSet/$count").body == b"365"


def test_a_year_is_added(server, ask):
    added = server.add_rows("50150NED", lambda row: row["Perioden"] == "2024JJ00", Perioden="2026JJ00")
    rows = ask(RIVM, f"{FEED}/50150NED/TypedDataSet?$format=json&$filter=Perioden eq '2026JJ00'").json
    assert added == 12_076
    assert rows["value"][0]["GoedErvarenGezondheid_4"] == 74.7
    assert ask(RIVM, f"{API}/50150NED/Perioden").rows[-1]["Key"] == "2026JJ00"


def test_a_table_is_served_under_another_id(server, ask):
    server.copy_table("50140NED", "50160NED", Title="Nog een")
    server.remove_topic("50160NED", "SterkEenzaam")
    assert ask(RIVM, f"{API}/50160NED/TableInfos").rows[0]["Title"] == "Nog een"
    assert ask(RIVM, f"{API}/50160NED/TypedDataSet?$select=SterkEenzaam_54").status == 400
    assert ask(RIVM, f"{API}/50140NED/TypedDataSet?$top=1&$select=SterkEenzaam_54").status == 200
    assert len(ask(RIVM, "/ODataCatalog/Tables?$format=json&$filter=Identifier eq '50160NED'").rows) == 1


def test_an_observation_of_v4_changes(server, ask):
    where = {"RegioS": "GM0294", "Perioden": "2025JJ00"}
    one = f"{POPULATION}/Observations?$filter=RegioS eq 'GM0294' and Perioden eq '2025JJ00' and Measure eq 'M000352'"
    server.set_value("03759ned", where, "M000352", "30000")
    assert ask(V4, one).rows[0]["Value"] == 30000
    server.set_value("03759ned", where, "M000352", "")
    assert ask(V4, one).rows[0]["ValueAttribute"] == "Impossible"
    server.modify("03759ned", "2027-01-01T00:00:00+01:00")
    assert ask(V4, f"{POPULATION}/Properties").json["Modified"] == "2027-01-01T00:00:00+01:00"
    server.withdraw("03759ned")
    assert ask(V4, POPULATION).status == 404


# Faults

PART = f"{FEED}/50140NED/TypedDataSet?$format=json&$select=ID,RegioS,SterkEenzaam_54"


def test_a_fault_strikes_where_when_and_as_often_as_it_is_told(server, ask):
    server.faults.append(Fault("500", match=r"dataderden.*TypedDataSet\?.*RegioS eq 'GM0294'", times=2, after=1))
    path = f"{API}/50140NED/TypedDataSet?$filter=RegioS eq 'GM0294'"
    assert [ask(RIVM, path).status for _ in range(4)] == [200, 500, 500, 200]
    assert ask(RIVM, f"{API}/50140NED/TypedDataSet?$top=1").status == 200
    with pytest.raises(ValueError, match="no fault"):
        Fault("earthquake")


def test_answers_that_are_wrong(server, ask):
    right = ask(RIVM, PART).body

    def spoiled(kind: str, **more) -> Reply:
        server.faults[:] = [Fault(kind, **more)]
        return ask(RIVM, PART)

    assert spoiled("500").status == 500
    assert (spoiled("503", retry_after=7).status, spoiled("503", retry_after=7).headers["Retry-After"]) == (503, "7")
    assert spoiled("404").status == 404
    html = spoiled("html")
    assert (html.status, html.headers.get_content_type()) == (200, "text/html")
    assert spoiled("empty").body == b""
    assert isinstance(spoiled("wrong_type").json, list)
    silent = spoiled("silent", rows=5).json
    assert len(silent["value"]) == 360
    cut = spoiled("cut_json")
    assert (cut.body, int(cut.headers["Content-Length"])) == (right[: len(right) // 2], len(right) // 2)
    flipped = spoiled("flipped").body
    assert sum(a != b for a, b in zip(flipped, right, strict=True)) == 1
    json.loads(flipped)
    assert spoiled("bom").body == b"\xef\xbb\xbf" + right
    assert spoiled("loop").json["odata.nextLink"] == server.hosts[RIVM] + PART


def test_a_page_that_is_silently_short_has_no_link(server, ask):
    server.page = 100
    server.faults.append(Fault("silent", match="TypedDataSet", rows=10))
    content = ask(RIVM, PART).json
    assert (len(content["value"]), "odata.nextLink" in content) == (90, False)
    server.faults[:] = [Fault("silent", rows=3)]
    lines = ask(VEKTIS, vektis_path(2023)).body
    server.faults.clear()
    assert ask(VEKTIS, vektis_path(2023)).body.startswith(lines)
    server.faults[:] = [Fault("silent", rows=3)]
    assert len(ask(PDOK, f"{GEO}&typeName=provincie").json["features"]) == 9


def test_a_redirect_leads_elsewhere(server):
    server.faults.append(Fault("redirect"))
    with urllib.request.urlopen(f"{server.hosts[RIVM]}{PART}") as answer:
        assert answer.url == f"{server.elsewhere}/elsewhere"
    assert server.requests[-1][0] == "elsewhere"
    server.faults[:] = [Fault("redirect", to="http://127.0.0.1:9/x")]
    assert get(server.hosts[RIVM] + PART).headers["Location"] == "http://127.0.0.1:9/x"


def test_wires_that_break(server):
    url = server.hosts[RIVM] + PART
    full = len(get(url).body)
    server.faults[:] = [Fault("cut")]
    with pytest.raises(http.client.IncompleteRead) as cut:
        get(url)
    assert (len(cut.value.partial), cut.value.expected) == (full // 2, full - full // 2)
    server.faults[:] = [Fault("reset")]
    with pytest.raises(ConnectionResetError):
        get(url)
    server.faults[:] = [Fault("stall")]
    with pytest.raises(TimeoutError):
        get(url, timeout=0.3)
    server.faults[:] = []
    assert get(url).status == 200


@pytest.mark.parametrize(("kind", "least", "most"), [("drip", 3, 1_000), ("huge", 5_000_000, 10_000_000)])
def test_bodies_without_end(server, kind, least, most):
    server.faults.append(Fault(kind, pause=0.02))
    parts = urlsplit(server.hosts[RIVM] + PART)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as wire:
        wire.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = b""
        while len(got.partition(b"\r\n\r\n")[2]) < least:
            part = wire.recv(1 << 20)
            assert part  # it goes on
            got += part
    head, _, body = got.partition(b"\r\n\r\n")
    assert len(body) <= most
    assert b"200 OK" in head
    assert b"Content-Length" not in head


def test_every_fault_is_tried_here():
    text = Path(__file__).read_text("utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in text] == []


# As a program


def test_it_runs_on_its_own(shared_data):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.sources.loopback", "--data", str(shared_data)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as running:
        try:
            hosts = json.loads(running.stdout.readline())
            assert len(get(f"{hosts[CBS]}{API}/80137ned/Perioden").rows) == 5
        finally:
            running.kill()
