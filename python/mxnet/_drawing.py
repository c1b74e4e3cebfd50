"""Drawings of the tape: `plot`, exported by `autograd`. Text for graphviz, and SVG where graphviz is installed."""

import os

from ._core import tape
from .base import MXNetValueError

__all__ = ["Drawing", "plot"]


def _quoted(text):
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'


def _node(at, step, last):
    name, _, shape, dtype, usable, line = step
    size = f"{dtype} ({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})" if dtype else ""
    style = {"label": "\n".join(part for part in (name, size) if part)}
    if name == "variable":
        style.update(shape="box", style="filled", fillcolor="#d7e8ff")
    elif at == last:
        style.update(style="filled", fillcolor="#ffe2c2")
    if not usable and name != "variable":
        style.update(color="gray", fontcolor="gray")
    if line:
        style["tooltip"] = line
    return f"  n{at} [{', '.join(f'{key}={_quoted(value)}' for key, value in style.items())}];"


def _dot(steps):
    """The tape as a graph in graphviz's language: variables are boxes, arrows go from arguments to results."""
    lines = ["digraph tape {", '  node [shape=ellipse, fontname="Helvetica", fontsize=11];']
    lines += [_node(at, step, len(steps) - 1) for at, step in enumerate(steps)]
    for at, (_, inputs, *_) in enumerate(steps):
        lines += [f"  n{source} -> n{at};" for source in inputs if source is not None]
    return "\n".join([*lines, "}"])


def _program():
    """Where graphviz's program is, or None."""
    import shutil

    return shutil.which("dot")


class Drawing:
    """A drawing of the tape. Notebooks show it as a picture; `str` is graphviz's text, which needs no graphviz.

    Examples
    --------
    >>> x = np.array([3.])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = np.exp(x) * x
    >>> 'n1 -> n2' in str(autograd.plot(y))
    True
    """

    def __init__(self, dot):
        self.dot = dot

    def __str__(self):
        return self.dot

    def __repr__(self):
        return f"<Drawing of {self.dot.count('[label=')} operators and variables; str() is its text, .svg its picture>"

    @property
    def svg(self):
        """The picture as SVG text.

        Raises
        ------
        ImportError
            The package graphviz, with its program `dot`, is not installed.
        """
        return self._run("svg").decode()

    def save(self, path):
        """Writes the drawing to a file; its extension says how: `.dot` or `.gv` for the text, `.svg`, `.png` or `.pdf`.

        Raises
        ------
        ImportError
            The package graphviz, which all but the text need, is not installed.
        ValueError
            Another extension.
        """
        kind = os.path.splitext(os.fspath(path))[1].lstrip(".").lower()
        if kind not in ("dot", "gv", "svg", "png", "pdf"):
            raise MXNetValueError(f"plot: drawings are saved as .dot, .gv, .svg, .png or .pdf, not '{path}'")
        content = self.dot.encode() if kind in ("dot", "gv") else self._run(kind)
        with open(path, "wb") as file:
            file.write(content)

    def _repr_svg_(self):
        """For notebooks; they take the text where graphviz is missing."""
        return self.svg if _program() else None

    def _run(self, kind):
        program = _program()
        if program is None:
            raise ImportError(
                "plot: pictures need the package graphviz with its program `dot` (apt, brew or conda install "
                "graphviz); str() of the drawing is the text that it draws"
            )
        import subprocess  # costs as much as the rest of the package's own Python

        return subprocess.run([program, f"-T{kind}"], input=self.dot.encode(), capture_output=True, check=True).stdout


def plot(loss):
    """Draws what was recorded for an array: boxes are variables, ellipses operators; arrows go from inputs to results.

    Parameters
    ----------
    loss : ndarray

    Returns
    -------
    Drawing
        Shown as a picture in notebooks. `.svg` is the picture and `.save(path)` writes it, both through graphviz's
        program `dot`; `str()` is the text that it draws, which is there without it. Pointing at an operator in the
        picture shows the line that called it.

    Raises
    ------
    MXNetError
        The array was not recorded.

    Examples
    --------
    >>> x = np.array([3.])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = np.exp(x)
    >>> print(str(autograd.plot(y)).splitlines()[-2])
      n0 -> n1;
    """
    return Drawing(_dot(tape.steps(loss)))
