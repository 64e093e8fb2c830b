"""GGD-regio's, zorgkantoren and others as areas; which areas share inhabitants, and which lie side by side."""

import csv

import pandas as pd
import pytest

from kavelmon import declarations, memberships, overlapping, store
from kavelmon.inhabitants import of_codes
from kavelmon.model import Area, KavelmonError, Member, NotFoundError, SourceError
from kavelmon.sources import memberships as lists

LISTS = {
    ("GG", 2016, "ggd_membership_2016.csv", "ggd_code"),
    ("GG", 2023, "ggd_membership_derived_2023.csv", "region_code"),
    ("ZK", 2016, "zorgkantoor_membership_2016.csv", "zk_code"),
    ("ZK", 2019, "zorgkantoor_membership_2019.csv", "zk_code"),
    ("ZK", 2023, "zorgkantoor_membership_derived_2023.csv", "region_code"),
    ("CR", 2016, "gebieden_2016.csv", "COROP-gebieden"),
    ("CR", 2023, "corop_membership_derived_2023.csv", "region_code"),
    ("PV", 2026, "gemeente_provincie_2026.csv", "pv_code"),
    ("VR", 2023, "veiligheidsregio_membership_2023.csv", "vr_code"),
}


def area(*codes: str) -> Area:
    return Area(id="x" + codes[0].lower(), title="X", member=tuple(Member(code=c) for c in codes))


@pytest.mark.parametrize(("kind", "year", "file", "column"), sorted(LISTS))
def test_the_table_holds_every_list_as_it_was_given(shared_data, kind, year, file, column):
    with (shared_data / "regions" / file).open(encoding="utf-8-sig", newline="") as opened:
        given = {row["gm_code"]: row[column] for row in csv.DictReader(opened)}
    rows = store.memberships()
    rows = rows[(rows["kind"] == kind) & (rows["year"] == year)]
    most = rows.assign(share=rows["share"].fillna(1.0)).sort_values("share").drop_duplicates("gemeente", keep="last")
    assert dict(zip(most["gemeente"], most["code"], strict=True)) == given
    assert set(rows["derived"]) == {"derived" in file}
    assert rows.fillna({"share": 1.0}).groupby("gemeente")["share"].sum().between(0.9985, 1.0015).all()


def test_how_many_regions_there_are_of_each_kind():
    found = {kind: len(memberships.regions(kind)) for kind in memberships.kinds()}
    assert found == {"GG": 25, "ZK": 32, "CR": 40, "PV": 12, "VR": 25}
    assert len(memberships.regions()) == 134


@pytest.mark.parametrize("kind", ["GG", "ZK", "CR", "PV", "VR"])
def test_the_regions_of_a_kind_are_the_country_each_gemeente_once(kind):
    codes = [c for region in memberships.regions(kind) for c in region.codes]
    assert len(codes) == len(set(codes))
    assert set(codes) == store.regions().gemeenten(2026)


def test_a_region_says_that_its_list_is_derived():
    found = memberships.region("gg1413")
    assert (found.id, found.kind, found.title) == ("gg1413", "regio", "GGD-regio Noord- en Oost-Gelderland")
    assert len(found.codes) == 22
    assert "afgeleid uit de lijst van 2016, geen officiële lijst" in found.description
    assert memberships.region("PV26").description == "Provincie naar de lijst van 2026."
    assert "GM1961" in memberships.region("PV26").codes


def test_a_divided_gemeente_is_counted_once_and_both_regions_say_so():
    amsterdam, gooi = memberships.region("ZK02"), memberships.region("ZK21")
    assert "GM0363" in amsterdam.codes
    assert "GM0363" not in gooi.codes
    assert "Amsterdam ligt er voor 98 % in, naar inwoners, en telt heel mee." in amsterdam.description
    assert "Amsterdam ligt er voor 2 % in, naar inwoners, en telt niet mee." in gooi.description
    assert "Van Vijfheerenlanden is niet bevestigd" in memberships.region("GG2514").description


def test_eight_gemeenten_of_a_veiligheidsregio_are_of_another_ggd():
    assert len(set(memberships.region("VR20").codes) & set(memberships.region("GG5406").codes)) == 8


def test_a_region_that_no_list_holds():
    with pytest.raises(NotFoundError, match='no list holds a region "GG9999"; nearest: GG'):
        memberships.region("GG9999")


def test_what_an_area_lies_in():
    found = memberships.of(["GM0228"]).set_index("kind")
    assert dict(found["code"]) == {"CR": "CR13", "GG": "GG1911", "PV": "PV25", "VR": "VR07", "ZK": "ZK04"}
    people = of_codes(memberships.region("GG1911").codes)
    assert found.loc["GG", "share_of_region"] == pytest.approx(people["GM0228"] / sum(people.values()))
    assert set(found["share_of_area"]) == {1.0}
    assert dict(found["derived"]) == {"CR": True, "GG": True, "PV": False, "VR": False, "ZK": True}


def test_an_area_in_two_regions_is_shared_between_them():
    found = memberships.of(["GM0262", "GM0222"]).query("kind == 'ZK'")  # Lochem (ZK03) and Doetinchem (ZK04)
    assert set(found["code"]) == {"ZK03", "ZK04"}
    assert found["share_of_area"].sum() == pytest.approx(1.0)
    with pytest.raises(NotFoundError, match='"GM0962" is no gemeente of today'):
        memberships.of(["GM0962"])


def test_overlap_is_what_plain_loops_find():
    areas = [*(a for a in declarations.default().areas.values() if a.kind != "land"), *memberships.regions("GG")]
    people = of_codes(store.regions().gemeenten(2026))
    found = {(r.a, r.b): r for r in overlapping.overlap(areas).itertuples() if r.relation != "grenst aan"}
    seen = 0
    for number, a in enumerate(areas):
        for b in areas[number + 1 :]:
            both = set(a.codes) & set(b.codes)
            if not both:
                assert (a.id, b.id) not in found
                continue
            seen += 1
            row = found[a.id, b.id]
            assert row.inhabitants == sum(people[c] for c in both)
            assert row.share_of_a == pytest.approx(row.inhabitants / sum(people[c] for c in a.codes))
            assert row.share_of_b == pytest.approx(row.inhabitants / sum(people[c] for c in b.codes))
            within, holds = both == set(a.codes), both == set(b.codes)
            said = {(True, True): "gelijk", (True, False): "binnen", (False, True): "bevat"}
            assert row.relation == said.get((within, holds), "deels")
    assert seen == len(found)


def test_zuid_limburg_is_one_area_under_four_names():
    regions = [memberships.region(c) for c in ("GG6106", "CR39", "ZK31", "VR24")]
    found = overlapping.overlap([declarations.default().area("zuid_limburg"), *regions])
    assert set(found["relation"]) == {"gelijk"}
    assert len(found) == 10


def test_neighbours_have_a_border_and_nobody_in_common():
    found = overlapping.overlap([area("GM0228"), area("GM0274"), area("GM0294")])  # Ede, Renkum beside it, Winterswijk
    assert found[["a", "b", "relation", "inhabitants"]].to_numpy().tolist() == [
        ["xgm0228", "xgm0274", "grenst aan", 0.0]
    ]


def test_a_wijk_lies_in_its_gemeente():
    people = of_codes(["GM0228", "WK022801"])
    found = overlapping.overlap([area("WK022801"), area("GM0228", "GM0274"), area("GM0274")])
    assert found.iloc[0][["a", "b", "relation"]].tolist() == ["xwk022801", "xgm0228", "binnen"]
    assert found["inhabitants"].iat[0] == people["WK022801"]
    assert found["share_of_a"].iat[0] == 1.0
    assert found.iloc[1][["a", "b", "relation"]].tolist() == ["xgm0228", "xgm0274", "bevat"]
    assert len(found) == 2


def test_inhabitants_that_are_not_known_are_not_guessed():
    with pytest.raises(KavelmonError, match="knows 1 of 1 regions"):
        of_codes(["GM9999"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("GM1680,", "GM9680,", "GM1680 is not there; the list must hold the 390 gemeenten of 2016"),
        ("GG0706", "XX0706", "'XX0706' is no code of a region"),
        ("GM1680,", "GM0738,", "GM0738 stands there twice"),
    ],
)
def test_a_faulty_list_is_refused(shared_data, tmp_path, old, new, said):
    text = (shared_data / "regions" / "ggd_membership_2016.csv").read_text(encoding="utf-8")
    path = tmp_path / "ggd_membership_2016.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        lists.read([(declarations.default().source("ggd_regio_2016"), path)], store.regions())


def test_shares_that_do_not_add_up_are_refused(shared_data, tmp_path):
    name = "zorgkantoor_membership_derived_2023.csv"
    text = (shared_data / "regions" / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text.replace("ZK21:0.023", "ZK21:0.123"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"shares of GM0363 add up to 1.100; they must add up to 1"):
        lists.read([(declarations.default().source("zorgkantoor_2023"), tmp_path / name)], store.regions())


def test_a_list_older_than_the_last_herindeling_is_not_used(monkeypatch):
    memberships.newest.cache_clear()
    every = store.memberships()
    monkeypatch.setattr(store, "memberships", lambda: every[~((every["kind"] == "GG") & (every["year"] == 2023))])
    try:
        with pytest.raises(KavelmonError, match="the newest list of GG is of 2016"):
            memberships.newest()
    finally:
        memberships.newest.cache_clear()


def test_columns():
    assert list(memberships.of(["GM0228"]).columns) == memberships.COLUMNS
    assert list(overlapping.overlap([]).columns) == overlapping.COLUMNS
    assert isinstance(overlapping.overlap([]), pd.DataFrame)
