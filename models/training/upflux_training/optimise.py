"""How weights move: matrices and kernels by Muon, everything else by AdamW.

Muon (K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024) replaces the momentum of a matrix by
the orthogonal one nearest to it, so that all its directions are learned alike, not only those in which the gradient is large.
Matrices of one shape go through together: PyTorch's own takes them singly, whose small products would take a GPU longer than
the network, and no kernels.
"""

from collections import defaultdict

import torch
from torch import Tensor, nn

_MOMENTUM = 0.95

# What is narrower has few directions to even out: tables of positions, gates, the last layer of x2.
_LEAST_SIDE = 16

# Root mean square of Adam's steps in units of its rate, so that both take the same rate (J. Liu et al., 2025).
_SIZE = 0.2


def orthogonal(matrices: Tensor) -> Tensor:
    """Return the orthogonal matrices nearest to [N, rows, columns], but for singular values of 0.7 to 1.2."""
    tall = matrices.shape[1] > matrices.shape[2]
    result = matrices.mT if tall else matrices
    result = result / (result.norm(dim=(1, 2), keepdim=True) + 1e-7)
    # Newton and Schulz's iteration, with the coefficients that raise small singular values fastest.
    for _ in range(5):
        square = result @ result.mT
        # 3.4445 r + (2.0315 s s - 4.7750 s) r, in few kernels: on a GPU starting them takes longer than the products.
        result = torch.baddbmm(
            result, torch.baddbmm(square, square, square, beta=-4.7750, alpha=2.0315), result, beta=3.4445
        )
    return result.mT if tall else result


class Optimiser:
    """Moves the weights of a network by their gradients."""

    def __init__(self, network: nn.Module) -> None:
        alike: dict[torch.Size, list[nn.Parameter]] = defaultdict(list)
        rest = []
        for parameter in network.parameters():
            if not parameter.requires_grad:
                continue  # the body of a network of which only the tail is trained
            if parameter.ndim in (2, 4) and min(parameter.flatten(1).shape) >= _LEAST_SIDE:
                alike[parameter.shape].append(parameter)
            else:
                rest.append(parameter)
        self._matrices = [(group, _stacked(group).zero_()) for group in alike.values()]
        self._rest = torch.optim.AdamW(rest, betas=(0.9, 0.99), weight_decay=0.0, fused=True)

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move all weights by their gradients, matrices and others at the same ``rate``."""
        for group, momentum in self._matrices:
            gradients = _stacked([parameter.grad for parameter in group])
            momentum.lerp_(gradients, 1.0 - _MOMENTUM)
            step = orthogonal(gradients.lerp(momentum, _MOMENTUM))
            step *= -rate * _SIZE * max(step.shape[1:]) ** 0.5
            torch._foreach_add_(group, [_shaped(one, group[0].shape) for one in step])
        self._rest.param_groups[0]["lr"] = rate
        self._rest.step()


def _stacked(tensors: list[Tensor]) -> Tensor:
    """Return tensors of one shape as matrices [N, rows, columns], kernels with an output channel a row."""
    return torch.stack([_matrix(tensor.detach()) for tensor in tensors])


def _matrix(tensor: Tensor) -> Tensor:
    # In the order of channels-last, in which kernels lie: no copy.
    return tensor.permute(0, 2, 3, 1).flatten(1) if tensor.ndim == 4 else tensor


def _shaped(matrix: Tensor, shape: torch.Size) -> Tensor:
    """Undo :func:`_matrix`."""
    if len(shape) == 2:
        return matrix
    return matrix.unflatten(1, (*shape[2:], shape[1])).permute(0, 3, 1, 2)
