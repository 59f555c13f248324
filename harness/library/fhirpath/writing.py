"""FHIRPath as Python: one function for an expression, written from its tree.

What is written has the items of a step in a variable: a single item as itself, several as a list, a boolean as True, False or None
(empty), so that only what FHIRPath really gathers is gathered. What it calls is in checks/fhir/fhirpath/running.py; functions of
FHIRPath that are not written out here are called by name, with their arguments as functions of (items, frame).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass

from .failures import FhirPathError
from .further import FURTHER, Signature
from .names import CHOICE_NAMES, SYSTEM_TYPES, TYPE_FUNCTIONS, Mode
from .quantities import UCUM
from .syntax import Binary, Call, Constant, Dot, Expression, Index, Literal, Member, Sign, Special, TypeTest

_CLOCK = frozenset({"now", "today", "timeOfDay"})
_OVER_ITEMS = frozenset({"where", "select", "all", "exists", "repeat"})  # their arguments see an item, nothing around it
_FIXED = {"ucum": UCUM, "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}
_NAMED = {"vs-": "http://hl7.org/fhir/ValueSet/", "ext-": "http://hl7.org/fhir/StructureDefinition/"}
_TEXT_TESTS = {"startsWith": "{0}.startswith({1})", "endsWith": "{0}.endswith({1})", "contains": "{1} in {0}"}
_ON_TEXT = {"length": "len({0})", "upper": "{0}.upper()", "lower": "{0}.lower()", "trim": "{0}.strip()"}
_RESOURCE = "context.within or start.resource"
_DEEPEST = 12  # loops within loops; Python takes no more than twenty
_WIDEST = 40  # levels of indentation; Python takes no more than a hundred


@dataclass(frozen=True, slots=True)
class _Value:
    """What a step gave. kind: `one` item, `many` (a list), `truth` (True, False, None), `maybe` (an item or None).

    nodes: whether its items are nodes for sure; plain: `text` or `number` when it is a value of Python for sure; told: of a
    literal string, its value.
    """

    code: str
    kind: str = "many"
    nodes: bool = False
    plain: str = ""
    told: str | None = None


@dataclass(frozen=True, slots=True)
class _Scope:
    """this: `$this`; index, total: expressions of theirs; frame: whether the variable `frame` is the one of this place."""

    this: _Value
    index: str
    total: str
    frame: bool


def write(expression: Expression, text: str, mode: Mode, name: str = "made") -> str:
    """The source of a function of this name, which gives one of (node, context): the items, or the truth as an invariant.

    It takes `call`, which finds a function of FHIRPath by name, number of arguments and where in the text it is called.

    Raises FhirPathError when a function that takes a type is given none.
    """
    return _Writer(text).whole(expression, mode, name)


class _Writer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[str] = []
        self._top: list[str] = []
        self._indent = 2
        self._count = 0
        self._loops = 0
        self._remembering = False

    def whole(self, expression: Expression, mode: Mode, name: str) -> str:
        scope = _Scope(_Value("start", "one", nodes=True), "0", "EMPTY", frame=True)
        result = self._truth(expression, scope, "an invariant") if mode == "truth" else self._list(self._items(expression, scope))
        needs_frame = any("frame" in line for line in self._lines)
        head = ["        frame = Frame(context, start, [start])"] if needs_frame else []
        lines = [f"def {name}(call):", *self._top, "    def expression(start, context):", *head, *self._lines]
        return "\n".join([*lines, f"        return {result}", "    return expression", ""])

    # ---------------------------------------------------------- lines

    def _line(self, text: str) -> None:
        self._lines.append("    " * self._indent + text)

    def _name(self, letter: str = "v") -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _let(self, code: str, letter: str = "v") -> str:
        name = self._name(letter)
        self._line(f"{name} = {code}")
        return name

    def _fixed(self, code: str) -> str:
        """What is worked out once, when the expression is loaded."""
        name = self._name("k")
        self._top.append(f"    {name} = {code}")
        return name

    def _list(self, value: _Value) -> str:
        """As a list."""
        if value.kind == "one":
            return f"[{value.code}]"
        if value.kind in ("truth", "maybe"):
            return f"([] if {value.code} is None else [{value.code}])"
        return value.code

    def _held(self, value: _Value) -> str:
        """As a list in a variable."""
        return value.code if value.kind == "many" and value.code.isidentifier() else self._let(self._list(value))

    def _argument(self, tree: Expression) -> str:
        """A function of (items, frame) for a function of FHIRPath to call."""
        if isinstance(tree, Sign) and tree.sign == "-" and not isinstance(tree.operand, Literal):
            operand = self._argument(tree.operand)
            return self._fixed(f"Descending({operand})")
        if isinstance(tree, Literal):
            return self._fixed(f"always({self._literal_list(tree)})")
        kept = self._lines, self._indent, self._loops, self._remembering
        self._lines, self._indent, self._loops = [], 2, 0
        scope = _Scope(_Value("items"), "frame.index", "frame.total", frame=True)
        result = self._list(self._items(tree, scope))
        name = self._name("f")
        head = [f"    def {name}(items, frame):", "        start = frame.start", "        context = frame.context"]
        self._top += [*head, *self._lines, f"        return {result}"]
        self._lines, self._indent, self._loops, self._remembering = kept
        return name

    def _literal_list(self, tree: Literal) -> str:
        return "[]" if tree.value is None else f"[{tree.value!r}]"

    # ---------------------------------------------------------- items

    def _items(self, tree: Expression, scope: _Scope, focus: _Value | None = None) -> _Value:
        """focus: what stands before the dot."""
        if focus is None and not self._remembering and not isinstance(tree, Constant) and depends_on_resource_only(tree):
            return self._remembered(tree, scope, _RESOURCE)
        if focus is None and not self._remembering and not isinstance(tree, Literal) and told_by_clock(tree):
            return self._remembered(tree, scope, "None")
        if focus is None and self._indent > _WIDEST:
            return _Value(self._let(f"{self._argument(tree)}({self._list(scope.this)}, {self._frame(scope)})"))
        return self._written(tree, scope, focus)

    def _remembered(self, tree: Expression, scope: _Scope, of: str) -> _Value:
        mark = self._let(f"({self._fixed('object()')}, {of})", "m")
        found = self._let(f"context.remembered.get({mark})")
        self._line(f"if {found} is None:")
        self._indent += 1
        self._remembering = True
        inside = self._written(tree, scope, None)
        self._line(f"{found} = context.remembered[{mark}] = {self._list(inside)}")
        self._remembering = False
        self._indent -= 1
        return _Value(found, nodes=inside.nodes)

    def _written(self, tree: Expression, scope: _Scope, focus: _Value | None) -> _Value:
        match tree:
            case Literal():
                return self._literal(tree)
            case Member():
                if focus is None and tree.name[:1].isupper():
                    return self._type_or_children(scope.this, tree.name)
                return self._children(focus or scope.this, tree.name)
            case Call():
                return self._call(tree, focus or scope.this, scope)
            case Special(name="this"):
                return scope.this
            case Special(name="index"):
                return _Value(scope.index, "one")
            case Special():
                return _Value(scope.total)
            case Constant():
                return self._constant(tree.name)
            case Dot():
                return self._items(tree.right, scope, self._items(tree.left, scope))
            case Index():
                return self._indexed(tree, scope)
            case Sign():
                return self._signed(tree, scope)
            case TypeTest():
                return self._typed(tree.operator, self._items(tree.left, scope), tree.namespace, tree.type)
            case Binary():
                return self._binary(tree, scope)

    def _literal(self, tree: Literal) -> _Value:
        if tree.value is None:
            return _Value("EMPTY")
        code = repr(tree.value)  # of every value there is, what Python makes it from
        if isinstance(tree.value, str):
            return _Value(code, "one", plain="text", told=tree.value)
        return _Value(code if isinstance(tree.value, bool) else self._fixed(code), "one")

    def _children(self, focus: _Value, name: str) -> _Value:
        if focus.kind in ("truth", "maybe"):
            focus = _Value(self._held(focus))
        if name in CHOICE_NAMES or name == "namespace":
            if focus.kind == "one" and focus.nodes:
                found = self._let(f"{focus.code}.children.get({name!r})")
                self._line(f"if {found} is None:")
                self._line(f"    {found} = any_children([{focus.code}], {name!r})")
            else:
                code = self._list(focus)
                several = f"any_children({code}, {name!r})"
                one = f"{code} and (len({code}) == 1 and {code}[0].children.get({name!r}) or {several})"
                found = self._let(one if focus.nodes and code.isidentifier() else several)
            return _Value(found, nodes=focus.nodes and name != "value")
        if focus.kind == "one":
            guard = "" if focus.nodes else f" if isinstance({focus.code}, Node) else EMPTY"
            return _Value(self._let(f"{focus.code}.children.get({name!r}, EMPTY){guard}"), nodes=True)
        code = self._held(focus)
        if not focus.nodes:
            return _Value(self._let(f"children_of({code}, {name!r})"), nodes=True)
        one = f"{code}[0].children.get({name!r}, EMPTY)"
        return _Value(self._let(f"{one} if len({code}) == 1 else children_of({code}, {name!r})"), nodes=True)

    def _type_or_children(self, focus: _Value, name: str) -> _Value:
        code = f"typed_or_children({self._list(focus)}, {name!r}, context)"
        if focus.kind == "one" and focus.nodes:
            code = f"[{focus.code}] if {focus.code}.type == {name!r} else {code}"
        return _Value(self._let(code), nodes=True)

    def _constant(self, name: str) -> _Value:
        if name == "resource":
            return _Value(self._let(_RESOURCE), "one", nodes=True)
        if name == "rootResource":
            return _Value(self._let("root_resource(context.within or start)"), "one", nodes=True)
        if name == "context":
            return _Value("start", "one", nodes=True)
        told = _FIXED.get(name)
        for prefix, url in _NAMED.items():
            if told is None and name.startswith(prefix):
                told = url + name.removeprefix(prefix)
        if told is not None:
            return _Value(repr(told), "one", plain="text", told=told)
        return _Value(self._let(f"variable({name!r}, context)"))

    def _indexed(self, tree: Index, scope: _Scope) -> _Value:
        found = self._items(tree.left, scope)
        code = self._held(found)
        if isinstance(tree.position, Literal) and type(tree.position.value) is int:
            at = tree.position.value
            return _Value(self._let(f"{code}[{at}:{at + 1}]"), nodes=found.nodes)
        at_items = self._list(self._items(tree.position, scope))
        return _Value(self._let(f"indexed({code}, {at_items}, context)"), nodes=found.nodes)

    def _signed(self, tree: Sign, scope: _Scope) -> _Value:
        operand = self._items(tree.operand, scope)
        if tree.sign == "+":
            return operand
        return _Value(self._let(f"negated({self._list(operand)}, {self._frame(scope)})"))

    def _binary(self, tree: Binary, scope: _Scope) -> _Value:
        sign = tree.operator
        if sign in _TRUTHS or sign in ("in", "contains"):
            return _Value(self._truth(tree, scope, sign), "truth")
        left = self._held(self._items(tree.left, scope))
        right = self._list(self._items(tree.right, scope))
        if sign == "|":
            return _Value(self._let(f"united({left}, {right}, {self._frame(scope)})"))
        return _Value(self._let(f"operate({sign!r}, {left}, {right}, {self._frame(scope)})"))

    def _typed(self, operator: str, found: _Value, namespace: str, name: str) -> _Value:
        code = self._list(found)
        if operator == "is":
            return _Value(self._let(f"is_typed({code}, {namespace!r}, {name!r}, context)"), "truth")
        are_nodes = found.nodes and namespace != "System" and (namespace == "FHIR" or name not in SYSTEM_TYPES)
        return _Value(self._let(f"of_type({code}, {namespace!r}, {name!r}, context)"), nodes=are_nodes)

    def _frame(self, scope: _Scope) -> str:
        if scope.frame:
            return "frame"
        return f"Frame(context, start, {self._list(scope.this)}, {scope.index}, {scope.total})"

    # ---------------------------------------------------------- functions

    def _call(self, tree: Call, focus: _Value, scope: _Scope) -> _Value:
        name, arguments = tree.name, tree.arguments
        if name in TYPE_FUNCTIONS:
            namespace, type_ = self._type_argument(tree)
            return self._typed(name, focus, namespace, type_)
        writer = _OVER.get(name)
        if writer is not None and len(arguments) == 1 and self._loops < _DEEPEST:
            return writer(self, focus, arguments[0], scope)
        if not arguments:
            if name in ("empty", "exists", "count"):
                return self._counted(name, focus)
            if name == "not":
                return _Value(self._negated(self._as_truth(focus, "not()")), "truth")
            if name == "first":
                return focus if focus.kind == "one" else _Value(self._let(f"{self._held(focus)}[:1]"), nodes=focus.nodes)
            if name in _ON_TEXT:
                text = self._text_of(focus, f"{name}()")
                made = self._let(f"None if {text} is None else {_ON_TEXT[name].format(text)}")
                return _Value(made, "maybe", plain="number" if name == "length" else "text")
        if name == "replace" and len(texts := [told for one in arguments if (told := _text_told(one)) is not None]) == 2:
            text = self._text_of(focus, f"{name}()")
            old, new = texts
            return _Value(self._let(f"None if {text} is None else {text}.replace({old!r}, {new!r})"), "maybe", plain="text")
        if name in _TEXT_TESTS and len(arguments) == 1 and (other := _text_told(arguments[0])) is not None:
            text = self._text_of(focus, f"{name}()")
            return _Value(self._let(f"None if {text} is None else {_TEXT_TESTS[name].format(text, repr(other))}"), "truth")
        if name == "iif" and focus.kind == "one" and len(arguments) == 3 and _is_truth(arguments[0]):
            truths = [argument.value for argument in arguments[1:] if isinstance(argument, Literal)]
            if len(truths) == 2 and all(isinstance(value, bool) for value in truths):
                inner = _Scope(focus, scope.index, scope.total, frame=scope.frame and focus == scope.this)
                criterion = self._truth(arguments[0], inner, "iif()")
                return _Value(self._let(f"{truths[0]} if {criterion} else {truths[1]}"), "truth")
        return self._called(tree, focus, scope)

    def _called(self, tree: Call, focus: _Value, scope: _Scope) -> _Value:
        function = self._fixed(f"call({tree.name!r}, {len(tree.arguments)}, {tree.at})")
        if tree.name in FURTHER:
            return self._further(function, FURTHER[tree.name], tree.arguments, focus, scope)
        items = self._list(focus)
        names = [self._argument(argument) for argument in tree.arguments]
        fixed = all(isinstance(argument, Literal) for argument in tree.arguments)
        frame = "frame" if fixed else self._frame(scope)
        said = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
        return _Value(self._let(f"{function}({items}, {said}, {frame})"))

    def _further(
        self, function: str, signature: Signature, arguments: tuple[Expression, ...], focus: _Value, scope: _Scope
    ) -> _Value:
        texts = [self._as_written(self._items(argument, scope)) for argument in arguments]
        taken = [self._list(focus), "context"] if signature.takes == "items" else [self._as_written(focus)]
        made = self._let(f"{function}({', '.join([*taken, *texts])})")
        if signature.gives == "items":
            return _Value(made, nodes=True)
        return _Value(made, "truth") if signature.gives == "truth" else _Value(made, "one", plain=signature.gives)

    def _as_written(self, value: _Value) -> str:
        return value.code if value.kind == "one" and value.plain == "text" else f"written({self._list(value)})"

    def _type_argument(self, tree: Call) -> tuple[str, str]:
        match tree.arguments:
            case (Member(name=name),):
                return "", name
            case (Literal(value=str(name)),):
                return "", name
            case (Dot(left=Member(name=namespace), right=Member(name=name)),):
                return namespace, name
        raise FhirPathError(f"{tree.name}() takes the name of a type", tree.at, self._text)

    def _counted(self, name: str, focus: _Value) -> _Value:
        number = "number" if name == "count" else ""
        kind = "one" if number else "truth"
        if focus.kind == "one":
            return _Value({"empty": "False", "exists": "True", "count": "1"}[name], kind, plain=number)
        if focus.kind in ("truth", "maybe"):
            there = {"empty": f"{focus.code} is None", "exists": f"{focus.code} is not None"}
            return _Value(self._let(there.get(name) or f"int({focus.code} is not None)"), kind, plain=number)
        made = self._let({"empty": "not {}", "exists": "bool({})", "count": "len({})"}[name].format(self._held(focus)))
        return _Value(made, kind, plain=number)

    def _loop(self, focus: _Value, argument: Expression, scope: _Scope) -> tuple[_Scope, str]:
        """Opens a loop over the items of the focus."""
        item = self._name("i")
        index = "0"
        over = f"({focus.code},)" if focus.kind == "one" else self._list(focus)
        if mentions_index(argument):
            index = self._name("n")
            self._line(f"for {index}, {item} in enumerate({over}):")
        else:
            self._line(f"for {item} in {over}:")
        self._indent += 1
        self._loops += 1
        return _Scope(_Value(item, "one", nodes=focus.nodes), index, scope.total, frame=False), item

    def _close(self) -> None:
        self._indent -= 1
        self._loops -= 1

    def _where(self, focus: _Value, criteria: Expression, scope: _Scope) -> _Value:
        found = self._let("[]")
        inner, item = self._loop(focus, criteria, scope)
        holds = self._truth(criteria, inner, "criteria")
        self._line(f"if {holds}:")
        self._line(f"    {found}.append({item})")
        self._close()
        return _Value(found, nodes=focus.nodes)

    def _exists(self, focus: _Value, criteria: Expression, scope: _Scope) -> _Value:
        return self._counted("exists", self._where(focus, criteria, scope))

    def _select(self, focus: _Value, projection: Expression, scope: _Scope) -> _Value:
        found = self._let("[]")
        inner, _ = self._loop(focus, projection, scope)
        value = self._items(projection, inner)
        self._line(f"{found} += {self._list(value)}")
        self._close()
        return _Value(found, nodes=value.nodes)

    def _all(self, focus: _Value, criteria: Expression, scope: _Scope) -> _Value:
        result = self._let("True")
        inner, _ = self._loop(focus, criteria, scope)
        holds = self._truth(criteria, inner, "criteria")
        self._line(f"if {holds} is not True:")
        self._line(f"    {result} = False")
        self._line("    break")
        self._close()
        return _Value(result, "truth")

    def _text_of(self, focus: _Value, what: str) -> str:
        """The text of a collection in a variable, None when it is empty."""
        if focus.plain == "text":
            return focus.code if focus.code.isidentifier() else self._let(focus.code)
        return self._let(f"text_in({self._list(focus)}, context, {what!r})")

    # ---------------------------------------------------------- truths

    def _truth(self, tree: Expression, scope: _Scope, what: str) -> str:
        """An expression as a boolean in a variable: None when it is empty."""
        if isinstance(tree, Binary) and self._indent <= _WIDEST and (self._remembering or not depends_on_resource_only(tree)):
            if tree.operator in _LOGIC:
                return self._logic(tree, scope)
            if tree.operator in _TRUTHS:
                return self._compared(tree, scope)
            if tree.operator in ("in", "contains"):
                return self._among(tree, scope)
        return self._as_truth(self._items(tree, scope), what)

    def _as_truth(self, value: _Value, what: str) -> str:
        if value.kind == "truth":
            return value.code
        if value.told is not None:
            return "True"
        if value.kind == "one":
            if value.code in ("True", "False"):
                return value.code
            return self._let(f"truth([{value.code}], context, {what!r})")
        code = self._held(value)
        if value.nodes:
            return self._let(f"truth({code}, context, {what!r})")
        plain = f"{code}[0] if len({code}) == 1 and {code}[0].__class__ is bool"
        return self._let(f"{plain} else truth({code}, context, {what!r})")

    def _negated(self, truth: str) -> str:
        return self._let(f"None if {truth} is None else not {truth}")

    def _logic(self, tree: Binary, scope: _Scope) -> str:
        """As the left side leaves it open, or not."""
        sign = tree.operator
        left = self._truth(tree.left, scope, sign)
        result = self._name()
        if sign == "xor":
            right = self._truth(tree.right, scope, sign)
            self._line(f"{result} = None if {left} is None or {right} is None else {left} is not {right}")
            return result
        enough, given = _LOGIC[sign]
        self._line(f"if {left} is {enough}:")
        self._line(f"    {result} = {given}")
        self._line("else:")
        self._indent += 1
        right = self._truth(tree.right, scope, sign)
        self._line(f"{result} = {given} if {right} is {given} else None if {left} is None or {right} is None else {not given}")
        self._indent -= 1
        return result

    def _compared(self, tree: Binary, scope: _Scope) -> str:
        sign = tree.operator
        left = self._items(tree.left, scope)
        if isinstance(tree.right, Literal) and left.plain == _plain(tree.right.value) != "" and sign not in ("~", "!~"):
            compared = f"{left.code} {'==' if sign == '=' else sign} {tree.right.value!r}"
            return self._let(compared if left.kind == "one" else f"None if {left.code} is None else {compared}")
        if sign == "=" and isinstance(tree.right, Literal) and isinstance(tree.right.value, str):
            return self._equals_text(left, tree.right.value)
        one = self._held(left)
        other = self._list(self._items(tree.right, scope))
        if sign == "=":
            return self._let(f"equal({one}, {other}, context)")
        if sign == "!=":
            return self._negated(self._let(f"equal({one}, {other}, context)"))
        if sign in ("~", "!~"):
            return self._let(f"equivalent({one}, {other}, context) is {sign == '~'}")
        rank = self._let(f"order({one}, {other}, context, {sign!r})")
        return self._let(f"None if {rank} is None else {rank} {sign} 0")

    def _equals_text(self, left: _Value, text: str) -> str:
        if left.kind == "one" and left.nodes:
            plain = f"{left.code}.raw == {text!r} if {left.code}.raw.__class__ is str"
            return self._let(f"{plain} else equal([{left.code}], [{text!r}], context)")
        code = self._held(left)
        node = "" if left.nodes else f" and isinstance({code}[0], Node)"
        plain = f"{code}[0].raw == {text!r} if len({code}) == 1{node} and {code}[0].raw.__class__ is str"
        return self._let(f"{plain} else equal({code}, [{text!r}], context)")

    def _among(self, tree: Binary, scope: _Scope) -> str:
        left = self._held(self._items(tree.left, scope))
        if tree.operator == "in" and (texts := _texts_told(tree.right)):
            known = self._fixed(repr(tuple(texts)))
            return self._let(f"among_texts({left}, {self._fixed(f'frozenset({known})')}, {known}, context)")
        right = self._list(self._items(tree.right, scope))
        one, among = (left, right) if tree.operator == "in" else (right, left)
        return self._let(f"among({one}, {among}, context, {tree.operator!r})")


_LOGIC = {"and": ("False", False), "or": ("True", True), "implies": ("False", True), "xor": ("", False)}
_TRUTHS = frozenset({*_LOGIC, "=", "!=", "~", "!~", "<", "<=", ">", ">="})
_OVER: dict[str, Callable[[_Writer, _Value, Expression, _Scope], _Value]] = {
    "where": _Writer._where,
    "exists": _Writer._exists,
    "select": _Writer._select,
    "all": _Writer._all,
}


def _plain(value: object) -> str:
    return "text" if isinstance(value, str) else "number" if type(value) is int else ""


def _text_told(tree: Expression) -> str | None:
    return tree.value if isinstance(tree, Literal) and isinstance(tree.value, str) else None


def _is_truth(tree: Expression) -> bool:
    return isinstance(tree, Binary) and tree.operator in _TRUTHS


def _texts_told(tree: Expression) -> list[str]:
    """Of texts one after another with `|`."""
    if isinstance(tree, Binary) and tree.operator == "|":
        left, right = _texts_told(tree.left), _texts_told(tree.right)
        return [*left, *right] if left and right else []
    told = _text_told(tree)
    return [] if told is None else [told]


def depends_on_resource_only(tree: Expression) -> bool:
    """Whether it begins at %resource or %rootResource and gives the same for each node of the resource."""
    match tree:
        case Constant(name=name):
            return name in ("resource", "rootResource")
        case Dot(left=left, right=Member()):
            return depends_on_resource_only(left)
        case Dot(left=left, right=Call(name=name, arguments=arguments)):
            over_items = name in _OVER_ITEMS and not any(_mentions(said, Constant, "context") for said in arguments)
            plain = name in TYPE_FUNCTIONS or over_items or all(isinstance(said, Literal) for said in arguments)
            return plain and depends_on_resource_only(left) and name not in ("now", "memberOf")
        case Binary(operator="|", left=left, right=right):
            return depends_on_resource_only(left) and depends_on_resource_only(right)
    return False


def told_by_clock(tree: Expression) -> bool:
    """Whether it is the same wherever it is asked while a document is judged: `today() + 1 day`."""
    if isinstance(tree, Binary) and tree.operator in ("+", "-"):
        return told_by_clock(tree.left) and told_by_clock(tree.right)
    return isinstance(tree, Literal) or (isinstance(tree, Call) and tree.name in _CLOCK and not tree.arguments)


def mentions_index(tree: object) -> bool:
    return _mentions(tree, Special, "index")


def _mentions(tree: object, kind: type[Constant | Special], name: str) -> bool:
    """Whether some part of it is `%name` or `$name`."""
    if isinstance(tree, kind):
        return tree.name == name
    if isinstance(tree, tuple):
        return any(_mentions(part, kind, name) for part in tree)
    return is_dataclass(tree) and any(_mentions(getattr(tree, part.name), kind, name) for part in fields(tree))
