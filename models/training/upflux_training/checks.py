"""Whether the graphs of a network compute what the network computes."""

from collections.abc import Iterator

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from .network import Network
from .passes import Form, build, margin, passes

AGREEMENT = 1e-4
_HALF = 0.01
"""Code values are 0.004 apart."""


def run(network: Network, kind: str, form: Form, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """Build one pass with its weights inline and run it on the CPU."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    model = build(network, kind, None, form).SerializeToString()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def dense(blocks: int, windows: int) -> dict[str, np.ndarray]:
    """Return the gather lists with which every window goes through every block."""
    lists = {f"gather.{block}": np.arange(windows) for block in range(2, blocks + 1)}
    return lists | {"assemble": np.arange((blocks - 1) * windows, blocks * windows)} if blocks else {}


def by_depth(depth: np.ndarray, blocks: int) -> dict[str, np.ndarray]:
    """Return the gather lists for halting depths [windows]; some window goes through every block."""
    rows = np.arange(depth.size)
    assemble, lists, done = rows.copy(), {}, depth.size
    for block in range(2, blocks + 1):
        on = np.flatnonzero(depth[rows] >= block)
        lists[f"gather.{block}"] = on
        rows = rows[on]
        assemble[rows] = done + np.arange(rows.size)
        done += rows.size
    return lists | {"assemble": assemble}


def check(network: Network) -> Iterator[str]:
    """Compare every pass with PyTorch and say how near it is.

    :raises ValueError: when one is farther than 1e-4 in float32
    """
    step = max(network.window, network.align, 8)
    # Unfused attention in large windows needs gigabytes for many.
    side = min(4 * step, max(64, step))
    if "windows" in passes(network):
        side = 2 * (_ring(network) + step)
    generator = torch.Generator().manual_seed(1)
    low = torch.rand(1, 3, side, side + step, generator=generator)
    with torch.inference_mode():
        seen = network.look(low)
    lr, hr = low.numpy(), seen.picture.numpy()
    count = low.shape[2] * low.shape[3] // max(network.window, 1) ** 2
    lists = dense(network.blocks, count)
    context = {} if seen.context is None else {"context": seen.context.numpy()}
    for fused in (True, False):
        for kind in passes(network):
            form = Form(fused=fused)
            if kind in ("plain", "key"):
                made = run(network, kind, form, lr=lr)
            elif kind == "body":
                made = run(network, kind, form, lr=lr, **context, **lists)
            elif kind == "halting":
                made = run(network, kind, form, lr=lr, threshold=np.array(1e9, np.float32))
            else:
                made = _windows(network, form, low, context)
                yield _near(kind, form, made["hr"], _inner(network, seen.picture))
                continue
            yield _near(kind, form, made["hr"], hr)
            if "context" in made:
                yield _near("context", form, made["context"], seen.context.numpy())
    half = run(network, passes(network)[0], Form(half=True), lr=lr)
    yield _near("half", Form(half=True), half["hr"], hr, _HALF)
    if network.blocks:
        yield from _check_halting(network, low)


def _check_halting(network: Network, low: Tensor) -> Iterator[str]:
    with torch.inference_mode():
        sums = torch.stack(network.look(low).confidence).cumsum(0)[network.blocks // 2 - 1].sort().values
        # Between two windows, not at one: rounding must not decide.
        threshold = sums[sums.numel() // 2 - 1 : sums.numel() // 2 + 1].mean()
        seen = network.look(low, threshold)
    made = run(network, "halting", Form(), lr=low.numpy(), threshold=threshold.numpy())
    yield _near(f"halting at {threshold:.2f}", Form(), made["hr"], seen.picture.numpy())


def _windows(network: Network, form: Form, low: Tensor, context: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Run the shrinking graph on the inner windows, in whose margin there is picture."""
    eaten, ring = margin(network), _ring(network)
    step = max(network.window, 1)
    patch = low[..., ring - eaten : low.shape[2] - ring + eaten, ring - eaten : low.shape[3] - ring + eaten]
    lists = {}
    if network.blocks:
        grid = eaten // step * step
        sides = [(low.shape[axis] - 2 * ring + 2 * grid) // step for axis in (2, 3)]
        lists = dense(network.blocks, sides[0] * sides[1])
    return run(network, "windows", form, lr=patch.numpy(), **context, **lists)


def _inner(network: Network, picture: Tensor) -> np.ndarray:
    ring = _ring(network) * network.scale
    return picture[..., ring:-ring, ring:-ring].numpy()


def _ring(network: Network) -> int:
    """Return the margin rounded up to the grid of windows."""
    step = max(network.window, 1)
    return -(-margin(network) // step) * step


def _near(what: str, form: Form, made: np.ndarray, wanted: np.ndarray, limit: float = AGREEMENT) -> str:
    gap = float(np.abs(made - wanted).max())
    attention = "fused" if form.fused else "unfused"
    if not gap <= limit:
        raise ValueError(f"{what} ({attention}) differs from the network by {gap:.1e}")
    return f"{what} ({attention}): within {gap:.1e} of PyTorch"
