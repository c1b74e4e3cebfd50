"""The drawing of the house, enforced: each crate's manifest lists only the crates that it may import."""

import tomllib

import pytest

# From ARCHITECTURE.md. An arrow that is not here is a design error, not a line to add.
ARROWS = {
    "base": set(),
    "lanes": {"base"},
    "graph": {"base"},
    "spectral": set(),
    "streams": {"base"},
    "formats": {"base"},
    "ops": {"lanes", "base"},
    "cpu": {"graph", "lanes", "spectral", "base"},
    "cuda": {"graph", "base"},
    "array": {"ops", "graph", "base"},
    "mxnet": {"array", "cpu", "cuda", "formats", "streams", "base"},
    "python": {"mxnet", "base"},
}
UNSAFE = {"lanes", "graph", "cpu", "cuda", "python"}


def manifest(repository, crate):
    return tomllib.loads((repository / "crates" / crate / "Cargo.toml").read_text())


def test_there_are_no_other_crates(repository):
    found = {path.parent.name for path in (repository / "crates").glob("*/Cargo.toml")}
    assert found == set(ARROWS)


def dependencies(tables, rooms):
    """Rooms named in dependency tables, under whatever name."""
    found = set()
    for table in tables:
        for name, value in table.items():
            package = value.get("package", name) if isinstance(value, dict) else name
            room = package.removeprefix("mxnet-") if package != "mxnet" else "mxnet"
            found |= {room} & rooms
    return found


@pytest.mark.parametrize("crate", ARROWS)
def test_imports_go_only_along_the_arrows(repository, crate):
    content = manifest(repository, crate)
    tables = [content.get("dependencies", {}), content.get("build-dependencies", {})]
    tables += [target.get("dependencies", {}) for target in content.get("target", {}).values()]
    assert dependencies(tables, set(ARROWS)) <= ARROWS[crate]


@pytest.mark.parametrize("crate", sorted(set(ARROWS) - UNSAFE))
def test_unsafe_is_denied_where_the_house_denies_it(repository, crate):
    lints = manifest(repository, crate).get("lints", {})
    assert lints.get("workspace") is True or lints.get("rust", {}).get("unsafe_code") in ("deny", "forbid")
    for path in (repository / "crates" / crate / "src").rglob("*.rs"):
        code = "\n".join(line.split("//")[0] for line in path.read_text().splitlines())
        assert "unsafe {" not in code and "allow(unsafe_code)" not in code, path.name


def test_files_open_with_a_header(repository):
    for path in (repository / "crates").glob("*/src/**/*.rs"):
        assert path.read_text().lstrip().startswith("//!"), f"{path} has no header"
