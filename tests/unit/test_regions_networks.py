"""Networks inside Zuid-Limburg: what they are today, and what they were before Beekdaelen."""

from kavelmon import declarations, overlapping, store

WEST = {"GM1883", "GM0971", "GM0888"}


def areas():
    return declarations.default().areas


def test_schinnen_went_from_the_westelijke_mijnstreek_to_parkstad():
    west, parkstad = areas()["westelijke_mijnstreek"], areas()["parkstad_limburg"]
    assert (west.kind, parkstad.kind) == ("netwerk", "netwerk")
    assert set(west.codes_on(2018)) == WEST | {"GM0962"}
    assert set(west.codes_on(2019)) == WEST
    assert {"GM0951", "GM0881"} <= set(parkstad.codes_on(2018))
    assert "GM0962" not in parkstad.codes_on(2018)
    assert set(store.regions().shares(parkstad.codes, 2018).weights) == {*parkstad.codes_on(2018), "GM0962"}


def test_together_they_are_the_mijnstreek_and_zuid_limburg_in_every_year():
    three = [areas()[i] for i in ("westelijke_mijnstreek", "parkstad_limburg", "maastricht_heuvelland")]
    for year in range(2011, 2027):
        parts = [set(a.codes_on(year)) for a in three]
        assert sum(map(len, parts)) == len(set().union(*parts))
        assert parts[0] | parts[1] == set(areas()["mijnstreek"].codes_on(year))
        assert set().union(*parts) == set(areas()["zuid_limburg"].codes_on(year))


def test_how_they_lie():
    wanted = ["mijnstreek", "parkstad_limburg", "westelijke_mijnstreek", "maastricht_heuvelland"]
    found = overlapping.overlap([areas()[i] for i in wanted])
    relations = {(a, b): r for a, b, r in found[["a", "b", "relation"]].itertuples(index=False)}
    assert relations["mijnstreek", "parkstad_limburg"] == "bevat"
    assert relations["mijnstreek", "westelijke_mijnstreek"] == "bevat"
    assert relations["mijnstreek", "maastricht_heuvelland"] == "grenst aan"
    assert relations["parkstad_limburg", "westelijke_mijnstreek"] == "grenst aan"
