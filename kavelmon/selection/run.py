"""Make a selection: every wijk or gemeente placed on the criteria, with a total, a rank, and how sure that rank is."""

import warnings
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from kavelmon import store
from kavelmon.criteria import Criteria, Proxy, read_criteria
from kavelmon.model import KavelmonError
from kavelmon.selection import matrix, scores
from kavelmon.selection import settings as asked
from kavelmon.selection.matrix import Column, Units
from kavelmon.selection.result import Selection
from kavelmon.selection.settings import Settings


def select_kavels(settings: Settings | None = None, criteria: Criteria | None = None, **given: object) -> Selection:
    """Place every wijk or gemeente of the Netherlands on the Delphi criteria.

    Parameters
    ----------
    settings
        What is asked for, all of it (`kavelmon.selection.settings.Settings`).
    criteria
        Other criteria than the bundled ones.
    given
        Or fields of the settings by name: ``weights={"urgentie": 2}``, ``level="GM"``, ``scale="z"``, ...

    Returns
    -------
    Selection
        ``frame`` has the units with rank and score (0 to 100, higher is more promising as a kavel), ``coverage`` the
        indicators, ``of("WK029401")`` what one score is made of.

    Raises
    ------
    KavelmonError
        Settings that are wrong; an indicator that has no figure or the same one everywhere; fewer than four groups.
    NotFoundError
        An unknown group, indicator, level or year.

    Notes
    -----
    The indicators and their weights are kavelmon's own choice, not HealthKIC's. Percentiles are weighted by what each
    figure is of; the method is that of the OECD/JRC *Handbook on Constructing Composite Indicators* (2008).
    """
    if settings is None:
        settings = asked.made(**given)
    elif given:
        raise KavelmonError(f"give settings, or {', '.join(given)} by name; not both")
    if text := asked.stale(settings, store.version()):
        warnings.warn(text, stacklevel=2)
    criteria = criteria or read_criteria()
    chosen = matrix.proxies(settings.indicators, criteria.proxies)
    if not settings.indicators:  # a source may be taken out: the score then stands on the rest
        chosen = [proxy for proxy in chosen if matrix.held(proxy)]
    base = matrix.units(settings.level, settings.year)
    measured = {criteria.group_of[proxy.id] for proxy in chosen}
    groups = [group.id for group in criteria.groups]
    weights = settings.weights_of(groups, measured)
    columns = tuple(_column(proxy, base, store.version()) for proxy in chosen)
    return _scored(settings, criteria, base, columns, weights)


@lru_cache(maxsize=256)
def _column(proxy: Proxy, base: Units, _held: str) -> Column:
    return matrix.column(proxy, base)


def _scored(
    settings: Settings, criteria: Criteria, base: Units, columns: Sequence[Column], weights: np.ndarray
) -> Selection:
    groups = [one.id for one in criteria.groups]
    group = np.array([groups.index(criteria.group_of[c.item.id]) for c in columns])
    importance = np.array([c.proxy.weight for c in columns])
    x = np.column_stack([c.value for c in columns])
    weight = np.column_stack([c.weight for c in columns])
    directions = [c.direction for c in columns]
    scored = scores.scored(x, weight, directions, settings.scale, [c.item.id for c in columns])
    # what is ranked is what is shown and passed on, here and in a browser
    decimals = scores.DECIMALS[settings.scale]
    grouped = scores.grouped(scored, importance, group, len(groups)).round(decimals)
    total = scores.totals(grouped, weights)
    low, high = scores.bounds(scored, importance, group, weights, settings.scale, total, decimals)
    return Selection(
        settings.model_copy(update={"store": store.version()}),
        criteria,
        base,
        tuple(columns),
        importance,
        group,
        weights,
        x,
        weight,
        scored,
        grouped,
        total,
        scores.ranks(total),
        low,
        high,
    )
