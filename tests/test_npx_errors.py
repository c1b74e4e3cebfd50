"""Bad input of operators of neural networks: the class of NumPy (and of MXNet), and a sentence that names the operator,
the argument, its axis, what was expected and what came."""

import numpy as onp
import pytest

import mxnet
from mxnet import autograd, np, npx

X = np.ones((3, 4))
ONES, ZEROS = np.ones(4), np.zeros(4)

ROWS = {
    "softmax of integers": (lambda: npx.softmax(np.ones(3, dtype="int32")), TypeError, "softmax: .*int32"),
    "softmax axis": (lambda: npx.softmax(X, axis=2), ValueError, "softmax: axis 2 .*dimension 2"),
    "softmax temperature": (lambda: npx.softmax(X, temperature=0), ValueError, "temperature"),
    "softmax dtype": (lambda: npx.softmax(X, dtype="int32"), TypeError, "softmax: .*int32"),
    "softmax lengths": (
        lambda: npx.softmax(X, np.ones(4), use_length=True),
        ValueError,
        "softmax: axis 0 of length must have length 3, got 4",
    ),
    "softmax length too long": (
        lambda: npx.softmax(X, np.array([1, 5, 2]), use_length=True),
        ValueError,
        "length of 5 .* 0 to 4",
    ),
    "softmax length missing": (lambda: npx.softmax(X, use_length=True), ValueError, "needs length"),
    "masked_softmax": (
        lambda: npx.masked_softmax(X, np.ones((3, 3), dtype=bool)),
        ValueError,
        r"masked_softmax: a mask of shape \(3, 3\).*\(3, 4\)",
    ),
    "activation": (lambda: npx.activation(X, "softplush"), ValueError, "act_type must be one of relu.*'softplush'"),
    "leaky_relu": (lambda: npx.leaky_relu(X, act_type="swish"), ValueError, "act_type must be one of leaky"),
    "prelu without gamma": (lambda: npx.leaky_relu(X, act_type="prelu"), TypeError, "needs gamma"),
    "prelu": (lambda: npx.leaky_relu(X, np.ones(5), "prelu"), ValueError, r"leaky_relu: gamma .*\(5,\)"),
    "rrelu": (
        lambda: npx.leaky_relu(X, act_type="rrelu", lower_bound=1, upper_bound=0),
        ValueError,
        "lower_bound 1 is greater",
    ),
    "unknown keyword": (lambda: npx.activation(X, "relu", slope=1), TypeError, "unexpected keyword argument 'slope'"),
    "fully_connected": (
        lambda: npx.fully_connected(np.ones((2, 3, 2)), np.ones((5, 7))),
        ValueError,
        r"fully_connected: x of shape \(2, 3, 2\) has 6 inputs per row, flattened, .* has 7",
    ),
    "fully_connected bias": (
        lambda: npx.fully_connected(X, np.ones((5, 4)), np.ones(4), no_bias=False),
        ValueError,
        "axis 0 of bias must have length 5, got 4",
    ),
    "fully_connected without bias": (
        lambda: npx.fully_connected(X, np.ones((5, 4)), no_bias=False),
        ValueError,
        "needs a bias",
    ),
    "fully_connected outputs": (
        lambda: npx.fully_connected(X, np.ones((5, 4)), num_hidden=6),
        ValueError,
        "num_hidden=6 .* length 5",
    ),
    "batch_dot": (
        lambda: npx.batch_dot(np.ones((2, 3, 4)), np.ones((2, 5, 6))),
        ValueError,
        "batch_dot: axis 1 of b must have length 4, got 5",
    ),
    "batch_dot batches": (
        lambda: npx.batch_dot(np.ones((2, 3, 4)), np.ones((1, 4, 6))),
        ValueError,
        "batch_dot: axis 0 of b must have length 2, got 1",
    ),
    "batch_dot axes": (lambda: npx.batch_dot(X, X), ValueError, "at least 3 axes"),
    "batch_dot sparse": (
        lambda: npx.batch_dot(np.ones((1, 2, 2)), np.ones((1, 2, 2)), forward_stype="csr"),
        ValueError,
        "sparse",
    ),
    "layer_norm": (lambda: npx.layer_norm(X, np.ones(3), ZEROS), ValueError, "gamma must have length 4, got 3"),
    "layer_norm without data": (lambda: npx.layer_norm(gamma=ONES, beta=ZEROS), TypeError, "data is missing"),
    "layer_norm of integers": (
        lambda: npx.layer_norm(X.astype("int32"), ONES, ZEROS),
        TypeError,
        "layer_norm: .*int32",
    ),
    "group_norm": (
        lambda: npx.group_norm(np.ones((2, 4, 3)), ONES, ZEROS, num_groups=3),
        ValueError,
        "axis 1 of data, length 4.*num_groups=3",
    ),
    "instance_norm": (lambda: npx.instance_norm(X, ONES, ZEROS), ValueError, "at least 3 axes"),
    "batch_norm": (
        lambda: npx.batch_norm(X, ONES, ZEROS, np.zeros(3), ONES),
        ValueError,
        "axis 0 of running_mean must have length 4, got 3",
    ),
    "batch_norm axis": (lambda: npx.batch_norm(X, ONES, ZEROS, ZEROS, ONES, axis=5), ValueError, "axis 5"),
    "sync_batch_norm": (
        lambda: npx.sync_batch_norm(X, ONES, ZEROS, ZEROS, ONES, ndev=2, key=""),
        ValueError,
        "ndev must be 1",
    ),
    "dropout": (lambda: npx.dropout(X, 1.5), ValueError, r"dropout: p must be a probability in \[0, 1\], got 1.5"),
    "dropout mode": (lambda: npx.dropout(X, mode="never"), ValueError, "mode must be"),
    "dropout axes": (lambda: npx.dropout(X, axes=(0, 3), mode="always"), ValueError, "axis 3"),
    "embedding": (
        lambda: npx.embedding(np.array([5]), X, sparse_grad=True),
        IndexError,
        "index 5 is outside of the 3 rows",
    ),
    "embedding weight": (lambda: npx.embedding(np.array([0]), ONES), ValueError, "weight must have 2 axes, got 1"),
    "embedding input_dim": (lambda: npx.embedding(np.array([0]), X, 7, 4), ValueError, "input_dim=7"),
    "embedding fraction": (lambda: npx.embedding(np.array([0.5]), X), IndexError, "embedding: .* whole numbers"),
    "one_hot fraction": (lambda: npx.one_hot(np.array([onp.nan]), 3), IndexError, "one_hot: .* whole numbers"),
    "pick fraction": (lambda: npx.pick(X, np.array([0, 0.5, 1])), IndexError, "pick: .* whole numbers"),
    "softmax fraction": (
        lambda: npx.softmax(X, np.array([1, 1.5, 2]), use_length=True),
        ValueError,
        "lengths of sequences must be whole",
    ),
    "sequence_last fraction": (
        lambda: npx.sequence_last(X, np.array([1, 1.5, 2, 1]), True),
        ValueError,
        "sequence_last: lengths of sequences must be whole",
    ),
    "one_hot": (lambda: npx.one_hot(X, -1), ValueError, "depth must not be negative"),
    "one_hot depth": (lambda: npx.one_hot(X), TypeError, "depth is missing"),
    "topk": (lambda: npx.topk(X, k=5), ValueError, "k=5 is more than the length 4 of axis 1"),
    "topk kind": (lambda: npx.topk(X, ret_typ="values"), ValueError, "ret_typ must be"),
    "topk axis": (lambda: npx.topk(X, axis=2), ValueError, "topk: axis 2"),
    "pick": (lambda: npx.pick(X, np.zeros(4)), ValueError, r"pick: index must have shape \(3,\).*\(4,\)"),
    "pick mode": (lambda: npx.pick(X, np.zeros(3), mode="raise"), ValueError, "'clip' or 'wrap'"),
    "gather_nd": (lambda: npx.gather_nd(X, np.array([[3], [0]])), IndexError, "gather_nd: index 3 .* axis 0 .*size 3"),
    "gather_nd rows": (lambda: npx.gather_nd(X, np.zeros((3, 1))), IndexError, "more axes"),
    "scatter_nd": (
        lambda: npx.scatter_nd(np.ones(2), np.array([[0, 4]]), (3,)),
        IndexError,
        "scatter_nd: index 4 .* size 3",
    ),
    "index_add": (lambda: npx.index_add(X, np.array([[3]]), ONES), IndexError, "index_add: index 3"),
    "index_add values": (
        lambda: npx.index_add(X, np.array([[1, 2]]), np.ones(3)),
        ValueError,
        r"index_add: .*\(3,\).*\(2,4\)",
    ),
    "index_update fractions": (lambda: npx.index_update(X, np.array([[0.5]]), ONES), IndexError, "whole numbers"),
    "cross entropy": (
        lambda: npx.softmax_cross_entropy(X, np.array([0, 1, 4])),
        IndexError,
        "label 4 is outside of the 4 classes",
    ),
    "cross entropy shape": (
        lambda: npx.softmax_cross_entropy(X, np.array([0, 1])),
        ValueError,
        "axis 0 of label must have length 3, got 2",
    ),
    "sequence_mask": (
        lambda: npx.sequence_mask(X, np.array([1, 2, 3, 4]), True),
        ValueError,
        "sequence_mask: a length of 4 .* 0 to 3",
    ),
    "sequence_mask axis": (lambda: npx.sequence_mask(X, ONES, True, axis=2), ValueError, "axis must be 0 or 1"),
    "sequence_mask lengths": (lambda: npx.sequence_mask(X, np.ones(3), True), ValueError, "length 4, got 3"),
    "sequence_mask without": (lambda: npx.sequence_mask(X, use_sequence_length=True), ValueError, "needs"),
    "sequence_last": (lambda: npx.sequence_last(X, ZEROS, True), ValueError, "length of 0 .* 1 to 3"),
    "reshape": (lambda: npx.reshape(X, (-2, -3)), ValueError, r"reshape: -3 .*\(3, 4\).*\(-2, -3\)"),
    "reshape split": (lambda: npx.reshape(X, (-6, 2, -1, -4)), ValueError, "do not split an axis of length 3"),
    "reshape code": (lambda: npx.reshape(X, (-7,)), ValueError, "-7 is no code"),
    "reshape order": (lambda: npx.reshape(X, (12,), order="F"), ValueError, "order must be 'C'"),
    "reshape_like": (lambda: npx.reshape_like(X, np.ones(5)), ValueError, "reshape_like: "),
    "broadcast_like": (
        lambda: npx.broadcast_like(X, np.ones((5, 5)), (0,), (1,)),
        ValueError,
        "axis 0 of lhs .length 3. cannot get the length 5",
    ),
    "slice": (lambda: npx.slice(X, (0, 0), (1,)), ValueError, "slice: begin, end and step"),
    "slice step": (lambda: npx.slice(X, (0,), (1,), (0,)), ValueError, "step cannot be zero"),
    "slice axes": (lambda: npx.slice(X, (0,) * 3, (1,) * 3), IndexError, "slice: too many"),
    "slice_like": (lambda: npx.slice_like(X, np.ones((4, 4))), ValueError, "axis 0 of data has length 3, shorter"),
    "foreach body": (
        lambda: npx.foreach(lambda x, state: x, X[:, :2], ONES),
        TypeError,
        "foreach: body must return a pair",
    ),
    "while_loop body": (
        lambda: npx.while_loop(lambda i: i < 3, lambda i: i + 1, np.zeros(()), max_iterations=3),
        TypeError,
        "while_loop: func must return a pair",
    ),
    "slice_channel": (lambda: npx.slice_channel(X, 3), ValueError, "length 4. does not divide into 3 equal"),
    "arange_like": (lambda: npx.arange_like(X, repeat=0), ValueError, "repeat must be at least 1"),
    "rope": (lambda: npx.rope(np.ones((2, 3))), ValueError, r"rope: .*even length.*\(2, 3\)"),
    "rope positions": (lambda: npx.rope(X, np.ones(5)), ValueError, r"positions of shape \(5,\)"),
    "selfatt_qk": (
        lambda: npx.interleaved_matmul_selfatt_qk(np.ones((2, 3, 8)), heads=2),
        ValueError,
        "axis 2 of queries_keys_values .length 8. must divide into 3",
    ),
    "encdec_qk": (
        lambda: npx.interleaved_matmul_encdec_qk(np.ones((2, 3, 8)), np.ones((2, 4, 16)), heads=2),
        ValueError,
        "do not fit",
    ),
    "add_n": (lambda: npx.add_n(X, ONES), ValueError, r"add_n: argument 1 has shape \(4,\)"),
    "add_n of nothing": (lambda: npx.add_n(), ValueError, "at least one"),
    "norm": (lambda: npx.norm(X, ord=3), ValueError, "ord must be 1 or 2, got 3"),
    "pad": (lambda: npx.pad(X, "edge", (1, 1)), ValueError, "pad_width must hold 4 numbers"),
    "constraint_check": (lambda: npx.constraint_check(X > 1, "too small"), ValueError, "^too small$"),
    "constraint_check dtype": (lambda: npx.constraint_check(X), TypeError, "must be bool"),
    "categorical": (lambda: npx.random.categorical(np.array([-1.0, 2.0])), ValueError, "must not be negative"),
    "categorical sum": (lambda: npx.random.categorical(np.zeros(3)), ValueError, "positive sum"),
    "multinomial beyond the dtype": (
        lambda: npx.random.multinomial(onp.array([2**40]), np.ones((1, 2))),
        ValueError,
        "n of 1099511627776 does not fit int32",
    ),
    "multinomial": (lambda: npx.random.multinomial(np.ones(3), np.ones((2, 2))), ValueError, "does not broadcast"),
    "foreach": (lambda: npx.foreach(lambda x, s: (x, s), [X, ONES], []), ValueError, "one length on axis 0"),
    "foreach data": (lambda: npx.foreach(lambda x, s: (x, s), 3, []), TypeError, "data must be an array"),
    "while_loop": (lambda: npx.while_loop(None, None, [X]), ValueError, "max_iterations must be given"),
    "while_loop variables": (
        lambda: npx.while_loop(lambda x: True, lambda x: (x, [x, x]), [X], 3),
        ValueError,
        "must return 1 loop_vars, got 2",
    ),
    "cond": (lambda: npx.cond(X, None, None, []), ValueError, "one truth value"),
}


@pytest.mark.parametrize("name", ROWS)
def test_bad_input(name):
    call, class_, text = ROWS[name]
    with pytest.raises(class_, match=text):
        call()


@pytest.mark.parametrize("name", ["softmax axis", "layer_norm", "pick", "topk", "embedding", "reshape", "while_loop"])
def test_errors_of_operators_are_mxnets_too(name):
    with pytest.raises(mxnet.MXNetError):
        ROWS[name][0]()


def test_read_only_running_statistics():
    mean = np.zeros(4)
    mean.flags.writeable = False
    with autograd.record(), pytest.raises(ValueError, match="running_mean is read-only"):
        npx.batch_norm(X, ONES, ZEROS, mean, ONES)


def test_a_changed_input_is_found_at_backward():
    x = np.array(onp.ones((2, 3)))
    x.attach_grad()
    with autograd.record():
        y = x * 1
        z = npx.softmax_cross_entropy(y, np.array([0, 1]))
        y += 1
    with pytest.raises(RuntimeError, match="softmax_cross_entropy"):
        z.backward()
