"""From the tree of an expression to functions that call one another: an expression is read once and evaluated many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache

from ....documents.fhir_tree import Node
from ....model import Text
from . import boundaries, collecting, numbers, resources, strings
from .collecting import is_in, united
from .evaluation import Context, Frame, Items, Step
from .failures import FhirPathError, NotEvaluatedError
from .quantities import UCUM
from .syntax import Binary, Call, Constant, Dot, Expression, Index, Literal, Member, Sign, Special, TypeTest, parse
from .types import CHOICE_NAMES, SYSTEM_TYPES, TypeName, children_named, is_subtype
from .values import equal, equivalent, order, single, truth, type_name, value_of

FUNCTIONS = {**collecting.FUNCTIONS, **strings.FUNCTIONS, **numbers.FUNCTIONS, **resources.FUNCTIONS, **boundaries.FUNCTIONS}
TYPE_FUNCTIONS = ("is", "as", "ofType")
_OVER_ITEMS = frozenset({"where", "select", "all", "exists", "repeat"})  # their arguments see an item, nothing around it
_FIXED = {"ucum": UCUM, "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}
_NAMED = {"vs-": "http://hl7.org/fhir/ValueSet/", "ext-": "http://hl7.org/fhir/StructureDefinition/"}


class Compiled:
    """An expression, ready. text: as written; tree: as read; reason: why its last truth could not be told."""

    def __init__(self, text: str, tree: Expression, step: Step) -> None:
        self.text = text
        self.tree = tree
        self.reason = Text("", "")
        self._step = step

    def __repr__(self) -> str:
        return f"Compiled({self.text!r})"

    def evaluate(self, node: Node, context: Context) -> Items:
        """The items it gives on this node. Raises NotEvaluatedError."""
        this: Items = [node]
        return self._step(this, Frame(context, node, this))

    def truth(self, node: Node, context: Context) -> bool | None:
        """Whether it holds as an invariant. None: it could not be evaluated, for the `reason` it then has.

        An empty result does not hold. What does not hold while the order of two values was left open, `@2020 <= @2020-05`, is not
        held against the resource.
        """
        context.undecided = None
        try:
            found = truth(self.evaluate(node, context), context, "an invariant")
        except NotEvaluatedError as error:
            self.reason = error.told
            return None
        except RecursionError:
            self.reason = Text("la ressource est trop profonde", "the resource is nested too deeply")
            return None
        if not found and context.undecided:
            self.reason = context.undecided
            return None
        return bool(found)


class Further:
    """Functions beside those of FHIRPath, by name: what is called with items, arguments and frame, fewest and most arguments.

    One for the life of the process: expressions are remembered with it.
    """

    def __init__(self, table: Mapping[str, tuple[Callable[..., Items], int, int]]) -> None:
        self.table = table


_NONE = Further({})


@lru_cache(maxsize=8192)
def compile(expression: str, further: Further = _NONE) -> Compiled:
    """Raises FhirPathError, with the column, when it is no FHIRPath or calls what no evaluation knows.

    further: functions that it may call too.
    """
    tree = parse(expression)
    return Compiled(expression, tree, _Compiler(expression, further).step(tree))


class _Compiler:
    def __init__(self, text: str, further: Further) -> None:
        self._text = text
        self._further = further.table
        self._in_remembered = False

    def step(self, tree: Expression, *, after_dot: bool = False) -> Step:
        if not self._in_remembered and not after_dot and not isinstance(tree, Constant) and _depends_on_resource_only(tree):
            self._in_remembered = True
            step = _remembered(self._made(tree, after_dot))
            self._in_remembered = False
            return step
        return self._made(tree, after_dot)

    def _made(self, tree: Expression, after_dot: bool) -> Step:
        match tree:
            case Literal():
                return _literal(tree.value)
            case Member():
                return _children(tree.name) if after_dot or not tree.name[:1].isupper() else _type_or_children(tree.name)
            case Call():
                return self._call(tree)
            case Special():
                return _special(tree.name)
            case Constant():
                return _constant(tree.name)
            case Dot():
                return _chained(self.step(tree.left), self.step(tree.right, after_dot=True))
            case Index():
                return _indexed(self.step(tree.left), self.step(tree.position))
            case Sign():
                return self._signed(tree)
            case TypeTest():
                return _typed(tree.operator, self.step(tree.left), tree.namespace, tree.type)
            case Binary():
                return self._binary(tree)

    def _call(self, tree: Call) -> Step:
        if tree.name in TYPE_FUNCTIONS:
            namespace, name = self._type_argument(tree)
            return _typed(tree.name, lambda items, _: items, namespace, name)
        known = FUNCTIONS.get(tree.name) or self._further.get(tree.name)
        if known is None:
            raise FhirPathError(f"there is no function {tree.name}()", tree.at, self._text)
        function, fewest, most = known
        if not fewest <= len(tree.arguments) <= most:
            counted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise FhirPathError(f"{tree.name}() takes {counted} arguments, {len(tree.arguments)} are given", tree.at, self._text)
        arguments = tuple(self.step(argument) for argument in tree.arguments)
        call: Callable[..., Items] = function  # type: ignore[assignment]
        if not arguments:
            return lambda items, frame: call(items, (), frame)
        return lambda items, frame: call(items, arguments, frame)

    def _type_argument(self, tree: Call) -> tuple[str, str]:
        match tree.arguments:
            case (Member(name=name),):
                return "", name
            case (Literal(value=str(name)),):
                return "", name
            case (Dot(left=Member(name=namespace), right=Member(name=name)),):
                return namespace, name
        raise FhirPathError(f"{tree.name}() takes the name of a type", tree.at, self._text)

    def _signed(self, tree: Sign) -> Step:
        operand = self.step(tree.operand)
        if tree.sign == "+":
            return operand
        step: Step = lambda items, frame: numbers.negated(operand(items, frame), frame)  # noqa: E731
        if not isinstance(tree.operand, Literal):
            return _Descending(operand, step)
        return step

    def _binary(self, tree: Binary) -> Step:
        sign, left, right = tree.operator, self.step(tree.left), self.step(tree.right)
        if sign in _LOGIC:
            return _LOGIC[sign](left, right)
        if sign == "=" and isinstance(tree.right, Literal) and isinstance(tree.right.value, str):
            return _equals_text(left, tree.right.value)
        if sign in ("=", "!="):
            return _equality(left, right, negated=sign == "!=")
        if sign in ("~", "!~"):
            wanted = sign == "~"
            return lambda items, frame: [equivalent(left(items, frame), right(items, frame), frame.context) is wanted]
        if sign in _ORDERS:
            return _ordered(sign, left, right)
        if sign == "|":
            return lambda items, frame: united(left(items, frame), right(items, frame), frame)
        if sign == "in":
            return lambda items, frame: is_in(left(items, frame), right(items, frame), frame, "in")
        if sign == "contains":
            return lambda items, frame: is_in(right(items, frame), left(items, frame), frame, "contains")
        return lambda items, frame: numbers.operate(sign, left(items, frame), right(items, frame), frame)


class _Descending:
    """`-x`: a number turned round, and in `sort()` the other way round."""

    def __init__(self, operand: Step, negated: Step) -> None:
        self.operand, self.negated = operand, negated

    def __call__(self, items: Items, frame: Frame) -> Items:
        return self.negated(items, frame)


def _depends_on_resource_only(tree: Expression) -> bool:
    """Whether it begins at %resource or %rootResource and gives the same for each node of the resource."""
    match tree:
        case Constant(name=name):
            return name in ("resource", "rootResource")
        case Dot(left=left, right=Member()):
            return _depends_on_resource_only(left)
        case Dot(left=left, right=Call(name=name, arguments=arguments)):
            over_items = name in _OVER_ITEMS and not any(_names_context(said) for said in arguments)
            plain = name in TYPE_FUNCTIONS or over_items or all(isinstance(said, Literal) for said in arguments)
            return plain and _depends_on_resource_only(left) and name not in ("now", "memberOf")
        case Binary(operator="|", left=left, right=right):
            return _depends_on_resource_only(left) and _depends_on_resource_only(right)
    return False


def _names_context(tree: object) -> bool:
    """Whether some part of it is `%context`, which is another node each time."""
    if isinstance(tree, Constant):
        return tree.name == "context"
    if isinstance(tree, tuple):
        return any(_names_context(part) for part in tree)
    return is_dataclass(tree) and any(_names_context(getattr(tree, part.name)) for part in fields(tree))


def _remembered(step: Step) -> Step:
    def remembering(items: Items, frame: Frame) -> Items:
        mark = (step, frame.context.within or frame.start.resource)
        known = frame.context.remembered.get(mark)
        if known is None:
            known = frame.context.remembered[mark] = step(items, frame)
        return known

    return remembering


def _literal(value: object) -> Step:
    found = [] if value is None else [value]
    return lambda _, __: found


def _chained(left: Step, right: Step) -> Step:
    return lambda items, frame: right(left(items, frame), frame)


def _children(name: str) -> Step:
    if name in CHOICE_NAMES or name in ("name", "namespace"):
        return lambda items, _: _any_children(items, name)

    def plain(items: Items, _: Frame) -> Items:
        if len(items) == 1:
            item = items[0]
            return item.children.get(name, []) if isinstance(item, Node) else []
        return [child for item in items if isinstance(item, Node) and name in item.children for child in item.children[name]]

    return plain


def _any_children(items: Items, name: str) -> Items:
    found: Items = []
    for item in items:
        if isinstance(item, Node):
            children = children_named(item, name)
            if children:
                found += children
            elif name == "value" and item.value is not None:
                found.append(item.value)
        elif isinstance(item, TypeName) and name in ("name", "namespace"):
            found.append(getattr(item, name))
    return found


def _type_or_children(name: str) -> Step:
    """At its beginning, an expression may name the type of what it begins with."""

    def step(items: Items, frame: Frame) -> Items:
        found: Items = []
        for item in items:
            if isinstance(item, Node):
                typed = is_subtype(frame.context.typing.type_of(item), name)
                found += [item] if typed else item.children.get(name, [])
        return found

    return step


def _special(name: str) -> Step:
    if name == "this":
        return lambda _, frame: frame.this
    if name == "index":
        return lambda _, frame: [frame.index]
    return lambda _, frame: frame.total


def _constant(name: str) -> Step:
    if name == "resource":
        return lambda _, frame: [frame.context.within or frame.start.resource]
    if name == "rootResource":
        return lambda _, frame: [resources.root_resource(frame.context.within or frame.start)]
    if name == "context":
        return lambda _, frame: [frame.start]
    if name in _FIXED:
        return _literal(_FIXED[name])
    for prefix, url in _NAMED.items():
        if name.startswith(prefix):
            return _literal(url + name.removeprefix(prefix))

    def variable(_: Items, frame: Frame) -> Items:
        if name not in frame.context.variables:
            raise NotEvaluatedError(f"%{name} n'a pas de valeur", f"%{name} has no value")
        value = frame.context.variables[name]
        return value if isinstance(value, list) else [value]

    return variable


def _indexed(left: Step, position: Step) -> Step:
    def step(items: Items, frame: Frame) -> Items:
        found, at = left(items, frame), position(frame.this, frame)
        if not at:
            return []
        number = value_of(single(at, "[ ]"), frame.context)
        if not isinstance(number, int) or isinstance(number, bool):
            raise NotEvaluatedError("un indice est un entier", "an index is an integer")
        return found[number : number + 1] if number >= 0 else []

    return step


def _place(item: object) -> str:
    return item.path if isinstance(item, Node) else repr(item)


def _typed(operator: str, left: Step, namespace: str, name: str) -> Step:
    def is_of_type(item: object, frame: Frame) -> bool:
        said = type_name(item, frame.context)
        if said.namespace == "System":
            return said.name == name and namespace in ("", "System")
        if not said.name:
            raise NotEvaluatedError(
                f"le type de {_place(item)} n'est pas connu sans les définitions de FHIR",
                f"the type of {_place(item)} is not known without the definitions of FHIR",
            )
        return namespace in ("", "FHIR") and is_subtype(said.name, name)

    if operator == "is":

        def test(items: Items, frame: Frame) -> Items:
            found = left(items, frame)
            return [is_of_type(single(found, "is"), frame)] if found else []

        return test
    if namespace == "System" or (not namespace and name in SYSTEM_TYPES and name != "Quantity"):
        # a primitive of FHIR is no System.String, but becomes one where one is asked for: profiles of R4 write `as String`
        def plain(items: Items, frame: Frame) -> Items:
            found = [value_of(item, frame.context) for item in left(items, frame)]
            return [value for value in found if not isinstance(value, Node) and is_of_type(value, frame)]

        return plain
    # `as` on several items is no error: the invariants of R4 (dom-3) use it as what came later as ofType().
    return lambda items, frame: [item for item in left(items, frame) if is_of_type(item, frame)]


# ------------------------------------------------------------------- operators


def _equals_text(left: Step, text: str) -> Step:
    wanted = _literal(text)([], None)  # type: ignore[arg-type]

    def step(items: Items, frame: Frame) -> Items:
        found = left(items, frame)
        if len(found) == 1 and isinstance(found[0], Node) and found[0].raw.__class__ is str:
            return [found[0].raw == text]
        result = equal(found, wanted, frame.context)
        return [] if result is None else [result]

    return step


def _equality(left: Step, right: Step, *, negated: bool) -> Step:
    def step(items: Items, frame: Frame) -> Items:
        result = equal(left(items, frame), right(items, frame), frame.context)
        return [] if result is None else [result is not negated]

    return step


_ORDERS: dict[str, tuple[int, ...]] = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0)}


def _ordered(sign: str, left: Step, right: Step) -> Step:
    wanted = _ORDERS[sign]

    def step(items: Items, frame: Frame) -> Items:
        result = order(left(items, frame), right(items, frame), frame.context, sign)
        return [] if result is None else [result in wanted]

    return step


def _boolean(step: Step, items: Items, frame: Frame, what: str) -> bool | None:
    found = step(items, frame)
    if len(found) == 1 and isinstance(found[0], bool):
        return found[0]
    return truth(found, frame.context, what)


def _and(left: Step, right: Step) -> Step:
    def step(items: Items, frame: Frame) -> Items:
        one = _boolean(left, items, frame, "and")
        if one is False:
            return [False]
        other = _boolean(right, items, frame, "and")
        if other is False:
            return [False]
        return [] if one is None or other is None else [True]

    return step


def _or(left: Step, right: Step) -> Step:
    def step(items: Items, frame: Frame) -> Items:
        one = _boolean(left, items, frame, "or")
        if one:
            return [True]
        other = _boolean(right, items, frame, "or")
        if other:
            return [True]
        return [] if one is None or other is None else [False]

    return step


def _xor(left: Step, right: Step) -> Step:
    def step(items: Items, frame: Frame) -> Items:
        one, other = _boolean(left, items, frame, "xor"), _boolean(right, items, frame, "xor")
        return [] if one is None or other is None else [one is not other]

    return step


def _implies(left: Step, right: Step) -> Step:
    def step(items: Items, frame: Frame) -> Items:
        one = _boolean(left, items, frame, "implies")
        if one is False:
            return [True]
        other = _boolean(right, items, frame, "implies")
        if other:
            return [True]
        return [] if one is None or other is None else [False]

    return step


_LOGIC = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
