"""Random programs over live arrays, one Python line per step, for `stateful.py`.

A line reads the same for both libraries; names a0, a1, ... are the live arrays. Shapes and dtypes are looked up in the
NumPy mirror, so nearly every line is valid; those that NumPy refuses stay in some programs, because ours must refuse
them too and leave all arrays alone. Only operations with one correct answer are used (exact or correctly rounded, no
zero of unspecified sign, no cast of a float that does not fit), so that results can be compared bit for bit. A
little over the usual length: every kind of step stands beside the others, and they share the scope.
"""

import random

import numpy as onp

from oracle import kind_of, promote

DTYPES = {
    "float32": 10,
    "float64": 4,
    "int32": 4,
    "int64": 4,
    "bool": 4,
    "uint8": 2,
    "int8": 2,
    "float16": 2,
    "int16": 1,
    "uint16": 1,
    "uint32": 1,
    "uint64": 1,
    "complex64": 1,
}
# Above 4096 elements an operation builds a pending node; below it runs at once.
FAMILIES = [
    [(5000,), (5000,), (1,), ()],
    [(72, 80), (72, 80), (80,), (72, 1), (5760,)],
    [(80, 80), (80, 80), (80,), (80, 1), (6400,)],
    [(20, 30, 12), (30, 12), (12,), (20, 1, 12), (7200,)],
    [(3, 4097), (4097,), (3, 1), ()],
    [(128, 100), (128, 1), (100,), (12800,)],
    [(19000,), (1,), ()],
    [(5, 8), (8,), (5, 1), (40,)],
    [(7,), (7,), (1,), ()],
    [(3, 0, 2), (0, 2), (2,), (1,)],
    [(2, 3, 4), (3, 4), (4,), (2, 1, 4)],
]
LIMIT = 60_000
MOST_LIVE = 14


class Program:
    """Writes one line at a time; `scope` is the mirror's variables, which the caller keeps up to date."""

    def __init__(self, seed, scope, numpy_mode=False):
        self.random = random.Random(seed)
        self.scope = scope
        self.numpy_mode = numpy_mode
        self.count = 0
        self.family = self.random.choice(FAMILIES)
        self.steps = {
            self.create: 6,
            self.view: 14,
            self.elementwise: 24,
            self.assign: 12,
            self.augmented: 12,
            self.masked: 6,
            self.gathered: 5,
            self.ufunc_out: 6,
            self.overlapping: 7,
            self.reduce: 9,
            self.convert: 5,
            self.delete: 5,
            self.force: 6,
            self.record: 5,
            self.structural: 6,
            self.chain: 1,
            self.mistake: 2,
        }

    def line(self):
        """The next line."""
        if len(self.live()) < 2:
            return self.create()
        if len(self.live()) > MOST_LIVE:
            return self.delete()
        methods, weights = zip(*self.steps.items())
        while True:
            text = self.random.choices(methods, weights)[0]()
            if text:
                return text

    # What is there.

    def live(self):
        return [name for name, value in self.scope.items() if name[0] == "a" and name[1:].isdigit()]

    def pick(self, accept=lambda array: True):
        """Name of a live array that `accept` takes, or None."""
        names = [name for name in self.live() if accept(self.scope[name])]
        return self.random.choice(names) if names else None

    def dtype(self, name):
        return str(self.scope[name].dtype)

    def kind(self, name):
        return kind_of(self.dtype(name))

    def fresh(self):
        self.count += 1
        return f"a{self.count - 1}"

    def partner(self, name, within=None):
        """Another array that `name` can be combined with: shapes broadcast and both libraries promote alike."""
        shape, dtype = self.scope[name].shape, self.dtype(name)

        def fits(other):
            try:
                joint = onp.broadcast_shapes(shape, other.shape)
            except ValueError:
                return False
            if within is not None and joint != within:
                return False
            alike = promote(dtype, str(other.dtype)) == promote(dtype, str(other.dtype), True)
            return onp.prod(joint) <= LIMIT and (alike or self.numpy_mode)

        return self.pick(fits)

    def scalar(self, dtype):
        """A Python number that an array of that dtype takes without changing its dtype."""
        kind = kind_of(dtype)
        if kind == "b":
            return self.random.choice(["True", "False"])
        if kind == "u":
            return str(self.random.randint(0, 9))
        if kind == "i":
            return str(self.random.randint(-9, 9))
        return self.random.choice(["2", "-3", "0.5", "1.25", "-0.75", "3.0"])

    # Lines.

    def create(self):
        dtype = self.random.choices(list(DTYPES), DTYPES.values())[0]
        shape = self.random.choice(self.family)
        name, form = self.fresh(), self.random.randint(0, 9)
        if form == 0:
            return f"{name} = np.zeros({shape}, dtype='{dtype}')"
        if form == 1:
            return f"{name} = np.full({shape}, {self.scalar(dtype)}, dtype='{dtype}')"
        if form == 2 and len(shape) == 1 and dtype not in ("bool", "int8", "uint8"):
            return f"{name} = np.arange({min(shape[0], 2000)}, dtype='{dtype}')"
        if form == 3 and len(shape) == 2:
            return f"{name} = np.eye{shape[:1] + shape[1:]}.astype('{dtype}')"
        return f"{name} = make('{dtype}', {shape}, {self.random.randint(0, 999)})"

    def index(self, shape):
        """Basic index text that never selects a single element by integers alone."""
        items, integers = [], 0
        for length in shape:
            if items and self.random.random() < 0.25:
                break
            low, high = sorted((self.random.randint(0, length), self.random.randint(0, length)))
            choice = self.random.randint(0, 9)
            if choice == 0 and length and integers + 1 < len(shape):
                integers += 1
                items.append(str(self.random.randint(-length, length - 1)))
            elif choice <= 2:
                items.append(f"{low}:{high}")
            elif choice == 3:
                items.append(f"{self.random.randint(0, 2)}::{self.random.randint(1, 4)}")
            elif choice == 4:
                items.append(f"::-{self.random.randint(1, 3)}")
            elif choice == 5:
                items.append(f"{high}:{max(low - 1, 0)}:-{self.random.randint(1, 2)}")
            elif choice == 6:
                items.append("1:")
            elif choice == 7:
                items.append(":-1")
            else:
                items.append(":")
        if self.random.random() < 0.1:
            items.insert(self.random.randint(0, len(items)), "None")
        if not items or (integers == len(items) and integers == len(shape)) or self.random.random() < 0.1:
            items.append("...")
        return ", ".join(items)

    def view(self):
        source = self.pick()
        array, name = self.scope[source], self.fresh()
        forms = [f"{source}[{self.index(array.shape)}]"] * 6
        forms += [f"{source}.T", f"np.expand_dims({source}, 0)", f"{source}.reshape(-1)", f"np.squeeze({source})"]
        if array.ndim >= 2:
            axes = self.random.sample(range(array.ndim), array.ndim)
            forms += [f"{source}.swapaxes(0, -1)", f"{source}.transpose({axes})", f"np.diagonal({source})"] * 2
            forms += [f"np.moveaxis({source}, 0, -1)", f"{source}.reshape({(array.shape[-1], -1)})"]
        if array.ndim < 3 and 0 < array.size <= 2000:
            forms.append(f"np.broadcast_to({source}, {(3,) + array.shape})")
        if array.size % 2 == 0 and array.size:
            forms.append(f"{source}.reshape((2, -1))")
        if array.dtype.kind == "c":
            forms += [f"{source}.real", f"{source}.imag"] * 3
        if array.ndim and array.shape[0] % 2 == 0:
            forms.append(f"np.split({source}, 2)[1]")
        return f"{name} = {self.random.choice(forms)}"

    def elementwise(self):
        first = self.pick(lambda array: array.size <= LIMIT)
        if first is None:
            return None
        return f"{self.fresh()} = {self.expression(first)}"

    def expression(self, first):
        """An expression over `first` and perhaps others."""
        kind = self.kind(first)
        second = self.partner(first) if self.random.random() < 0.7 else None
        if second is None or (kind == "c" and self.kind(second) != "c"):
            other, joint = self.scalar(self.dtype(first)), kind
        else:
            other, joint = second, max(kind, self.kind(second), key="buifc".index)
        if self.random.random() < 0.2:
            return self.comparison(first, other, joint)
        if self.random.random() < 0.3:
            return self.unary(first, kind)
        return self.binary(first, other, joint)

    def comparison(self, first, other, joint):
        operators = ["==", "!="] if joint == "c" else ["<", "<=", ">", ">=", "==", "!="]
        return f"{first} {self.random.choice(operators)} {other}"

    def unary(self, first, kind):
        forms = {
            "b": ["~{x}", "np.logical_not({x})"],
            "u": ["~{x}", "np.square({x})", "{x} >> 1", "{x} << 1", "np.sign({x})"],
            "i": ["~{x}", "-{x}", "abs({x})", "np.square({x})", "{x} >> 2", "{x} << 1", "np.sign({x})", "{x} ** 2"],
            "f": [
                "-{x}",
                "abs({x})",
                "np.sqrt(abs({x}))",
                "np.floor({x})",
                "np.ceil({x})",
                "np.trunc({x})",
                "np.rint({x})",
                "np.square({x})",
                "np.sign({x})",
                "np.isnan({x})",
                "np.isfinite({x})",
                "np.clip({x}, -3, 5)",
                "np.signbit({x}) & ({x} == {x})",  # the sign of nan is nobody's promise
                "1 / {x}",
                "{x} * 0.5 + 1.5",
            ],
            "c": ["-{x}", "np.conj({x})", "np.real({x})", "np.imag({x})", "{x} + 1"],
        }
        return self.random.choice(forms[kind]).format(x=first)

    def binary(self, first, other, joint):
        forms = {
            "b": ["{x} & {y}", "{x} | {y}", "{x} ^ {y}", "np.logical_or({x}, {y})", "np.logical_xor({x}, {y})"],
            "c": ["{x} + {y}", "{x} - {y}"],
        }
        numbers = [
            "{x} + {y}",
            "{x} - {y}",
            "{x} * {y}",
            "{y} - {x}",
            "{x} * {y} + {x}",
            "np.where({x} > 0, {x}, {y})",
            "np.maximum({x}, {y}) + 0",
            "np.minimum({x}, {y}) + 0",
            "({x} - {y}) * {x}",
        ]
        forms["i"] = forms["u"] = numbers + ["{x} // {y}", "{x} % {y}"]
        both_integers = other in self.scope and self.kind(first) in "iu" and self.kind(other) in "iu"
        if both_integers and promote(self.dtype(first), self.dtype(other), True) != "float64":
            forms["i"] = forms["u"] = forms["i"] + ["{x} & {y}", "{x} | {y}", "{x} ^ {y}"]
        forms["f"] = numbers + ["{x} / {y}", "{x} / ({y} + 2)", "np.copysign({x}, abs({y}) - 1)"]
        if "b" in (self.kind(first), self.kind(other) if other in self.scope else ""):
            forms["i"] = forms["u"] = forms["f"] = ["{x} + {y}", "{x} * {y}", "np.logical_and({x}, {y})"]
        return self.random.choice(forms[joint]).format(x=first, y=other)

    def value_for(self, target, shape):
        """Something that can be written into a selection of `target` of that shape without an undefined cast."""
        dtype, kind = self.dtype(target), self.kind(target)
        if self.random.random() < 0.4:
            return self.scalar(dtype)
        order = {"b": "b", "u": "bui", "i": "bui", "f": "buif", "c": "buifc"}[kind]

        def fits(array):
            if kind_of(str(array.dtype)) not in order:
                return False
            try:
                return onp.broadcast_shapes(array.shape, shape) == tuple(shape)
            except ValueError:
                return False

        return self.pick(fits) or self.scalar(dtype)

    def writable(self):
        return self.pick(lambda array: array.flags.writeable)

    def assign(self):
        target = self.writable()
        if target is None:
            return None
        index = self.index(self.scope[target].shape) if self.random.random() < 0.6 else "..."
        shape = eval(f"array[{index}]", {"array": self.scope[target]}).shape
        value = self.value_for(target, shape)
        if value in self.scope and self.kind(target) == "f" and self.random.random() < 0.5:
            number = self.random.choice(["1", "2"])
            value = f"{value} * {number}" if self.kind(value) != "b" else value
        other = self.scope.get(value)
        if other is not None and other.ndim == 1 and onp.shares_memory(other, self.scope[target]):
            value = f"{value}.copy()"  # NumPy copies overlapping lines of different steps in the wrong order
        return f"{target}[{index}] = {value}"

    def augmented(self):
        target = self.writable()
        if target is None or self.kind(target) == "c":
            return None
        shape, kind = self.scope[target].shape, self.kind(target)
        value = self.partner(target, within=shape) if self.random.random() < 0.7 else None
        if value is None or (self.kind(value) == "b" and kind != "b") or (kind == "b" and self.kind(value) != "b"):
            value = self.scalar(self.dtype(target))
        operators = {"b": ["&", "|", "^"], "f": ["+", "-", "*", "/"]}.get(kind, ["+", "-", "*", "//", "%"])
        if self.random.random() < 0.3 and value not in self.scope:
            return f"{target}[{self.index(shape)}] {self.random.choice(operators)}= {value}"
        return f"{target} {self.random.choice(operators)}= {value}"

    def mask_for(self, target):
        shape = self.scope[target].shape
        mask = self.pick(lambda array: array.dtype == bool and array.shape == shape)
        if mask and self.random.random() < 0.6:
            # where a mask is another view of its target, NumPy reads what it has just written
            shared = mask != target and onp.shares_memory(self.scope[mask], self.scope[target])
            return f"{mask}.copy()" if shared else mask
        return target if self.kind(target) == "b" else f"({target} == {self.scalar(self.dtype(target))})"

    def masked(self):
        target = self.writable()
        if target is None:
            return None
        mask, value = self.mask_for(target), self.scalar(self.dtype(target))
        if self.scope[target].ndim == 0:
            return None
        return self.random.choice(
            [
                f"{target}[{mask}] = {value}",
                f"{target}[{mask}] = {target}[{mask}][::-1]",
                f"{self.fresh()} = {target}[{mask}]",
                f"np.putmask({target}, {mask}, {value})",
                f"np.copyto({target}, {value}, where={mask})",
            ]
        )

    def gathered(self):
        target = self.pick(lambda array: array.flags.writeable and array.ndim and array.shape[0])
        if target is None:
            return None
        length, seed, count = self.scope[target].shape[0], self.random.randint(0, 999), self.random.randint(1, 40)
        index, value = f"index({length}, {count}, {seed})", self.scalar(self.dtype(target))
        forms = [
            f"{target}[{index}] = {value}",
            f"{self.fresh()} = {target}[{index}]",
            f"{target}[{index}] = {target}[{index}][::-1]",
            f"{self.fresh()} = np.take({target}, {index}, axis=0)",
        ]
        # NumPy adds a Python number to uint64 through float64, which rounds
        if self.kind(target) in "iuf" and self.dtype(target) != "uint64":
            forms.append(f"np.add.at({target}, {index}, {value})")
            forms.append(f"{target}[{index}] += {value}")
        return self.random.choice(forms)

    def ufunc_out(self):
        target = self.pick(lambda array: array.flags.writeable and kind_of(str(array.dtype)) in "iuf")
        if target is None:
            return None
        shape, dtype = self.scope[target].shape, self.dtype(target)
        first = self.pick(lambda array: str(array.dtype) == dtype and array.shape == shape)
        second = self.pick(lambda array: str(array.dtype) == dtype and array.shape == shape)
        name = self.random.choice(["add", "subtract", "multiply"])
        where = f", where={self.mask_for(target)}" if self.random.random() < 0.5 else ""
        return f"np.{name}({first}, {second}, out={target}{where})"

    def overlapping(self):
        target = self.pick(lambda array: array.flags.writeable and array.ndim and array.shape[0] > 2)
        if target is None:
            return None
        array = self.scope[target]
        forms = [
            f"{target}[1:] = {target}[:-1]",
            f"{target}[:-1] = {target}[1:]",
            f"{target}[...] = {target}[::-1]",
            f"{target}[1:-1] = {target}[2:]",
            f"{target}[::-1] = {target}[...]",
        ]
        if array.dtype.kind in "iuf":
            forms += [
                f"{target}[1:] += {target}[:-1]",
                f"np.add({target}[1:], {target}[:-1], out={target}[1:])",
                f"{target} -= {target}[::-1]",
                f"{target}[1:] *= {target}[0, ...]",
            ]
        if array.ndim == 2 and array.shape[0] == array.shape[1]:
            forms += [f"{target}[...] = {target}.T"] * 3
            if array.dtype.kind in "iuf":
                forms += [f"{target} += {target}.T", f"{target} *= {target}.T[::-1]"] * 3
        return self.random.choice(forms)

    def reduce(self):
        source = self.pick(lambda array: array.size and array.dtype.kind in "biuf")
        if source is None:
            return None
        array, kind, name = self.scope[source], self.kind(source), self.fresh()
        axis = self.random.choice([None] + list(range(-array.ndim, array.ndim)))
        keep = self.random.choice(["", ", keepdims=True"])
        if self.random.random() < 0.25:
            return f"{name} = np.{self.random.choice(['any', 'all', 'count_nonzero'])}({source}, axis={axis}{keep})"
        if self.random.random() < 0.5:
            extreme = self.random.choice(["argmax", "argmin", "max", "min"])
            # Which zero wins among -0 and 0 is unspecified; adding 0 makes it positive.
            end = " + 0" if kind == "f" and not extreme.startswith("arg") else ""
            return f"{name} = {source}.{extreme}(axis={axis}{keep}){end}"
        if kind == "f":
            if self.dtype(source) == "float16":
                return None
            return f"{name} = np.clip(np.rint({source}), -8, 8).sum(axis={axis}{keep})"
        return f"{name} = {source}.{self.random.choice(['sum', 'prod'])}(axis={axis}{keep})"

    def convert(self):
        source, name = self.pick(), self.fresh()
        kind = self.kind(source)
        if self.random.random() < 0.3:
            return f"{name} = {source}.copy()"
        if kind == "c":
            return f"{name} = np.ascontiguousarray({source})"
        wanted = self.random.choices(list(DTYPES), DTYPES.values())[0]
        if kind == "f" and kind_of(wanted) in "iu":
            return f"{name} = np.where(np.isfinite({source}), np.clip({source}, 0, 100), 7).astype('{wanted}')"
        return f"{name} = {source}.astype('{wanted}')"

    def delete(self):
        return f"del {self.pick()}"

    def force(self):
        return f"force({self.pick()}, {self.random.randint(0, 4)})"

    def record(self):
        def plain(array):
            return str(array.dtype) in ("float32", "float64") and array.ndim and array.size

        first = self.pick(plain)
        if first is None:
            return None
        shape, dtype = self.scope[first].shape, self.dtype(first)
        second = self.pick(lambda array: array.shape == shape and str(array.dtype) == dtype)
        name = self.fresh()
        # a gradient adds what must be zero times its factors, so these must be finite
        finite = all(onp.isfinite(self.scope[one]).all() for one in (first, second))
        if finite and self.random.random() < 0.5:
            return f"{name} = gradient({self.random.randint(0, 5)}, {first}, {second})"
        form = self.random.choice(["x * {y} + {y}", "(x + {y})[1:] * 2", "abs(x) - {y}", "x.T * 2", "x[::-1] + {y}"])
        return f"{name} = recorded(lambda x: {form.format(y=second)}, {first})"

    def structural(self):
        source = self.pick(lambda array: array.ndim and array.size <= LIMIT // 2)
        if source is None:
            return None
        array, name = self.scope[source], self.fresh()
        forms = [
            f"np.concatenate([{source}, {source}])",
            f"np.stack([{source}, {source}], axis=-1)",
            f"np.flip({source})",
            f"np.roll({source}, 3)",
            f"np.roll({source}, -1, axis=0)",
            f"np.repeat({source}, 2, axis=0)",
            f"np.tile({source}, 2)",
            f"np.ravel({source}, order='F')",
            f"np.pad({source}, 1)",
            f"np.zeros_like({source})",
        ]
        if array.dtype.kind in "iu":
            forms += [
                f"np.sort({source}, axis=0)",
                f"np.cumsum({source}, axis=-1)",
                f"np.diff({source}, axis=0)",
                f"np.argsort({source}, axis=-1, kind='stable')",
                f"np.unique({source})",
            ]
            if array.flags.writeable and self.random.random() < 0.1:
                return f"{source}.sort()"
        return f"{name} = {self.random.choice(forms)}"

    def chain(self):
        source = self.pick(lambda array: str(array.dtype) in ("float32", "float64"))
        if source is None:
            return None
        return f"for _ in range({self.random.randint(5, 60)}): {source} = {source} * 0.5 + {self.scalar('float32')}"

    def mistake(self):
        first, second = self.pick(), self.pick()
        return self.random.choice(
            [
                f"{self.fresh()} = {first} + {first}[..., None, :1, None] + np.zeros((3, 7, 11), dtype=bool)",
                f"{first}[99999999] = 1",
                f"{self.fresh()} = {first}.reshape((7, 11, 13, 17))",
                f"np.add({first}, {second}, out=np.broadcast_to({first}, {self.scope[first].shape}))",
                f"{first}[...] = np.zeros((2, 3, 5, 7), dtype=bool)",
                f"{self.fresh()} = {first}.sum(axis=9)",
                f"np.concatenate([{first}, {first}[None]])",
                f"{first} += np.zeros((9, 9, 9, 9, 9), dtype=bool)",
            ]
        )
