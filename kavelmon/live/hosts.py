"""The publishers: where the hosts are that may be asked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from kavelmon.model import KavelmonError
from kavelmon.source_model import Host

# what a publisher answers never leads to another host
BASES: dict[str, str] = {host: f"https://{host}" for host in get_args(Host)}
VARIABLE = "KAVELMON_HOSTS"


@dataclass(frozen=True)
class Address:
    """What is asked: a host, a path on it as the publisher writes it, and a query."""

    host: str
    path: str
    query: str = ""

    @property
    def url(self) -> str:
        """The address as its publisher has it; by this an answer is known in the archive."""
        return self.at(BASES[self.host])

    def at(self, base: str) -> str:
        """Return the address below the base of another server, a mirror for instance."""
        return f"{base.rstrip('/')}{self.path}{'?' + self.query if self.query else ''}"


def bases(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return where each host is asked: as published, unless `given` or ``KAVELMON_HOSTS`` names a mirror.

    Raises
    ------
    KavelmonError
        For a host that is not known, or a variable that is not ``host=base host=base``.
    """
    named = dict(given or {})
    for part in os.environ.get(VARIABLE, "").split():
        host, sign, base = part.partition("=")
        if not sign or not base.startswith(("http://", "https://")):
            raise KavelmonError(
                f'{VARIABLE}: "{part}" names no mirror; allowed: host=http://address, with blanks between them'
            )
        named.setdefault(host, base)
    if unknown := sorted(named.keys() - BASES.keys()):
        raise KavelmonError(f'{VARIABLE}: "{unknown[0]}" is no host of a publisher; allowed: {", ".join(BASES)}')
    return {**BASES, **named}
