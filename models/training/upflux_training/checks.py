"""Whether the graphs of a network compute what the network computes."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from .network import Look, Network
from . import passes as graphs
from .passes import Form, build, margin, passes, reach

AGREEMENT = 1e-4
_HALF = 0.01
"""Code values are 0.004 apart."""


_SQUARE = 8
"""LR pixels on each side of what is computed alone where a network has no windows."""


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

    :raises ValueError: when one is farther than 1e-4 in float32, of networks that round on average
    """
    step = max(network.window, network.align, 8)
    # Unfused attention in large windows needs gigabytes for many.
    side = min(4 * step, max(64, step))
    if network.shrinks and not network.staged:
        side = 2 * (margin(network) + step)
    generator = torch.Generator().manual_seed(1)
    low = torch.rand(1, 3, side, side + step, generator=generator)
    with torch.inference_mode():
        seen = network.look(low)
    lr, hr = low.numpy(), seen.picture.numpy()
    count = low.shape[2] * low.shape[3] // max(network.window, 1) ** 2
    lists = dense(network.blocks, count)
    context = {} if seen.context is None else {"context": seen.context.numpy()}
    near = partial(_near, rounds=network.rounds)
    for fused in (True, False):
        for kind in passes(network):
            form = Form(fused=fused)
            if kind in ("plain", "key"):
                made = run(network, kind, form, lr=lr)
            elif kind == "body":
                made = run(network, kind, form, lr=lr, **context, **lists)
            elif kind == "halting":
                made = run(network, kind, form, lr=lr, threshold=np.array(1e9, np.float32))
            elif network.staged:
                if kind == "windows":
                    yield near("features, windows", form, *_stages(network, form, lr, seen, inside=True))
                    yield near("edge-features, edge-windows", form, *_stages(network, form, lr, seen, inside=False))
                continue
            else:
                eaten = margin(network)
                inner = (..., *[slice(eaten * network.scale, -eaten * network.scale)] * 2)
                yield near(kind, form, run(network, kind, form, lr=lr)["hr"], hr[inner])
                continue
            yield near(kind, form, made["hr"], hr)
            for also, wanted in (("context", seen.context), ("features", seen.features)):
                if also in made:
                    yield near(f"{also} of {kind}", form, made[also], wanted.numpy())
    if not network.rounds:
        half = run(network, passes(network)[0], Form(half=True), lr=lr)
        # Untrained networks leave 0..1.
        yield _near("half", Form(half=True), half["hr"], hr, _HALF * max(1.0, float(np.abs(hr).max())))
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
    if network.staged:
        yield _near("context of halting", Form(), made["context"], seen.context.numpy())
        yield _near("features of halting", Form(), made["features"], seen.features.numpy())


def recompute(
    network: Network,
    form: Form,
    lr: np.ndarray,
    features: np.ndarray,
    changed: Sequence[tuple[int, int]],
    context: np.ndarray | None,
    around: int = 1,
    inside: bool = False,
) -> Iterator[tuple[tuple[slice, slice], np.ndarray]]:
    """Compute anew the windows (row, column) of a picture that changed, in two stages.

    :param features: of all windows; those that changed are replaced
    :param around: pixels around each window that are enlarged with it
    :param inside: whether all windows lie inside the picture, so that nothing needs to be told of its edge
    :return: where each part lies in the picture, in LR pixels, and what it is enlarged to
    """
    side = network.window or _SQUARE
    places = [(side * row, side * column) for row, column in changed]
    # Beyond its edges a picture goes on as there; of features nothing is there.
    beyond = 2 * side
    rim = ((0, 0), (0, 0), (beyond, beyond), (beyond, beyond))

    def cut(of: np.ndarray, more: int) -> np.ndarray:
        ends = [(y + beyond - more, x + beyond - more, side + 2 * more) for y, x in places]
        return np.concatenate([of[:, :, y : y + size, x : x + size] for y, x, size in ends])

    low = np.pad(lr, rim, mode="edge")
    picture = np.pad(np.ones_like(lr[:, :1]), rim)
    edge = "" if inside else "edge-"

    def marked(kind: str, more: int = 0) -> dict[str, np.ndarray]:
        return {} if inside else {"inside": cut(picture, graphs.around(network, kind) + more)}

    given = dense(network.blocks, len(places)) | ({} if context is None else {"context": context}) | marked("features")
    made = run(network, edge + "features", form, lr=cut(low, margin(network, "features")), **given)
    for (y, x), window in zip(places, made["features"]):
        features[0, y : y + side, x : x + side] = window
    held = np.pad(features.transpose(0, 3, 1, 2), rim)
    near = cut(held, around + reach(network)).transpose(0, 2, 3, 1)
    made = run(
        network, edge + "windows", form, lr=cut(low, around + margin(network)), features=near, **marked("windows", around)
    )
    height, width = lr.shape[2:]
    for (y, x), part in zip(places, made["hr"]):
        top, left = max(0, y - around), max(0, x - around)
        place = (slice(top, min(height, y + side + around)), slice(left, min(width, x + side + around)))
        corner = [network.scale * n for n in (top - y + around, left - x + around)]
        size = [network.scale * (piece.stop - piece.start) for piece in place]
        yield place, part[:, corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]]


def _stages(network: Network, form: Form, lr: np.ndarray, seen: Look, inside: bool) -> tuple[np.ndarray, np.ndarray]:
    """Compute windows alone, at the edge unless they shall lie inside; return them and what the network makes of them."""
    side = network.window or _SQUARE
    first = 1 if inside else 0
    rows, columns = (n // side - first for n in lr.shape[2:])
    inner = [(row, column) for row in range(first, rows) for column in range(first, columns)]
    features = seen.features.numpy().copy()
    for row, column in inner:
        features[0, row * side :, column * side :][:side, :side] = np.nan
    context = None if seen.context is None else seen.context.numpy()
    made, wanted = [], []
    for place, part in recompute(network, form, lr, features, inner, context, inside=inside):
        made.append(part.ravel())
        wanted.append(enlarged(seen.picture.numpy(), place, network.scale)[0].ravel())
    return np.concatenate(made), np.concatenate(wanted)


def enlarged(picture: np.ndarray, place: tuple[slice, slice], scale: int) -> np.ndarray:
    """Return what an enlarged picture shows at a place in LR pixels."""
    return picture[..., *(slice(scale * part.start, scale * part.stop) for part in place)]


def _near(
    what: str, form: Form, made: np.ndarray, wanted: np.ndarray, limit: float = AGREEMENT, rounds: bool = False
) -> str:
    # Where a sum lies between two values of 8 bits, the order in which it was added up decides which it becomes: here and there.
    gap = float(np.abs(made - wanted).mean() if rounds else np.abs(made - wanted).max())
    attention = "fused" if form.fused else "unfused"
    if not gap <= limit:
        raise ValueError(f"{what} ({attention}) differs from the network by {gap:.1e}")
    return f"{what} ({attention}): within {gap:.1e} of PyTorch"
