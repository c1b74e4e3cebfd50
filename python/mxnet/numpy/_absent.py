"""Names of NumPy that do not exist here, and why. `__getattr__` says so to who asks for one; the page
docs/numpy_differences.md lists them (`make gen`), and a test fails for any other difference between the namespaces.
"""

__all__ = []

_NOT_NUMBERS = "arrays hold numbers: there are no objects, strings, dates and structured dtypes"
_EXTENDED = "extended precision exists on some processors only"
_MATRICES = "matrices with operators of their own are discouraged by NumPy too; arrays with two axes do it"
_INTERNAL = "it belongs to NumPy's own build, tests or C interface"

_NO_RUNNER = "there is no test runner in the package"

#: namespace -> reason -> names
ABSENT = {
    "np": {
        _NOT_NUMBERS: (
            "busday_count",
            "busday_offset",
            "busdaycalendar",
            "bytes_",
            "char",
            "character",
            "datetime64",
            "datetime_as_string",
            "datetime_data",
            "flexible",
            "fromregex",
            "frompyfunc",
            "is_busday",
            "isnat",
            "object_",
            "rec",
            "recarray",
            "record",
            "str_",
            "strings",
            "timedelta64",
            "void",
        ),
        _EXTENDED: ("clongdouble", "complex256", "float128", "longdouble"),
        _MATRICES: ("asmatrix", "bmat", "matrix"),
        _INTERNAL: ("core", "ctypeslib", "f2py", "get_include", "test"),
        "masked arrays are not built: use np.where, or functions with where=": ("ma",),
        "the polynomial classes are not built: np.poly1d, np.polyfit and np.polyval exist": ("polynomial",),
    },
    "np.lib": {
        _NO_RUNNER: ("test",),
        _INTERNAL: ("add_docstring", "add_newdoc", "introspect"),
        "np.save and np.load write and read such files": ("format", "npyio"),
        "npx.memory_stats tells about memory": ("tracemalloc_domain",),
    },
    "np.linalg": {_NO_RUNNER: ("test",)},
    "np.fft": {_NO_RUNNER: ("test",)},
    "np.random": {
        _NO_RUNNER: ("test",),
        "np.random's functions draw from a parallel generator of their own, not from a bit generator": (
            "get_bit_generator",
            "set_bit_generator",
        ),
        "the bit generators and RandomState stand in np.random itself": ("bit_generator", "mtrand"),
    },
    "np.testing": {_NO_RUNNER: ("extbuild", "test")},
}


def message(space, name):
    """What an AttributeError says about a missing name."""
    for reason, names in ABSENT.get(space, {}).items():
        if name in names:
            return f"mxnet has no {space}.{name}: {reason}"
    module = {"np": "mxnet.numpy"}.get(space, f"mxnet.numpy.{space.removeprefix('np.')}")
    return f"module '{module}' has no attribute '{name}'"
