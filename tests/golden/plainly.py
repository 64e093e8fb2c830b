"""A second way to every figure: raw export files, the declarations, and loops.

Nothing here comes from kavelmon. The declarations (`data_sources/*.toml`) say what is meant; the exports, the register
of herindelingen and the method notes beside the checkout say the rest. Figures are worked out one region at a time.
"""

import ast
import csv
import functools
import json
import math
import re
import tomllib
import unicodedata
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pyarrow.parquet as pq
import shapely
from python_calamine import CalamineWorkbook

DECLARED = Path(__file__).parents[2] / "data_sources"
Z = NormalDist().inv_cdf(0.975)
ENOUGH = 0.8
VEKTIS_YEARS = range(2011, 2024)
_INSURED = "aantal_verzekerdejaren"


# ---------------------------------------------------------------------------------------------------- declarations


@functools.cache
def declared(folder):
    """Return the declarations of one folder by id, without what only a live update brings."""
    found = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted((DECLARED / folder).glob("*.toml"))}
    if folder == "sources":
        return {name: one for name, one in found.items() if one.get("bundled", True)}
    for one in found.values():
        if "edition" in one:
            one["edition"] = [e for e in one["edition"] if e["source"] in declared("sources")]
    return {name: one for name, one in found.items() if one.get("edition", True)}


@functools.cache
def taken_out(source):
    """Return the cells that a correction takes out of a source: region, period, age, topic."""
    return {
        (cell["region"], cell["period"], cell.get("age", ""), cell["topic"])
        for one in declared("corrections").values()
        if one["source"] == source
        for cell in one["cell"]
        if "use" not in cell
    }


def source_of(edition):
    return declared("sources")[edition["source"]]


def indeling(source, period):
    """Return the year of the municipal division in which a source gives a period."""
    return source.get("read", {}).get("region_years", {}).get(period) or source.get("region_years", {}).get(
        period, source.get("region_year") or int(period)
    )


def scale_of(item):
    return item.get("scale") or (100.0 if item["unit"].startswith("%") else 1.0)


def default_age(edition):
    labels = edition.get("ages") or list(source_of(edition).get("read", {}).get("ages", {}).values())
    return labels[0] if labels else ""


@functools.cache
def _parsed(formula):
    names = []

    def number(match):
        name = match.group(1) or match.group(2)
        if name not in names:
            names.append(name)
        return f"_v[{names.index(name)}]"

    code = re.sub(r"`([^`]+)`|\b([A-Za-z_]\w*)\b", number, formula)
    return compile(ast.parse(code, mode="eval"), formula, "eval"), tuple(names)


def worked_out(formula, row):
    """Return a formula of column names worked out for one row; None when one of them is missing."""
    code, names = _parsed(formula)
    values = [row.get(n) for n in names]
    if any(v is None for v in values):
        return None
    try:
        return float(eval(code, {"__builtins__": {}}, {"_v": values}))
    except ZeroDivisionError:
        return None


def number(text):
    """Return the number in a cell; None for any of the many spellings of missing."""
    if isinstance(text, (int, float)):
        found = float(text)
    else:
        text = (text or "").strip()
        if text in ("", "."):
            return None
        found = float(text)
    return None if math.isnan(found) or found <= -99990 else found


# ------------------------------------------------------------------------------------------------------- gemeenten


class Gemeenten:
    """Which gemeenten there were on 1 January of each year, and what today's were made of."""

    def __init__(self, data):
        self.moves = []
        for row in _csv(data / "regions/herindelingen.csv"):
            self.moves.append((row["date"], row["from_code"], row["to_code"], row["kind"], number(row["inwoners"])))
        self.of_2016 = {r["gm_code"] for r in _csv(data / "regions/gebieden_2016.csv")}
        self.titles = {r["title_in_RegioS"]: r["gm_code"] for r in _csv(data / "regions/gemeenten_codes_all_v4.csv")}
        self._codes, self._same = {}, {}

    def codes(self, year):
        """Return the codes of 1 January of a year."""
        if year not in self._codes:
            there = set(self.of_2016)
            for date, old, new, _, _ in sorted(self.moves):
                if "2016-01-01" < date <= f"{year}-01-01":
                    there.discard(old)
                    there.add(new)
            for date in sorted({m[0] for m in self.moves if f"{year}-01-01" < m[0] <= "2016-01-01"}, reverse=True):
                of_day = [m for m in self.moves if m[0] == date]
                there |= {m[1] for m in of_day}
                for new in {m[2] for m in of_day}:
                    if new >= "GM1900" and not self._older(new, date):
                        there.discard(new)
            self._codes[year] = there
        return self._codes[year]

    def _older(self, code, date):
        """Tell whether a code was already used before `date`: something happened to it, or it came to be, earlier."""
        return any(code in m[1:3] and m[0] < date for m in self.moves)

    def there(self, year, held):
        """Return the codes that a file of `year` can hold: one abolished during the year only if it is there."""
        gone = {old for date, old, *_ in self.moves if date > f"{year}-01-01" and date[:4] == str(year)}
        born = {new for date, _, new, *_ in self.moves if date > f"{year}-01-01" and date[:4] == str(year)}
        return {c for c in self.codes(year) if c not in gone or c in held} | {c for c in born if c in held}

    def made_of(self, code, year, held):
        """Return the codes of 1 January `year` that make up today's gemeente `code`; None when a split is in between.

        A transfer in the middle of `year` itself has, or has not, been worked into a file of that year: `held`, the
        codes in the file, tells.
        """
        parts = {code}
        for date, old, new, kind, _ in sorted(self.moves, reverse=True):
            if date <= f"{year}-01-01" or new not in parts:
                continue
            if date[:4] == str(year) and old not in held:
                continue
            if kind == "split":
                return None
            if kind == "rename" or (new >= "GM1900" and not self._older(new, date)):
                # the code came to be on this day
                parts.discard(new)
                for other_date, other_old, other_new, other_kind, _ in self.moves:
                    if other_date == date and other_new == new:
                        if other_kind == "split":
                            return None
                        parts.add(other_old)
            else:
                parts.add(old)
        return parts

    def same(self, code, one, other):
        """Tell whether a code stood for the same area on 1 January of both years."""
        low, high = sorted((one, other))
        if (low, high) not in self._same:
            moved = {c for m in self.moves if f"{low}-01-01" < m[0] <= f"{high}-01-01" for c in m[1:3]}
            self._same[low, high] = (self.codes(low) & self.codes(high)) - moved
        return code in self._same[low, high]


# --------------------------------------------------------------------------------------------------------- reading


def _csv(path, delimiter=","):
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def _code(text):
    code = text.strip()
    return "NL" if code in ("NL00", "NL01", "NL") else code


def _unsuffixed(header, mapping):
    """Return the position of each StatLine column by its name without number; None where the name is not unique."""
    places = {}
    for i, column in enumerate(header):
        name = re.sub(r"_\d+$", "", column)
        places[name] = None if name in places else i
    for name, column in mapping.items():
        places[name] = header.index(column)
    return places


class Table(dict):
    """Rows of one source: (period, age, margin) -> code -> column -> number; margin is value, lower or upper."""

    def put(self, period, age, code, row, margin="value"):
        self.setdefault((period, age, margin), {})[code] = row


class Lazy(dict):
    """A raw row of texts that are read as numbers when asked for."""

    __slots__ = ("cells", "places")

    def __init__(self, cells, places):
        self.cells, self.places = cells, places

    def get(self, name, default=None):
        if name not in self.places:
            raise KeyError(name)
        if (place := self.places[name]) is None:
            raise KeyError(f"{name} stands in the table more than once")
        return number(self.cells[place])

    def something(self):
        return any(str(c).strip() not in ("", ".", "None") for c in self.cells[4:])


class Raw:
    """The raw files, each read once."""

    def __init__(self, data):
        self.data = Path(data)
        self.gemeenten = Gemeenten(self.data)
        self._tables = {}

    def table(self, source):
        if source not in self._tables:
            self._tables[source] = getattr(self, "_" + source)()
        return self._tables[source]

    # CBS

    def _cbs_03759ned(self):
        table, counts = Table(), defaultdict(dict)
        for file in sorted((self.data / "cbs/odata_v4_03759ned").glob("observations-page-*.json")):
            for row in json.loads(file.read_text(encoding="utf-8"))["value"]:
                if row["Value"] is not None and row["Perioden"].endswith("JJ00"):
                    counts[row["Perioden"][:4], _code(row["RegioS"])][row["Measure"]] = number(row["Value"])
        for (period, code), row in counts.items():
            table.put(period, "", code, row)
        for (period, age, _), rows in list(table.items()):
            before = table.get((str(int(period) - 5), age, "value"))
            for code, row in rows.items():
                row["M000352_5_jaar_eerder"] = None
                if before is None:
                    continue
                parts = [code]
                if code.startswith("GM"):
                    parts = self._five_years_before(code, int(period), before)
                amounts = [before.get(p, {}).get("M000352") for p in parts or []]
                if amounts and all(a is not None for a in amounts):
                    row["M000352_5_jaar_eerder"] = sum(amounts)
        return table

    def _five_years_before(self, code, year, held):
        """No gemeente changed after 1 January 2023, and these figures are of 2024 and later: today's will do."""
        assert year >= 2023
        return self.gemeenten.made_of(code, year - 5, held)

    def _statline(self, path, region, age="", labels=None, period="", delimiter=",", columns=None, keep=None):
        table = Table()
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, delimiter=delimiter)
            self._lines(table, lines, region, age, labels or {}, period, columns or {}, keep)
        return table

    def _lines(self, table, lines, region, age, labels, period, columns, keep):
        lines = iter(lines)
        header = next(lines)
        places = _unsuffixed(header, columns)
        for cells in lines:
            code = cells[places[region]]
            code = keep(code) if keep else _code(code)
            if not code or code[:2] not in ("NL", "GM", "WK"):
                continue
            row = Lazy(cells, places)
            if code.startswith("GM") and not row.something():
                continue
            when = period or str(cells[places["Perioden"]]).strip()[:4]
            group = ""
            if age:
                told = cells[places[age]]
                group = labels[str(int(told)) if isinstance(told, float) else told.strip()]
            margin = "value"
            if "Marges" in places:
                told = cells[places["Marges"]].strip()
                margin = {"W": "value", "O": "lower", "B": "upper", "MW00000": "value"}[
                    told if told.startswith("M") else told[0]
                ]
            table.put(when, group, code, row, margin)

    def _cbs_70072ned_2015(self):
        [path] = (self.data / "cbs/statline_csv").glob("70072ned_UntypedDataSet_*.csv")
        columns = declared("sources")["cbs_70072ned_2015"]["read"]["columns"]
        return self._statline(path, "RegioS", delimiter=";", columns=columns)

    def _panel(self):
        table = Table()
        for row in _csv(self.data / "cbs/gemeente_panel_2013_2019/gemeente_panel_2013_2019.csv"):
            if row["Age_Group_with_meds"] == "Totaal, gestandaardiseerd":
                cells = list(row.values())
                if number(row["total_Pop"]) is not None:
                    table.put(row["year"], "", row["Regions"], Lazy(cells, {k: i for i, k in enumerate(row)}))
        return table

    def _cbs_70072ned_panel(self):
        return self._panel()

    def _cbs_80305ned_panel(self):
        return self._panel()

    def _cbs_83251ned_panel(self):
        return self._panel()

    def _cbs_84799ned(self):
        table = Table()
        path = self.data / "cbs/odata_v3_84799NED_kwb2020/cbs.v3.84799NED_TypedDataSet.parquet"
        places = None
        for row in pq.read_table(path).to_pylist():
            places = places or _unsuffixed(list(row), {})
            code = _code(row["WijkenEnBuurten"])
            if code[:2] in ("NL", "GM", "WK"):
                table.put("2020", "", code, Lazy(list(row.values()), places))
        return table

    def _cbs_85039ned(self):
        table = Table()
        path = self.data / "cbs/kwb2021_gemeente_nlstat/nl_data.json"
        for code, groups in json.loads(path.read_text(encoding="utf-8"))["Gemeente"].items():
            row = {}
            for name, content in groups.items():
                if isinstance(content, dict):
                    row |= {f"{name}.{k}": number(v) for k, v in content.items() if not isinstance(v, str)}
                elif not isinstance(content, str):
                    row[name] = number(content)
            table.put("2021", "", code, row)
        return table

    def _plain_csv(self, file, region, period="", column="", only=""):
        table = Table()
        for row in _csv(self.data / file):
            if only and row[column] != only:
                continue
            if row[region][:2] in ("GM", "WK"):
                cells, places = list(row.values()), {k: i for i, k in enumerate(row)}
                table.put(period or row[column], "", row[region], Lazy(cells, places))
        return table

    def _cbs_kwb_geoinzicht(self):
        return self._plain_csv("cbs/geoinzicht_panel/gemeente_kwb_2012_2024_afgeleid.csv", "gemeentecode", "", "jaar")

    def _cbs_85318ned_geoinzicht(self):
        file = "cbs/geoinzicht_panel/gemeente_kwb_2012_2024_afgeleid.csv"
        return self._plain_csv(file, "gemeentecode", "2022", "jaar", "2022")

    def _cbs_85318ned_tmap(self):
        table = self._plain_csv("cbs/tmap_kwb2022/gemeente_2022.csv", "statcode", "2022")
        for code, row in self._plain_csv("cbs/tmap_kwb2022/wijk_2022.csv", "statcode", "2022")[
            "2022", "", "value"
        ].items():
            table.put("2022", "", code, row)
        return table

    def _cbs_85984ned(self):
        [path] = (self.data / "env").glob("cbs_85984NED_kerncijfers2024_selectie_*.csv")
        return self._plain_csv(path.relative_to(self.data), "code", "2024")

    def _cbs_sterfte_2024(self):
        [path] = (self.data / "rivm").glob("cbs_sterfte_doodsoorzaken_gemeente_2024_*.csv")
        return self._plain_csv(path.relative_to(self.data), "code", "2024")

    def _jads(self, source, file, period, columns):
        table, wrong = Table(), taken_out(source)
        for row in pq.read_table(self.data / "cbs/wmo_jads" / file, columns=columns).to_pylist():
            code = row["codering_regio"]
            assert code not in table.get((row[period], "", "value"), {}), f"{code} stands twice in {file}"
            told = {k: number(row[k]) for k in columns[2:]}
            told |= {k: None for k in told if (code, row[period], "", k) in wrong}
            table.put(row[period], "", code, told)
        return table

    def _gemeente_jads(self, source):
        columns = ["codering_regio", "interval", "wmoclienten", "aantalinwoners", "k0tot15jaar", "k15tot25jaar"]
        columns.append("percentagejongerenmetjeugdzorg")
        return self._jads(source, "gemeente_kwb_wmo_70072_2017_2019.parquet", "interval", columns)

    def _cbs_wmo_gemeente_jads(self):
        return self._gemeente_jads("cbs_wmo_gemeente_jads")

    def _cbs_kwb_gemeente_jads(self):
        return self._gemeente_jads("cbs_kwb_gemeente_jads")

    def _wijk_jads(self, source):
        columns = ["codering_regio", "perioden", "wmoclientenper1000inwoners", "aantalinwoners", "huishoudenstotaal"]
        columns.append("huishonderofrondsociaalminimum")
        return self._jads(source, "wijk_kwb_wmo_2015_2019.parquet", "perioden", columns)

    def _cbs_wmo_wijk_jads(self):
        return self._wijk_jads("cbs_wmo_wijk_jads")

    def _cbs_kwb_wijk_jads(self):
        return self._wijk_jads("cbs_kwb_wijk_jads")

    def _politie_misdrijven(self):
        """Offences are given for today's gemeenten, the population beside them for those of each year."""
        table = Table()
        told = json.loads((self.data / "cbs/misdrijven_bevolking_2012_2025/data.json").read_text(encoding="utf-8"))
        for year in map(str, told["years"]):
            people = {c: v[year] for c, v in told["population"].items() if v.get(year) is not None}
            for code in self.gemeenten.codes(2024):  # not GM0000, the offences of no gemeente
                parts = self.gemeenten.made_of(code, int(year), people)
                inhabitants = None
                if parts is not None and all(p in people for p in parts):
                    inhabitants = float(sum(people[p] for p in parts))
                row = {"population": inhabitants}
                for offence, counts in told["counts"].items():
                    row[offence] = number(counts.get(code, {}).get(year))
                table.put(year, "", code, row)
            # the file itself holds all inhabitants of the country, also where a divided gemeente keeps them from any
            # one of today's
            country = {
                o: float(sum(counts[c][year] for c in counts if c != "GM0000")) for o, counts in told["counts"].items()
            }
            table.put(year, "", "NL", country | {"population": float(sum(people.values()))})
        return table

    # RIVM and GGD

    def _rivm_50090ned(self):
        table = Table()
        labels = declared("sources")["rivm_50090ned"]["read"]["ages"]
        for path in sorted((self.data / "rivm").glob("buurtvergelijker_*.xlsx")):
            lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
            wanted = (line for i, line in enumerate(lines) if i == 0 or not line[3].startswith("BU"))
            self._lines(table, wanted, "WijkenEnBuurten", "Leeftijd", labels, "", {}, None)
        return table

    def _rivm_50150ned(self):
        [path] = (self.data / "rivm").glob("rivm_50150NED_goed_ervaren_gezondheid_*.csv")
        return self._plain_csv(path.relative_to(self.data), "code", "", "jaar")

    def _rivm_50140ned(self):
        [path] = (self.data / "ggd").glob("50140NED_TypedDataSet_*.csv")
        return self._statline(path, "RegioS", period="2024", delimiter=";")

    def _by_label(self, file, source, year):
        there = self.gemeenten.codes(year)

        def keep(label):
            if label == "Nederland":
                return "NL"
            code = self.gemeenten.titles.get(label)
            return code if code in there else ""

        labels = declared("sources")[source]["read"]["ages"]
        return self._statline(self.data / file, "RegioS", "Leeftijd", labels, str(year), keep=keep)

    def _ggd_83674ned(self):
        return self._by_label("ggd/hackathon_Gezondheidsmonitor16_83674NED.csv", "ggd_83674ned", 2016)

    def _ggd_85012ned(self):
        return self._by_label("ggd/hackathon_Gezondheidsmonitor20_85012NED.csv", "ggd_85012ned", 2020)

    def _leefbaarometer_2(self):
        table = Table()
        for level in ("gemeente", "wijk"):
            [path] = (self.data / "env").glob(f"leefbaarometer2_{level}_*.json")
            for code, row in json.loads(path.read_text(encoding="utf-8")).items():
                for key, year in declared("sources")["leefbaarometer_2"]["read"]["periods"].items():
                    table.put(year, "", code, {"value": number(row.get(key))})
        return table

    # Vektis

    @functools.cached_property
    def vektis_groups(self):
        """The care group of every cost column of every year."""
        return {r["column"]: r["group"] for r in _csv(self.data.parent / "design/vektis_groups.csv")}

    @functools.cached_property
    def vektis_cells(self):
        """year -> gemeente code or REST -> (sex, first age of the class) -> [insured years, cost, cost per group]."""
        named = {}
        for title, code in self.gemeenten.titles.items():
            named.setdefault(_bare(re.sub(r" \((gemeente|[A-Z]+[a-z]*\.)\)$", "", title)), set()).add(code)
        special = {"BERGEN LB": "GM0893", "BERGEN NH": "GM0373", "NUENEN CA": "GM0820"}
        cells = {}
        for year in map(str, VEKTIS_YEARS):
            there = self.gemeenten.codes(indeling(declared("sources")["vektis_open"], year))
            of_year, codes = cells.setdefault(year, {}), {"": "REST"} | special
            with open(self.data / f"vektis/vektis_{year}_gemeente.csv", encoding="utf-8-sig", newline="") as file:
                lines = csv.reader(file, delimiter=";")
                header = [h.lower() for h in next(lines)]
                assert header[:5] == ["geslacht", "leeftijdsklasse", "gemeentenaam", "aantal_bsn", _INSURED]
                groups = [self.vektis_groups[h] for h in header[5:]]
                for sex, age, name, _, insured, *costs in lines:
                    if name not in codes:
                        found = named.get(_bare(name), set()) & there
                        assert len(found) == 1, f"{name} in {year}: {found}"
                        [codes[name]] = found
                    first = int(age[:2]) if age else None
                    amounts, per_group = [float(c) for c in costs], {}
                    for group, amount in zip(groups, amounts, strict=True):
                        if amount:
                            per_group[group] = per_group.get(group, 0.0) + amount
                    of_gemeente = of_year.setdefault(codes[name], {})
                    assert (sex, first) not in of_gemeente
                    of_gemeente[sex, first] = (float(insured), math.fsum(amounts), per_group)
        return cells

    def vektis_rates(self, year, outside=()):
        """Return euro per insured year per sex and age in all gemeenten but those in `outside`."""
        years, euros = defaultdict(list), defaultdict(list)
        for code, of_code in self.vektis_cells[year].items():
            if code != "REST" and code not in outside:
                for cell, (insured, cost, _) in of_code.items():
                    years[cell].append(insured)
                    euros[cell].append(cost)
        return {cell: math.fsum(euros[cell]) / math.fsum(years[cell]) for cell in years}

    def _vektis_open(self):
        table = Table()
        kavels = {
            m["code"]
            for area in declared("kavels").values()
            if area["kind"] == "kavel"
            for m in area["member"]
            if "valid_to" not in m
        }
        within = {
            "80plus": lambda sex, age: age >= 80,
            "85plus": lambda sex, age: age >= 85,
            "50_74": lambda sex, age: 50 <= age < 75,
            "vrouwen_15_49": lambda sex, age: sex == "V" and 15 <= age < 50,
        }
        for year, of_year in self.vektis_cells.items():
            rates, rates_outside = self.vektis_rates(year), self.vektis_rates(year, kavels)
            rows, whole = {}, defaultdict(list)
            for code, of_code in of_year.items():
                row = rows[code] = {f"kosten_{g}": 0.0 for g in self.vektis_groups.values()}
                row["verzekerdejaren"] = math.fsum(c[0] for c in of_code.values())
                row["kosten_totaal"] = math.fsum(c[1] for c in of_code.values())
                if code == "REST":  # it counts in the total of the country and nowhere else
                    rows[code] = {k: row[k] for k in ("verzekerdejaren", "kosten_totaal")}
                    continue
                row["verzekerdejaren_vergelijkbaar"] = row["verzekerdejaren"]
                row["kosten_vergelijkbaar"] = row["kosten_totaal"]
                for cell in of_code.values():
                    for group, amount in cell[2].items():
                        row[f"kosten_{group}"] += amount
                for name, fits in within.items():
                    found = [c[0] for (sex, age), c in of_code.items() if fits(sex, age)]
                    whole[name] += found
                    # of a group with a cell in the rest row nobody knows the size
                    complete = len(found) == sum(fits(sex, age) for sex, age in rates)
                    row[f"verzekerdejaren_{name}"] = math.fsum(found) if complete else None
                row["kosten_verwacht"] = math.fsum(c[0] * rates[k] for k, c in of_code.items())
                row["kosten_verwacht_zonder_kavels"] = math.fsum(c[0] * rates_outside[k] for k, c in of_code.items())
            country = {}
            for name in rows["GM0363"]:
                group = whole.get(name.removeprefix("verzekerdejaren_"))
                country[name] = math.fsum(group or [row[name] for row in rows.values() if name in row])
            for code, row in (rows | {"NL": country}).items():
                table.put(year, "", code, row)
        return table

    # points

    def _within(self, points):
        """Count points (lon, lat) per gemeente of 2024."""
        path = self.data / "geo/gemeenten_2024_geoinzicht.geojson"
        counts = {}
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            code = feature["properties"]["gemeentecode"]
            if code == "GM0998":  # abroad
                continue
            shape = feature["geometry"]
            polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
            spots = [spot for rings in polygons for spot in rings[0]]
            west, east = min(s[0] for s in spots), max(s[0] for s in spots)
            south, north = min(s[1] for s in spots), max(s[1] for s in spots)
            near = [p for p in points if west <= p[0] <= east and south <= p[1] <= north]
            counts[code] = float(sum(any(_inside(p, rings) for rings in polygons) for p in near))
        return counts

    def _vzinfo_2016(self):
        sites = [
            (float(r["lon"]), float(r["lat"]))
            for r in _csv(self.data / "supply/vzinfo_ziekenhuizen_2016.csv")
            if float(r["type"]) == 3
        ]
        table = Table()
        for code, count in self._within(sites).items():
            table.put("2016", "", code, {"type_3": count})
        return table

    def _ziekenhuislijst_2025(self):
        [path] = (self.data / "supply").glob("ziekenhuislocaties_2025_*.csv")
        sites = [(float(r["x"]), float(r["y"])) for r in _csv(path)]
        table = Table()
        for code, count in self._within([_degrees(x, y) for x, y in sites]).items():
            table.put("2025", "", code, {"aantal": count, "afstand_km": None})
        told = (self.data / "geo/wijken_2024_geoinzicht.geojson").read_text(encoding="utf-8")
        degrees = shapely.from_geojson(told)
        metres = shapely.transform(degrees, lambda c: np.stack(_metres(c[:, 0], c[:, 1]), axis=1))
        for feature, shape in zip(json.loads(told)["features"], metres.geoms, strict=True):
            code = feature["properties"]["wijkcode"]
            spot = shapely.make_valid(shape).representative_point()
            near = min(math.hypot(spot.x - x, spot.y - y) for x, y in sites)
            table.put("2025", "", code, {"afstand_km": near / 1000, "aantal": None})
        return table


def _bare(name):
    letters = unicodedata.normalize("NFKD", name)
    return re.sub("[^A-Z]", "", "".join(c for c in letters if not unicodedata.combining(c)).upper())


def _inside(point, rings):
    """Tell whether a point lies in a polygon: an odd number of crossings over all its rings."""
    x, y = point
    odd = False
    for ring in rings:
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def _degrees(x, y):
    """From RD to longitude and latitude (WGS84), to within a metre: the series of Schreutelkamp and Strang van Hees."""
    dx, dy = (x - 155000) * 1e-5, (y - 463000) * 1e-5
    north = (
        3235.65389 * dy - 32.58297 * dx**2 - 0.2475 * dy**2 - 0.84978 * dx**2 * dy - 0.0655 * dy**3
        - 0.01709 * dx**2 * dy**2 - 0.00738 * dx + 0.0053 * dx**4 - 0.00039 * dx**2 * dy**3
        + 0.00033 * dx**4 * dy - 0.00012 * dx * dy
    )  # fmt: skip
    east = (
        5260.52916 * dx + 105.94684 * dx * dy + 2.45656 * dx * dy**2 - 0.81885 * dx**3 + 0.05594 * dx * dy**3
        - 0.05607 * dx**3 * dy + 0.01199 * dy - 0.00256 * dx**3 * dy**2 + 0.00128 * dx * dy**4
        + 0.00022 * dy**2 - 0.00022 * dx**2 + 0.00026 * dx**5
    )  # fmt: skip
    return 5.38720621 + east / 3600, 52.15517440 + north / 3600


def _metres(lon, lat):
    """From longitude and latitude (WGS84) to RD, the same series the other way."""
    u, v = 0.36 * (lat - 52.15517440), 0.36 * (lon - 5.38720621)
    x = (
        155000 + 190094.945 * v - 11832.228 * u * v - 114.221 * u**2 * v - 32.391 * v**3 - 0.705 * u
        - 2.340 * u**3 * v - 0.608 * u * v**3 - 0.008 * v**2 + 0.148 * u**2 * v**3
    )  # fmt: skip
    y = (
        463000 + 309056.544 * u + 3638.893 * v**2 + 73.077 * u**2 - 157.984 * u * v**2 + 59.788 * u**3
        + 0.433 * v - 6.439 * u**2 * v**2 - 0.032 * u * v + 0.092 * v**4 - 0.054 * u * v**4
    )  # fmt: skip
    return x, y


# ----------------------------------------------------------------------------------------------------- the figures


class Figures:
    """Figures by the rules of the method, of one indicator edition at a time."""

    def __init__(self, data):
        self.raw = Raw(data)
        self.gemeenten = self.raw.gemeenten
        self._amounts, self._weights = {}, {}

    def areas(self):
        return {
            k: [m["code"] for m in v.get("member", []) if "valid_to" not in m] for k, v in declared("kavels").items()
        }

    def rows(self, edition, period, age, margin="value"):
        return self.raw.table(edition["source"]).get((period, age, margin), {})

    def periods(self, edition, age):
        """Return the periods in which anything is published."""
        formula = edition.get("value") or edition["numerator"]
        found = []
        for (period, group, margin), rows in self.raw.table(edition["source"]).items():
            if margin != "value" or group != age or (edition.get("periods") and period not in edition["periods"]):
                continue
            if any(worked_out(formula, r) is not None for r in rows.values()):
                found.append(period)
        return sorted(found)

    # denominators

    def amounts(self, name, edition, period):
        """Return code -> amount of one edition of a denominator; no edition of one is asked for an age of its own."""
        key = name, edition["source"], period
        if key not in self._amounts:
            item = declared("denominators")[name]
            found = {}
            for code, row in self.rows(edition, period, default_age(edition)).items():
                amount = worked_out(edition["value"], row)
                if amount is not None and edition.get("denominator"):
                    per = self.weight(edition["denominator"], edition, code, period)
                    amount = None if per is None else amount * per / scale_of(item)
                if amount is not None:
                    found[code] = amount
            self._amounts[key] = found
        return self._amounts[key]

    def weight(self, name, edition, code, period):
        """Return the denominator `name` for one row of an edition: that of the nearest period, for the same area."""
        key = name, edition["source"], code, period
        if key not in self._weights:
            self._weights[key] = self._weight(*key[:1], edition, *key[2:])
        return self._weights[key]

    def _weight(self, name, edition, code, period):
        """Look in the own source, then in all editions as declared: the same period and indeling, else the nearest."""
        editions = declared("denominators")[name]["edition"]
        year = indeling(source_of(edition), period)
        for own in editions:
            if own["source"] == edition["source"]:
                amount = self.amounts(name, own, period).get(code)
                if amount is not None:
                    return amount
        best = None
        for order, other in enumerate(sorted(editions, key=lambda e: e["source"] != edition["source"])):
            age = default_age(other)
            for then, group, margin in list(self.raw.table(other["source"])):
                if margin != "value" or group != age or (other.get("periods") and then not in other["periods"]):
                    continue
                its_year = indeling(source_of(other), then)
                if code.startswith("GM"):
                    fits = its_year == year or self.gemeenten.same(code, year, its_year)
                else:
                    fits = code == "NL" or its_year == year
                if not fits:
                    continue
                exact = then == period and its_year == year
                rank = (not exact, abs(int(then) - int(period)), order)
                if best is not None and rank >= best[0]:
                    continue
                amount = self.amounts(name, other, then).get(code)
                if amount is not None:
                    best = rank, amount
        return best[1] if best else None

    # one published unit

    def unit(self, item, edition, period, age, code):
        """Return the figure of one row of the source as a dict, with what it weighs; None values where missing."""
        formula = edition.get("value") or edition["numerator"]
        rows = self.rows(edition, period, age)
        told = worked_out(formula, rows[code]) if code in rows else None
        name = edition.get("denominator", "")
        if name and age != default_age(edition):
            name = source_of(edition).get("denominators", {}).get(age, name)
        weight = self.weight(name, edition, code, period) if name else None
        figure = {"value": None, "numerator": None, "denominator": weight, "lower": None, "upper": None, "se": None}
        if told is None:
            return figure
        if "numerator" in edition:
            figure["numerator"] = told
            if not weight:
                return figure
            figure["value"] = told / weight * scale_of(item)
            return self._interval(item, edition, figure)
        figure["value"] = told
        if weight is not None:
            figure["numerator"] = told * weight / scale_of(item)
        if item.get("rollup") == "sum":  # a count, or a share that a denominator makes a count of
            return figure | {"value": figure["numerator"] if name else told}
        for margin in ("lower", "upper"):
            row = self.rows(edition, period, age, margin).get(code)
            figure[margin] = worked_out(formula, row) if row is not None else None
        if figure["lower"] is not None and figure["upper"] is not None:
            figure["se"] = (figure["upper"] - figure["lower"]) / (2 * Z)
        return figure

    def _interval(self, item, edition, figure):
        if edition.get("interval") == "byar":
            low, high = byar(figure["numerator"])
            per = scale_of(item) / figure["denominator"]
            figure |= {"lower": low * per, "upper": high * per}
        return figure

    # any region

    def figure(self, item, edition, period, region, age=None):
        """Return the figure of a country, area, gemeente or wijk; with all values None when there is none."""
        age = default_age(edition) if age is None else age
        rows = self.rows(edition, period, age)
        if region[:2] == "WK":
            return self.unit(item, edition, period, age, region)
        if region == "NL":
            if "NL" in rows and self.unit(item, edition, period, age, "NL")["value"] is not None:
                return self.unit(item, edition, period, age, "NL")
            return self._country(item, edition, period, age, rows)
        members = self.areas().get(region, [region])
        year = indeling(source_of(edition), period)
        by_gemeente = any(code.startswith("GM") and self._told(edition, r) for code, r in rows.items())
        units, missing = [], []
        for member in members:
            parts = self.gemeenten.made_of(member, year, rows)
            if parts is None:
                missing.append(member)
                continue
            if by_gemeente:
                units += [self.unit(item, edition, period, age, part) for part in sorted(parts)]
            else:
                inside = [c for c in rows if c[:2] == "WK" and "GM" + c[2:6] in parts]
                units += [self.unit(item, edition, period, age, c) for c in sorted(inside)]
                missing += [p for p in parts if not any(c[2:6] == p[2:] for c in inside)]
        return self._together(item, edition, period, units, missing)

    def _told(self, edition, row):
        return worked_out(edition.get("value") or edition["numerator"], row) is not None

    def _country(self, item, edition, period, age, rows):
        year = indeling(source_of(edition), period)
        there = self.gemeenten.there(year, rows)
        level = "GM" if any(c.startswith("GM") and self._told(edition, r) for c, r in rows.items()) else "WK"
        units = [self.unit(item, edition, period, age, c) for c in sorted(rows) if c.startswith(level)]
        seen = {c if level == "GM" else "GM" + c[2:6] for c in rows}
        return self._together(item, edition, period, units, sorted(there - seen))

    def _together(self, item, edition, period, units, missing):
        nothing = {"value": None, "numerator": None, "denominator": None, "lower": None, "upper": None}
        rollup = item.get("rollup", "mean")
        if len(units) == 1 and not missing:
            return units[0]
        if rollup == "none" or not units:
            return nothing
        if rollup == "sum":
            values = [u["value"] for u in units]
            if missing or any(v is None for v in values):
                return nothing
            return nothing | {"value": sum(values)}
        known = [u for u in units if u["numerator"] is not None and u["denominator"] is not None]
        lost = [u["denominator"] for u in units if u["numerator"] is None]
        lost += [self.weight(edition["denominator"], edition, code, period) for code in missing]
        lost += [None for u in units if u["numerator"] is not None and u["denominator"] is None]
        whole = math.fsum(u["denominator"] for u in known)
        coverage = whole / (whole + math.fsum(w for w in lost if w)) if whole else 0.0
        if (
            None in lost
        ):  # of some parts nobody knows how large they are: then the number of parts may not be low either
            coverage = min(coverage, len(known) / (len(known) + len(lost)))
        nothing["coverage"] = coverage
        if coverage < ENOUGH:
            return nothing
        top = math.fsum(u["numerator"] for u in known)
        value = top / whole * scale_of(item)
        figure = nothing | {"value": value, "numerator": top, "denominator": whole}
        if "numerator" in edition:
            return self._interval(item, edition, figure)
        if all(u["se"] is not None for u in known):
            se = math.sqrt(math.fsum((u["denominator"] / whole * u["se"]) ** 2 for u in known))
            figure |= {"lower": value - Z * se, "upper": value + Z * se}
        return figure


def byar(count):
    """Return 95 % limits of a count: Byar's from 10 on, below that the exact ones."""
    if count >= 10:
        low = count * (1 - 1 / (9 * count) - Z / (3 * math.sqrt(count))) ** 3
        more = count + 1
        return low, more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3
    return (_mean_where(count - 1, 0.975) if count else 0.0), _mean_where(count, 0.025)


def _mean_where(most, chance):
    """Return the mean of a Poisson that is at most `most` with this chance, by halving."""
    low, high = 0.0, 60.0
    for _ in range(200):
        mean = (low + high) / 2
        at_most = math.exp(-mean) * math.fsum(mean**k / math.factorial(k) for k in range(int(most) + 1))
        low, high = (mean, high) if at_most > chance else (low, mean)
    return low
