"""The command line: thin, each command a few lines around what does the work."""

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from kavelmon import declarations, paths
from kavelmon.model import KavelmonError

app = typer.Typer(
    help="Monitoring for the Kavelmodel: figures of four domains per exactly agreed area.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Folder = Annotated[Path, typer.Option("--from", help="Folder that holds the exports, as published, at any depth.")]


local = typer.Typer(help="A region's own tables, interventions and provisions.", no_args_is_help=True)
app.add_typer(local, name="local")
Own = Annotated[
    Path | None,
    typer.Argument(help="Folder with the tables; default: KAVELMON_LOCAL, or data_sources/local.", show_default=False),
]


@local.command("check")
def local_check(folder: Own = None) -> None:
    """Check the tables and lists in a folder, every fault at once; nothing is stored."""
    from kavelmon import carry
    from kavelmon.local import kinds, read

    kept = declarations.kept(paths.version_of(paths.user_store()))
    found = read(folder or paths.local(), declarations.load(), kept.values())
    kinds.tables(found.lists, carry.lists(paths.user_store(), found.ids))  # do they go with those that are kept?
    for name, table in found.tables.items():
        rows = table.rows[~table.rows["indicator"].isin(list(table.local.denominators))]
        held = f"{rows['indicator'].nunique()} indicators, {rows['region'].nunique()} regions"
        print(f"{name}: right; {len(rows)} figures, {held}, {', '.join(sorted(set(rows['period'])))}")
    for name, rows in found.lists.items():
        kind = kinds.of(name)
        assert kind  # only what is one is read as a list
        print(f"{name}: right; {len(rows)} {kind.called}")


@local.command("add")
def local_add(folder: Own = None) -> None:
    """Put the tables and lists of a folder in your own store; what is there already stays."""
    from kavelmon.dashboard import sharing
    from kavelmon.own import add

    add(folder or paths.local(), paths.user_store(), say=lambda text: typer.echo(text, err=True))
    for text in sharing.kept_back():
        typer.echo(f"not in a published file: {text}", err=True)


@local.command("remove")
def local_remove(
    name: Annotated[str, typer.Argument(help="Id of a source or list in your own store: its file name.")],
) -> None:
    """Take one source or list out of your own store."""
    from kavelmon.own import remove

    remove(name, paths.user_store(), say=lambda text: typer.echo(text, err=True))


@local.command("templates")
def local_templates(folder: Annotated[Path, typer.Argument(help="Folder to write; it must not be there yet.")]) -> None:
    """Write examples of a table, its TOML and the lists, to begin with."""
    import shutil

    if folder.exists():
        raise KavelmonError(f"{folder}: is there already; name a new folder")
    shutil.copytree(paths.templates(), folder)
    print(f"{folder}: {', '.join(sorted(p.name for p in folder.iterdir()))}")


@app.command()
def check(
    live: Annotated[bool, typer.Option("--live", help="Ask each publisher whether it has what is declared.")] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="With --live: only this source; may be given more often.")
    ] = None,
) -> None:
    """Check the catalogue (every fault at once) and say what the stores hold."""
    if live:
        from kavelmon.live import command

        raise typer.Exit(command.check(only or []))
    from kavelmon import attempts, store

    catalogue = declarations.default()
    domains = ", ".join(f"{d} {len(catalogue.in_domain(d))}" for d in ("gezondheid", "zorg", "omgeving", "aanbod"))
    print(f"catalogue: {len(catalogue.indicators)} indicators ({domains}), {len(catalogue.sources)} sources")
    print(f"areas: {', '.join(catalogue.areas)}")
    held: dict[str, Path] = {}
    for one in reversed(store.stores()):
        held |= dict.fromkeys(one.sources, one.folder)
    for source in catalogue.sources.values():
        where = f"in {held[source.id]}" if source.id in held else "not in any store"
        if failed := attempts.failed().get(source.id):
            where += f"; could not be renewed on {failed['on']}: {failed['why']}"
        from_where = f"; published at {source.fetch.host}" if source.fetch else ""
        print(f"  {source.id}: {where}; files: {', '.join(source.files) or 'none'}{from_where}")
    print(f"indicators: {', '.join(sorted(catalogue.indicators))}")
    print(f"denominators: {', '.join(sorted(catalogue.denominators))}")


@app.command()
def build(folder: Folder) -> None:
    """Read a folder of exports into your own store, which goes before the bundled one."""
    _build(folder, paths.user_store(), bundled=False)


@app.command()
def update(
    only: Annotated[list[str] | None, typer.Option(help="Only this source; may be given more often.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write no figures.")] = False,
) -> None:
    """Bring the newest figures of every source from where it is published into your own store."""
    from kavelmon.live import command

    raise typer.Exit(command.run(only or [], dry_run=dry_run))


@app.command()
def snapshot(
    folder: Folder,
    to: Annotated[Path | None, typer.Option(help="Folder to write; default: the bundled snapshot.")] = None,
) -> None:
    """Write the bundled snapshot from a folder that holds every declared source."""
    _build(folder, to or paths.snapshot(), bundled=True)


def _build(folder: Path, target: Path, *, bundled: bool) -> None:
    from kavelmon.build import build as make

    make(declarations.load(), folder, target, bundled=bundled, say=lambda text: typer.echo(text, err=True))


@app.command()
def value(
    indicator: Annotated[str, typer.Argument(help="Indicator, for example zvw_kosten_totaal.")],
    region: Annotated[str, typer.Argument(help="Area (achterhoek), code (GM0294, WK029401, GG1413), codes or NL.")],
    period: Annotated[str, typer.Argument(help="Year; the latest one when left out.")] = "",
    edition: Annotated[str, typer.Option(help="Source of the figure; default: the first that has it.")] = "",
    age: Annotated[str | None, typer.Option(help='Age group of the source, for example "65+".')] = None,
    as_it_was: Annotated[bool, typer.Option(help="The area as it was made up then; else today's area.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print one figure: value, unit, numerator, denominator, margins, status, period, source, licence."""
    from kavelmon import areas, figures

    place = areas.find(region) if "," in region or region.endswith(".toml") else region
    found = figures.value(indicator, place, period, edition=edition, age=age, as_it_was=as_it_was)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for key, content in found.items():
        if content not in (None, ""):
            print(f"{key:12} {content}")


@app.command()
def savings(
    area: Annotated[str, typer.Argument(help="Area (achterhoek), code (GM0228), region, codes or TOML file.")],
    method: Annotated[str, typer.Option(help="own_norm, synthetic, trend or level.")] = "own_norm",
    pre: Annotated[str, typer.Option(help="Years before the start, as 2015-2020; default: all since 2015.")] = "",
    reference: Annotated[str, typer.Option(help="NL, or others: the Netherlands without the kavels.")] = "NL",
    year: Annotated[int | None, typer.Option(help="Default: the last one with figures.")] = None,
    group: Annotated[str, typer.Option(help="Care group, as msz; needs the cells of Vektis in your own store.")] = "",
    start: Annotated[int | None, typer.Option(help="First year with a Kavelmodel; default: as declared.")] = None,
    msr: Annotated[str, typer.Option(help="Least saving that counts: a share of expected cost, or placebo.")] = "0.02",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print what care cost less than expected, whether that can be chance, and every other way to look at it."""
    from kavelmon import areas
    from kavelmon.savings import command, estimate

    asked = areas.find(area) if "," in area or area.endswith(".toml") else area
    found = estimate(asked, method, command.period(pre), reference, year, group, start=start, msr=command.least(msr))
    print(command.as_json(found) if as_json else command.as_text(found))


@app.command()
def selection(
    weights: Annotated[str, typer.Option(help="Of groups: urgentie=2,zorgkosten=0.5; what is not named has 1.")] = "",
    level: Annotated[str, typer.Option(help="wijk or gemeente; default wijk.")] = "",
    scale: Annotated[str, typer.Option(help="percentile, z or minmax; default percentile.")] = "",
    seed: Annotated[int | None, typer.Option(help="Of the drawn weights.")] = None,
    top: Annotated[int, typer.Option(help="How many of the best to print.", min=1)] = 21,
    words: Annotated[int, typer.Option(help="How many of the best to describe in words (Dutch).", min=0)] = 0,
    area: Annotated[
        list[str] | None, typer.Option(help="Place this area too (id, region, codes, file); may be given more often.")
    ] = None,
    search: Annotated[str, typer.Option(help="Search for contiguous areas of a size, as 30000-300000.")] = "",
    settings: Annotated[Path | None, typer.Option(help="TOML file with settings, as --save writes it.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write the settings that give this result again.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every wijk or gemeente as CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Place every wijk or gemeente on the criteria for a kavel: rank, how sure it is, groups, what is lacking."""
    from kavelmon.selection import command
    from kavelmon.selection.run import select_kavels

    asked = command.settings_of(settings, weights, level, scale, seed)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = select_kavels(asked)
    for one in said:
        typer.echo(str(one.message), err=True)
    areas = command.areas_of(found, area or [], search)
    if save:
        command.write_settings(found, save)
    if csv:
        command.write_csv(found, csv)
    if as_json:
        print(command.as_json(found, top, areas))
    else:
        print(command.as_text(found, top, areas, words))
    for text in command.summary(found):
        typer.echo(text, err=True)


@app.command()
def waterfall(
    contract: Annotated[Path, typer.Argument(help="TOML file of the contract; its indicators lie beside it.")],
    years: Annotated[
        Path | None,
        typer.Option(help="TOML file with the figures that the parties give; default: the open cost data."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the report (HTML, and a CSV per table) into this new folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Divide a relative cost reduction by a contract: what may be said, who gets what, loan and fund (in Dutch)."""
    from kavelmon.settling import command, report, settle

    found = settle(contract, years)
    made = report.write(found, out) if out else ()
    print(command.as_json(found) if as_json else command.as_text(found))
    for path in made:
        typer.echo(f"{path}", err=True)


@app.command()
def scenario(
    file: Annotated[Path, typer.Argument(help="TOML file of the scenario; every number in it has a source.")],
    csv: Annotated[Path | None, typer.Option(help="Write every intervention, law and variant as CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what interventions could save and cost per law: who invests, who benefits, paid back when (in Dutch)."""
    from kavelmon.contracts import command
    from kavelmon.contracts import scenario as scenarios

    found = scenarios.outcome(scenarios.read(file))
    if csv:
        command.write_csv(found, csv)
    print(command.as_json(found) if as_json else command.as_text(found))


@app.command()
def publish(
    area: Annotated[
        str, typer.Argument(help="Area (achterhoek), codes (GM0294,WK019704), region (GG1413) or TOML file.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder to write the file in; made when it is missing.")],
    title: Annotated[str, typer.Option(help="Name of an area of codes.")] = "",
) -> None:
    """Write the kavelmonitor of an area as one HTML file, which works offline and can be passed on."""
    from kavelmon.publish import publish as write

    made = write(area, out, say=lambda text: typer.echo(text, err=True), title=title)
    print(f"{made.path}: {made.size / 1e6:.2f} MB, {made.gzipped / 1e6:.2f} MB gzipped; {made.licence}")
    for text in made.left:
        typer.echo(f"left out: {text}", err=True)


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8866,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Serve the notebooks as pages at http://localhost:8866 (Ctrl-C stops)."""
    from kavelmon import serving

    raise typer.Exit(serving.dashboard(port, open_browser=browser))


def main() -> None:
    """Run the command line; an error that its user can mend is one sentence, not a traceback."""
    for stream in (sys.stdout, sys.stderr):  # km² on a terminal that knows only ASCII
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except KavelmonError as error:
        print(f"kavelmon: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(
            f"kavelmon: {error.filename or 'a file'}: {error.strerror or error}; nothing was changed", file=sys.stderr
        )
        sys.exit(2)
