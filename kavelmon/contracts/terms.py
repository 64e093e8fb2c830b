"""Terms that people agree on and write down as TOML: every fault of a file is found at once, at its own key.

A declaration of the catalogue is right or wrong key by key. Terms hang together too (shares that may not exceed the
whole, years that follow each other), so what lies between keys is checked also where some of the keys are wrong.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from kavelmon import declarations
from kavelmon.contracts.money import MOST_EUR
from kavelmon.model import CatalogueError

_T = TypeVar("_T", bound="Terms")


class Fault(NamedTuple):
    """What is wrong between keys: where, what was found, and what is allowed."""

    key: tuple[str | int, ...]
    found: Any
    text: str


def refused(text: str) -> PydanticCustomError:
    """Return the refusal of one value, to be raised by its validator."""
    return PydanticCustomError("refused", "{text}", {"text": text})  # type: ignore[arg-type]


def within(low: Any, high: Any, text: str) -> AfterValidator:
    """Return a validator of numbers from `low` to `high`; `text` says what is allowed and what to do."""

    def check(value: Decimal) -> Decimal:
        if not Decimal(str(low)) <= value <= Decimal(str(high)):
            raise refused(text)
        return value

    return AfterValidator(check)


def _whole_cents(value: Decimal) -> Decimal:
    if not 0 < value <= MOST_EUR or value != round(value, 2):
        raise refused(f"an amount is in euros, above 0 and at most {MOST_EUR}, with at most two decimals")
    return value


def _two_decimals(value: Decimal) -> Decimal:
    if abs(value) > MOST_EUR or value != round(value, 2):
        raise refused(f"an amount is in euros, at most {MOST_EUR}, with at most two decimals")
    return value


def _not_below_zero(value: Decimal) -> Decimal:
    if value < 0:
        raise refused("a cost is in euros, not below 0; a reduction goes into saving")
    return value


MADE_UP = "rekenvoorbeeld"  # with which the source of an invented number begins


def _source(value: str) -> str:
    if not value.strip():
        raise refused('is empty; say where the number comes from, or "rekenvoorbeeld, verzonnen"')
    return value


def made_up(sources: Iterable[str]) -> bool:
    """Tell whether any number is said to be invented.

    Examples
    --------
    >>> made_up(["CBS", "Rekenvoorbeeld, verzonnen"]), made_up(["CBS"])
    (True, False)
    """
    return any(source.strip().casefold().startswith(MADE_UP) for source in sources)


def _any(value: Any) -> Any:
    if not value:
        raise refused("is empty; give at least one")
    return value


# pydantic's own minimum would count what is left after wrong items, and say of one wrong item that there is none
SOME = AfterValidator(_any)
Sentence = Annotated[str, Field(min_length=1)]
Share = Annotated[Decimal, within(0, 1, "a share is a number from 0 to 1; write 30 % as 0.3")]
Rate = Annotated[Decimal, within(0, "0.25", "a rate per year is a number from 0 to 0.25; write 4 % as 0.04")]
Amount = Annotated[Decimal, AfterValidator(_whole_cents)]
Signed = Annotated[Decimal, AfterValidator(_two_decimals)]
Euros = Annotated[Decimal, AfterValidator(_not_below_zero), AfterValidator(_two_decimals)]
Source = Annotated[str, AfterValidator(_source)]


class Terms(BaseModel):
    """A table of terms; a subclass says in `_between` what must hold between its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def _between(cls, parts: Mapping[str, Any]) -> Iterable[Fault]:
        """Return what is wrong between keys.

        `parts` has only those that are right by themselves; of a table with a fault, its right keys (as a dict).
        """
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault(cls, given: Any, handler: Callable[[Any], Self]) -> Self:
        if isinstance(given, cls):
            return given
        faults: list[InitErrorDetails] = []
        try:
            made = handler(given)
            parts = {name: getattr(made, name) for name in cls.model_fields}
        except ValidationError as error:
            faults = [_said(cls, e) for e in error.errors()]
            if not isinstance(given, Mapping):
                raise
            parts = _sound(cls, given, [e["loc"] for e in error.errors()])
        faults += [
            InitErrorDetails(type=refused(fault.text), loc=fault.key, input=fault.found)
            for fault in cls._between(parts)
        ]
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return made


def _said(cls: type[Terms], error: Any) -> InitErrorDetails:
    """Return a fault of one key again, with the keys of its own table where there is no such key."""
    text, kind = error["msg"], error["type"]
    if kind == "extra_forbidden" and len(error["loc"]) == 1:  # longer: the table below has said it already
        near = declarations.near(str(error["loc"][0]), cls.model_fields)
        text, kind = f"no such key; nearest: {near}; allowed: {', '.join(cls.model_fields)}", "refused"
    elif kind == "missing":
        text = "missing; give it"
    return InitErrorDetails(
        type=PydanticCustomError(kind, "{text}", {"text": text}), loc=error["loc"], input=error["input"]
    )


def _sound(cls: type[Terms], given: Mapping[str, Any], wrong: list[tuple[str | int, ...]]) -> dict[str, Any]:
    """Return the keys that are right by themselves, or have a default; `wrong` are the places of faults."""
    found: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        below = [place[1:] for place in wrong if place[:1] == (name,)]
        table = field.annotation
        if below and isinstance(table, type) and issubclass(table, Terms) and isinstance(given.get(name), Mapping):
            found[name] = _sound(table, given[name], below)
        elif not below and name in given:
            found[name] = TypeAdapter(field.rebuild_annotation()).validate_python(given[name])
        elif not below and not field.is_required():
            found[name] = field.get_default(call_default_factory=True, validated_data={})
    return found


def at(parts: Mapping[str, Any], *keys: str) -> Any:
    """Return what stands at keys of tables, or None where it is not there or is wrong."""
    found: Any = parts
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else getattr(found, key, None)
    return found


def read(
    path: Path, cls: type[_T], begin: str, also: Callable[[Mapping[str, Any]], Iterable[Fault]] = lambda _: ()
) -> _T:
    """Read one file of terms; its name is the id.

    Parameters
    ----------
    begin
        What to do where there is no such file.
    also
        Returns what is wrong with the file beside something else, from its content as TOML gives it.

    Raises
    ------
    CatalogueError
        One line per fault: file, key, what was found, what is allowed.
    """
    if not path.is_file():
        raise CatalogueError(f"{path}: no such file; {begin}")
    faults: list[str] = []
    found = declarations.read_file(path, path.name, cls, faults)
    for fault in also(_raw(path)):
        faults.append(f"{path.name}: {'.'.join(map(str, fault.key))} = {fault.found!r}: {fault.text}")
    if found is None or faults:
        raise CatalogueError(f"{len(faults)} fault(s) in {path.name}:\n" + "\n".join(faults))
    return found


def _raw(path: Path) -> Mapping[str, Any]:
    """Return the content of a file; nothing where it is no TOML, which has been said by then."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
