"""The programs in `examples/` run: each trains for seconds, beats a guess on held-out data, and draws a picture."""

import re
import subprocess
import sys

import pytest

# script, what its held-out figure is called, and what it must be after a quick training
CASES = [
    ("digits", r"test accuracy: ([\d.]+)%", lambda percent: percent > 60),
    ("mlp", r"held-out accuracy: ([\d.]+)%", lambda percent: percent > 80),
    ("lenet", r"held-out accuracy: ([\d.]+)%", lambda percent: percent > 50),
    ("character_rnn", r"held-out bits per character: ([\d.]+)", lambda bits: bits < 5.5),
    ("transformer", r"held-out bits per character: ([\d.]+)", lambda bits: bits < 5.5),
    ("word_embeddings", r"held-out pairs ahead of noise: ([\d.]+)%", lambda percent: percent > 51),
]


@pytest.mark.slow
@pytest.mark.parametrize("name, figure, good", CASES, ids=[case[0] for case in CASES])
def test_an_example_trains_and_draws(name, figure, good, repository, tmp_path):
    for needed in ("matplotlib", "sklearn", "tqdm"):
        pytest.importorskip(needed)
    picture = tmp_path / f"{name}.png"
    command = [sys.executable, repository / "examples" / f"{name}.py", "--quick", "--picture", picture]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = re.search(figure, done.stdout)
    assert found, done.stdout
    assert good(float(found[1])), done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
