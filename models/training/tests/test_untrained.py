from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from upflux_training import weights
from upflux_training.evaluate import onnx_upscaler
from upflux_training.untrained import export


@pytest.mark.parametrize("name", ["plain-s-x2", "esc-s-x2", "adaformer-s-x4"])
def test_graphs_compute_what_the_network_of_the_written_weights_does(tmp_path: Path, name: str) -> None:
    graphs = export(name, tmp_path)
    network = weights.trained(name, tmp_path / f"{name}.safetensors")
    low = torch.rand(1, 3, 32, 48)
    with torch.inference_mode():
        wanted = network(low)
    made = onnx_upscaler(graphs[0])(low)
    assert np.abs((made - wanted).numpy()).max() < 1e-4
    repeated = low.repeat_interleave(network.scale, 2).repeat_interleave(network.scale, 3)
    assert not torch.allclose(made, repeated, atol=1e-3)


def test_metadata_says_that_weights_are_random(tmp_path: Path) -> None:
    main = onnx.load(export("plain-s-x2", tmp_path)[0], load_external_data=False)
    said = {entry.key: entry.value for entry in main.metadata_props}
    assert said["upflux.state"] == "random"
    assert said["upflux.training"] == "none"
    assert "upflux.psnr" not in said


def test_the_same_name_gives_the_same_weights(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        export("plain-s-x2", folder)
    assert (first / "plain-s-x2.safetensors").read_bytes() == (second / "plain-s-x2.safetensors").read_bytes()
