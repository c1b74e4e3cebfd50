"""Layers that have kernels of their own, beside the same layers in operators: values, and gradients of two orders.

The other way round the axes, or through a mask that hides nothing, a layer goes through operators; results must agree.
"""

import numpy
import pytest

from mxnet import autograd, np, npx

LENGTHS = [1, 5, 31, 32, 33, 64, 200]


def numbers(*shape, dtype="float64", seed=0):
    return numpy.random.default_rng(seed + sum(shape)).normal(size=shape).astype(dtype)


def with_gradients(work, *arrays, order=1):
    """The value of `work`, and its gradients under a random head; at order 2, those of the gradients' squares."""
    variables = [np.array(array) for array in arrays]
    for variable in variables:
        variable.attach_grad()
    with autograd.record():
        value = work(*variables)
        head = np.array(numbers(*value.shape, dtype=str(value.dtype), seed=9))
        if order == 2:
            found = autograd.grad(value, variables, head_grads=head, create_graph=True)
            total = sum((one * one).sum() for one in found)
    if order == 2:
        total.backward()
    else:
        value.backward(head)
    return [value.asnumpy()] + [variable.grad.asnumpy() for variable in variables]


def same(first, second, rtol=1e-9, atol=1e-11):
    for ours, theirs in zip(first, second, strict=True):
        numpy.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_of_rows(name, length, order):
    layer = getattr(npx, name)
    x = numbers(7, length) * 3
    rows = with_gradients(lambda x: layer(x, axis=-1, temperature=1.5), x, order=order)
    columns = with_gradients(lambda x: layer(x.T, axis=0, temperature=1.5).T, x, order=order)
    same(rows, columns)


@pytest.mark.parametrize("name", ["masked_softmax", "masked_log_softmax"])
@pytest.mark.parametrize("order", [1, 2])
def test_masked_softmax_of_rows(name, order):
    layer = getattr(npx, name)
    x, mask = numbers(3, 6, 40), numbers(3, 1, 40, seed=3) > -0.3
    mask[1] = False
    rows = with_gradients(lambda x: layer(x, np.array(mask), axis=-1)[::2], x, order=order)
    turned = np.array(mask.swapaxes(1, 2))
    columns = with_gradients(lambda x: layer(x.swapaxes(1, 2), turned, axis=1).swapaxes(1, 2)[::2], x, order=order)
    same(rows, columns)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("length", LENGTHS)
def test_cross_entropy_of_rows(length, order):
    x, labels = numbers(9, length) * 3, np.array(numpy.arange(9) % length)
    work = npx.softmax_cross_entropy
    rows = with_gradients(lambda x: work(x, labels, axis=-1, reduction="none"), x, order=order)
    columns = with_gradients(lambda x: work(x.T, labels, axis=0, reduction="none"), x, order=order)
    same(rows, columns)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("shape", [(1, 5), (7, 32), (300, 33), (3, 4, 200)])
def test_normalisation_of_rows(shape, order):
    x, gamma, beta = numbers(*shape) + 5, numbers(shape[-1]), numbers(shape[-1], seed=2)

    def first(layer, x, *parameters):
        return layer(x.swapaxes(0, -1), *parameters, axis=0).swapaxes(0, -1)

    rows = with_gradients(lambda x, g, b: npx.layer_norm(x, g, b), x, gamma, beta, order=order)
    columns = with_gradients(lambda x, g, b: first(npx.layer_norm, x, g, b), x, gamma, beta, order=order)
    same(rows, columns, rtol=1e-7)
    rows = with_gradients(lambda x, g: npx.rms_norm(x, g), x, gamma, order=order)
    columns = with_gradients(lambda x, g: first(npx.rms_norm, x, g), x, gamma, order=order)
    same(rows, columns, rtol=1e-7)
    same(with_gradients(lambda x: npx.rms_norm(x), x), with_gradients(lambda x: first(npx.rms_norm, x), x))


def grouped(x, gamma, beta, axes, shape):
    """Normalisation over axes, as plain operators."""
    mean = x.mean(axis=axes, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-3) * gamma.reshape(shape) + beta.reshape(shape)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("places", [(4, 4), (5, 9), (70, 70)])
def test_normalisation_of_planes(places, order):
    x, gamma, beta = numbers(2, 6, *places) + 3, numbers(6), numbers(6, seed=2)
    given = (x, gamma, beta)
    shape = (1, 6, 1, 1)
    ours = with_gradients(lambda *all: npx.instance_norm(*all, eps=1e-3), *given, order=order)
    same(ours, with_gradients(lambda *all: grouped(*all, (2, 3), shape), *given, order=order), rtol=1e-7)
    ours = with_gradients(lambda *all: npx.group_norm(*all, num_groups=3, eps=1e-3), *given, order=order)

    def in_groups(x, gamma, beta):
        split = x.reshape((2, 3, 2, *places))
        return grouped(split, gamma, beta, (2, 3, 4), (1, 3, 2, 1, 1)).reshape(x.shape)

    same(ours, with_gradients(in_groups, *given, order=order), rtol=1e-7)

    def batch(x, gamma, beta):
        running = np.zeros(6, dtype="float64"), np.ones(6, dtype="float64")
        return npx.batch_norm(x, gamma, beta, *running, eps=1e-3, fix_gamma=False)

    ours = with_gradients(batch, *given, order=order)
    same(ours, with_gradients(lambda *all: grouped(*all, (0, 2, 3), shape), *given, order=order), rtol=1e-7)


def test_batch_statistics_of_large_numbers():
    x = (numbers(8, 2, 40, 40) + 1e4).astype("float32")
    with autograd.train_mode():
        running = np.zeros(2), np.ones(2)
        _, mean, inverse = npx.batch_norm(np.array(x), np.ones(2), np.zeros(2), *running, eps=0.0, output_mean_var=True)
    wide = x.astype("float64")
    numpy.testing.assert_allclose(mean.asnumpy(), wide.mean(axis=(0, 2, 3)), rtol=1e-6)
    numpy.testing.assert_allclose(inverse.asnumpy(), 1 / wide.std(axis=(0, 2, 3)), rtol=1e-3)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_are_rounded_once(dtype):
    x = np.array(numbers(5, 40, dtype="float32")).astype(dtype)
    wide = x.astype("float32")
    ones = np.ones(40), np.zeros(40)
    for work in [npx.softmax, npx.log_softmax, lambda x: npx.layer_norm(x, *ones)]:
        assert (work(x).astype("float32") == work(wide).astype(dtype).astype("float32")).all()


def test_rows_of_views_and_of_nothing():
    x = np.array(numbers(8, 60, dtype="float32"))
    view = x[::2, ::-3]
    assert (npx.softmax(view) == npx.softmax(view.copy())).all()
    ones = np.ones(20), np.zeros(20)
    assert (npx.layer_norm(view, *ones) == npx.layer_norm(view.copy(), *ones)).all()
    assert npx.softmax(np.zeros((0, 5))).shape == (0, 5)
    assert npx.softmax(np.zeros((5, 0))).shape == (5, 0)
    assert npx.softmax_cross_entropy(np.zeros((0, 5)), np.zeros((0,), dtype="int32"), reduction="none").shape == (0,)


def test_special_numbers_in_a_softmax():
    x = np.array([[0.0, numpy.nan, 1.0], [numpy.inf, 0.0, 1.0], [-numpy.inf, 0.0, 0.0]])
    result = npx.softmax(x).asnumpy()
    assert numpy.isnan(result[0]).all() and numpy.isnan(result[1][0])
    numpy.testing.assert_array_equal(result[2], [0.0, 0.5, 0.5])


def plain_attention(query, key, value, mask=None, causal=False):
    scores = np.matmul(query, key.swapaxes(-1, -2)) * query.shape[-1] ** -0.5
    if causal:
        rows, keys = scores.shape[-2:]
        scores = np.where(np.arange(keys) <= np.arange(rows)[:, None], scores, -numpy.inf)
    if mask is not None:
        scores = np.where(mask, scores, -numpy.inf) if mask.dtype == bool else scores + mask
    return np.matmul(npx.softmax(scores), value)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("rows, keys", [(1, 1), (5, 9), (16, 130), (70, 64), (130, 260)])
@pytest.mark.parametrize("mask", [None, "seen", "row", "added"])
def test_attention_by_blocks(mask, rows, keys, causal, order):
    query, key, value = numbers(2, 3, rows, 12), numbers(2, 3, keys, 12), numbers(2, 3, keys, 20)
    given = None
    if mask == "seen":
        given = numbers(2, 1, rows, keys) > -0.5
        given[..., 0] = True
    elif mask == "row":
        given = numbers(3, 1, keys) > -0.5
        given[..., 0] = True
    elif mask == "added":
        given = numbers(1, 3, rows, keys)
    given = None if given is None else np.array(given)
    ours = with_gradients(
        lambda *all: npx.scaled_dot_product_attention(*all, given, is_causal=causal),
        *(query, key, value),
        order=order,
    )
    plain = with_gradients(lambda *all: plain_attention(*all, given, causal), *(query, key, value), order=order)
    same(ours, plain, rtol=1e-7)


def test_attention_to_nothing_is_zero():
    query, mask = np.array(numbers(2, 40, 8)), np.ones((2, 40, 40), dtype="bool")
    mask[:, 3] = False
    query.attach_grad()
    with autograd.record():
        out = npx.scaled_dot_product_attention(query, query, query, mask)
    out.backward()
    assert (out[:, 3] == 0).all()
    assert np.isfinite(query.grad).all()


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("mode", ["lstm", "gru"])
@pytest.mark.parametrize("steps, batch, features, size", [(1, 1, 3, 4), (4, 5, 6, 33), (7, 33, 5, 8)])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_recurrent_layers_by_kernel(mode, steps, batch, features, size, bidirectional, order):
    gates, ways = {"lstm": 4, "gru": 3}[mode], 2 if bidirectional else 1
    rows = gates * size
    count = sum(rows * (f + size) + 2 * rows for f in (features, ways * size)) * ways
    x, parameters = numbers(steps, batch, features), numbers(count) * 0.3
    states = [numbers(2 * ways, batch, size, seed=seed) for seed in range(2 if mode == "lstm" else 1)]

    def work(x, parameters, *states, **more):
        options = {"state_size": size, "num_layers": 2, "bidirectional": bidirectional, "mode": mode}
        found = npx.rnn(x, parameters, *states, **options, state_outputs=True, **more)
        return np.concatenate([one.reshape(-1) for one in found])

    ours = with_gradients(work, x, parameters, *states, order=order)
    # lengths that leave nothing out go through operators
    whole = {"sequence_length": np.full(batch, steps, dtype="int32"), "use_sequence_length": True}
    plain = with_gradients(lambda *all: work(*all, **whole), x, parameters, *states, order=order)
    same(ours, plain, rtol=1e-7, atol=1e-10)


def test_gradients_are_added_and_left_out():
    x, head = np.array(numbers(4, 40)), np.array(numbers(4, 40, seed=1))
    x.attach_grad(grad_req="add")
    gamma, beta = np.ones(40, dtype="float64"), np.zeros(40, dtype="float64")
    gamma.attach_grad(grad_req="null")
    for _ in range(2):
        with autograd.record():
            out = npx.layer_norm(x, gamma, beta)
        out.backward(head)
    twice = x.grad.copy()
    x.attach_grad()
    with autograd.record():
        out = npx.layer_norm(x, gamma, beta)
    out.backward(head)
    numpy.testing.assert_allclose(twice.asnumpy(), 2 * x.grad.asnumpy())


def test_threads_leave_no_trace(threads):
    x = np.array(numbers(700, 200, dtype="float32"))
    gamma, beta = np.ones(200), np.zeros(200)
    query = np.array(numbers(4, 200, 32, dtype="float32"))
    parameters = np.array(numbers(4 * 64 * (200 + 64) + 8 * 64, dtype="float32"))
    state = np.zeros((1, 100, 64))

    def run():
        for array in (x, query, gamma):
            array.attach_grad()
        with autograd.record():
            first = npx.layer_norm(npx.log_softmax(x), gamma, beta)
            second = npx.scaled_dot_product_attention(query, query, query, is_causal=True)
            steps = first.reshape(7, 100, 200)
            third = npx.rnn(steps, parameters, state, state, state_size=64, num_layers=1, mode="lstm")
            total = (first * first * first).sum() + (second * second).sum() + third.sum()
        total.backward()
        return [one.asnumpy().tobytes() for one in (first, second, third, x.grad, query.grad, gamma.grad)]

    threads(1)
    alone = run()
    threads(3)
    assert run() == alone


def test_gelu_keeps_small_results():
    x = numpy.linspace(-13, 13, 2001).astype("float32")
    from math import erfc, sqrt

    exact = numpy.array([one * 0.5 * erfc(-one / sqrt(2)) for one in x.astype("float64")])
    got = npx.leaky_relu(np.array(x), act_type="gelu_erf").asnumpy()
    normal = numpy.abs(exact) > 1e-36
    numpy.testing.assert_allclose(got[normal], exact[normal], rtol=6e-7)


def test_the_slope_of_gelu_keeps_small_results():
    x = numpy.concatenate([numpy.linspace(-14, 14, 2801), [-0.0, 1e-30, -1e30, 1e30, -numpy.inf, numpy.inf]])
    x = x.astype("float32")
    from math import erfc, exp, pi, sqrt

    def slope(one):
        below = 0.5 * erfc(-one / sqrt(2))
        return below + (one * exp(-one * one / 2) / sqrt(2 * pi) if abs(one) < 40 else 0.0)

    exact = numpy.array([slope(one) for one in x.astype("float64")])
    for dtype, rtol, atol in (("float32", 1e-6, 6e-8), ("float64", 1e-11, 1e-16)):
        variable = np.array(x, dtype=dtype)
        variable.attach_grad()
        with autograd.record():
            value = npx.gelu(variable)
        value.backward()
        got = variable.grad.asnumpy()
        # near its zero at -0.75 the slope is small beside its terms
        terms = numpy.maximum(numpy.abs(exact), numpy.where(numpy.abs(x) < 2, 0.1, 0))
        wrong = numpy.abs(got - exact) > rtol * terms + atol * (x > 0) + 1e-36
        assert not wrong.any(), (x[wrong], got[wrong], exact[wrong])
        assert (value.asnumpy()[-6:-4] == x[-6:-4] / 2).all() and numpy.signbit(value.asnumpy()[-6])
        assert value.asnumpy()[-4] == 0 and (value.asnumpy()[[-3, -1]] == x[[-3, -1]]).all()
        assert numpy.isnan(npx.gelu(np.array([numpy.nan], dtype=dtype)).asnumpy()).all()


def test_softmax_of_numbers_far_apart():
    """What is less than the smallest normal number beside the greatest is 0, and rows sum to one."""
    for dtype, far in (("float32", 86.0), ("float64", 700.0)):
        for length in LENGTHS:
            x = numpy.zeros((3, length), dtype)
            x[1] -= numpy.linspace(0, far, length)
            x[2] -= numpy.linspace(0, 1e30, length)
            exact = numpy.exp(x.astype("float64")) / numpy.exp(x.astype("float64")).sum(-1, keepdims=True)
            numpy.testing.assert_allclose(
                npx.softmax(np.array(x)).asnumpy(), exact, rtol=2e-6 if dtype == "float32" else 1e-14
            )
            logarithms = npx.log_softmax(np.array(x)).asnumpy()
            numpy.testing.assert_allclose(
                logarithms[:2], numpy.log(exact[:2]), rtol=1e-6 if dtype == "float32" else 1e-14, atol=1e-7
            )
            numpy.testing.assert_allclose(
                logarithms[2], x[2] - numpy.log(numpy.exp(x[2].astype("float64")).sum()), rtol=1e-6
            )
            assert numpy.isnan(npx.softmax(np.array([[numpy.nan] + [0.0] * length], dtype=dtype)).asnumpy()).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("steps", "classes", "longest"), [(12, 5, 4), (40, 7, 15), (90, 30, 33)])
def test_ctc_kernel_beside_finite_differences_and_itself_in_operators(steps, classes, longest, dtype):
    """The gradient by the kernel, and the one that is recorded, which goes through operators."""
    random = numpy.random.default_rng(3)
    data = random.normal(size=(steps, 4, classes)) * 2
    label = np.array(random.integers(1, classes, size=(4, longest)))
    frames, counts = numpy.array([steps, steps - 1, 2 * longest + 1, steps]), [longest, longest - 1, 2, 0]
    frames = numpy.minimum(frames, steps)

    def loss(x):
        given = dict(data_lengths=np.array(frames), label_lengths=np.array(counts))
        return npx.ctc_loss(x, label, use_data_lengths=True, use_label_lengths=True, **given)

    rtol = 1e-9 if dtype == "float64" else 3e-4
    x = np.array(data, dtype=dtype)
    x.attach_grad()
    head = np.array(random.normal(size=4), dtype=dtype)
    with autograd.record():
        value = loss(x)
        (recorded,) = autograd.grad(value, [x], head_grads=head, create_graph=True)
    value.backward(head)
    numpy.testing.assert_allclose(x.grad.asnumpy(), recorded.asnumpy(), rtol=rtol, atol=rtol)
    assert (x.grad.asnumpy()[int(frames[2]) :, 2] == 0).all()
    if dtype == "float64":
        direction = random.normal(size=data.shape)
        up, down = ((loss(np.array(data + sign * 1e-5 * direction)) * head).sum().item() for sign in (1, -1))
        assert (x.grad.asnumpy() * direction).sum() == pytest.approx((up - down) / 2e-5, rel=1e-6)


def test_ctc_without_a_spelling():
    """Too few frames: a huge loss, and a gradient of 0; the others of the batch are what they are."""
    x = np.array(numbers(3, 2, 4))
    x.attach_grad()
    with autograd.record():
        value = npx.ctc_loss(x, np.array([[1, 1, 2], [1, 2, 0]]))
    value.backward()
    assert value.asnumpy()[0] > 1e29 and value.asnumpy()[1] < 100
    assert (x.grad.asnumpy()[:, 0] == 0).all() and (x.grad.asnumpy()[:, 1] != 0).any()


@pytest.mark.parametrize("sizes", [(64, 784, 256), (256, 64, 784), (100, 300, 130), (130, 70, 333), (1024, 256, 32)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_products_of_middling_size_are_cut_unseen(sizes, dtype, threads):
    m, k, n = sizes
    a, b = numbers(m, k).astype(dtype), numbers(k, n, seed=1).astype(dtype)
    exact = a.astype("float64") @ b.astype("float64")
    found = []
    for count in (1, 2, 3, 7):
        threads(count)
        plain = np.matmul(np.array(a), np.array(b)).asnumpy()
        turned = np.matmul(np.array(a.T.copy()).T, np.array(b.T.copy()).T).asnumpy()
        found.append((plain.tobytes(), turned.tobytes()))
        rtol = {"float32": 1e-5, "float64": 1e-13, "float16": 1e-3}[dtype]
        numpy.testing.assert_allclose(plain, exact, rtol=rtol, atol=rtol * k**0.5 * 4)
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_of_halves_is_that_of_float32_rounded_once(dtype, masked):
    rows = [np.array(numbers(2, 3, 9, 16, dtype="float32", seed=seed)).astype(dtype) for seed in range(3)]
    mask = np.array(numbers(9, 9) > 0) if masked else None
    for row in rows:
        row.attach_grad()
    with autograd.record():
        value = npx.scaled_dot_product_attention(*rows, mask)
    value.backward()
    wide = npx.scaled_dot_product_attention(*[row.astype("float32") for row in rows], mask)
    assert value.dtype == rows[0].dtype and rows[0].grad.dtype == rows[0].dtype
    assert (value == wide.astype(dtype)).all()
    assert all(np.isfinite(row.grad.astype("float32")).all() for row in rows)


@pytest.mark.parametrize("shape", [(2, 3, 16), (4, 5, 7, 9), (2, 70, 70, 3), (3, 1, 5000)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_batch_norm_by_running_statistics_has_the_bits_of_its_formula(shape, dtype):
    for axis in (1, len(shape) - 1):
        x = np.array(numbers(*shape)).astype(dtype)
        gamma, beta, mean = (np.array(numbers(shape[axis], seed=seed)).astype(dtype) for seed in range(3))
        variance = np.abs(beta) + np.array(1, dtype=dtype)

        def run(axis=axis, given=(x, gamma, beta, mean, variance)):
            return npx.batch_norm(*given, eps=1e-5, fix_gamma=False, use_global_stats=True, axis=axis)

        with autograd.record():
            recorded = run()
        assert run().asnumpy().tobytes() == recorded.asnumpy().tobytes()


def test_ctc_of_classes_that_cannot_be():
    """Scores of minus infinity: harmless for classes that no label has, otherwise nothing spells the label."""
    values = numbers(6, 2, 5)
    values[:, :, 4] = -numpy.inf
    data = np.array(values)
    data.attach_grad()
    with autograd.record():
        value = npx.ctc_loss(data, np.array([[1, 2, 3], [1, 4, 0]]))
    value.backward()
    without = npx.ctc_loss(np.array(values[:, :, :4]), np.array([[1, 2, 3], [1, 2, 0]]))
    assert value.asnumpy()[0] == pytest.approx(without.asnumpy()[0], rel=1e-12) and value.asnumpy()[1] > 1e29
    assert numpy.isfinite(data.grad.asnumpy()).all() and (data.grad.asnumpy()[:, 1] == 0).all()
