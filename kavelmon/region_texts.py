"""Dutch sentences about regions that are lists of gemeenten, and about figures in another indeling."""

from collections.abc import Sequence

KINDS = {
    "GG": "GGD-regio",
    "ZK": "Zorgkantoorregio",
    "CR": "COROP-gebied",
    "PV": "Provincie",
    "VR": "Veiligheidsregio",
}
EQUAL, WITHIN, HOLDS, PARTLY, TOUCHES = "gelijk", "binnen", "bevat", "deels", "grenst aan"
OVERLAY = "benaderd: wijkgrenzen over elkaar gelegd, naar inwoners"


def listed(kind: str, year: int, first: int, derived: bool) -> str:
    """Say which list a region is by.

    Examples
    --------
    >>> listed("GG", 2023, 2016, True)
    'GGD-regio naar de gemeenten van 2023, afgeleid uit de lijst van 2016, geen officiële lijst.'
    """
    if derived:
        return f"{KINDS[kind]} naar de gemeenten van {year}, afgeleid uit de lijst van {first}, geen officiële lijst."
    return f"{KINDS[kind]} naar de lijst van {year}."


def counted_here(names: Sequence[tuple[str, float]]) -> str:
    """Say which gemeenten lie only for a part (0 to 1, by inhabitants) in a region that they are counted with."""
    return " ".join(
        f"{name} ligt er voor {_percent(share)} in, naar inwoners, en telt heel mee." for name, share in names
    )


def counted_elsewhere(names: Sequence[tuple[str, float]]) -> str:
    """Say which gemeenten lie for a part in a region and are counted with another one."""
    return " ".join(
        f"{name} ligt er voor {_percent(share)} in, naar inwoners, en telt niet mee." for name, share in names
    )


def not_certain(names: Sequence[str]) -> str:
    """Say of which gemeenten the list does not know for certain that they belong here."""
    return f"Van {', '.join(names)} is niet bevestigd dat het hierbij hoort." if names else ""


def moved(share: float) -> str:
    """Say how much (0 to 1) of a figure came through the division of a gemeente, by inhabitants."""
    return f"verdeling van een gemeente, naar inwoners: {_percent(share)} ervan"


def _percent(share: float) -> str:
    return "minder dan 1 %" if share < 0.01 else "meer dan 99 %" if 0.99 < share < 1 else f"{share * 100:.0f} %"
