"""FHIRPath as Python: one function for an expression, written from its tree.

What is written has the items of a step in a variable: a single item as itself, several as a list, a boolean as True, False or None
(empty), so that only what FHIRPath really gathers is gathered. What it calls is in checks/fhir/fhirpath/running.py; functions of
FHIRPath that are not written out here are called by name, with their arguments as functions of (items, frame).
"""

from __future__ import annotations

from . import sharing
from .calls import Calls
from .dependence import told_by_clock
from .lines import WIDEST, Scope, Value
from .names import CHOICE_NAMES, Mode
from .quantities import UCUM
from .syntax import Binary, Call, Constant, Dot, Expression, Index, Literal, Member, Sign, Special, TypeTest
from .truths import TRUTHS

_FIXED = {"ucum": UCUM, "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}
_NAMED = {"vs-": "http://hl7.org/fhir/ValueSet/", "ext-": "http://hl7.org/fhir/StructureDefinition/"}
_RESOURCE = "context.within or start.resource"


def write(expression: Expression, text: str, mode: Mode, name: str = "made", shared: frozenset[str] = frozenset()) -> str:
    """The source of a function of this name, which gives one of (node, context): the items, or the truth as an invariant.

    shared: what is worked out once for a node (see `sharing`). It takes `call`, which finds a function of FHIRPath by name, number
    of arguments and where in the text it is called.

    Raises FhirPathError when a function that takes a type is given none.
    """
    return _Writer(text, shared).whole(expression, mode, name)


class _Writer(Calls):
    def __init__(self, text: str, shared: frozenset[str]) -> None:
        super().__init__(text)
        self._shared = shared

    def whole(self, expression: Expression, mode: Mode, name: str) -> str:
        scope = Scope(Value("start", "one", nodes=True), "0", "EMPTY", frame=True)
        result = self.truth(expression, scope, "an invariant") if mode == "truth" else self.as_list(self.items(expression, scope))
        needs_frame = any("frame" in line for line in self.lines)
        head = ["        frame = Frame(context, start, [start])"] if needs_frame else []
        lines = [f"def {name}(call):", *self.top, "    def expression(start, context):", *head, *self.lines]
        return "\n".join([*lines, f"        return {result}", "    return expression", ""])

    def argument(self, tree: Expression) -> str:
        """A function of (items, frame) for a function of FHIRPath to call."""
        if isinstance(tree, Sign) and tree.sign == "-" and not isinstance(tree.operand, Literal):
            operand = self.argument(tree.operand)
            return self.fixed(f"Descending({operand})")
        if isinstance(tree, Literal):
            return self.fixed(f"always({self._literal_list(tree)})")
        kept = self.lines, self.indent, self.loops, self.remembering
        self.lines, self.indent, self.loops = [], 2, 0
        scope = Scope(Value("items"), "frame.index", "frame.total", frame=True)
        result = self.as_list(self.items(tree, scope))
        name = self.fresh("f")
        head = [f"    def {name}(items, frame):", "        start = frame.start", "        context = frame.context"]
        self.top += [*head, *self.lines, f"        return {result}"]
        self.lines, self.indent, self.loops, self.remembering = kept
        return name

    def _literal_list(self, tree: Literal) -> str:
        return "[]" if tree.value is None else f"[{tree.value!r}]"

    def items(self, tree: Expression, scope: Scope, focus: Value | None = None) -> Value:
        """focus: what stands before the dot."""
        if focus is None and self.is_remembered(tree):
            return self._remembered(tree, scope, _RESOURCE)
        if focus is None and not self.remembering and not isinstance(tree, Literal) and told_by_clock(tree):
            return self._remembered(tree, scope, "None")
        if focus is None and self.indent > WIDEST:
            return Value(self.let(f"{self.argument(tree)}({self.as_list(scope.this)}, {self.frame(scope)})"))
        if focus is None and self._shared and scope.this.kind == "one" and scope.this.nodes and isinstance(tree, Dot | Call):
            said = sharing.text(tree)
            if said in self._shared:
                return self._kept(f"({said!r}, {scope.this.code})", tree, scope)
        return self._written(tree, scope, focus)

    def _remembered(self, tree: Expression, scope: Scope, of: str) -> Value:
        self.remembering = True
        kept = self._kept(f"({self.fixed('object()')}, {of})", tree, scope)
        self.remembering = False
        return kept

    def _kept(self, mark: str, tree: Expression, scope: Scope) -> Value:
        mark = self.let(mark, "m")
        found = self.let(f"context.remembered.get({mark})")
        self.line(f"if {found} is None:")
        self.indent += 1
        inside = self._written(tree, scope, None)
        self.line(f"{found} = context.remembered[{mark}] = {self.as_list(inside)}")
        self.indent -= 1
        return Value(found, nodes=inside.nodes)

    def _written(self, tree: Expression, scope: Scope, focus: Value | None) -> Value:
        match tree:
            case Literal():
                return self._literal(tree)
            case Member():
                if focus is None and tree.name[:1].isupper():
                    return self._type_or_children(scope.this, tree.name)
                return self._children(focus or scope.this, tree.name)
            case Call():
                return self.call(tree, focus or scope.this, scope)
            case Special(name="this"):
                return scope.this
            case Special(name="index"):
                return Value(scope.index, "one")
            case Special():
                return Value(scope.total)
            case Constant():
                return self._constant(tree.name)
            case Dot():
                return self.items(tree.right, scope, self.items(tree.left, scope))
            case Index():
                return self._indexed(tree, scope)
            case Sign():
                return self._signed(tree, scope)
            case TypeTest():
                return self.typed(tree.operator, self.items(tree.left, scope), tree.namespace, tree.type)
            case Binary():
                return self._binary(tree, scope)

    def _literal(self, tree: Literal) -> Value:
        if tree.value is None:
            return Value("EMPTY")
        code = repr(tree.value)  # of every value there is, what Python makes it from
        if isinstance(tree.value, str):
            return Value(code, "one", plain="text", told=tree.value)
        return Value(code if isinstance(tree.value, bool) else self.fixed(code), "one")

    def _children(self, focus: Value, name: str) -> Value:
        if focus.kind in ("truth", "maybe"):
            focus = Value(self.held(focus))
        if name in CHOICE_NAMES or name == "namespace":
            if focus.kind == "one" and focus.nodes:
                found = self.let(f"{focus.code}.children.get({name!r})")
                self.line(f"if {found} is None:")
                self.line(f"    {found} = any_children([{focus.code}], {name!r})")
            else:
                code = self.as_list(focus)
                several = f"any_children({code}, {name!r})"
                one = f"{code} and (len({code}) == 1 and {code}[0].children.get({name!r}) or {several})"
                found = self.let(one if focus.nodes and code.isidentifier() else several)
            return Value(found, nodes=focus.nodes and name != "value")
        if focus.kind == "one":
            guard = "" if focus.nodes else f" if isinstance({focus.code}, Node) else EMPTY"
            return Value(self.let(f"{focus.code}.children.get({name!r}, EMPTY){guard}"), nodes=True)
        code = self.held(focus)
        if not focus.nodes:
            return Value(self.let(f"children_of({code}, {name!r})"), nodes=True)
        one = f"{code}[0].children.get({name!r}, EMPTY)"
        return Value(self.let(f"{one} if len({code}) == 1 else children_of({code}, {name!r})"), nodes=True)

    def _type_or_children(self, focus: Value, name: str) -> Value:
        code = f"typed_or_children({self.as_list(focus)}, {name!r}, context)"
        if focus.kind == "one" and focus.nodes:
            code = f"[{focus.code}] if {focus.code}.type == {name!r} else {code}"
        return Value(self.let(code), nodes=True)

    def _constant(self, name: str) -> Value:
        if name == "resource":
            return Value(self.let(_RESOURCE), "one", nodes=True)
        if name == "rootResource":
            return Value(self.let("root_resource(context.within or start)"), "one", nodes=True)
        if name == "context":
            return Value("start", "one", nodes=True)
        told = _FIXED.get(name)
        for prefix, url in _NAMED.items():
            if told is None and name.startswith(prefix):
                told = url + name.removeprefix(prefix)
        if told is not None:
            return Value(repr(told), "one", plain="text", told=told)
        return Value(self.let(f"variable({name!r}, context)"))

    def _joined(self, value: Value) -> str:
        """As `&` takes it: nothing is an empty text."""
        return value.code if value.kind == "one" and value.plain == "text" else f"joined({self.as_list(value)}, context)"

    def _indexed(self, tree: Index, scope: Scope) -> Value:
        found = self.items(tree.left, scope)
        code = self.held(found)
        if isinstance(tree.position, Literal) and type(tree.position.value) is int:
            at = tree.position.value
            return Value(self.let(f"{code}[{at}:{at + 1}]"), nodes=found.nodes)
        at_items = self.as_list(self.items(tree.position, scope))
        return Value(self.let(f"indexed({code}, {at_items}, context)"), nodes=found.nodes)

    def _signed(self, tree: Sign, scope: Scope) -> Value:
        operand = self.items(tree.operand, scope)
        if tree.sign == "+":
            return operand
        return Value(self.let(f"negated({self.as_list(operand)}, {self.frame(scope)})"))

    def _binary(self, tree: Binary, scope: Scope) -> Value:
        sign = tree.operator
        if sign in TRUTHS or sign in ("in", "contains"):
            return Value(self.truth(tree, scope, sign), "truth")
        if sign == "&":
            joined = [self._joined(self.items(side, scope)) for side in (tree.left, tree.right)]
            return Value(self.let(" + ".join(joined)), "one", plain="text")
        if sign == "|":  # of all that are joined in a row, once
            sides = [self.held(self.items(side, scope)) for side in _joined_in(tree)]
            return Value(self.let(f"united([{', '.join(f'*{side}' for side in sides)}], context)"))
        left = self.held(self.items(tree.left, scope))
        right = self.as_list(self.items(tree.right, scope))
        return Value(self.let(f"operate({sign!r}, {left}, {right}, {self.frame(scope)})"))


def _joined_in(tree: Expression) -> list[Expression]:
    """The sides of `a | b | c`."""
    if isinstance(tree, Binary) and tree.operator == "|":
        return [*_joined_in(tree.left), tree.right]
    return [tree]
