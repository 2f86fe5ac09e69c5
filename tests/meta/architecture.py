"""The import graph of a package, and the rules of the project's layers."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

type Graph = Mapping[str, frozenset[str]]

# Each part of the integration may import from the parts of the rows above it, and within its own row. A part is a top-level module
# or package of the integration.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"api"}),
    frozenset({"domain"}),
    frozenset({"const", "families", "persistence", "error_messages", "detail_level"}),
    frozenset({"models", "issues"}),
    frozenset({"coordinator"}),
    frozenset({"controls", "history"}),
    frozenset({"runtime"}),
    frozenset({"registry"}),
    frozenset({"entity"}),
    frozenset({"entity_setup"}),
    frozenset({"services", "flows"}),
    frozenset(
        {
            *("binary_sensor", "button", "event", "number", "select", "sensor"),
            *("switch", "time", "config_flow", "diagnostics", "repairs"),
            "system_health",
        }
    ),
    frozenset({"__init__"}),
)


def import_graph(root: Path, package: str) -> Graph:
    """Return which modules of a package (below ``root``, dotted name ``package``) import which others, type-only imports included."""
    directory = root / package.replace(".", "/")
    modules = {
        _module_name(root, path): path for path in sorted(directory.rglob("*.py"))
    }
    return {
        name: frozenset(_imports(name, path, modules)) - {name}
        for name, path in modules.items()
    }


def _module_name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(name: str, path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """Yield the modules that a module imports: ``from package import module`` is an import of the module."""
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name in modules)
            case ast.ImportFrom(module=module, names=names, level=level):
                target = module or ""
                if level:
                    parts = name.split(".")
                    above = parts[: len(parts) - level + is_package]
                    target = ".".join([*above, *([module] if module else [])])
                for alias in names:
                    submodule = f"{target}.{alias.name}"
                    if submodule in modules:
                        yield submodule
                    elif target in modules:
                        yield target


def find_cycle(graph: Graph) -> list[str]:
    """Return the modules of one import cycle, none where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as err:
        return list(err.args[1])
    return []


def layer_violations(graph: Graph, package: str) -> list[str]:
    """Return a sentence for each import that points to a higher layer, and for each part that is in no layer."""
    rank = {part: index for index, layer in enumerate(LAYERS) for part in layer}
    violations = []
    for importer, imported_modules in graph.items():
        part = _part(importer, package)
        if part not in rank:
            violations.append(f"{importer} is in no layer: add it to LAYERS")
            continue
        for imported in sorted(imported_modules):
            other = _part(imported, package)
            if rank.get(other, -1) > rank[part]:
                violations.append(
                    f"{importer} imports {imported}: {part} is below {other}"
                )
    return violations


def _part(module: str, package: str) -> str:
    """Return the top-level part of the package that a module belongs to."""
    return (
        module.removeprefix(package).removeprefix(".").partition(".")[0] or "__init__"
    )


def imported_names(directory: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files below a directory with the name of each module they import; leading dots are levels above."""
    for path in sorted(directory.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    yield from ((path, alias.name) for alias in names)
                case ast.ImportFrom(module=module, level=level):
                    yield path, "." * level + (module or "")


def clock_reads(directory: Path) -> list[str]:
    """Return where code below a directory reads a clock: ``now()``, ``utcnow()``, ``today()`` or ``time()`` without arguments."""
    reads = []
    for path in sorted(directory.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Name(id="datetime" | "date" | "dt_util" | "time"),
                        attr="now" | "utcnow" | "today" | "time" | "monotonic",
                    )
                ):
                    reads.append(f"{path.name}:{node.lineno}")
    return reads
