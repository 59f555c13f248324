"""Calls of functions: those written out as Python, and those that are called by name."""

from __future__ import annotations

from ...model import Text
from .failures import FhirPathError
from .further import FURTHER, Signature
from .lines import Scope, Value
from .loops import DEEPEST, LOOPS, Loops
from .names import SYSTEM_TYPES, TYPE_FUNCTIONS
from .syntax import Binary, Call, Dot, Expression, Literal, Member
from .truths import TRUTHS, text_told

_TEXT_TESTS = {
    **{"startsWith": "{0}.startswith({1})", "endsWith": "{0}.endswith({1})", "contains": "{1} in {0}"},
    "matches": "pattern({1}).is_in({0})",
}
_ON_TEXT = {"length": "len({0})", "upper": "{0}.upper()", "lower": "{0}.lower()", "trim": "{0}.strip()"}


class Calls(Loops):
    def call(self, tree: Call, focus: Value, scope: Scope) -> Value:
        name, arguments = tree.name, tree.arguments
        if name in TYPE_FUNCTIONS:
            namespace, type_ = self._type_argument(tree)
            return self.typed(name, focus, namespace, type_)
        writer = LOOPS.get(name)
        if writer is not None and len(arguments) == 1 and self.loops < DEEPEST:
            return writer(self, focus, arguments[0], scope)
        if not arguments:
            if name in ("empty", "exists", "count"):
                return self.counted(name, focus)
            if name == "hasValue" and focus.kind == "many" and focus.nodes:
                said = self.held(focus)
                return Value(self.let(f"len({said}) == 1 and {said}[0].value is not None"), "truth")
            if name == "not":
                return Value(self.negated(self.as_truth(focus, "not()")), "truth")
            if name == "first":
                return focus if focus.kind == "one" else Value(self.let(f"{self.held(focus)}[:1]"), nodes=focus.nodes)
            if name in _ON_TEXT:
                text = self.text_of(focus, f"{name}()")
                made = self.let(f"None if {text} is None else {_ON_TEXT[name].format(text)}")
                return Value(made, "maybe", plain="number" if name == "length" else "text")
        if name == "replace" and len(texts := [told for one in arguments if (told := text_told(one)) is not None]) == 2:
            text = self.text_of(focus, f"{name}()")
            old, new = texts
            return Value(self.let(f"None if {text} is None else {text}.replace({old!r}, {new!r})"), "maybe", plain="text")
        if name in _TEXT_TESTS and len(arguments) == 1:
            return self._text_test(name, focus, arguments[0], scope)
        if name == "iif" and focus.kind == "one" and len(arguments) == 3 and _is_truth(arguments[0]):
            truths = [argument.value for argument in arguments[1:] if isinstance(argument, Literal)]
            if len(truths) == 2 and all(isinstance(value, bool) for value in truths):
                inner = Scope(focus, scope.index, scope.total, frame=scope.frame and focus == scope.this)
                criterion = self.truth(arguments[0], inner, "iif()")
                return Value(self.let(f"{truths[0]} if {criterion} else {truths[1]}"), "truth")
        return self._called(tree, focus, scope)

    def _text_test(self, name: str, focus: Value, argument: Expression, scope: Scope) -> Value:
        test = _TEXT_TESTS[name]
        text = self.text_of(focus, f"{name}()")
        if (other := text_told(argument)) is not None:
            return Value(self.let(f"None if {text} is None else {test.format(text, repr(other))}"), "truth")
        result = self.let("None")
        self.line(f"if {text} is not None:")
        self.indent += 1
        other = self.text_of(self.items(argument, scope), f"{name}()")
        self.line(f"{result} = None if {other} is None else {test.format(text, other)}")
        self.indent -= 1
        return Value(result, "truth")

    def _called(self, tree: Call, focus: Value, scope: Scope) -> Value:
        function = self.fixed(f"call({tree.name!r}, {len(tree.arguments)}, {tree.at})")
        if tree.name in FURTHER:
            return self._further(function, FURTHER[tree.name], tree.arguments, focus, scope)
        items = self.as_list(focus)
        names = [self.argument(argument) for argument in tree.arguments]
        fixed = all(isinstance(argument, Literal) for argument in tree.arguments)
        frame = "frame" if fixed else self.frame(scope)
        said = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
        return Value(self.let(f"{function}({items}, {said}, {frame})"))

    def _further(self, function: str, signature: Signature, arguments: tuple[Expression, ...], focus: Value, scope: Scope) -> Value:
        texts = [self.as_written(self.items(argument, scope)) for argument in arguments]
        taken = [self.as_list(focus), "context"] if signature.takes == "items" else [self.as_written(focus)]
        made = self.let(f"{function}({', '.join([*taken, *texts])})")
        if signature.gives == "items":
            return Value(made, nodes=True)
        return Value(made, "truth") if signature.gives == "truth" else Value(made, "one", plain=signature.gives)

    def as_written(self, value: Value) -> str:
        if value.kind == "one" and value.plain == "text":
            return value.code
        items = self.as_list(value)
        if not value.nodes:
            return f"written({items})"
        only, is_one = self._only(value)
        return f"({only}.value if {is_one}{only}.value.__class__ is str else written({items}))"

    def _only(self, value: Value) -> tuple[str, str]:
        """The only one of nodes, and the condition under which it is that, with what follows it."""
        return (value.code, "") if value.kind == "one" else (f"{value.code}[0]", f"len({value.code}) == 1 and ")

    def _type_argument(self, tree: Call) -> tuple[str, str]:
        match tree.arguments:
            case (Member(name=name),):
                return "", name
            case (Literal(value=str(name)),):
                return "", name
            case (Dot(left=Member(name=namespace), right=Member(name=name)),):
                return namespace, name
        message = Text(f"{tree.name}() prend le nom d'un type", f"{tree.name}() takes the name of a type")
        raise FhirPathError(message, tree.at, self.text)

    def typed(self, operator: str, found: Value, namespace: str, name: str) -> Value:
        code = self.as_list(found)
        if operator == "is":
            return Value(self.let(f"is_typed({code}, {namespace!r}, {name!r}, context)"), "truth")
        are_nodes = found.nodes and namespace != "System" and (namespace == "FHIR" or name not in SYSTEM_TYPES)
        return Value(self.let(f"of_type({code}, {namespace!r}, {name!r}, context)"), nodes=are_nodes)

    def text_of(self, focus: Value, what: str) -> str:
        """The text of a collection in a variable, None when it is empty."""
        if focus.plain == "text":
            return focus.code if focus.code.isidentifier() else self.let(focus.code)
        other = f"text_in({self.as_list(focus)}, context, {what!r})"
        if not focus.nodes:
            return self.let(other)
        only, is_one = self._only(focus)
        return self.let(f"{only}.value if {is_one}{only}.type in TEXTS and {only}.value.__class__ is str else {other}")


def _is_truth(tree: Expression) -> bool:
    return isinstance(tree, Binary) and tree.operator in TRUTHS
