"""The part of OData's ``$filter`` that the publishers' services understand, over columns of text."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_]\w*)|(-?\d+(?:\.\d+)?)|([(),]))")
_COMPARE: dict[str, Callable[[object, object], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "ge": lambda a, b: a is not None and b is not None and a >= b,
    "gt": lambda a, b: a is not None and b is not None and a > b,
    "le": lambda a, b: a is not None and b is not None and a <= b,
    "lt": lambda a, b: a is not None and b is not None and a < b,
}
_TEXT: dict[str, Callable[..., object]] = {
    "substringof": lambda part, text: part in (text or ""),
    "contains": lambda text, part: part in (text or ""),
    "startswith": lambda text, part: (text or "").startswith(part),
    "endswith": lambda text, part: (text or "").endswith(part),
    "substring": lambda text, start, length=None: (text or "")[start:][:length],
    "tolower": lambda text: (text or "").lower(),
    "toupper": lambda text: (text or "").upper(),
    "trim": lambda text: (text or "").strip(),
}
Columns = Mapping[str, Sequence]
Mask = Callable[[Columns], np.ndarray]


class FilterError(ValueError):
    """A filter that the service does not understand."""


@dataclass(frozen=True)
class _Operand:
    column: str | None
    value: Callable[[object], object]


class Filter:
    """A parsed filter: `names` are the columns it looks at, `joints` the times it says ``or``."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self.names: set[str] = set()
        self.joints = 0
        self._mask = self._either()
        if self._at < len(self._tokens):
            raise FilterError(f"Syntax error at '{self._tokens[self._at]}' in '{text}'.")

    def __call__(self, columns: Columns) -> np.ndarray:
        """Say for each row whether it passes."""
        if absent := sorted(self.names - set(columns)):
            raise FilterError(f"Could not find a property named '{absent[0]}'.")
        return self._mask(columns)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._peek()
        if not token or (wanted and token != wanted):
            raise FilterError(f"Expected '{wanted or 'more'}', found '{token or 'the end'}'.")
        self._at += 1
        return token

    def _either(self) -> Mask:
        parts = [self._both()]
        while self._peek() == "or":
            self._take()
            self.joints += 1
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda columns: np.logical_or.reduce([p(columns) for p in parts])

    def _both(self) -> Mask:
        parts = [self._one()]
        while self._peek() == "and":
            self._take()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda columns: np.logical_and.reduce([p(columns) for p in parts])

    def _one(self) -> Mask:
        if self._peek() == "not":
            self._take()
            inner = self._one()
            return lambda columns: ~inner(columns)
        if self._peek() == "(":
            self._take()
            inner = self._either()
            self._take(")")
            return inner
        left = self._operand()
        word = self._peek()
        if word == "in":
            self._take()
            self._take("(")
            wanted = set(self._arguments(lambda: self._operand().value(None)))
            return _leaf(left, lambda value: left.value(value) in wanted)
        if word in _COMPARE:
            self._take()
            right, compare = self._operand(), _COMPARE[word]
            return _leaf(left, lambda value: compare(left.value(value), right.value(value)), right)
        return _leaf(left, lambda value: bool(left.value(value)))

    def _arguments(self, read: Callable[[], object]) -> list:
        found = [read()]
        while self._peek() == ",":
            self._take()
            found.append(read())
        self._take(")")
        return found

    def _operand(self) -> _Operand:
        token = self._take()
        if token.startswith("'"):
            text = token[1:-1].replace("''", "'")
            return _Operand(None, lambda _: text)
        if re.match(r"-?\d", token):
            number = float(token) if "." in token else int(token)
            return _Operand(None, lambda _: number)
        if token in ("null", "true", "false"):
            constant = {"null": None, "true": True, "false": False}[token]
            return _Operand(None, lambda _: constant)
        if self._peek() == "(":
            return self._call(token)
        if not re.match(r"[A-Za-z_]", token):
            raise FilterError(f"Syntax error at '{token}'.")
        self.names.add(token)
        return _Operand(token, lambda value: value)

    def _call(self, name: str) -> _Operand:
        if name not in _TEXT:
            raise FilterError(f"An unknown function with name '{name}' was found.")
        self._take("(")
        parts = self._arguments(self._operand)
        columns = [part.column for part in parts if part.column]
        function = _TEXT[name]
        return _Operand(columns[0] if columns else None, lambda value: function(*(p.value(value) for p in parts)))


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if not match:
            raise FilterError(f"Syntax error at position {at} in '{text}'.")
        found.append(next(group for group in match.groups() if group is not None))
        at = match.end()
    return found


def _leaf(left: _Operand, test: Callable[[object], bool], right: _Operand | None = None) -> Mask:
    columns = [o.column for o in (left, right) if o and o.column]
    if len(columns) != 1:
        raise FilterError("A comparison needs one property and one constant.")

    def mask(known: Columns) -> np.ndarray:
        values = known[columns[0]]
        # a column holds few different values: each is judged once
        try:
            passes = {value: bool(test(value)) for value in set(values)}
        except TypeError as error:
            raise FilterError(f"Incompatible types: {error}.") from None
        return np.fromiter(map(passes.__getitem__, values), bool, len(values))

    return mask
