"""The measurable rules of style: short functions, small classes, documented names, no dead ends."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
SOURCES = sorted((TOP / "src").rglob("*.py"))
TESTS = sorted((TOP / "tests").rglob("test_*.py"))

FUNCTION_CAP = 40
FUNCTION_P90 = 20
MODULE_CAP = 300
PUBLIC_METHODS_CAP = 12
PARAMETERS_CAP = 4

VAGUE_SUFFIXES = ("Manager", "Handler", "Helper", "Util", "Utils", "Processor", "Data", "Info")
WORDS_OF_THE_CONTRACT = {"MachineInfo", "BridgeInfo"}
"""Payload types named after the topic `bridge/info`."""

SHAPED_BY_OTHERS = {"VirtualClient"}
"""Classes that implement an interface of a library: bleak's client alone has thirteen methods."""

FAIL_BY_THEMSELVES = {"test_the_embedded_broker_is_not_reachable_from_the_network"}
"""Tests whose last step raises when the promise is broken."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in nodes(path) if isinstance(node, Function))


def classes(path: Path) -> Iterator[ast.ClassDef]:
    return (node for node in nodes(path) if isinstance(node, ast.ClassDef))


def place(path: Path, node: Function | ast.ClassDef) -> str:
    return f"{path.relative_to(TOP)}:{node.lineno} {node.name}"


def code_lines(path: Path) -> set[int]:
    """Return the numbers of the lines that hold more than a comment, a docstring or nothing."""
    text = path.read_text(encoding="utf-8")
    lines: set[int] = set()
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent and token.type != tokenize.ENDMARKER:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def function_sizes(path: Path) -> dict[str, int]:
    lines = code_lines(path)
    return {
        place(path, node): len(lines & set(range(node.lineno, (node.end_lineno or 0) + 1)))
        for node in functions(path)
    }


def is_public(name: str) -> bool:
    return not name.startswith("_")


def test_no_function_is_long() -> None:
    sizes = {where: size for path in SOURCES for where, size in function_sizes(path).items()}
    assert {where: size for where, size in sizes.items() if size > FUNCTION_CAP} == {}
    assert sorted(sizes.values())[int(len(sizes) * 0.9)] <= FUNCTION_P90


def test_no_module_is_long() -> None:
    lengths = {
        str(path.relative_to(TOP)): len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCES
    }
    assert {path: length for path, length in lengths.items() if length > MODULE_CAP} == {}


def test_no_class_does_many_things() -> None:
    many = {}
    for path in SOURCES:
        for node in classes(path):
            public = [one for one in node.body if isinstance(one, Function) and is_public(one.name)]
            if len(public) > PUBLIC_METHODS_CAP and node.name not in SHAPED_BY_OTHERS:
                many[place(path, node)] = len(public)
    assert many == {}


def test_no_class_has_a_vague_name() -> None:
    vague = [
        place(path, node)
        for path in SOURCES
        for node in classes(path)
        if node.name.endswith(VAGUE_SUFFIXES) and node.name not in WORDS_OF_THE_CONTRACT
    ]
    assert vague == []


def test_few_parameters_are_positional() -> None:
    many = {}
    for path in SOURCES:
        for node in functions(path):
            names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
            count = len([name for name in names if name not in ("self", "cls")])
            if count > PARAMETERS_CAP:
                many[place(path, node)] = count
    assert many == {}


def test_every_public_name_is_documented() -> None:
    bare = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bare += [] if ast.get_docstring(tree) else [str(path.relative_to(TOP))]
        public = (node for node in classes(path) if is_public(node.name))
        holders: list[ast.Module | ast.ClassDef] = [tree, *public]
        for holder in holders:
            bare += [
                place(path, node)
                for node in holder.body
                if isinstance(node, Function | ast.ClassDef)
                and is_public(node.name)
                and not ast.get_docstring(node)
            ]
    assert bare == []


def test_no_error_is_swallowed() -> None:
    silent = []
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or "Exception" in ast.unparse(node.type).split(".")
                empty = all(isinstance(one, ast.Pass | ast.Continue) for one in node.body)
                if broad and empty:
                    silent.append(f"{path.relative_to(TOP)}:{node.lineno}")
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    stubs = [
        place(path, node)
        for path in SOURCES
        for node in functions(path)
        if "NotImplementedError" in ast.unparse(node)
    ]
    assert stubs == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(TOP)))
def test_every_test_can_fail_and_none_is_skipped(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    skip, expected_failure = "pytest.mark." + "skip", "pytest.mark." + "xfail"
    assert skip not in text
    assert expected_failure not in text
    toothless = [
        place(path, node)
        for node in functions(path)
        if node.name.startswith("test_")
        and node.name not in FAIL_BY_THEMSELVES
        and not _asserts(node)
    ]
    assert toothless == []


def _asserts(test: Function) -> bool:
    """Say whether a test asserts, itself or by a call whose name says so."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name == "raises" or name.startswith(("assert", "check", "expect", "until")):
                return True
    return False
