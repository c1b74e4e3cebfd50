"""Runs random programs on both libraries side by side, compares live arrays bit for bit, and shrinks what fails.

    python tests/stateful.py --programs 20000 --threads 4 --eager

`test_stateful.py` calls this file in subprocesses, because the engine's mode is chosen at import. The digest printed at
the end covers every array compared, so equal digests mean equal bits over modes and thread counts.
"""

import argparse
import contextlib
import hashlib
import os
import random
import re
import sys
import time
import warnings
from pathlib import Path

import numpy as onp

TARGETS = re.compile(r"\b(a\d+) =")
LENGTH = (8, 40)
HEADER = """\
# Failing program {seed}: run it with the directory `tests` on the path.
import sys

sys.path.insert(0, {tests!r})
import stateful

stateful.replay('''
{lines}
''', numpy_mode={numpy_mode})
"""


def number_table():
    """40,000 small numbers per dtype, with a few special values for floats; programs cut their inputs from it."""
    state = onp.random.RandomState(7)
    table = {"bool": state.rand(40_000) < 0.5}
    for name in ["int8", "int16", "int32", "int64"]:
        table[name] = state.randint(-20, 21, 40_000).astype(name)
    for name in ["uint8", "uint16", "uint32", "uint64"]:
        table[name] = state.randint(0, 41, 40_000).astype(name)
    for name in ["float16", "float32", "float64"]:
        values = (state.randint(-32, 33, 40_000) / 4).astype(name)
        values[::977] = onp.nan
        values[5::1009] = onp.inf
        values[7::1013] = -onp.inf
        table[name] = values + onp.array(0, name)
    table["complex64"] = (state.randint(-9, 9, 40_000) + 1j * state.randint(-9, 9, 40_000)).astype("complex64")
    return table


TABLE = number_table()


def numbers(dtype, shape, seed):
    """An array of that shape out of the table."""
    size = int(onp.prod(shape))
    return TABLE[dtype][seed : seed + size].reshape(shape).copy()


def index_numbers(length, count, seed):
    """Integer indices into an axis, negative and repeated ones among them."""
    return (TABLE["int64"][seed : seed + count] * 7919) % (2 * length) - length


def gradient_by_hand(form, x, y):
    """What `gradient` of our side must return, in C order: NumPy has no say in how a gradient lies."""
    return onp.array(_gradient_by_hand(form, x, y), order="C")


def _gradient_by_hand(form, x, y):
    if form == 0:
        return y + 1
    if form == 1:
        result = onp.zeros_like(x)
        result[::2] = 3
        return result
    if form == 2:
        return onp.where(x > 0, x.dtype.type(2), x.dtype.type(0))
    if form == 3:
        result = onp.full_like(x, 2)
        result[:1] = 0
        return result
    if form == 4:
        return onp.full_like(x, 6)
    return onp.where(onp.arange(len(x)).reshape((-1,) + (1,) * (x.ndim - 1)) == 0, y, y + y).astype(x.dtype)


def mirror_scope():
    """What a program sees when it runs on NumPy."""
    return {
        "np": onp,
        "make": numbers,
        "index": index_numbers,
        "force": lambda array, how: None,
        "recorded": lambda call, x: call(x),
        "gradient": gradient_by_hand,
    }


def our_scope():
    """What the same program sees when it runs on us."""
    from mxnet import autograd, np, npx

    def force(array, how):
        if how == 0:
            array.asnumpy()
        elif how == 1 and array.size:
            bool(array.reshape(-1)[0])
        elif how == 2:
            npx.waitall()
        else:
            array.wait_to_read()

    def recorded(call, x):
        x = x.copy(order="K")  # results take the memory order of what they are made of
        x.attach_grad()
        with autograd.record():
            result = call(x)
        return result.detach()

    def gradient(form, x, y):
        x, y = x.copy(), y.detach()
        x.attach_grad()
        with autograd.record():
            if form == 0:
                head = x * y + x
            elif form == 1:
                head = x[::2] * 3
            elif form == 2:
                head = np.where(x > 0, x * 2, y)
            elif form == 3:
                head = np.zeros_like(x)
                head[...] = x * 2
                head[:1] = 0
            elif form == 4:
                head = (x.T * 2 + x.T)[::-1] * 2
            else:
                head = np.concatenate([x * y, (x * y)[1:]])
        head.backward()
        return np.ascontiguousarray(x.grad)

    return {
        "np": np,
        "make": lambda *arguments: np.array(numbers(*arguments)),
        "index": lambda *arguments: np.array(index_numbers(*arguments)),
        "force": force,
        "recorded": recorded,
        "gradient": gradient,
    }


class Mismatch(Exception):
    """A program on which the two libraries differ."""


def same(got, want):
    """Bit for bit, except that any nan equals any nan."""
    if got.dtype != want.dtype or got.shape != want.shape:
        return False
    if got.tobytes() == want.tobytes():
        return True
    if got.dtype.kind == "c":
        return same(got.real, want.real) and same(got.imag, want.imag)
    if got.dtype.kind != "f":
        return False
    nan = onp.isnan(want)
    return bool(onp.all((onp.isnan(got) & nan) | ((got == want) & (onp.signbit(got) == onp.signbit(want)))))


def canonical(array):
    """Bytes for the digest: the sign and payload of nan do not count."""
    if array.dtype.kind in "fc":
        array = onp.where(onp.isnan(array), onp.array(onp.nan, array.dtype), array)
    return array.tobytes()


class Session:
    """Both libraries' variables, advanced line by line."""

    def __init__(self, numpy_mode=False, digest=None):
        self.mirror, self.ours = mirror_scope(), our_scope()
        self.numpy_mode, self.digest = numpy_mode, digest

    def __enter__(self):
        from mxnet import npx

        self.stack = contextlib.ExitStack()
        self.stack.enter_context(onp.errstate(all="ignore"))
        self.stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        if self.numpy_mode:
            npx.set_np(dtype=True)
            self.stack.callback(npx.set_np, dtype=False)
        return self

    def __exit__(self, *error):
        self.stack.close()

    def names(self):
        return [name for name in self.mirror if name[0] == "a" and name[1:].isdigit()]

    def advance(self, line):
        """Run one line on both; it must succeed or fail on both."""
        if line.startswith("check("):
            for name in line[6:-1].split(", "):
                if name in self.mirror:
                    self.compare(name)
            return
        code = compile(line, "<step>", "exec")
        want = self.execute(code, self.mirror)
        for name in TARGETS.findall(line):
            if isinstance(self.mirror.get(name), onp.generic):
                self.mirror[name] = onp.asarray(self.mirror[name])
        if isinstance(want, NameError):
            return
        got = self.execute(code, self.ours)
        if (want is None) != (got is None):
            raise Mismatch(f"{line}\n  NumPy: {want!r}\n  ours:  {got!r}")
        if want is not None and not isinstance(got, expected_classes(want)):
            raise Mismatch(f"{line}\n  NumPy raises {want!r}\n  ours raises {got!r}")

    @staticmethod
    def execute(code, scope):
        try:
            exec(code, scope)
        except Exception as error:
            return error
        return None

    def compare(self, name):
        if name not in self.ours:
            raise Mismatch(f"{name} is missing")
        want, got = self.mirror[name], self.ours[name]
        if not isinstance(got, self.ours["np"].ndarray):
            raise Mismatch(f"{name} is a {type(got).__name__}, not an array")
        got = got.asnumpy()
        if self.digest is not None:
            self.digest.update(canonical(got))
        if not same(got, want):
            raise Mismatch(f"{name} differs: {difference(got, want)}")


def expected_classes(error):
    """Classes by which a user of NumPy could catch this error."""
    general = (Exception, BaseException, object, LookupError, ArithmeticError)
    builtin = [c for c in type(error).__mro__ if c.__module__ == "builtins" and c not in general]
    return builtin[0] if builtin else Exception


def difference(got, want):
    """The first differing element, in words."""
    if got.dtype != want.dtype or got.shape != want.shape:
        return f"{got.dtype}{got.shape} instead of {want.dtype}{want.shape}"
    unequal = ~((got == want) | ((got != got) & (want != want)))
    if not unequal.any():
        return "signs of zero"
    place = tuple(int(axis[0]) for axis in onp.nonzero(onp.atleast_1d(unequal)))
    got, want = onp.atleast_1d(got), onp.atleast_1d(want)
    return f"at {place} {got[place]!r} instead of {want[place]!r} ({int(unequal.sum())} elements)"


def run_program(seed, full=False, digest=None):
    """Write and run the program of that seed; returns its lines. Raises Mismatch with `lines` attached."""
    from stateful_program import Program

    numpy_mode = seed % 4 == 3
    chance = random.Random(f"checks {seed}")
    # Some programs are compared rarely, so that much work stays pending across writes.
    rate = 1.0 if full else chance.choice([0.0, 0.1, 0.4])
    lines = []
    with Session(numpy_mode, digest) as session:
        program = Program(seed, session.mirror, numpy_mode)
        try:
            for _ in range(chance.randint(*LENGTH)):
                lines.append(program.line())
                session.advance(lines[-1])
                names = session.names()
                if names and chance.random() < rate:
                    some = names if full else chance.sample(names, chance.randint(1, len(names)))
                    lines.append(f"check({', '.join(some)})")
                    session.advance(lines[-1])
            lines.append(f"check({', '.join(session.names())})")
            session.advance(lines[-1])
        except Mismatch as mismatch:
            mismatch.lines, mismatch.numpy_mode = lines, numpy_mode
            raise
    return lines


def failure_of(lines, numpy_mode):
    """The mismatch that these lines lead to, or None."""
    with Session(numpy_mode) as session:
        try:
            for line in lines:
                session.advance(line)
            session.advance(f"check({', '.join(session.names())})")
        except Mismatch as mismatch:
            return mismatch
    return None


def shrink(lines, numpy_mode, seconds=20):
    """Drop lines as long as the rest still fails; lines that miss a variable are skipped by both libraries."""
    deadline = time.monotonic() + seconds
    width = max(1, len(lines) // 2)
    while width:
        start = 0
        while start < len(lines) and time.monotonic() < deadline:
            shorter = lines[:start] + lines[start + width :]
            if failure_of(shorter, numpy_mode):
                lines = shorter
            else:
                start += width
        width //= 2
    return lines


def report(seed, mismatch):
    """The mismatch and a script that shows it."""
    lines = shrink(mismatch.lines, mismatch.numpy_mode)
    reason = failure_of(lines, mismatch.numpy_mode) or mismatch
    script = HEADER.format(
        seed=seed, tests=str(Path(__file__).parent), lines="\n".join(lines), numpy_mode=mismatch.numpy_mode
    )
    return f"{reason}\n\n{script}"


def replay(text, numpy_mode=False):
    """Run a program given as text and say whether the libraries agree after each line."""
    with Session(numpy_mode) as session:
        for line in filter(None, map(str.strip, text.splitlines())):
            print(line)
            session.advance(line)
        session.advance(f"check({', '.join(session.names())})")
    print("the libraries agree")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=int(os.environ.get("MXNET_STATEFUL_PROGRAMS", "600")))
    parser.add_argument("--first", type=int, default=0, help="seed of the first program")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--eager", action="store_true", help="compute every operation at once")
    parser.add_argument("--full", action="store_true", help="compare all live arrays after every step")
    parser.add_argument("--failures", type=int, default=5, help="stop after so many failing programs")
    options = parser.parse_args(arguments)
    if options.eager:
        os.environ["MXNET_EAGER"] = "1"
    from mxnet import npx

    if options.threads:
        npx.set_num_threads(options.threads)
    digest, failures, steps, start = hashlib.sha256(), 0, 0, time.monotonic()
    for seed in range(options.first, options.first + options.programs):
        try:
            steps += len(run_program(seed, options.full, digest))
        except Mismatch as mismatch:
            failures += 1
            print(f"--- program {seed} ---\n{report(seed, mismatch)}", flush=True)
            if failures >= options.failures:
                break
    seconds = time.monotonic() - start
    print(f"{options.programs} programs, {steps} steps, {failures} failing, {seconds:.1f} s", file=sys.stderr)
    print(f"digest {digest.hexdigest()}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
