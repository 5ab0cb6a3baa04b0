from pathlib import Path

import pytest
import torch
from PIL import Image


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    generator = torch.Generator().manual_seed(0)
    for index in range(2):
        noise = torch.randint(0, 256, (160, 176, 3), generator=generator, dtype=torch.uint8)
        Image.fromarray(noise.numpy()).save(folder / f"{index}.png")
    return folder
