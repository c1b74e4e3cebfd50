"""Saves arrays over and over into one file until somebody kills it: the subprocess of `test_files_atomic.py`."""

import sys

from mxnet import np, npx

path = sys.argv[1]
arrays = [np.full(200_000, number) for number in (1, 2)]
if path.endswith(".npz"):
    save = np.savez
elif path.endswith(".npy"):
    save = np.save
else:
    save = lambda file, x: npx.save(file, {"x": x})
print("ready", flush=True)
while True:
    for array in arrays:
        save(path, array)
