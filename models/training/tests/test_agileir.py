import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from upflux_training import agileir, weights
from upflux_training.agileir import WINDOW, AgileIR, BatchNorm, CascadedAttention, Grid, NormedLinear
from upflux_training.checks import check
from upflux_training.cost import macs_per_pixel
from upflux_training.halo import measure_halo
from upflux_training.networks import create
from upflux_training.passes import build
from upflux_training.train import follow


def small(scale: int = 2) -> AgileIR:
    return AgileIR(scale, channels=8, heads=2, groups=2, layers=1)


def lively(network: torch.nn.Module) -> torch.nn.Module:
    """Give values to what starts at zero or one, so that nothing is hidden by the start."""
    generator = torch.Generator().manual_seed(0)
    for name, parameter in network.named_parameters():
        if name.endswith(("gamma", "beta", "table", "bias")) or "tail" in name or "qkv" in name:
            spread = 0.05 if "tail" in name else 0.3
            parameter.data += spread * torch.randn(parameter.shape, generator=generator)
    for module in network.modules():
        if isinstance(module, BatchNorm):
            module.mean += 0.2 * torch.randn(module.mean.shape, generator=generator)
            module.deviation += 0.5 * torch.rand(module.deviation.shape, generator=generator)
    return network


@pytest.mark.parametrize(
    ("name", "thousands"),
    [("agileir-x2", 599), ("agileir-x3", 607), ("agileir-x4", 618), ("agileir-plus-x2", 827), ("agileir-plus-x4", 846)],
)
def test_parameters(name: str, thousands: int) -> None:
    assert round(sum(p.numel() for p in create(name).parameters()) / 1000) == thousands


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_small_variant_is_small(scale: int) -> None:
    network = create(f"agileir-s-x{scale}")
    assert sum(p.numel() for p in network.parameters()) <= 150_000
    assert 120_000 <= macs_per_pixel(network) <= 150_000


def by_region(attention: CascadedAttention, x: Tensor, shifted: bool) -> Tensor:
    """Attend within each window as far as it lies in the picture [H, W, C], one at a time, batch norm written out."""
    height, width, channels = x.shape
    first = -WINDOW // 2 if shifted else 0
    result = torch.empty_like(x)
    for top in range(first, height, WINDOW):
        for left in range(first, width, WINDOW):
            ys = range(max(top, 0), min(top + WINDOW, height))
            xs = range(max(left, 0), min(left + WINDOW, width))
            places = [(y, z) for y in ys for z in xs]
            tokens = x[ys.start : ys.stop, xs.start : xs.stop].reshape(len(places), channels)
            offsets = torch.tensor([[(a - c + 11) * 23 + b - d + 11 for c, d in places] for a, b in places])
            found: list[Tensor] = []
            for head, group in enumerate(tokens.chunk(2, 1)):
                seen = group + found[-1] if found else group
                q, k, v = normed(seen @ attention.qkv.weight, attention.qkv.norm).chunk(2, 1)[head].split((16, 16, 4), 1)
                picture = q.T.reshape(1, 16, len(ys), len(xs))
                kernels = attention.around.weight.chunk(2)[head]
                around = F.conv2d(picture, kernels, padding=2, groups=16).reshape(16, -1).T
                around = normed(around.repeat(1, 2), attention.around.norm).chunk(2, 1)[head]
                scores = around @ k.T / 4 + attention.table[offsets, head]
                found.append(scores.softmax(1) @ v)
            mixed = normed(torch.cat(found, 1).relu() @ attention.mix.weight, attention.mix.norm)
            result[ys.start : ys.stop, xs.start : xs.stop] = mixed.reshape(len(ys), len(xs), channels)
    return result


def normed(x: Tensor, norm: BatchNorm) -> Tensor:
    return F.batch_norm(x, norm.mean, norm.deviation.square(), norm.gamma, norm.beta, eps=0.0)


@pytest.mark.parametrize("shifted", [False, True])
def test_attention_equals_one_window_at_a_time(shifted: bool) -> None:
    attention = lively(CascadedAttention(8, 2)).eval()
    x = torch.randn(2, 24, 36, 8)
    with torch.inference_mode():
        made = attention(x, Grid(x, shifted))
        for picture, wanted in zip(made, x):
            torch.testing.assert_close(picture, by_region(attention, wanted, shifted), atol=1e-5, rtol=1e-4)


def test_layers_shift_by_turns() -> None:
    deep = AgileIR(2, channels=8, heads=2, groups=2, layers=2)
    shallow = small()
    seen: list[bool] = []
    for network in (deep, shallow):
        for group in network.groups:
            for layer in group.layers:
                layer.register_forward_hook(lambda _, arguments, __: seen.append(arguments[1].inside is not None))
        network(torch.rand(1, 3, 24, 24))
    assert seen == [False, True, False, True] + [False, True]


def test_borders_do_not_see_each_other() -> None:
    network = lively(small()).eval()
    low = torch.rand(1, 3, 12, 120)
    changed = low.clone()
    changed[..., -1] = 1 - changed[..., -1]
    with torch.inference_mode():
        difference = (network(low) - network(changed)).abs()
    assert difference[..., -24:].max() > 0
    assert difference[..., :24].max() == 0


def test_attention_reaches_the_picture_and_can_be_left_out() -> None:
    low = torch.rand(1, 3, 24, 24)
    network = lively(small()).eval()
    changed = network.groups[0].layers[0].attention.table
    with torch.inference_mode():
        before = network(low)
        changed += 1.0 * torch.randn_like(changed)
        assert not torch.allclose(before, network(low))
    without = AgileIR(2, channels=8, heads=2, groups=2, layers=1, attention=False)
    assert not any("attention" in key for key in without.state_dict())
    assert without(low).shape == (1, 3, 48, 48)


def test_every_parameter_gets_a_gradient() -> None:
    network = lively(small()).train()
    network.loss(torch.rand(2, 3, 24, 24), torch.rand(2, 3, 48, 48)).backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().max() > 0] == []


def test_loss_is_charbonniers() -> None:
    network = small().eval()
    low, high = torch.rand(1, 3, 12, 12), torch.rand(1, 3, 24, 24)
    with torch.inference_mode():
        wanted = ((network(low) - high) ** 2 + 1e-6).sqrt().mean()
        torch.testing.assert_close(network.loss(low, high), wanted)


def test_evaluation_equals_training_with_the_same_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agileir, "_MOMENTUM", 1.0)
    network = lively(small())
    low = torch.rand(2, 3, 24, 36)
    with torch.no_grad():
        trained = network.train()(low)
        torch.testing.assert_close(network.eval()(low), trained, atol=1e-5, rtol=1e-4)


def test_statistics_are_those_of_batch_norm() -> None:
    own, reference = BatchNorm(5), torch.nn.BatchNorm1d(5, momentum=agileir._MOMENTUM)
    for _ in range(300):
        x = torch.randn(64, 5) * torch.tensor([0.01, 0.1, 1.0, 5.0, 50.0]) + torch.arange(5.0)
        torch.testing.assert_close(own(x), reference(x), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(own.mean, reference.running_mean, atol=1e-4, rtol=1e-4)
    # PyTorch remembers the unbiased variance, and without epsilon.
    wanted = (reference.running_var * 63 / 64 + 1e-5).sqrt()
    torch.testing.assert_close(own.deviation, wanted, atol=2e-3, rtol=1e-2)


@pytest.mark.parametrize("size", [1e-8, 1e-4, 1.0, 1e3])
def test_half_precision_holds_any_variance(size: float, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(agileir, "_MOMENTUM", 1.0)
    layer = NormedLinear(16, 24)
    torch.nn.init.normal_(layer.weight)
    x = size * torch.randn(500, 16)
    with torch.no_grad():
        layer.train()(x)
        wanted = layer.eval()(x)
        weights.save(layer, tmp_path / "weights.safetensors")
        stored = NormedLinear(16, 24)
        weights.load(stored, tmp_path / "weights.safetensors")
        assert all(t.isfinite().all() for t in stored.state_dict().values())
        assert (stored.eval()(x) - wanted).abs().max() < 5e-3 * max(1.0, wanted.abs().max())


def test_training_goes_on_from_the_statistics(tmp_path) -> None:
    network = lively(small())
    weights.save(network, tmp_path / "weights.safetensors")
    again = small()
    assert weights.load(again, tmp_path / "weights.safetensors") == []
    norm, before = again.groups[1].layers[0].attention.mix.norm, network.groups[1].layers[0].attention.mix.norm
    again.train().loss(torch.rand(2, 3, 24, 24), torch.rand(2, 3, 48, 48))
    assert not torch.equal(norm.deviation, before.deviation)
    torch.testing.assert_close(norm.deviation, before.deviation, atol=0.05, rtol=0.05)
    average = small()
    follow(average, again, 0)
    torch.testing.assert_close(average.groups[1].layers[0].attention.mix.norm.deviation, norm.deviation)


@pytest.mark.parametrize("scale", [2, 3])
def test_graphs_equal_the_network(scale: int) -> None:
    assert len(list(check(lively(small(scale)).eval()))) == 3


def test_stored_graph_is_folded_when_opened(tmp_path) -> None:
    network = lively(small()).eval()
    weights.save(network, tmp_path / "agileir.safetensors")
    weights.load(network, tmp_path / "agileir.safetensors")
    model = build(network, "plain", weights.stored(tmp_path / "agileir.safetensors", network.scale))
    (tmp_path / "agileir.onnx").write_bytes(model.SerializeToString())
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(tmp_path / "opened.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "agileir.onnx", options, providers=["CPUExecutionProvider"])
    low = torch.rand(2, 3, 24, 36)
    with torch.inference_mode():
        assert np.abs(session.run(["hr"], {"lr": low.numpy()})[0] - network(low).numpy()).max() < 1e-4
    left = [node.op_type for node in onnx.load(tmp_path / "opened.onnx").graph.node]
    # Left to multiply: the queries of the shifted layer's two heads, the mask that they share, and sizes of the result.
    assert "Cast" not in left and "Range" not in left
    assert left.count("Mul") <= 2 + 1 + 2


def test_halo_is_measured_on_the_grid(tmp_path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (156, 180, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    network = lively(small()).eval()
    halo = measure_halo(network, tmp_path)
    assert 0 < halo <= 48 and halo % WINDOW == 0
