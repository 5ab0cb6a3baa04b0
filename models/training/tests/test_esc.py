import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from upflux_training import ops
from upflux_training.checks import check, run
from upflux_training.cost import macs, macs_per_pixel
from upflux_training.esc import PART, ConvAttention, Esc, FactorAttention, LargeKernel, TableAttention
from upflux_training.layers import LayerNorm
from upflux_training.networks import create
from upflux_training.passes import Form

KINDS = {"table": {}, "few": {"few": True}, "factors": {"factors": True}}


def small(kind: str = "table", scale: int = 2, window: int = 8) -> Esc:
    torch.manual_seed(0)
    network = Esc(scale, channels=24, heads=2, window=window, blocks=2, layers=2, large=5, **KINDS[kind])
    # Give values to what starts at zero, so that nothing is hidden by the start.
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)
    return network


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("esc", (946_728, 955_383, 967_500)),
        ("esc-light", (603_600, 612_255, 624_372)),
        ("esc-fp", (523_675, 530_170, 539_263)),
        ("esc-rib", (1_007_796, 1_016_451, 1_028_568)),
    ],
)
def test_parameters(name: str, parameters: tuple[int, int, int]) -> None:
    assert tuple(sum(p.numel() for p in create(f"{name}-x{scale}").parameters()) for scale in (2, 3, 4)) == parameters


@pytest.mark.parametrize(("name", "billions"), [("esc-x2", 590.8), ("esc-x4", 148.9), ("esc-fp-x4", 60.3)])
def test_operations_for_720_lines(name: str, billions: float) -> None:
    network = create(name)
    # As counted there, what is completed to whole windows is the features, not the picture.
    network.align = 1
    counted = macs(network, 720 // network.scale, 1280 // network.scale) / 1e9
    assert counted == pytest.approx(billions, rel=0.005)


@pytest.mark.parametrize("scale", [2, 4])
def test_small_variant_is_small(scale: int) -> None:
    network = create(f"esc-s-x{scale}")
    assert sum(p.numel() for p in network.parameters()) <= 150_000
    assert 120_000 <= macs_per_pixel(network) <= 165_000


def symmetries(x: Tensor) -> list[Tensor]:
    return [side.rot90(turns, (-2, -1)) for side in (x, x.flip(-1)) for turns in range(4)]


def test_large_kernel_is_the_mean_of_its_symmetries() -> None:
    large = LargeKernel(5)
    started = large.weight.detach().clone()
    wanted = torch.stack(symmetries(started)).mean(0)
    with torch.no_grad():
        torch.testing.assert_close(large()[0], wanted)
        large.fold()
        torch.testing.assert_close(large.weight, wanted)
        folded = large.weight.clone()
        again = LargeKernel(5)
        again.weight.copy_(folded)
        torch.testing.assert_close(again()[0], folded)
        large.fold()
        assert torch.equal(large.weight, folded)


def by_hand(attend: ConvAttention, x: Tensor, kernel: Tensor) -> Tensor:
    """ConvAttn of one picture [1, C, H, W], channel by channel."""
    mean = x[0, :PART].mean((1, 2))
    hidden = F.gelu(mean @ attend.squeeze.weight + attend.squeeze.bias)
    small_kernels = (hidden @ attend.excite.weight + attend.excite.bias).reshape(PART, 3, 3)
    seen = F.conv2d(x[:, :PART], kernel, padding=kernel.shape[-1] // 2)
    for channel in range(PART):
        seen[:, channel : channel + 1] += F.conv2d(
            x[:, channel : channel + 1], small_kernels[channel, None, None], padding=1
        )
    mixed = torch.cat([seen, x[:, PART:]], 1)
    return torch.einsum("oi,nihw->nohw", attend.aggregate.weight[..., 0, 0], mixed) + attend.aggregate.bias.view(-1, 1, 1)


def test_conv_attention_sees_each_picture_in_training_and_one_picture_in_evaluation() -> None:
    network = small()
    attend = network.body[0].layers[0].attend
    large = network.large()
    x = torch.randn(3, 24, 9, 11)
    with torch.no_grad():
        made, kernels = attend.train()(x, large, None)
        assert kernels.shape == (3, PART, 9)
        for index in range(3):
            wanted = by_hand(attend, x[index : index + 1], large[0])
            torch.testing.assert_close(made[index : index + 1], wanted, atol=1e-5, rtol=1e-4)
        made, kernels = attend.eval()(x, large, None)
        assert kernels.shape == (1, PART, 9)
        # Samples of one picture are as good as the picture made of them, but for their borders.
        joined = attend.look(torch.cat(list(x[:, :PART]), 1)[None])
        torch.testing.assert_close(kernels, joined)


def test_separable_kernel_takes_the_small_kernels_into_one() -> None:
    network = small("few")
    attend = network.body[0].layers[0].attend
    mix, large = network.large()
    x = torch.randn(1, 24, 9, 11)
    with torch.no_grad():
        made, small_kernels = attend.eval()(x, [mix, large], None)
        both = large + F.pad(small_kernels.reshape(PART, 1, 3, 3), (1, 1, 1, 1))
        seen = F.conv2d(F.conv2d(x[:, :PART], mix), both, padding=2, groups=PART)
        wanted = attend.aggregate(torch.cat([seen, x[:, PART:]], 1))
    torch.testing.assert_close(made, wanted, atol=1e-5, rtol=1e-4)


def windows_of(x: Tensor, side: int) -> dict[tuple[int, int], Tensor]:
    """Return the tokens [side^2, C] of each window of [1, C, H, W], reflected where the picture ends."""

    def inside(place: int, size: int) -> int:
        return place if place < size else 2 * (size - 1) - place

    height, width = x.shape[2:]
    return {
        (top, left): torch.stack(
            [
                x[0, :, inside(y, height), inside(z, width)]
                for y in range(top, top + side)
                for z in range(left, left + side)
            ]
        )
        for top in range(0, height, side)
        for left in range(0, width, side)
    }


def spread(windows: dict[tuple[int, int], Tensor], side: int, like: Tensor) -> Tensor:
    """Undo :func:`windows_of`."""
    result = torch.empty_like(like)
    for (top, left), tokens in windows.items():
        square = tokens.T.reshape(-1, side, side)
        target = result[0, :, top : top + side, left : left + side]
        target.copy_(square[:, : target.shape[1], : target.shape[2]])
    return result


def test_table_attention_equals_one_window_at_a_time() -> None:
    side, heads, depth = 4, 2, 8
    attention, norm = TableAttention(16, heads, side), LayerNorm(16)
    torch.nn.init.normal_(attention.table)
    x = torch.randn(1, 16, 7, 10)
    places = [(y, z) for y in range(side) for z in range(side)]
    rows = torch.tensor([[(a - c + 3) * 7 + b - d + 3 for c, d in places] for a, b in places])
    found = {}
    with torch.no_grad():
        for corner, tokens in windows_of(x, side).items():
            normal = F.layer_norm(tokens, (16,), eps=1e-6)
            q, k, v = (normal @ attention.qkv.weight + attention.qkv.bias).split(16, 1)
            heard = []
            for head in range(heads):
                own = slice(head * depth, (head + 1) * depth)
                scores = q[:, own] @ k[:, own].T / depth**0.5 + attention.table[rows, head]
                heard.append(scores.softmax(1) @ v[:, own])
            found[corner] = torch.cat(heard, 1) @ attention.out.weight + attention.out.bias
        torch.testing.assert_close(attention(x, norm), spread(found, side, x), atol=1e-5, rtol=1e-4)


def test_factor_attention_equals_one_window_at_a_time() -> None:
    side, heads, depth = 4, 2, 8
    attention, norm = FactorAttention(16, heads, side), LayerNorm(16, channels_first=True)
    for parameter in attention.factors.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    x = torch.randn(1, 16, 7, 10)
    factors = attention.factors
    line = torch.linspace(-1, 1, side)
    both = torch.stack([line.repeat_interleave(side), line.repeat(side)], 1)
    octaves = 2.0 ** torch.arange(10)
    encoded = torch.cat([torch.cat([c, (c * octaves).sin(), (c * octaves).cos()], 1) for c in both.split(1, 1)], 1)
    assert encoded.shape[1] == 42
    found = {}
    with torch.no_grad():
        hidden = (encoded @ torch.cat([factors.down, factors.across]) + factors.bias).relu()
        normal = norm(x)
        for corner, tokens in windows_of(normal, side).items():
            q, k, v = (tokens @ attention.qkv.weight + attention.qkv.bias).split(16, 1)
            heard = []
            for head in range(heads):
                own = slice(head * depth, (head + 1) * depth)
                position = (hidden @ factors.query[:, own]) @ (hidden @ factors.key[:, own]).T
                scores = q[:, own] @ k[:, own].T / depth**0.5 + position / depth**0.5
                heard.append(scores.softmax(1) @ v[:, own])
            found[corner] = torch.cat(heard, 1)
        gate = attention.gate(attention.gate_local(normal)).sigmoid()
        wanted = attention.out(spread(found, side, x) * gate)
        torch.testing.assert_close(attention(x, norm), wanted, atol=1e-5, rtol=1e-4)


def test_pictures_smaller_than_a_window_are_completed() -> None:
    x = torch.arange(3.0).reshape(1, 1, 1, 3)
    assert ops.complete(x, 8).tolist() == [[[[0, 1, 2, 1, 0, 0, 0, 0]] * 8]]


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_bicubic_skip_is_not_rounded_in_training(scale: int) -> None:
    x = torch.rand(2, 3, 6, 9)
    wanted = F.interpolate(x, scale_factor=scale, mode="bicubic", align_corners=False)
    with torch.autocast("cpu", torch.bfloat16):
        made = ops.enlarge(ops.bicubic_channels(x, scale), scale)
    torch.testing.assert_close(made, wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_gets_a_gradient(kind: str) -> None:
    network = small(kind).train()
    network.loss(torch.rand(2, 3, 16, 24), torch.rand(2, 3, 32, 48)).backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().max() > 0] == []


@pytest.mark.parametrize("kind", KINDS)
def test_evaluation_equals_training_and_folded_equals_unfolded(kind: str) -> None:
    network = small(kind)
    low = torch.rand(1, 3, 13, 20)
    with torch.no_grad():
        trained = network.train()(low)
        torch.testing.assert_close(network.eval()(low), trained, atol=1e-6, rtol=1e-5)
        network.fold()
        torch.testing.assert_close(network(low), trained, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_training_begins_without_small_kernels(kind: str) -> None:
    network = Esc(2, channels=24, heads=2, window=8, blocks=1, layers=2, large=5, **KINDS[kind]).eval()
    with torch.no_grad():
        assert not network.look(torch.rand(1, 3, 8, 8)).context.any()


@pytest.mark.parametrize("name", ["esc-x2", "esc-fp-x2"])
def test_a_black_picture_does_not_end_training(name: str) -> None:
    torch.manual_seed(0)
    network = create(name).train()
    torch.nn.init.normal_(network.tail.conv.weight, std=1e-3)
    network.loss(torch.zeros(1, 3, 32, 32), torch.rand(1, 3, 64, 64)).backward()
    assert all(parameter.grad.abs().max() < 100 for parameter in network.parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_a_context_makes_it_local(kind: str) -> None:
    network = small(kind).eval()
    low = torch.rand(1, 3, 16, 160)
    changed = low.clone()
    changed[..., -8:] = 0.0
    with torch.no_grad():
        seen = network.look(low)
        torch.testing.assert_close(network.local_pass(low, seen.context).picture, seen.picture)
        # The pools tell every pixel of the change, unless the context is given.
        assert (network(changed) - seen.picture).abs()[..., :64].max() > 1e-6
        near = network.local_pass(changed, seen.context).picture
        assert (near - seen.picture).abs()[..., :64].max() == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [2, 3])
def test_graphs_equal_the_network(kind: str, scale: int) -> None:
    network = small(kind, scale).eval()
    network.fold()
    # Key, its context and body, fused and not; half precision.
    assert len(list(check(network))) == 7


@pytest.mark.parametrize("kind", ["table", "factors"])
def test_graphs_take_large_windows_in_parts(kind: str) -> None:
    network = small(kind, window=32).eval()
    low = torch.rand(1, 3, 20, 40)
    with torch.inference_mode():
        wanted = network(low).numpy()
    for fused in (True, False):
        assert np.abs(run(network, "key", Form(fused=fused), lr=low.numpy())["hr"] - wanted).max() < 1e-4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 13, 20), (2, 5, 3), (3, 8, 17), (1, 1, 1)])
def test_graphs_of_any_size(kind: str, size: tuple[int, int, int]) -> None:
    network = small(kind).eval()
    low = torch.rand(size[0], 3, *size[1:])
    with torch.inference_mode():
        wanted = network.look(low)
    for fused in (True, False):
        key = run(network, "key", Form(fused=fused), lr=low.numpy())
        assert np.abs(key["hr"] - wanted.picture.numpy()).max() < 1e-4
        assert np.abs(key["context"] - wanted.context.numpy()).max() < 1e-4
        body = run(network, "body", Form(fused=fused), lr=low.numpy(), context=key["context"])
        assert np.abs(body["hr"] - key["hr"]).max() < 1e-5
