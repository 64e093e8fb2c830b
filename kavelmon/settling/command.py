"""What `kavelmon waterfall` prints."""

import json
from typing import Any

from kavelmon import contract_texts
from kavelmon import report_texts as shown
from kavelmon import settling_texts as said
from kavelmon.savings.command import as_json as estimate_as_json
from kavelmon.settling import report, tables, words
from kavelmon.settling.figures import Settled

_TABLES = ("jaren", "te_verdelen", "verdeling", "naar_wie", "lening_en_fonds", "per_wet")


def as_text(settled: Settled) -> str:
    """Return what may be said first, then who gets what, per year and in all, what to mind, and what was assumed."""
    sheets = tables.sheets(settled)
    contract = settled.contract
    parts = ["\n".join(settled.first), f"{contract.title}: {settled.area.title}"]
    parts += [f"{one.year}: {one.text}" for one in settled.estimates]
    for name in _TABLES:
        if name in sheets:
            parts.append(f"{sheets[name].title} ({said.EURO})\n{sheets[name].as_text()}")
    if settled.notes:
        parts.append("\n".join([shown.REPORT["notes"], *(f"- {note}" for note in settled.notes)]))
    agreed = words.terms(contract, settled.area)
    for kind, title in said.KINDS_OF_TERMS.items():
        parts.append("\n".join([title, *(f"- {name}: {text}" for name, text, of in agreed if of == kind)]))
    if frozen := words.recorded(contract):
        parts.append(frozen)
    return "\n\n".join([*parts, "\n".join(report.terms(settled))])


def as_json(settled: Settled) -> str:
    """Return everything that is known of a settled contract as one JSON object; amounts are euros."""
    contract, result = settled.contract, settled.result
    content: dict[str, Any] = {
        "first": list(settled.first),
        "weak_years": list(settled.weak),
        "made_up": settled.made_up,
        "contract": contract.model_dump(mode="json"),
        "area": {"id": settled.area.id, "title": settled.area.title, "codes": list(settled.area.codes)},
        "years": [_year(one) for one in result.years],
        "totals": dict(zip(contract_texts.DESTINATIONS, (c / 100 for c in tables.totals(settled)), strict=True)),
        "payments": [
            {
                "year": p.year,
                "of_year": p.of_year,
                "line": p.line,
                "destination": p.destination,
                "party": p.party,
                "amount_eur": p.amount_cents / 100,
            }
            for p in result.payments
        ],
        "given": [
            {
                "year": one.statement.year,
                "status": one.statement.status,
                "source": one.source,
                "expected_eur": one.statement.expected_cents / 100,
                "actual_eur": one.statement.actual_cents / 100,
                "quality": _number(one.statement.quality),
                "laws": {law: {"expected_eur": e / 100, "actual_eur": a / 100} for law, (e, a) in one.per_law.items()},
                "indicators": [
                    {"id": i.id, "value": _number(i.value), "score": _number(i.score), "weight": float(i.weight)}
                    for i in (one.quality.indicators if one.quality else ())
                ],
            }
            for one in settled.given
        ],
        "tables": {name: sheet.records() for name, sheet in tables.sheets(settled).items() if name in _TABLES},
        "notes": list(settled.notes),
        "terms": [{"name": n, "text": text, "kind": kind} for n, text, kind in words.terms(contract, settled.area)],
        "estimates": [json.loads(estimate_as_json(one)) for one in settled.estimates],
        "sources": report.terms(settled),
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _year(one: Any) -> dict[str, Any]:
    names = [name for name in vars(one) if name.endswith("_cents")]
    return {
        "year": one.year,
        "status": one.status,
        "quality": _number(one.quality),
        "provider_share": _number(one.provider_share),
        **{f"{name.removesuffix('_cents')}_eur": getattr(one, name) / 100 for name in names},
        "notes": list(one.notes),
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
