"""The expression language of mappings: Python's grammar, a white list, compiled to Ibis."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from analytics.core.errors import ContractViolation
from data.sources.functions import FUNCTIONS, Function, Rows, add, alike, divide, multiply
from data.sources.problems import closest, listed
from data.sources.values import NUMBER, Computed, any_failed, number

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
}
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; ``columns`` are the source columns that it reads."""

    text: str
    tree: ast.expr
    columns: tuple[str, ...]


def parse_expression(source: str) -> Expression:
    """Parse and check ``source`` without knowing any column.

    Raises ContractViolation: expression_syntax, expression_not_allowed, unknown_function or wrong_arguments.
    """
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError as error:
        raise ContractViolation("expression_syntax", value=source, reason=error.msg) from None
    _check(tree, source)
    return Expression(source, tree, tuple(dict.fromkeys(_columns(tree))))


def compute(expression: Expression, rows: Rows) -> Computed:
    """The expression over ``rows``; raises ContractViolation ``unknown_source_column``."""
    return _compute(expression.tree, rows)


def column_of(rows: Rows, name: str) -> Computed:
    """A source column; raises ContractViolation ``unknown_source_column`` that lists what exists, or ``nested_column``
    for one that holds lists or maps.
    """
    if name not in rows.table.columns:
        known = [column for column in rows.table.columns if not column.startswith("__")]
        raise ContractViolation("unknown_source_column", value=name, close=closest(name, known), known=listed(known))
    kind = rows.table[name].type()
    if kind.is_nested():
        raise ContractViolation("nested_column", value=name, kind=kind)
    return Computed(rows.table[name])


def _check(node: ast.expr, source: str) -> None:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None):
            return
        case ast.Name() | ast.Attribute(value=ast.Name()):
            return
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str())], keywords=[]):
            return
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, arguments, source)
        case _:
            _check_all(_operands(node, source), source)


def _operands(node: ast.expr, source: str) -> list[ast.expr]:
    match node:
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple(elts=items)]):
            return [left, *items]
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _COMPARISONS:
            return [left, right]
        case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, _ARITHMETIC):
            return [left, right]
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            return [operand]
        case ast.BoolOp(values=values):
            return values
    raise ContractViolation("expression_not_allowed", value=source, found=ast.unparse(node))


def _check_all(nodes: list[ast.expr], source: str) -> None:
    for node in nodes:
        _check(node, source)


def _check_call(name: str, arguments: list[ast.expr], source: str) -> None:
    function = FUNCTIONS.get(name)
    if function is None:
        close = ", ".join(difflib.get_close_matches(name, FUNCTIONS, n=3, cutoff=0.5))
        known = ", ".join(["col", *FUNCTIONS])
        raise ContractViolation("unknown_function", value=source, function=name, close=close, known=known)
    if not function.accepts(len(arguments)):
        raise ContractViolation("wrong_arguments", value=source, function=name, usage=function.usage)
    for position, argument in enumerate(arguments):
        letter = function.letter(position)
        if letter == "v":
            _check(argument, source)
        elif not isinstance(_constant(argument), int if letter == "i" else str):
            raise ContractViolation("wrong_arguments", value=source, function=name, usage=function.usage)


def _constant(node: ast.expr) -> object:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value if isinstance(node.operand.value, int) else None
    return node.value if isinstance(node, ast.Constant) else None


def _columns(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=ast.Name(id=file), attr=name):
            yield f"{file}.{name}"
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str(name))]):
            yield name
        case ast.Call(args=arguments):
            for argument in arguments:
                yield from _columns(argument)
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _columns(child)


def _compute(node: ast.expr, rows: Rows) -> Computed:
    match node:
        case ast.Constant(value=value):
            return Computed(_literal(value))
        case ast.Name() | ast.Attribute() | ast.Call(func=ast.Name(id="col")):
            return column_of(rows, next(_columns(node)))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(FUNCTIONS[name], arguments, rows)
    return _operation(node, rows)


def _operation(node: ast.expr, rows: Rows) -> Computed:
    match node:
        case ast.BinOp(left=left, op=operator, right=right):
            return _arithmetic(operator, _compute(left, rows), _compute(right, rows))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _compute(operand, rows)
            return Computed(~inner.value, inner.failed)
        case ast.UnaryOp(operand=operand):
            return add(Computed(_literal(0)), _compute(operand, rows), subtract=True)
        case ast.BoolOp(op=operator, values=values):
            return _both(operator, [_compute(value, rows) for value in values])
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compare(operator, left, right, rows)
    raise AssertionError(ast.dump(node))


def _literal(value: object) -> ir.Value:
    if isinstance(value, (bool, str)):
        return ibis.literal(value)
    if value is None:
        return ibis.null()
    return ibis.literal(Decimal(repr(value)), type=NUMBER)


def _call(function: Function, arguments: list[ast.expr], rows: Rows) -> Computed:
    given = [
        _compute(argument, rows) if function.letter(position) == "v" else _constant(argument)
        for position, argument in enumerate(arguments)
    ]
    return function.build(rows, *given)


def _arithmetic(operator: ast.operator, one: Computed, other: Computed) -> Computed:
    if isinstance(operator, ast.Mult):
        return multiply(one, other)
    if isinstance(operator, ast.Div):
        return divide(one, other)
    return add(one, other, subtract=isinstance(operator, ast.Sub))


def _both(operator: ast.boolop, parts: list[Computed]) -> Computed:
    combine = ibis.and_ if isinstance(operator, ast.And) else ibis.or_
    return Computed(combine(*(part.value for part in parts)), any_failed(*parts))


def _compare(operator: ast.cmpop, left: ast.expr, right: ast.expr, rows: Rows) -> Computed:
    if isinstance(right, ast.Tuple):
        first, *items = alike(_compute(left, rows), *(_compute(item, rows) for item in right.elts))
        found = first.value.isin([item.value for item in items])
        return Computed(~found if isinstance(operator, ast.NotIn) else found, any_failed(first, *items))
    one, other = alike(_compute(left, rows), _compute(right, rows))
    if one.value.type().is_decimal() and not other.value.type().is_decimal():
        other = number(other)
    return Computed(getattr(one.value, _COMPARISONS[type(operator)])(other.value), any_failed(one, other))
