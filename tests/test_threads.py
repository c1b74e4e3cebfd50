"""Python threads on shared arrays, the released GIL, forked children, and interruption."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as onp
import pytest

from mxnet import np
from oracle import same_bits, sample_array


def in_threads(count, work):
    """Run `work(number)` in several threads; the first exception is raised here."""
    errors = []

    def guarded(number):
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]


@pytest.mark.parametrize("size", [100, 20_000])
def test_many_readers_of_one_array(size):
    values = sample_array("float32", (size,))
    x = np.array(values)
    want = (values * 2 + 1).astype("float32")

    def work(number):
        for _ in range(50):
            assert same_bits((x * 2 + 1).asnumpy(), want)

    in_threads(4, work)


def test_one_pending_array_forced_by_many():
    values = sample_array("float32", (20_000,))
    for _ in range(30):
        pending, answers = np.array(values) * 3 + 1, []
        in_threads(4, lambda number, x=pending, seen=answers: seen.append(x.asnumpy().tobytes()))
        assert set(answers) == {(values * 3 + 1).astype("float32").tobytes()}


def test_writers_of_separate_rows():
    x = np.zeros((4, 20_000))

    def work(number):
        for _ in range(50):
            x[number] += 1

    in_threads(4, work)
    assert (x.asnumpy() == 50).all()


def test_each_thread_on_its_own_arrays():
    def work(number):
        x = np.full((5000,), number)
        for _ in range(50):
            x = x * 0.5 + number
        assert abs(float(x.max()) - 2 * number) < 1e-3

    in_threads(8, work)


def test_views_written_while_others_are_created():
    base = np.zeros((100, 100))

    def work(number):
        rows = base[number * 25 : (number + 1) * 25]
        for step in range(30):
            rows[...] = rows + 1
            assert float(rows.max()) == step + 1

    in_threads(4, work)


def test_the_gil_is_released_while_kernels_run():
    x, ticks, stop = np.array(onp.random.rand(1500, 1500).astype("float32")), [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    clock = threading.Thread(target=tick)
    clock.start()
    start = time.perf_counter()
    for _ in range(5):
        (x @ x).wait_to_read()
    end = time.perf_counter()
    stop.set()
    clock.join()
    inside = [moment for moment in ticks if start < moment < end]
    gaps = onp.diff([start, *inside, end])
    assert max(gaps) < max(0.6 * (end - start), 0.05), f"no tick for {max(gaps):.3f} of {end - start:.3f} s"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_arrays_work_in_a_forked_child(tests_directory):
    script = """
import os, sys
from mxnet import np
x = np.ones((1000, 1000))
(x @ x).wait_to_read()
pending = x * 2 + 1
child = os.fork()
total = float((pending + x).sum()) + float((x @ x)[0, 0])
if child == 0:
    os._exit(0 if total == 4e6 + 1000 else 1)
_, status = os.waitpid(child, 0)
sys.exit(0 if status == 0 and total == 4e6 + 1000 else 1)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_multiprocessing_passes_arrays():
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as pool:
        answers = pool.map(double, [np.ones(5000) * number for number in range(4)])
    assert [float(answer.max()) for answer in answers] == [0, 2, 4, 6]


def double(x):
    return x * 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_control_c_interrupts():
    script = """
from mxnet import np
x = np.ones((1500, 1500))
print("ready", flush=True)
while True:
    x = (x @ x) * 1e-4
    x.wait_to_read()
"""
    _, errors = interrupted(script)
    assert "KeyboardInterrupt" in errors


LONG = {
    "a product": ("x = np.ones((6000, 6000))", "np.matmul(x, x)"),
    "a chain": ("x = np.ones(20_000_000)", "y = x\n    for _ in range(300): y = np.sin(y) + x\n    y.wait_to_read()"),
    "singular vectors": ("x = np.random.normal(size=(2500, 2500))", "np.linalg.svd(x)"),
    "eigenvectors": ("x = np.random.normal(size=(3500, 3500))", "np.linalg.eigh(x)"),
    "sorting": ("x = np.random.uniform(size=20_000_000)", "for _ in range(50): np.sort(x)"),
}
CAUGHT = """
from mxnet import np
{before}
x.wait_to_read()
print("ready", flush=True)
try:
    {work}
    print("finished", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)  # a fast machine may be done before it comes
# the engine goes on, and what was given up can be computed again
print(float(np.ones(1_000_000).sum()), float(np.ones((300, 300)).dot(np.ones((300, 300)))[0, 0]), flush=True)
{after}
"""


def interrupted(script, pause=0.3):
    """What a program prints that gets SIGINT a while after it is ready."""
    # a test run that was started in the background hands its children a SIGINT that is ignored
    script = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n" + script
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "ready\n"
        time.sleep(pause)
        child.send_signal(signal.SIGINT)
        return child.communicate(timeout=100)
    finally:
        child.kill()


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_control_c_ends_a_running_kernel(name):
    before, work = LONG[name]
    printed, errors = interrupted(CAUGHT.format(before=before, work=work, after=""))
    assert printed == "interrupted\n1000000.0 300.0\n", errors


@pytest.mark.slow
def test_a_value_that_was_given_up_is_still_to_be_computed():
    before = "x = np.ones(10_000_000)\ny = x\nfor _ in range(150): y = np.sin(y) + x"
    after = (
        "import numpy\nz = numpy.ones(1)\nfor _ in range(150): z = numpy.sin(z) + 1\nassert abs(y - z[0]).max() < 1e-5"
    )
    printed, errors = interrupted(CAUGHT.format(before=before, work="y.wait_to_read()", after=after), 0.1)
    assert "1000000.0 300.0" in printed and not errors


@pytest.mark.slow
def test_writes_in_place_run_to_their_end():
    before = "x = np.zeros(50_000_000)"
    after = "assert float(x.min()) == float(x.max()) > 0"
    printed, errors = interrupted(CAUGHT.format(before=before, work="for _ in range(1000): x += 1", after=after))
    assert printed.startswith("interrupted") and not errors


def test_a_handler_of_the_users_own_sees_finished_work():
    before = (
        "import signal\nseen = []\nsignal.signal(signal.SIGINT, lambda *_: seen.append(1))\nx = np.ones((2500, 2500))"
    )
    script = CAUGHT.format(before=before, work="for _ in range(4): (x @ x).wait_to_read()", after="assert seen == [1]")
    printed, errors = interrupted(script)
    assert printed.startswith("finished\n1000000.0") and not errors


def test_a_signal_that_python_dealt_with_does_not_come_back():
    script = """
import os, signal
from mxnet import np
x = np.ones(1_000_000)
x.sum().wait_to_read()
print("ready", flush=True)
for _ in range(20):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000): pass
        raise AssertionError("no KeyboardInterrupt")
    except KeyboardInterrupt:
        assert float((x * 2).sum()) == 2_000_000
try:
    import time
    time.sleep(30)
except KeyboardInterrupt:
    print(float(x.sum()))
"""
    printed, errors = interrupted(script, 1.0)
    assert printed == "1000000.0\n" and not errors


def test_interpreter_exits_cleanly_with_pending_work():
    script = "from mxnet import np\nx = np.ones(10**6) * 2\ny = x + 1\n"
    done = subprocess.run([sys.executable, "-c", script], timeout=60, capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr
