"""The report of a settled contract: one HTML file that asks nothing of anyone, and a CSV for every table in it."""

import base64
import datetime as dt
import os
import re
import shutil
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import jinja2

from kavelmon import colours, contract_texts, declarations, licences, page_texts, paths, store, texts
from kavelmon import report_texts as shown
from kavelmon import settling_texts as said
from kavelmon.contracts.settlement import DESTINATIONS
from kavelmon.contracts.sheet import Sheet
from kavelmon.model import KavelmonError
from kavelmon.settling import tables, words
from kavelmon.settling.figures import Settled

NAME = "rapport.html"
# what the file may do: show itself; it has no script and asks for nothing
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
)
_COLOURS = ("INK", "INK_2", "KAVEL", "RULE", "PANEL", "LINK", "SELECT", "WARN", "WARN_TEXT", "WARN_PANEL", "BORDER")
_OF = {
    "interest": colours.INTEREST,
    "principal": colours.REPAYMENT,
    "providers": colours.KAVEL,
    "escrow": colours.IQR,
    "payers": colours.MEMBERS,
    "revolving": colours.FUND,
}
_WIDE, _DENSE = 8, 11  # columns from which a table is printed across the paper, and in small letters


def write(settled: Settled, folder: Path, today: dt.date | None = None) -> tuple[Path, ...]:
    """Write the report into a new folder: all of its files, or none.

    Parameters
    ----------
    folder
        It must not be there yet; what lies above it is made.
    today
        The date in the report; None for the day of today.

    Raises
    ------
    KavelmonError
        A folder that is there, or that cannot be written.
    """
    if folder.exists():
        raise KavelmonError(f"{folder}: is there already; name a new folder with --out")
    content = files(settled, today or dt.date.today())
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        for name, text in content.items():
            (draft / name).write_text(text, encoding="utf-8", newline="")
        draft.rename(folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise KavelmonError(f"{folder} cannot be written ({reason}); name a folder of your own with --out") from None
    finally:
        with suppress(OSError):
            shutil.rmtree(draft)
    return tuple(folder / name for name in content)


def files(settled: Settled, today: dt.date) -> dict[str, str]:
    """Return the content of every file of the report, by name."""
    sheets = tables.sheets(settled)
    version = f"{metadata.version('kavelmon')}-{store.version()}"
    about = [*settled.first, shown.made_on(texts.date(today), version), *terms(settled)]
    found = {NAME: page(settled, sheets, today, version)}
    return found | {f"{name}.csv": sheet.as_csv(about) for name, sheet in sheets.items()}


def terms(settled: Settled) -> list[str]:
    """Return under which terms the figures are, and ours: the strictest of the sources decides."""
    sources = [declarations.default().source(name) for name in settled.sources]
    ours = page_texts.PAGE["licenceOurs"].format(licence=licences.of_page(one.licence for one in sources))
    if not sources:
        return [shown.REPORT["of_parties"], ours]
    lines = []
    for one in sources:
        of = page_texts.PAGE[f"terms_{licences.terms(one.licence)}"].format(licence=one.licence)
        table = f" ({one.table})" if one.table else ""
        lines.append(f"{page_texts.PAGE['source']}: {one.publisher}, {one.title}{table}. {of[:1].upper()}{of[1:]}.")
    return [*lines, page_texts.PAGE["figuresTerms"], ours]


def page(settled: Settled, sheets: dict[str, Sheet], today: dt.date, version: str) -> str:
    """Return the report as one HTML file; the same contract, figures and day give the same text."""
    contract, when = settled.contract, [y.year for y in settled.result.years if y.status != "run_up"]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    publishers = [declarations.default().source(name).publisher for name in settled.sources]
    date, area = texts.date(today), settled.area.title
    licence = licences.of_page(declarations.default().source(name).licence for name in settled.sources)
    pre = contract.pre_period
    return environment.get_template("report.html.j2").render(
        said=shown.REPORT,
        fixed=said.FIXED,
        zip=zip,
        policy=POLICY,
        licence=licence,
        style=style(),
        title=contract.title,
        brand=texts.BRAND,
        lead=shown.lead(area, when),
        made=shown.made_on(date, version),
        first=settled.first,
        chance=bool(settled.weak),
        weak=bool(settled.weak) or settled.made_up or not settled.estimates,
        verdicts=[(e.year, e.text, [(c.name, c.state, c.text) for c in e.verdict.checks]) for e in settled.estimates],
        parts=parts(settled),
        notes=settled.notes,
        recorded=words.recorded(contract),
        method=shown.method(contract.method, pre.first, pre.last, contract.reference) if settled.estimates else "",
        sheets=sheets,
        wide=_WIDE,
        dense=_DENSE,
        terms=terms(settled),
        citation=shown.citation(contract.title, area, when, date, version, list(dict.fromkeys(publishers))),
    )


def parts(settled: Settled) -> list[dict[str, str]]:
    """Return what each destination gets over all years, with the share of the whole that its bar shows."""
    totals = dict(zip(DESTINATIONS, tables.totals(settled), strict=True))
    whole, most, found = sum(totals.values()), max(totals.values(), default=0), []
    for name, amount in totals.items():
        if name == "escrow" and not amount:
            continue
        share = amount / whole if whole else 0
        found.append(
            {
                "name": contract_texts.DESTINATIONS[name],
                "amount": contract_texts.amount(amount),
                "share": said.percent(share) if whole else "",
                "wide": f"{100 * amount / most if most else 0:.2f}%",
                "colour": _OF[name],
            }
        )
    return found


def style() -> str:
    """Return the style sheet with its colours and its font in it."""
    root = "".join(f"--{name.lower().replace('_', '-')}:{getattr(colours, name)};" for name in _COLOURS)
    rules = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    folder = paths.STATIC / "share" / "jupyter" / "voila" / "templates" / "kavelmon" / "static"
    face = _face((folder / "kavelmon.css").read_text(encoding="utf-8"), folder)
    return f"{face}\n:root{{{root}}}\n{rules}"


def _face(sheet: str, folder: Path) -> str:
    """Return the font face of the pages, with the font in it."""
    (face,) = re.findall(r"@font-face\s*\{[^}]*\}", sheet)
    (name,) = re.findall(r'url\("([\w.-]+)"\)', face)
    data = base64.b64encode((folder / name).read_bytes()).decode("ascii")
    return face.replace(f'url("{name}")', f"url(data:font/woff2;base64,{data})")
