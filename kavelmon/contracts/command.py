"""What `kavelmon scenario` prints and writes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kavelmon import contract_texts
from kavelmon.contract_texts import SCENARIO
from kavelmon.contracts.scenario import VARIANTS, Outcome, Scenario, Variant
from kavelmon.contracts.sheet import Column, Sheet, summed


def matrix(found: Outcome, variant: Variant) -> Sheet:
    """Return the net amount of each intervention under each law, with their sums."""
    rows = found.of(variant)
    amounts = []
    for one in found.scenario.intervention:
        mine = [sum(r.net_cents for r in rows if (r.intervention, r.law) == (one.id, law)) for law in found.laws]
        amounts.append((one.title, *mine, sum(mine)))
    laws = tuple(Column(contract_texts.LAWS[law], "euro") for law in found.laws)
    columns = (Column(SCENARIO["intervention"]), *laws, Column(SCENARIO["together"], "euro"))
    title = SCENARIO["matrix"].format(variant=contract_texts.VARIANTS[variant])
    return Sheet(f"saldo_{variant}", title, columns, (*amounts, summed(amounts, (SCENARIO["together"],))), total=True)


def outcomes(found: Outcome) -> Sheet:
    """Return the net total of each variant, and the year from which it is paid back."""
    rows = [
        (contract_texts.VARIANTS[v], found.net_cents(v), found.payback_year(v) or SCENARIO["never"]) for v in VARIANTS
    ]
    columns = (Column(SCENARIO["variant"]), Column(SCENARIO["net"], "euro"), Column(SCENARIO["payback"], "year"))
    return Sheet("uitkomst", SCENARIO["outcome"], columns, tuple(rows))


def balances(found: Outcome) -> Sheet:
    """Return who invests and who benefits, per variant and law."""
    rows = [
        (
            contract_texts.VARIANTS[variant],
            contract_texts.LAWS[one.law],
            one.saved_cents,
            one.cost_cents,
            one.net_cents,
            contract_texts.ROLES[one.role],
        )
        for variant in VARIANTS
        for one in found.balances(variant)
    ]
    amounts = (Column(SCENARIO[name], "euro") for name in ("saved", "cost", "net"))
    columns = (Column(SCENARIO["variant"]), Column(SCENARIO["law"]), *amounts, Column(SCENARIO["role"]))
    return Sheet("per_wet", SCENARIO["laws"], columns, tuple(rows), note=SCENARIO["more_use"])


def rows(found: Outcome) -> Sheet:
    """Return every variant, year, intervention and law: what all other tables add up."""
    titles = {one.id: one.title for one in found.scenario.intervention}
    every = []
    for r in found.rows:
        told = contract_texts.VARIANTS[r.variant], r.year, titles[r.intervention], contract_texts.LAWS[r.law]
        every.append((*told, r.saved_cents, r.cost_cents, r.net_cents))
    texts = (Column(SCENARIO["variant"]), Column(SCENARIO["year"], "year"), Column(SCENARIO["intervention"]))
    amounts = (Column(SCENARIO[name], "euro") for name in ("saved", "cost", "net"))
    return Sheet("alle_jaren", SCENARIO["rows"], (*texts, Column(SCENARIO["law"]), *amounts), tuple(every))


def as_text(found: Outcome) -> str:
    """Return what there is to mind first, then the matrices, the outcome, who invests and benefits, and the sources."""
    one = found.scenario
    title = contract_texts.years_of(one.title, one.start, one.start + one.years - 1)
    parts = ["\n".join([*found.notes, SCENARIO["undiscounted"]]), title]
    sheets = [*(matrix(found, variant) for variant in VARIANTS), outcomes(found), balances(found)]
    parts += ["\n".join(t for t in (sheet.title, sheet.note, sheet.as_text()) if t) for sheet in sheets]
    parts.append("\n".join([SCENARIO["sources"], *(f"- {text}" for text in sources(one))]))
    return "\n\n".join(parts)


def as_json(found: Outcome) -> str:
    """Return the matrices, totals, balances and every row as one JSON object; amounts are euros."""
    one = found.scenario
    content: dict[str, Any] = {
        "notes": [*found.notes, SCENARIO["undiscounted"]],
        "made_up": one.made_up,
        "id": one.id,
        "title": one.title,
        "start": one.start,
        "years": one.years,
        "variants": {
            variant: {
                "matrix": found.matrix(variant).to_dict("index"),
                "net_eur": found.net_cents(variant) / 100,
                "payback_year": found.payback_year(variant),
                "laws": [
                    {
                        "law": b.law,
                        "saved_eur": b.saved_cents / 100,
                        "cost_eur": b.cost_cents / 100,
                        "net_eur": b.net_cents / 100,
                        "role": b.role,
                    }
                    for b in found.balances(variant)
                ],
            }
            for variant in VARIANTS
        },
        "rows": found.table().to_dict("records"),
        "sources": sources(one),
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def write_csv(found: Outcome, path: Path) -> None:
    """Write every row as CSV, with what there is to mind and the sources above it (lines that begin with #)."""
    told = [f"{SCENARIO['sources']}: {text}" for text in sources(found.scenario)]
    content = rows(found).as_csv([found.scenario.title, *found.notes, SCENARIO["undiscounted"], *told])
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(content, encoding="utf-8", newline="")
    draft.replace(path)


def sources(one: Scenario) -> list[str]:
    """Return each source, with the numbers of the scenario that come from it."""
    found: dict[str, dict[str, None]] = {}
    for what, source in _sources(one):
        found.setdefault(source, {})[what] = None
    return [f"{source}: {'; '.join(whats)}" for source, whats in found.items()]


def _sources(one: Scenario) -> Iterator[tuple[str, str]]:
    uses = {use.id: use.title for use in one.use}
    for segment in one.segment:
        yield segment.title, segment.source
    for use in one.use:
        yield use.title, use.source
    for intervention in one.intervention:
        for effect in intervention.effect:
            yield f"{intervention.title}, {uses[effect.use]}", effect.source
        for cost in intervention.cost:
            yield f"{intervention.title}, {contract_texts.LAWS[cost.law]}", cost.source
