"""What autograd says when something goes wrong later: the line of the operator, the line of the write, the first nan.
And drawings of the tape."""

import inspect
import os
import stat
import sys
import threading

import numpy as onp
import pytest

from mxnet import autograd, np, npx

HERE = os.path.basename(__file__)


def variable(values, dtype="float64"):
    x = np.array(values, dtype=dtype)
    x.attach_grad()
    return x


def line():
    """The caller's line number."""
    return inspect.currentframe().f_back.f_lineno


def message(call, error=RuntimeError):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def place(number, function):
    return f'{HERE}", line {number}, in {function}'


LARGE = 100_000  # elements: operators on so many give up the interpreter


@pytest.mark.parametrize("size", [3, LARGE])
def test_an_error_in_backward_names_the_line_of_the_operator(size):
    x = variable(onp.ones(size))
    with autograd.record():
        y = np.nextafter(x, 2)
        at = line() - 1
        z = (y * 2).sum()
    text = message(z.backward)
    assert "nextafter: the operator has no gradient" in text
    assert place(at, "test_an_error_in_backward_names_the_line_of_the_operator") in text


@pytest.mark.parametrize("size", [3, LARGE])
@pytest.mark.parametrize("recording", [True, False])
def test_a_destroying_write_names_both_lines(size, recording):
    x = variable(onp.ones(size))
    name = "test_a_destroying_write_names_both_lines"
    with autograd.record():
        y = x * 1
        z = np.exp(y)
        at = line() - 1
        w = z.sum()
        if recording:
            z += 1
            write = line() - 1
    if not recording:
        z[...] = 5
        write = line() - 1
    text = message(w.backward)
    assert f'in-place write (File "{__file__}", line {write}, in {name})' in text
    assert text.endswith(f'backward was at exp (File "{__file__}", line {at}, in {name})')


def test_the_first_of_several_writes_is_named():
    x = variable([1.0, 2.0])
    with autograd.record():
        z = np.exp(x * 1)
    z[0] = 1
    write = line() - 1
    z[0] = 2
    assert f"line {write}," in message(z.backward)


def test_a_write_through_a_view_is_named():
    x = variable([1.0, 2.0])
    with autograd.record():
        y = x * 2
        view = y[:1]
        view[:] = 7
        write = line() - 1
        z = y * y
    text = message(z.backward)
    assert "through a view" in text and f"line {write}," in text


def test_lines_inside_this_package_are_not_the_user_s():
    x = variable([[3.0, 0.0], [0.0, 0.0]])
    with autograd.record():
        y = np.gradient(x * 1)[0]
        at = line() - 1
    y.backward()
    assert f"line {at}," in message(y.backward)  # freed


def test_operators_inside_backward_have_the_line_of_the_operator_they_come_from():
    x = variable([1.0])
    with autograd.record():
        y = np.exp(x)
        at = line() - 1
        (slope,) = autograd.grad(y, x, create_graph=True)
    slope.backward()
    assert f"line {at}," in message(slope.backward)


def test_every_thread_names_its_own_lines():
    texts = {}

    def work(key):
        x = variable([1.0])
        with autograd.record():
            y = np.exp(x * key)
        y.backward()
        texts[key] = message(y.backward)

    threads = [threading.Thread(target=work, args=(key,)) for key in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 4 and all(", in work)" in text for text in texts.values())


def test_code_that_was_made_at_run_time_has_lines():
    x = variable([1.0])
    space = {"np": np, "x": x}
    with autograd.record():
        for at in range(5000):
            exec(compile(f"y{at % 2} = np.exp(x)", f"<cell {at}>", "exec"), space)
    space["y1"].backward()
    assert '"<cell 4999>", line 1, in <module>' in message(space["y1"].backward)


def test_detect_anomaly_stops_at_the_operator_that_returns_nan():
    x = variable([1.0, -1.0])

    def step():
        with autograd.detect_anomaly(), autograd.record():
            y = np.exp(x)
            lines.append(line() + 1)
            np.log(x * y)
            raise AssertionError("not reached")

    lines = []
    text = message(step)
    assert "detect_anomaly: log returned nan" in text and place(lines[0], "step") in text


def test_detect_anomaly_names_the_gradient_with_nan():
    x = variable([0.0, 4.0])
    with autograd.detect_anomaly(), autograd.record():
        y = np.sqrt(x)
        at = line() - 1
        z = (y * 0).sum()
        text = message(z.backward)
    assert "the gradient of sqrt gave nan for input 0" in text and f"line {at}," in text
    # nothing is left over
    assert float((x + 1).sum()) == 6


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "complex64", "complex128"])
def test_detect_anomaly_in_every_dtype(dtype):
    x = variable([1, 0], dtype)
    with autograd.detect_anomaly(), autograd.record():
        message(lambda: x / x)


def test_detect_anomaly_is_off_outside_and_can_be_switched_off_inside():
    x = variable([-1.0])
    with autograd.detect_anomaly():
        with autograd.detect_anomaly(False), autograd.record():
            y = np.log(x)
        with autograd.pause():
            np.log(x)
    with autograd.record():
        y = np.log(x)
    y.backward()
    assert onp.isnan(y.asnumpy()).all()


class Halves(autograd.Function):
    """A function with two outputs."""

    def forward(self, x):
        return x[0], x[1]

    def backward(self, first, second):
        return np.stack([first, second])


def test_detect_anomaly_in_multiple_outputs_and_in_places():
    x = variable([[1.0, onp.nan], [0.0, 1.0]])
    with autograd.detect_anomaly(), autograd.record():
        assert "function returned nan" in message(lambda: Halves()(x))
        y = np.zeros((2, 2), dtype="float64")
        message(lambda: y.__setitem__(0, x[0]))


def recorded():
    x = variable([[3.0, 1.0]])
    with autograd.record():
        return (np.exp(x) * x).sum()


def test_plot_is_graphviz_s_text():
    text = str(autograd.plot(recorded()))
    assert text.startswith("digraph tape {") and text.endswith("}")
    assert 'n0 [label="variable\\nfloat64 (1, 2)", shape="box"' in text
    for edge in ("n0 -> n1", "n1 -> n2", "n0 -> n2", "n2 -> n3"):
        assert f"  {edge};" in text
    assert 'label="exp"' in text and f"{HERE}" in text and text.count("->") == 4


def test_plot_of_what_was_not_recorded():
    assert "plot: the array is not on the tape" in message(lambda: autograd.plot(np.ones(2)))


def test_plot_without_graphviz_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    drawing = autograd.plot(recorded())
    with pytest.raises(ImportError, match="package graphviz"):
        drawing.svg
    with pytest.raises(ImportError, match="package graphviz"):
        drawing.save(tmp_path / "tape.svg")
    assert drawing._repr_svg_() is None and not (tmp_path / "tape.svg").exists()
    drawing.save(tmp_path / "tape.dot")
    assert (tmp_path / "tape.dot").read_text() == str(drawing)
    with pytest.raises(ValueError, match=r"\.txt"):
        drawing.save(tmp_path / "tape.txt")


def test_plot_runs_graphviz(monkeypatch, tmp_path):
    """With a program in graphviz's place, that shows what it was given."""
    program = tmp_path / "dot"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nprint('<svg>', sys.argv[1], len(sys.stdin.read()), '</svg>')\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    drawing = autograd.plot(recorded())
    assert drawing.svg == f"<svg> -Tsvg {len(str(drawing))} </svg>\n" == drawing._repr_svg_()
    drawing.save(tmp_path / "tape.png")
    assert "-Tpng" in (tmp_path / "tape.png").read_text()


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_gradients_through_integers(dtype):
    x = variable(onp.arange(12).reshape(3, 4), dtype)
    with autograd.record():
        y = npx.slice(x, (0, 1), (2, 4)) * 3 + x[1:, :3].reshape(2, 3) * x[:2, :3]
    y.backward()
    want = onp.zeros((3, 4))
    host = onp.arange(12).reshape(3, 4)
    want[:2, 1:] += 3
    want[1:, :3] += host[:2, :3]
    want[:2, :3] += host[1:, :3]
    assert str(x.grad.dtype) == dtype and x.grad.tolist() == want.tolist()


def test_what_is_written_into_integers_has_a_gradient():
    x, y = np.zeros((3, 2), dtype="int32"), variable([1.0, 2.0])
    with autograd.record():
        x[1] = y
    x.backward()
    assert y.grad.tolist() == [1, 1] and x.tolist() == [[0, 0], [1, 2], [0, 0]]


def test_floats_made_integers_are_constant():
    x = variable([1.5, 2.5])
    with autograd.record():
        y = x.astype("int32")
    assert "not on the tape" in message(y.backward)


def test_freshness_of_gradients():
    x, y = variable([1.0]), variable([1.0])
    assert not x._fresh_grad
    with autograd.record():
        z = x * 2 + y.detach()
    z.backward()
    assert x._fresh_grad and not y._fresh_grad
    x._fresh_grad = False
    assert not x._fresh_grad


@pytest.mark.parametrize("stype", ["csr", "row_sparse"])
def test_sparse_gradients_are_refused(stype):
    x = np.ones(2)
    x.attach_grad(stype="default")
    with pytest.raises(NotImplementedError, match=f"not '{stype}'"):
        x.attach_grad(stype=stype)
    assert x.grad.tolist() == [0, 0]


def test_mark_variables_checks_before_it_marks():
    x, y = np.ones(2), np.ones(3)
    with pytest.raises(ValueError, match="shape"):
        autograd.mark_variables([x, y], [np.zeros(2), np.zeros(2)])
    with pytest.raises(ValueError, match="grad_req"):
        autograd.mark_variables([x, y], [np.zeros(2), np.zeros(3)], ["write", "push"])
    assert x.grad is None and y.grad is None


@pytest.mark.parametrize("train_mode", [True, False])
def test_backward_runs_in_the_mode_that_is_asked_for(train_mode):
    seen = []

    class Look(autograd.Function):
        def forward(self, x):
            return x * 1

        def backward(self, dy):
            seen.append(autograd.is_training())
            return dy

    x = variable([1.0])
    with autograd.record():
        y = Look()(x)
    y.backward(train_mode=train_mode, retain_graph=True)
    autograd.backward(y, train_mode=train_mode, retain_graph=True)
    autograd.grad(y, x, train_mode=train_mode)
    assert seen == [train_mode] * 3 and not autograd.is_training()
