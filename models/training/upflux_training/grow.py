"""Growing: a network begins as a smaller one of its family, so that it need not learn again what that one knows.

Channels are repeated and what comes of them is divided among the copies (T. Chen et al., "Net2Net", 2016), in random
shares, since equal copies would be trained alike for ever. Blocks that the smaller network lacks add nothing at first. Nor
does attention in other windows or of other heads, as ESC's and AgileIR's: it begins anew. A normalisation that the smaller network
lacks, as at the end of ESC-RIB, takes a gain at which it changes least.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import agileir, esc
from .adaformer import TokenBlock
from .agileir import CascadedAttention
from .esc import PART, ConvAttention, Esc, FactorAttention, TableAttention
from .layers import Conv, LayerNorm, Linear, ResidualBlock
from .network import Network
from .plain import Plain


@torch.no_grad()
def grow(network: Network, small: Network, low: Tensor) -> None:
    """Make ``network``, as its constructor left it, compute nearly what ``small`` does.

    :param low: LR such as it will see, [n, 3, h, w] in 0..1
    """
    if type(network) is not type(small) or isinstance(network, Plain) or network.scale != small.scale:
        raise ValueError("a network with attention grows, from one of its own family and scale")
    widths = network.head.weight.shape[0], small.head.weight.shape[0]
    if widths[0] < widths[1]:
        raise ValueError(f"a network of {widths[1]} channels does not grow to one of {widths[0]}")
    _Growth(*widths).module(network, small)
    match network, small:
        case Esc(norm=LayerNorm() as norm), Esc(norm=nn.Identity()):
            _settle(norm, network, low)


class _Growth:
    """:param wide: channels of the network
    :param narrow: those of the smaller one
    """

    def __init__(self, wide: int, narrow: int) -> None:
        self._wide = wide
        self._narrow = narrow

    def module(self, large: nn.Module, small: nn.Module | None) -> None:
        """Make a part of the network begin as that of the smaller one, or add nothing where that has none."""
        match large, small:
            case _, None:
                _silence(large)
            case _ if _shapes(large) == _shapes(small):
                large.load_state_dict(small.state_dict())
            case TableAttention() | FactorAttention() | CascadedAttention(), _:
                _silence(large)
            case nn.Sequential(), Conv():
                for index, child in enumerate(large):
                    self._residual(child, small) if index == 0 else _silence(child)
            case LayerNorm(), nn.Identity():
                pass  # settled when all else is
            case _ if type(large) is not type(small):
                _silence(large)
            case nn.ModuleList() | nn.Sequential(), _:
                # Spread among the blocks here.
                those = {index * len(large) // len(small): child for index, child in enumerate(small)}
                for index, child in enumerate(large):
                    self.module(child, those.get(index))
            case _:
                theirs = dict(small.named_parameters(recurse=False))
                for key, value in large.named_parameters(recurse=False):
                    if key in theirs:
                        value.copy_(self._widened(theirs[key], value.shape, self._inputs(large, key)))
                for key, child in large.named_children():
                    self.module(child, getattr(small, key, None))
                if isinstance(large, ConvAttention):
                    self._unseen(large.aggregate, small.aggregate)

    def _widened(self, value: Tensor, sides: Sequence[int], inputs: int | None) -> Tensor:
        """Return weights [sides] of ``value``; along the axis ``inputs`` they are divided among the copies."""
        if value.ndim == 4 and value.shape[2:] != sides[2:]:
            value = F.pad(value, [(sides[-1] - value.shape[-1]) // 2] * 4)  # a larger kernel
        for axis, (count, wanted) in enumerate(zip(value.shape, sides)):
            if axis != inputs:
                value = value.index_select(axis, self._origins(count, wanted))
        if inputs is None:
            return value
        origins = self._origins(value.shape[inputs], sides[inputs])
        shares = torch.rand(sides) + 0.5
        totals = torch.zeros_like(value).index_add_(inputs, origins, shares)
        return (value / totals).index_select(inputs, origins) * shares

    def _origins(self, count: int, wanted: int) -> Tensor:
        """Return which of ``count`` channels each of those ``wanted`` is a copy of."""
        # Several sets of channels side by side, as queries, keys and values, stay sets.
        sets = count // self._narrow if count * self._wide == wanted * self._narrow and count % self._narrow == 0 else 1
        each = torch.arange(wanted // sets) % (count // sets)
        return (torch.arange(sets)[:, None] * (count // sets) + each).flatten()

    @staticmethod
    def _inputs(module: nn.Module, key: str) -> int | None:
        """Return which axis of a module's parameter its input channels are."""
        if key != "weight":
            return None
        if isinstance(module, Linear):
            return 0
        return 1 if isinstance(module, Conv) and module.weight.shape[1] > 1 else None

    def _unseen(self, large: Conv, small: Conv) -> None:
        """Of the channels that kernels go over there is one copy that they go over here."""
        origins = self._origins(self._narrow, self._wide)
        large.weight[:, origins < PART] = 0
        large.weight[:, :PART] = small.weight[origins, :PART]

    def _residual(self, large: ResidualBlock, small: Conv) -> None:
        """Compute a convolution of few channels: x + second(relu(x) - relu(-x))."""
        if self._wide < 2 * self._narrow:
            raise ValueError("a residual block needs twice the channels of a convolution to begin as it")
        unit = torch.zeros_like(small.weight)
        unit[range(self._narrow), range(self._narrow), 1, 1] = 1
        both = 2 * self._narrow
        first = self._widened(torch.cat([unit, -unit]), (both, self._wide, 3, 3), 1)
        second = self._widened(torch.cat([small.weight - unit, unit - small.weight], 1), (self._wide, both, 3, 3), None)
        large.first.weight.zero_()[:both] = first
        large.second.weight.zero_()[:, :both] = second
        large.second.bias.copy_(self._widened(small.bias, large.second.bias.shape, None))


def _settle(norm: LayerNorm, network: Network, low: Tensor) -> None:
    """Give a normalisation the gain with which it comes nearest to what goes into it."""
    seen: list[tuple[Tensor, Tensor]] = []
    hook = norm.register_forward_hook(lambda _, inputs, output: seen.append((inputs[0], output)))
    network(low)
    hook.remove()
    [(features, normal)] = seen
    norm.weight.mul_((features * normal).sum() / normal.square().sum())


def _shapes(module: nn.Module) -> list[tuple[str, torch.Size]]:
    return [(key, value.shape) for key, value in module.state_dict().items()]


def _silence(module: nn.Module) -> None:
    """Have a residual module add nothing to its input."""
    match module:
        case TokenBlock():
            channels = module.mlp.narrow.weight.shape[1]
            last = [module.mlp.narrow.weight]
            last += [module.local.qkv.weight[:, 2 * channels :], module.whole.kv.weight[:, channels:]]
        case ResidualBlock():
            last = [module.second.weight]
        case esc.Block():
            last = [module.last.weight]
        case esc.Layer():
            last = [module.attend.aggregate.weight]
        case TableAttention() | FactorAttention():
            last = [module.out.weight]
        case agileir.Group():
            last = [module.conv.weight]
        case agileir.Layer():
            last = [module.mlp.narrow.weight]
        case CascadedAttention():
            last = [module.mix.norm.gamma]
        case _:
            raise ValueError(f"no {type(module).__name__} of this network is the other's, or can be left out at first")
    for weight in last:
        weight.zero_()
