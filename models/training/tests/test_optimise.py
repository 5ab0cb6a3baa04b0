"""How weights move."""

import pytest
import torch
from torch import nn

from upflux_training.optimise import Optimiser, orthogonal

RATE = 0.01


@pytest.mark.parametrize("rows, columns", [(16, 144), (64, 32), (24, 24)])
def test_a_matrix_becomes_the_nearest_orthogonal_one(rows: int, columns: int) -> None:
    torch.manual_seed(0)
    left, values, right = torch.linalg.svd(torch.randn(2, rows, columns), full_matrices=False)
    values = torch.logspace(1, -1, values.shape[1])
    made = left.mT @ orthogonal(left * values @ right) @ right.mT
    sizes = made.diagonal(dim1=1, dim2=2)
    assert ((sizes > 0.6) & (sizes < 1.3)).all()
    torch.testing.assert_close(made, torch.diag_embed(sizes), atol=1e-3, rtol=0)


def test_kernels_move_as_far_in_weak_directions_as_in_strong_ones() -> None:
    torch.manual_seed(0)
    layer = nn.Conv2d(16, 16, 3).to(memory_format=torch.channels_last)
    before = layer.weight.detach().clone()
    scales = torch.logspace(0, -2, 16).view(-1, 1, 1, 1)
    layer.weight.grad = (torch.randn(16, 16, 3, 3) * scales).contiguous(memory_format=torch.channels_last)
    layer.bias.grad = torch.ones(16)
    gradient = layer.weight.grad.clone()
    Optimiser(layer).step(RATE)
    moved = (layer.weight.detach() - before).flatten(1)
    assert (moved * gradient.flatten(1) < 0).float().mean() > 0.9
    each = moved.norm(dim=1)
    assert each.max() < 2 * each.min()
    assert moved.square().mean().sqrt().item() == pytest.approx(0.2 * RATE, rel=0.2)


def test_weights_of_one_shape_move_by_their_own_gradients() -> None:
    torch.manual_seed(0)
    together = nn.Sequential(nn.Linear(16, 16), nn.Linear(16, 16))
    alone = nn.Linear(16, 16)
    alone.load_state_dict(together[1].state_dict())
    optimisers = Optimiser(together), Optimiser(alone)
    for _ in range(3):
        gradient = torch.randn(16, 16)
        together[0].weight.grad = torch.randn(16, 16)
        together[1].weight.grad = alone.weight.grad = gradient
        together[0].bias.grad = together[1].bias.grad = alone.bias.grad = torch.randn(16)
        for optimiser in optimisers:
            optimiser.step(RATE)
    torch.testing.assert_close(together[1].weight, alone.weight)
    torch.testing.assert_close(together[1].bias, alone.bias)


def test_what_is_no_matrix_moves_by_the_rate() -> None:
    class Few(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Parameter(torch.zeros(225, 2))
            self.slope = nn.Parameter(torch.zeros(1))

    network = Few()
    network.table.grad, network.slope.grad = torch.randn(225, 2), torch.tensor([1e-3])
    wanted = -RATE * network.table.grad.sign()
    Optimiser(network).step(RATE)
    torch.testing.assert_close(network.table.detach(), wanted, atol=1e-5, rtol=0)
    torch.testing.assert_close(network.slope.detach(), torch.tensor([-RATE]), atol=1e-5, rtol=0)
