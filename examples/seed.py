"""The snippets of "Differences between NP on MXNet and NumPy", in order and verbatim, run as a notebook runs them:
after each snippet the value of its last line is printed.
"""

import ast
import contextlib
import os
import tempfile

# Draw without a window; the last snippet only asks that matplotlib accepts the array.
os.environ.setdefault("MPLBACKEND", "Agg")

SNIPPETS = [
    """\
import numpy as onp  # o means original
from mxnet import np, npx
npx.set_np()  # Configue MXNet to be NumPy-like
""",
    """\
gpu = npx.gpu() if npx.num_gpus() > 0 else npx.cpu()
a = np.array(1, ctx=gpu)
b = np.random.uniform(ctx=gpu)
(a, b.context)
""",
    """\
a.copyto(npx.cpu()), b.as_in_context(npx.cpu())
""",
    """\
onp.array([1,2]).dtype, onp.array([1.2,2.3]).dtype
""",
    """\
np.array([1,2]).dtype, np.array([1.2,2.3]).dtype
""",
    """\
a = onp.array([1,2])
type(a[0]), type(a.sum())
""",
    """\
b = a[0]
(b.ndim, b.size, isinstance(b, onp.generic), isinstance(b, onp.integer),
 isinstance(b, onp.int64), isinstance(b, onp.ndarray))
""",
    """\
a = np.array([1,2])
type(a[0]), type(a.sum())
""",
    """\
b = a[0]
b.ndim, b.size, isinstance(b, np.ndarray)
""",
    """\
a = np.array(1, ctx=gpu)
npx.save('a', a)
npx.load('a')
""",
    """\
%matplotlib inline
import matplotlib.pyplot as plt

plt.plot(np.array([1,2]).asnumpy());
""",
]


def run(snippet, names):
    """Run one snippet as a notebook cell; returns the value that the notebook would show, or None."""
    shown = not snippet.rstrip().endswith(";")
    # Lines with % are commands to the notebook, not Python.
    lines = (line for line in snippet.splitlines(keepends=True) if not line.startswith("%"))
    module = ast.parse("".join(lines))
    last = module.body.pop() if isinstance(module.body[-1], ast.Expr) else None
    exec(compile(module, "<snippet>", "exec"), names)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), "<snippet>", "eval"), names)
    return value if shown else None


def main():
    names = {}
    # One snippet saves a file named `a`.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for snippet in SNIPPETS:
            print(snippet, end="")
            value = run(snippet, names)
            if value is not None:
                print(f"--> {value!r}")
            print()


if __name__ == "__main__":
    main()
