"""What `kavelmon savings` prints."""

import json
import math

import pandas as pd

from kavelmon import declarations
from kavelmon.model import KavelmonError
from kavelmon.savings.case import Pre
from kavelmon.savings.panel import SOURCE
from kavelmon.savings.result import Estimate

_WHOLE = "{:,.0f}".format


def period(text: str) -> Pre | None:
    """Read a period before the start, as ``2015-2020``; None for an empty text.

    Raises
    ------
    KavelmonError
        A text that is not two years.

    Examples
    --------
    >>> period("2015-2020")
    (2015, 2020)
    """
    if not text:
        return None
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not (dash and first.isdecimal() and last.isdecimal()):
        raise KavelmonError(f'period "{text}"; write its first and last year, as 2015-2020')
    return int(first), int(last)


def least(text: str) -> float | str:
    """Read the least saving that counts: a share as ``0.02``, or ``placebo``; raises `KavelmonError`."""
    if text == "placebo":
        return text
    try:
        return float(text)
    except ValueError:
        raise KavelmonError(f'msr "{text}"; write a share of the expected cost, as 0.02, or placebo') from None


def as_json(found: Estimate) -> str:
    """Return everything that is known of an estimate as one JSON object; null where something cannot be told."""
    content = {
        "area": found.area,
        "title": found.title,
        "method": found.method,
        "reference": found.reference,
        "group": found.group,
        "pre": list(found.pre),
        "year": found.year,
        "start": found.start,
        "what_if": found.what_if,
        "verdict": {
            "kind": found.verdict.kind,
            "title": found.verdict.title,
            "reasons": list(found.verdict.reasons),
            "holds": found.verdict.holds,
            "of": found.verdict.of,
        },
        "payable": found.payable,
        "theta": found.theta,
        "expected_eur": found.expected_eur,
        "actual_eur": found.actual_eur,
        "difference_eur": found.difference_eur,
        "saving_eur": found.saving_eur,
        "share": found.share,
        "insured_years": found.insured,
        "p": found.p,
        "p_single": found.p_single,
        "interval": {"90": list(found.interval90), "95": list(found.interval95)},
        "msr": found.msr,
        "placebos": {
            "number": len(found.placebos),
            "sd": found.placebos.sd,
            "mean": found.placebos.mean,
            "side_by_side": found.apart,
        },
        "detectable": found.detectable,
        "pre_fit": found.fit,
        "span_eur": list(found.span),
        "checks": [{"name": c.name, "state": c.state, "text": c.text} for c in found.verdict.checks],
        "weights": found.weights,
        "pre_periods": found.pre_periods.to_dict("records"),
        "methods": found.methods.to_dict("records"),
        "by_year": found.by_year.to_dict("records"),
        "text": found.text,
        "least": found.least,
        "luck": found.luck,
        "notes": list(found.notes),
        "source": source(),
    }
    return json.dumps(_plain(content), ensure_ascii=False, indent=1, default=lambda scalar: scalar.item())


def _plain(content: object) -> object:
    """Return content with null for what is no number."""
    if isinstance(content, dict):
        return {str(k): _plain(v) for k, v in content.items()}
    if isinstance(content, list):
        return [_plain(v) for v in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def as_text(found: Estimate) -> str:
    """Return the verdict in words, then the numbers, every period before the start, and the methods side by side."""
    low, high = found.interval90
    rows: list[tuple[str, str]] = [
        ("theta", f"{found.theta:.6f}"),
        ("expected_eur", f"{found.expected_eur:,.2f}"),
        ("actual_eur", f"{found.actual_eur:,.2f}"),
        ("difference_eur" if math.isnan(found.saving_eur) else "saving_eur", f"{found.difference_eur:,.2f}"),
        ("share", f"{found.share:.4%}"),
        ("p", f"{found.p:.4f} (single gemeenten {found.p_single:.4f})"),
        (
            "interval",
            f"{low:,.0f} to {high:,.0f} (90 %), {found.interval95[0]:,.0f} to {found.interval95[1]:,.0f} (95 %)",
        ),
        ("placebo_sd", f"{found.placebos.sd:.4%} (mean {found.placebos.mean:.4%})"),
        ("detectable", f"{found.detectable:.2%} with 80 % power"),
        ("span", f"{found.span[0]:,.0f} to {found.span[1]:,.0f}"),
    ]
    lines = [f"{key:14} {text}" for key, text in rows if "nan" not in text.split("(")[0]]
    parts = [found.text, "\n".join(lines)]
    parts += [f"{c.name}: {c.state}. {c.text}" for c in found.verdict.checks]
    parts.append(f"{found.least} {found.luck}".strip())
    for table in (found.pre_periods, found.methods, found.by_year):
        if len(table):
            parts.append(_table(table))
    return "\n\n".join([part for part in [*parts, *found.notes[int(found.what_if) :], source()] if part])


def _table(table: pd.DataFrame) -> str:
    form = {
        name: _WHOLE if name.endswith("_eur") else "{:.4f}".format
        for name in table.columns
        if name.endswith("_eur") or name in ("theta", "share", "p", "msr")
    }
    return table.to_string(index=False, formatters=form, na_rep="-")


def source() -> str:
    """Return whose figures these are, and under which terms."""
    one = declarations.default().source(SOURCE)
    return f"{one.publisher}, {one.title}: {one.licence}"
