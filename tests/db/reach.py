"""Which tables code writes and reads, read off the source: from every route and flow to each statement.

A name counts where it stands, called or handed on; a model counts as written where a row of it is made or
`insert`, `update` or `delete` gets it, and as read where `select` and its like do.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

WRITING = frozenset({"insert", "update", "delete"})
READING = frozenset({"select", "get", "get_one", "select_from", "join", "outerjoin", "aliased", "exists"})
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
HANDING, HANDED = frozenset({"Commands"}), frozenset({"commands"})
"""What functions are handed on in, and by which name that is used."""

Access = tuple[str, str]
"""A model's name, and "writes" or "reads"."""


@dataclass
class Code:
    """What stands at the top of modules, by `module:name`: whom it names, and which models it uses."""

    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    uses: dict[str, set[Access]] = field(default_factory=lambda: defaultdict(set))
    routes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Paths without their service's prefix, by what answers them."""
    flows: list[str] = field(default_factory=list)

    def reached(self, start: str) -> set[Access]:
        """All uses of models from there on."""
        seen, pending, found = {start}, [start], set()
        while pending:
            at = pending.pop()
            found |= self.uses[at]
            pending += (more := self.names[at] - seen)
            seen |= more
        return found


def read(root: Path, packages: Iterable[str], models: Mapping[str, str]) -> Code:
    """The code of some packages; `models` names the module of each model."""
    files = [file for package in packages for file in sorted((root / package).rglob("*.py"))]
    code = Code()
    for file in files:
        name = ".".join(file.relative_to(root).with_suffix("").parts)
        _Module(name, ast.parse(file.read_text()), models, code).read()
    return code


class _Module:
    def __init__(self, name: str, tree: ast.Module, models: Mapping[str, str], code: Code) -> None:
        self.name, self.tree, self.models, self.code = name, tree, models, code
        self.imported = dict(_imports(tree))
        self.words = dict(_constants(tree))
        self.prefix = self._prefix()

    def read(self) -> None:
        for node in self.tree.body:
            for name in _named(node):
                self._take(f"{self.name}:{name}", node)

    def _take(self, key: str, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._entry(key, node)
        for part in ast.walk(node):
            self.code.names[key] |= set(self._references(part))
            if isinstance(part, ast.Call):
                self.code.uses[key] |= set(self._uses(part))
                self._hand_on(part)

    def _entry(self, key: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A route or a flow, where it is decorated as one."""
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):
                continue
            call = decorator.func
            if isinstance(call, ast.Name) and call.id == "flow":
                self.code.flows.append(key)
            if (
                isinstance(call, ast.Attribute)
                and call.attr in METHODS
                and "router" in ast.unparse(call.value)
            ):
                path = self._word(decorator.args[0]) if decorator.args else ""
                self.code.routes.setdefault(key, []).append((call.attr.upper(), self.prefix + path))

    def _prefix(self) -> str:
        """What the routes of a module begin with: the `prefix` of its router."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "APIRouter":
                found = [keyword.value for keyword in node.keywords if keyword.arg == "prefix"]
                return self._word(found[0]) if found else ""
        return ""

    def _word(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self.words.get(node.id, "")
        return str(node.value) if isinstance(node, ast.Constant) else ""

    def _is_query(self, called: ast.expr) -> bool:
        """What a query does with a model that it is handed is its own; at the least it looks at it."""
        if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name):
            return False
        return self.imported.get(called.value.id, "").startswith("db.queries:")

    def _hand_on(self, call: ast.Call) -> None:
        """Functions that are handed on by name, as commands are to a service."""
        if isinstance(call.func, ast.Name) and call.func.id in HANDING:
            for keyword in call.keywords:
                for part in ast.walk(keyword.value):
                    self.code.names[f"handed:{keyword.arg}"] |= set(self._references(part))

    def _references(self, part: ast.AST) -> Iterator[str]:
        if isinstance(part, ast.Name):
            yield self.imported.get(part.id, f"{self.name}:{part.id}")
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            if part.value.id in HANDED:
                yield f"handed:{part.attr}"
            module = self.imported.get(part.value.id, "")
            yield f"{module.replace(':', '.')}:{part.attr}"

    def _uses(self, call: ast.Call) -> Iterator[Access]:
        verb = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        made = self._model(call.func)
        if made is not None:
            yield made, "writes"
        for name in filter(None, map(self._model, _inside(call))):
            if verb in WRITING:
                yield name, "writes"
            if verb in READING or self._is_query(call.func):
                yield name, "reads"

    def _model(self, node: ast.AST) -> str | None:
        if not isinstance(node, ast.Name):
            return None
        module, _, name = self.imported.get(node.id, "").rpartition(":")
        return name if self.models.get(name) == module else None


def _is_router(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.endswith("router")


def _inside(call: ast.Call) -> Iterator[ast.AST]:
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        yield from ast.walk(argument)


def _named(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                yield name.asname or name.name, f"{node.module}:{name.name}"


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from ((name, value.value) for name in _named(node))
