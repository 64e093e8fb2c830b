"""The way of areas to a kavel: what a log may say, how many are in each state, and that it is kept as it was."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kavelmon import declarations, local, own, paths
from kavelmon.dashboard import selection_document
from kavelmon.local.stages import DROPPED, SCHEMA, STATES, WAY
from kavelmon.model import KavelmonError, NotFoundError, SourceError
from kavelmon.selection import stages
from kavelmon.selection.run import select_kavels

TODAY = dt.date(2026, 1, 1)
LOG = """datum;gebied;van;naar;reden;besluit_door;score;kaart
2020-01-15;achterhoek;;long;;projectteam;71,5;
2020-01-15;voorbeeld_02;;potentieel;Staat al op de korte lijst.;projectteam;;
2020-02-01;achterhoek;long;potentieel;;projectteam;;
01-03-2020;voorbeeld_02;potentieel;afgevallen;De partijen willen niet.;stuurgroep;;wat er toen lag
2020-05-01;achterhoek;potentieel;in_gesprek;De gesprekken waren er al.;stuurgroep;;
2020-05-01;GM0228;;long;;projectteam;;
2020-06-01;GM0363 GM0344;;long;;projectteam;;
"""


pytestmark = pytest.mark.usefixtures("own_store")


def folder(tmp_path: Path, text: str = LOG, name: str = "kavelselectie_traject") -> Path:
    target = tmp_path / "eigen"
    target.mkdir(exist_ok=True)
    (target / f"{name}.csv").write_text(text, encoding="utf-8")
    return target


def read(target: Path) -> pd.DataFrame:
    return local.read(target, declarations.load(), today=TODAY).lists["kavelselectie_traject"]


def test_a_log_is_read_as_it_stands(tmp_path):
    found = read(folder(tmp_path))
    assert list(found.columns) == SCHEMA.names
    assert found["row"].tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert found["date"].tolist()[3] == "2020-03-01"
    assert found["area"].tolist()[-2:] == ["ede", "GM0344 GM0363"]  # the codes of a declared area are that area
    assert found["score"].tolist()[0] == 71.5
    assert found["score"].isna().sum() == 6
    assert found["card"].tolist()[3] == "wat er toen lag"


def test_counts_and_places(tmp_path):
    log = read(folder(tmp_path))
    nothing = dict.fromkeys(STATES, 0)
    assert stages.counts(log) == nothing | {"long": 2, "in_gesprek": 1, DROPPED: 1}
    assert stages.counts(log, "2020-02-29") == nothing | {"potentieel": 2}
    assert stages.counts(log, dt.date(2020, 1, 14)) == nothing
    assert stages.where(log, "achterhoek") == "in_gesprek"
    assert stages.where(log, "achterhoek", "2020-01-31") == "long"
    assert stages.where(log, declarations.load().area("achterhoek").codes) == "in_gesprek"
    assert stages.where(log, ["GM0363", "GM0344"]) == stages.where(log, "gm0344 gm0363") == "long"
    assert stages.where(log, "voorbeeld_02") == DROPPED
    assert stages.where(log, "mijnstreek") == ""
    with pytest.raises(NotFoundError, match='unknown region "achterhok"'):
        stages.where(log, "achterhok")
    found = stages.history(log)
    assert found["date"].tolist() == ["2020-01-15", "2020-02-01", "2020-03-01", "2020-05-01", "2020-06-01"]
    assert found["potentieel"].tolist() == [1, 2, 1, 0, 0]


def test_the_example_has_the_numbers_that_were_published_and_no_area_of_the_netherlands():
    log = stages.example()
    found = stages.history(log).set_index("date")
    assert found.index.tolist() == ["2020-01-15", "2020-03-02", "2020-10-01", "2021-02-01"]
    shown = [found[state].iloc[n] for n, state in enumerate(WAY[1:5])]
    assert shown == [21, 14, 8, 3]
    assert (found.sum(axis=1) == 21).all()
    assert set(log["area"]) == {f"voorbeeld_{n:02d}" for n in range(1, 22)}
    assert log["reason"].str.startswith("Voorbeeld").all()


# faults: what is changed in a right log, and the sentence that names it

COLUMN = 'kavelselectie_traject.csv, row {}, column "{}": {}'.format
FAULTS = {
    "unknown state": (
        "GM0228;;long",
        "GM0228;;lang",
        COLUMN(7, "naar", f"a text of 4 characters is no state; allowed: {', '.join(STATES)}"),
    ),
    "another state": (
        "achterhoek;long;",
        "achterhoek;in_gesprek;",
        COLUMN(4, "van", '"in_gesprek", but row 2 brought this area to "long"; mend one of the two'),
    ),
    "no state": (
        "achterhoek;long;",
        "achterhoek;;",
        COLUMN(4, "van", 'empty, but row 2 brought this area to "long"; mend one of the two'),
    ),
    "a state at the beginning": (
        "GM0228;;long",
        "GM0228;long;potentieel",
        COLUMN(7, "van", '"long", but this is the first row of the area; leave it empty'),
    ),
    "out before it came in": (
        "GM0228;;long;;",
        "GM0228;;afgevallen;Nee.;",
        COLUMN(7, "naar", '"afgevallen", but the area did not come in yet; give the row with which it came in first'),
    ),
    "in later without a reason": (
        "Staat al op de korte lijst.",
        "",
        COLUMN(3, "reden", 'comes in after "long"; say why, or give a row for every state'),
    ),
    "an earlier date": (
        "2020-02-01;achterhoek",
        "2020-01-01;achterhoek",
        COLUMN(4, "datum", "lies before 2020-01-15, the date of this area on row 2; mend the order"),
    ),
    "the future": (
        "2020-06-01",
        "2026-01-02",
        COLUMN(8, "datum", "2026-01-02 lies in the future (today: 2026-01-01); mend the date"),
    ),
    "no date": ("2020-06-01", "juni 2020", COLUMN(8, "datum", "no date; write a date with its day (2020-03-01)")),
    "dropped without a reason": (
        "De partijen willen niet.",
        "",
        COLUMN(5, "reden", "empty; say why the area dropped out"),
    ),
    "nobody decided": (";;long;;projectteam;71,5", ";;long;;;71,5", COLUMN(2, "besluit_door", "empty; fill it in")),
    "after the end": (
        "2020-06-01;GM0363 GM0344;;long",
        "2020-06-01;voorbeeld_02;afgevallen;long",
        COLUMN(8, "naar", "the area dropped out on row 5, which is the end; take this row out"),
    ),
    "backward": (
        "potentieel;in_gesprek",
        "potentieel;long",
        COLUMN(6, "naar", '"long" lies before "potentieel"; an area goes forward, or to "afgevallen"'),
    ),
    "nowhere": (
        "potentieel;in_gesprek",
        "potentieel;potentieel",
        COLUMN(6, "naar", '"potentieel" is where the area was already; an area goes forward, or to "afgevallen"'),
    ),
    "states left out": (
        "De gesprekken waren er al.",
        "",
        COLUMN(6, "reden", "leaves out verdiepende_gesprekken; say why, or give a row for every state"),
    ),
    "no score": (
        "71,5",
        "hoog",
        COLUMN(2, "score", "a text of 4 characters is no number; write it as 61,5, or leave it"),
    ),
    "no area": (
        "GM0228",
        "achterhok",
        COLUMN(7, "gebied", "a text of 9 characters is no area; nearest: achterhoek"),
    ),
    "an abolished gemeente": ("GM0228", "GM0370", COLUMN(7, "gebied", "GM0370 (Beemster) does not exist")),
    "a region that no list holds": ("GM0228", "GG9999", COLUMN(7, "gebied", 'no list holds a region "GG9999"')),
    "the country": ("GM0228", "nl", COLUMN(7, "gebied", "the whole country; write the area that can become a kavel")),
    "a column that is gone": (
        "reden",
        "waarom",
        'kavelselectie_traject.csv, row 1: column "reden" is missing; add it',
    ),
    "a name": (
        "stuurgroep",
        "mevrouw De Vries",
        "kavelselectie_traject.csv: looks like data of persons, so nothing of it was stored: row 5, column "
        '"besluit_door": the name of a person. Write a function or an organisation, such as "programmaleider"',
    ),
    "a telephone": ("wat er toen lag", "bel 06-12345678", 'row 5, column "kaart": a telephone number'),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_log_is_named_with_its_row_and_column(tmp_path, name):
    old, new, words = FAULTS[name]
    assert old in LOG
    with pytest.raises(SourceError) as error:
        read(folder(tmp_path, LOG.replace(old, new, 1)))
    assert words in str(error.value)
    assert "Vries" not in str(error.value)


def test_one_mistake_is_one_fault_and_every_fault_is_named(tmp_path):
    text = LOG.replace("achterhoek;;long", "achterhoek;;lang").replace("GM0228;;long", "GM0228;;afgevallen")
    with pytest.raises(SourceError) as error:
        read(folder(tmp_path, text))
    assert str(error.value).startswith("2 faults; nothing was stored:\n")


def test_an_area_stands_in_one_log(tmp_path, own_store):
    target = folder(tmp_path)
    folder(tmp_path, LOG, "kavelselectie_traject_ook")
    words = "kavelselectie_traject and kavelselectie_traject_ook: both hold achterhoek; keep all rows of an area in one"
    with pytest.raises(SourceError, match=words):
        read(target)
    (target / "kavelselectie_traject_ook.csv").unlink()
    own.add(target, own_store, say=lambda _: None)
    (target / "kavelselectie_traject.csv").rename(target / "kavelselectie_traject_ook.csv")
    with pytest.raises(SourceError, match=words):
        own.add(target, own_store, say=lambda _: None)
    assert stages.log()["list"].unique().tolist() == ["kavelselectie_traject"]


# the store


def test_a_log_is_kept_beside_other_lists_and_taken_out_again(tmp_path, own_store):
    assert stages.log().empty
    assert list(stages.log().columns) == SCHEMA.names
    assert sum(stages.counts(stages.log()).values()) == 0
    assert stages.history(stages.log()).empty
    target = folder(tmp_path)
    (target / "interventies.csv").write_text(
        "id;titel;soort;gebied;bron;licentie\nval;Val;interventie;GM0294;Gemeente;CC0\n", encoding="utf-8"
    )
    own.add(target, own_store, say=lambda _: None)
    brought = read(target)
    pd.testing.assert_frame_equal(stages.log(), brought, check_dtype=False)
    before = {p.name: p.read_bytes() for p in paths.version_of(own_store).iterdir()}
    own.add(target, own_store, say=lambda _: None)
    assert {p.name: p.read_bytes() for p in paths.version_of(own_store).iterdir()} == before
    folder(tmp_path, LOG.replace("2020-06-01;GM0363 GM0344;;long;;projectteam;;\n", ""))
    own.add(target, own_store, say=lambda _: None)
    assert len(stages.log()) == len(brought) - 1
    own.remove("kavelselectie_traject", own_store, say=lambda _: None)
    assert stages.log().empty
    assert local.interventions()["id"].tolist() == ["val"]


def test_a_refused_log_changes_nothing(tmp_path, own_store):
    own.add(folder(tmp_path), own_store, say=lambda _: None)
    before = stages.log()
    with pytest.raises(KavelmonError, match="persons"):
        own.add(folder(tmp_path, LOG.replace("stuurgroep", "J.P. de Vries")), own_store, say=lambda _: None)
    pd.testing.assert_frame_equal(stages.log(), before)


# any log

AREAS = [f"voorbeeld_{n}" for n in range(6)]


@st.composite
def logs(draw) -> list[tuple[str, str, str, str]]:
    """Date, area, from and to of a right log."""
    here: dict[str, str] = {}
    day, rows = dt.date(2020, 1, 1), []
    for _ in range(draw(st.integers(0, 25))):
        day += dt.timedelta(draw(st.integers(0, 3)))
        area = draw(st.sampled_from(AREAS))
        now = here.get(area, "")
        if now == DROPPED:
            continue
        further = WAY[WAY.index(now) + 1 :] if now else WAY
        after = draw(st.sampled_from([*further, *([DROPPED] if now else [])]))
        rows.append((day.isoformat(), area, now, after))
        here[area] = after
    return rows


def frame(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["date", "area", "from_state", "to_state"])


@settings(deadline=None)
@given(logs(), st.integers(0, 80))
def test_every_area_that_came_in_is_in_one_state(rows, after):
    day = (dt.date(2020, 1, 1) + dt.timedelta(after)).isoformat()
    here: dict[str, str] = {}
    for date, area, _, state in rows:
        if date <= day:
            here[area] = state
    found = stages.counts(frame(rows), day)
    assert sum(found.values()) == len(here)
    assert found == {state: sum(1 for one in here.values() if one == state) for state in STATES}


@settings(deadline=None)
@given(logs())
def test_the_beginning_of_a_log_says_what_the_whole_said_then(rows):
    here: dict[str, str] = {}
    for number, (_, area, before, after) in enumerate(rows, 1):
        assert here.get(area, "") == before
        here[area] = after
        found = stages.counts(frame(rows[:number]))
        assert found == {state: list(here.values()).count(state) for state in STATES}
    whole = stages.history(frame(rows))
    assert whole["date"].tolist() == sorted({date for date, *_ in rows})
    for one in whole.to_dict("records"):
        part = frame([row for row in rows if row[0] <= one["date"]])
        assert {state: one[state] for state in STATES} == stages.counts(part)


@settings(deadline=None, max_examples=20)
@given(logs())
def test_a_right_log_is_read_and_gives_the_same_counts(tmp_path_factory, rows):
    if not rows:
        return
    lines = [f"{date};{area};{before};{after};Voorbeeld.;projectteam" for date, area, before, after in rows]
    text = "datum;gebied;van;naar;reden;besluit_door\n" + "\n".join(lines) + "\n"
    found = read(folder(tmp_path_factory.mktemp("log"), text))
    assert stages.counts(found) == stages.counts(frame(rows))


def test_an_area_of_a_log_that_no_wijk_is_part_of_is_named_and_not_placed(tmp_path, own_store):
    """A region's own log may hold an area that the selection has no wijken of: the page says so and works on."""
    text = LOG + "2020-07-01;BU03630000;;long;;projectteam;;\n"
    own.add(folder(tmp_path, text), own_store, say=lambda _: None)
    placed, lost = selection_document.areas(select_kavels())
    assert lost == ["BU03630000"]
    assert {"Achterhoek", "Ede"} <= {one["title"] for one in placed if one["kind"] == "nominated"}
