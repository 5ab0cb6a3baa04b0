"""The plain network: its size, its start, its graphs."""

import pytest
import torch

from upflux_training import weights
from upflux_training.checks import check
from upflux_training.layers import tail_of_other_scale
from upflux_training.networks import create
from upflux_training.passes import margin


@pytest.mark.parametrize("name, most", [(f"plain-{v}-x{s}", n) for v, n in (("s", 25_000), ("m", 150_000)) for s in (2, 3, 4)])
def test_is_as_small_as_its_name_promises(name: str, most: int) -> None:
    network = create(name)
    assert sum(p.numel() for p in network.parameters()) <= most


def test_starts_as_nearest_neighbour() -> None:
    low = torch.rand(1, 3, 6, 7)
    wanted = low.repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(create("plain-s-x2")(low), wanted)


def test_a_tail_of_another_scale_makes_the_same_flat_picture() -> None:
    flat = torch.arange(3.0).repeat_interleave(4)
    torch.testing.assert_close(tail_of_other_scale(flat, 27), torch.arange(3.0).repeat_interleave(9))


@pytest.mark.parametrize("name", ["plain-s-x2", "plain-s-x3", "plain-m-x4"])
def test_graphs_agree_with_the_network(name: str) -> None:
    torch.manual_seed(0)
    network = create(name)
    torch.nn.init.normal_(network.tail.conv.weight, std=0.1)
    assert list(check(network.eval()))


def test_margin_is_the_reach_of_the_convolutions() -> None:
    network = create("plain-s-x2")
    assert margin(network) == 4


def test_weights_of_another_network_are_refused(tmp_path) -> None:
    path = tmp_path / "other.safetensors"
    weights.save(torch.nn.Linear(2, 2), path)
    with pytest.raises(ValueError, match="of another network"):
        weights.load(create("plain-s-x2"), path)
