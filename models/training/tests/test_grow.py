"""Growing: what a network computes that begins as a smaller one, and that it can become more."""

import json
import sys
from pathlib import Path

import pytest
import torch

from upflux_training import train, weights
from upflux_training.esc import TableAttention
from upflux_training.grow import grow
from upflux_training.network import Network
from upflux_training.networks import create


def trained(name: str) -> Network:
    """Return a network as it would be deployed, none of whose parts is without effect."""
    torch.manual_seed(0)
    network = create(name)
    network.fold()
    for parameter in network.parameters():
        if parameter.dim() > 1 and not parameter.any():
            torch.nn.init.normal_(parameter, std=0.01)
    return network.eval()


def grown(name: str, smaller: Network) -> Network:
    torch.manual_seed(1)
    network = create(name)
    grow(network, smaller, torch.rand(1, 3, 48, 48))
    network.fold()
    return network.eval()


def difference(name: str, smaller: Network) -> float:
    """Return how far a grown network is from the smaller one, as a share of what that adds to a picture enlarged."""
    torch.manual_seed(2)
    low = torch.rand(1, 3, 48, 48)
    with torch.inference_mode():
        made, wanted = grown(name, smaller)(low), smaller(low)
    repeated = low.repeat_interleave(smaller.scale, 2).repeat_interleave(smaller.scale, 3)
    return ((made - wanted).norm() / (wanted - repeated).norm()).item()


@pytest.mark.parametrize("name, smaller", [("adaformer-x2", "adaformer-s-x2"), ("adaformer-v-x4", "adaformer-v-s-x4")])
def test_adaformer_computes_what_the_smaller_one_does(name: str, smaller: str) -> None:
    assert difference(name, trained(smaller)) < 1e-4


@pytest.mark.parametrize("name", ["esc-x2", "esc-light-x4"])
def test_esc_computes_all_but_the_attention_in_windows(name: str) -> None:
    smaller = trained(f"esc-s{name[-3:]}")
    for module in smaller.modules():
        if isinstance(module, TableAttention):
            torch.nn.init.zeros_(module.out.weight)
    assert difference(name, smaller) < 1e-4


def test_attention_of_the_same_form_is_kept() -> None:
    assert difference("esc-x2", trained("esc-light-x2")) < 1e-4


def test_a_normalisation_that_is_new_changes_little() -> None:
    smaller = trained("esc-light-x2")
    for module in smaller.modules():
        if isinstance(module, TableAttention):
            torch.nn.init.zeros_(module.out.weight)
    with torch.no_grad():
        # Features as small as trained ones are, and not without effect.
        for part in smaller.head, *(block.last for block in smaller.body):
            part.weight.mul_(0.03)
            part.bias.mul_(0.03)
        smaller.last.weight.mul_(30)
    assert difference("esc-rib-x2", smaller) < 0.5


def test_copies_of_channels_part() -> None:
    smaller = trained("adaformer-s-x2")
    network = grown("adaformer-x2", smaller).train()
    network.loss(torch.rand(1, 3, 16, 16), torch.rand(1, 3, 32, 32)).backward()
    first, second = network.token_blocks[0].mlp.widen.weight.grad.split(64, dim=1)
    assert not torch.allclose(first, second, rtol=0.1, atol=0)


def test_what_is_new_is_trained() -> None:
    network = grown("agileir-x2", trained("agileir-s-x2")).train()
    low, high = torch.rand(2, 3, 24, 24), torch.rand(2, 3, 48, 48)
    for _ in range(3):  # the last layer of what is new first, then what is before it
        network.zero_grad()
        network.loss(low, high).backward()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter -= 1e-3 * parameter.grad
    still = [name for name, parameter in network.named_parameters() if not parameter.grad.any()]
    assert not still


@pytest.mark.parametrize(
    "name, smaller, why",
    [
        ("adaformer-x2", "agileir-s-x2", "family and scale"),
        ("adaformer-x2", "adaformer-s-x4", "family and scale"),
        ("plain-m-x2", "plain-s-x2", "with attention"),
        ("adaformer-s-x2", "adaformer-x2", "64 channels does not grow to one of 32"),
        ("adaformer-x2", "adaformer-v-s-x2", "no Conv"),
        ("esc-fp-x2", "esc-s-x2", "no SeparableKernel"),
    ],
)
def test_what_cannot_grow_is_refused(name: str, smaller: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        grow(create(name), create(smaller), torch.rand(1, 3, 48, 48))


def test_training_grows_what_it_is_told_to(tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    weights.save(trained("esc-s-x2"), weights.default_path("esc-s-x2"))
    log = tmp_path / "log.jsonl"
    # Over before the first step.
    monkeypatch.setattr(train, "for_minutes", lambda minutes: lambda step: 1.0)
    arguments = ["train", "esc-light-x2", "--grow", "esc-s-x2", "--data", str(pictures), "--minutes", "1", "--log", str(log)]
    monkeypatch.setattr(sys, "argv", arguments)
    train.main()

    assert json.loads(log.read_text())["from"] == "esc-s-x2.safetensors"
    small, large = (weights.trained(name).head.weight for name in ("esc-s-x2", "esc-light-x2"))
    torch.testing.assert_close(large, small.repeat(2, 1, 1, 1))
