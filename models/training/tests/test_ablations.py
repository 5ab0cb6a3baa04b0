"""What ablations compare differs in what they say, and in little else."""

import pytest
import torch

from upflux_training.ablate import ABLATIONS, OffsetGrid, warm
from upflux_training.adaformer import WINDOW, AdaFormer
from upflux_training.cost import macs_per_pixel
from upflux_training.weights import trained

KINDS = [(name, kind) for name, kinds in ABLATIONS.items() for kind in kinds]


@pytest.mark.parametrize("name, kind", KINDS)
def test_every_kind_learns(name: str, kind: str) -> None:
    torch.manual_seed(0)
    network = ABLATIONS[name][kind].make().train()
    torch.nn.init.normal_(network.tail.conv.weight, std=0.02)
    network.loss(torch.rand(2, 3, 48, 48), torch.rand(2, 3, 96, 96)).backward()
    # AgileIR's attention begins at a factor of zero, behind which nothing has a gradient yet.
    assert all(p.grad is not None for p in network.parameters())


def test_a_warm_start_is_the_trained_network_where_nothing_differs() -> None:
    kind = ABLATIONS["agileir-attention"]["with attention"]
    low = torch.rand(1, 3, 24, 24)
    with torch.inference_mode():
        assert torch.equal(warm(kind.make(), kind.base).eval()(low), trained(kind.base)(low))


def test_ways_across_windows_cost_about_the_same() -> None:
    macs = [macs_per_pixel(kind.make()) for kind in ABLATIONS["across-windows"].values()]
    assert max(macs) <= 1.05 * min(macs)


def test_offset_grid_sees_across_the_borders_of_windows() -> None:
    changed = []
    for kind in (AdaFormer, OffsetGrid):
        torch.manual_seed(0)
        network = kind(2, 8, 2, blocks=2, residual_blocks=0, estimator=4, video=True).eval()
        side = 4 * WINDOW
        tokens = torch.randn(16, WINDOW**2, 8)
        found = torch.randn(1, 16, 8)
        like = torch.zeros(1, side, side, 8)
        other = tokens.clone()
        other[5] = torch.randn(WINDOW**2, 8)
        with torch.inference_mode():
            difference = (network.step(2, tokens, found, like) - network.step(2, other, found, like)).abs().amax((1, 2))
        changed.append(set(difference.gt(1e-6).nonzero().flatten().tolist()))
    assert changed[0] == {5}
    assert changed[1] == {0, 1, 2, 4, 5, 6, 8, 9, 10}
