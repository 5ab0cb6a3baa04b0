"""The plain network in 8 bits: what is rounded, to what, and that its graphs compute it."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

from upflux_training import ops
from upflux_training.checks import check
from upflux_training.eightbit import eight_bit_name, float_name, in_eight_bits, measuring_pictures
from upflux_training.networks import create
from upflux_training.ops import Grid
from upflux_training.passes import build, passes
from upflux_training.plain import Plain


def trained(name: str) -> Plain:
    torch.manual_seed(0)
    network = create(name)
    torch.nn.init.normal_(network.tail.conv.weight, std=0.02)
    return network.eval()


def pictures() -> list[torch.Tensor]:
    torch.manual_seed(1)
    return [torch.rand(1, 3, 24, 20), torch.rand(1, 3, 16, 32)]


@pytest.mark.parametrize("name", ["plain-s-x2", "plain-s-x4"])
def test_graphs_agree_with_the_network(name: str) -> None:
    assert list(check(in_eight_bits(trained(name), pictures())))


def test_every_graph_multiplies_in_eight_bits(tmp_path) -> None:
    rounded = in_eight_bits(trained("plain-s-x4"), pictures())
    for kind in passes(rounded):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
        onnxruntime.InferenceSession(build(rounded, kind).SerializeToString(), options, providers=["CPUExecutionProvider"])
        kinds = [node.op_type for node in onnx.load(tmp_path / "optimised.onnx").graph.node]
        assert "QLinearConv" in kinds
        # The first layer's alone.
        assert sum(kind.endswith("Conv") and kind != "QLinearConv" for kind in kinds) <= 1
        assert "LeakyRelu" not in kinds


def test_stays_near_the_network_in_float() -> None:
    network = trained("plain-s-x2")
    low = pictures()[0]
    with torch.inference_mode():
        gap = (in_eight_bits(network, [low])(low) - network(low)).abs()
    assert 0 < gap.mean() < 4 / 255


def test_rounds_to_256_values_with_zero_among_them() -> None:
    grid = Grid.of(-1.0, 3.0)
    made = ops.rounded(torch.linspace(-2.0, 4.0, 10_001), grid)
    assert len(made.unique()) == 256
    assert (made == 0).any()
    assert made.min() == pytest.approx(-1.0, abs=grid.step) and made.max() == pytest.approx(3.0, abs=grid.step)


def test_kernels_are_of_seven_bits() -> None:
    torch.manual_seed(0)
    weight, grid = torch.randn(4, 3, 1, 1), Grid(0.5, 0)
    weight[2] = 0.0
    made = ops.rounded_conv(torch.eye(3).view(3, 3, 1, 1), grid, weight, torch.zeros(4)).view(3, 4).T
    step = weight.view(4, 3).abs().amax(1, keepdim=True) / 63
    codes = made[[0, 1, 3]] / step[[0, 1, 3]]
    torch.testing.assert_close(codes, codes.round(), rtol=0, atol=1e-4)
    assert not made[2].any() and codes.abs().max().round() == 63


def test_names() -> None:
    assert eight_bit_name("plain-s-stream-x2") == "plain-s-stream-int8-x2"
    assert float_name("plain-s-stream-int8-x2") == "plain-s-stream-x2"
    assert float_name("esc-x2") == "esc-x2"


def test_measures_on_middles_of_pictures_spread_over_a_folder(tmp_path) -> None:
    for index in range(50):
        Image.fromarray(np.full((20, 600, 3), 5 * index, np.uint8)).save(tmp_path / f"{index:02}.png")
    lows = measuring_pictures(tmp_path, 2)
    assert len(lows) == 24 and all(low.shape == (1, 3, 10, 128) for low in lows)
    assert lows[-1].mean() * 255 > 200
