"""Sums and products of columns, as the catalogue writes them: ``k_65JaarOfOuder / AantalInwoners``."""

import ast
import operator
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from kavelmon.model import KavelmonError

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class ExpressionError(KavelmonError):
    """A formula holds more than column names, numbers and + - * / ( )."""


@cache
def _parse(text: str) -> tuple[ast.expr, dict[str, str]]:
    quoted: dict[str, str] = {}

    def stand_in(match: re.Match) -> str:
        quoted[f"_column{len(quoted)}"] = match[1]
        return f"_column{len(quoted) - 1}"

    code = re.sub(r"`([^`]+)`", stand_in, text)
    try:
        tree = ast.parse(code.strip(), mode="eval").body
    except SyntaxError:
        raise ExpressionError(f'"{text}" is no formula; use column names, numbers and + - * / ( )') from None
    for node in ast.walk(tree):
        allowed = isinstance(node, ast.BinOp | ast.Name | ast.operator | ast.expr_context) or (
            isinstance(node, ast.Constant) and type(node.value) in (int, float)
        )
        if not allowed or (isinstance(node, ast.BinOp) and type(node.op) not in _OPERATORS):
            raise ExpressionError(f'"{text}" holds more than column names, numbers and + - * / ( )')
    return tree, quoted


def names_in(text: str) -> set[str]:
    """Return the column names that a formula uses.

    Examples
    --------
    >>> sorted(names_in("0.7 * k_15Tot25Jaar + `65plus`"))
    ['65plus', 'k_15Tot25Jaar']
    """
    tree, quoted = _parse(text)
    return {quoted.get(n.id, n.id) for n in ast.walk(tree) if isinstance(n, ast.Name)}


def evaluate(text: str, columns: Mapping[str, Any]) -> Any:
    """Compute a formula over columns (arrays or numbers); missing (NaN) in any part makes the result missing.

    Raises
    ------
    KeyError
        A column that is not there.
    ExpressionError
        Not a formula.
    """
    tree, quoted = _parse(text)

    def value(node: ast.expr) -> Any:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Name):
            return columns[quoted.get(node.id, node.id)]
        assert isinstance(node, ast.Constant)
        return node.value

    return value(tree)
