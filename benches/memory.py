"""How much memory a model keeps for its backward pass, and attention needs: prints one number, in bytes.

`works/footprint.py` runs it in a process of its own, because counters of a process know no beginning:
`python memory.py saved mxnet MODEL`, `python memory.py saved torch MODEL`, `python memory.py attention LENGTH`.
"""

import sys

from works import normal
from works.training import MODELS, Parameters


def saved_mxnet(name: str) -> int:
    """What is in use after the recorded forward pass, beyond parameters and inputs."""
    from mxnet import autograd, np, npx

    inputs, model, _, loss, *_ = MODELS[name]
    x, label = (np.array(value, dtype=value.dtype) for value in inputs().values())
    parameters = Parameters(np)
    model(npx, parameters, x).wait_to_read()
    before = npx.memory_stats()["in_use"]
    parameters.start()
    with autograd.record():
        value = loss(npx, model(npx, parameters, x), label)
    value.wait_to_read()
    return npx.memory_stats()["in_use"] - before


def saved_torch(name: str) -> int:
    """The tensors that autograd packs, each piece of memory once, without parameters and inputs."""
    import torch

    inputs, _, model, _, loss, _ = MODELS[name]
    x, label = map(torch.from_numpy, inputs().values())
    network = model(torch.nn)
    network.train()
    known = {one.untyped_storage().data_ptr() for one in (x, label, *network.parameters(), *network.buffers())}
    pieces: dict[int, int] = {}
    kept = []  # a piece that is freed could lend its address to another

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known:
            pieces[storage.data_ptr()] = storage.nbytes()
            kept.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss(torch.nn.functional, network(x), label)
    return sum(pieces.values())


def attention(length: int) -> int:
    """The greatest use beyond the inputs, forward and backward, with sequences of that length."""
    from mxnet import autograd, np, npx

    arrays = [np.array(normal(1, 2, length, 64, seed=seed)) for seed in range(3)]
    for array in arrays:
        array.attach_grad()
    before = npx.memory_stats()["in_use"]
    with autograd.record():
        seen = npx.scaled_dot_product_attention(*arrays)
    seen.backward()
    for array in arrays:
        array.grad.wait_to_read()
    return npx.memory_stats()["peak"] - before


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "saved":
        print({"mxnet": saved_mxnet, "torch": saved_torch}[rest[0]](rest[1]))
    else:
        print(attention(int(rest[0])))
