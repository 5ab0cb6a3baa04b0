"""Pictures: loading, and random training pairs made on the device that trains."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .resize import bicubic_matrix, quantise

SUFFIXES = {".png", ".webp", ".jpg", ".jpeg", ".bmp"}

# LR pixels cut around each crop so that its downsampling never sees the crop's own border.
_MARGIN = 4


def picture_paths(folder: Path) -> list[Path]:
    """Return the pictures of a folder, sorted by name so that runs are repeatable."""
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    if not paths:
        raise FileNotFoundError(f"no pictures in {folder}")
    return paths


def load_picture(path: Path) -> Tensor:
    """Return a picture as uint8 [H, W, 3]."""
    with Image.open(path) as image:
        return torch.from_numpy(np.array(image.convert("RGB")))


class TrainingPairs:
    """All training pictures in one uint8 tensor, from which LR/HR crops are gathered.

    One flat [pixels, 3] tensor lets a whole batch be cut by a single indexed read, on CPU and CUDA alike;
    downsampling only what was cut saves storing an LR copy per scale.
    """

    def __init__(self, folder: Path, scale: int, crop: int, device: torch.device, seed: int) -> None:
        pictures = [load_picture(p) for p in picture_paths(folder)]
        self._cut = (crop + 2 * _MARGIN) * scale
        pictures = [p for p in pictures if min(p.shape[:2]) >= self._cut]
        if not pictures:
            raise ValueError(f"every picture in {folder} is smaller than a training crop ({self._cut} pixels)")
        self.count = len(pictures)
        self._scale = scale
        self._crop = crop
        self._device = device
        sizes = torch.tensor([p.shape[:2] for p in pictures])
        areas = sizes.prod(1)
        self._height, self._width = sizes.to(device).unbind(1)
        self._start = (areas.cumsum(0) - areas).to(device)
        # By area: every pixel is about equally likely to be seen.
        self._chance = (areas / areas.sum()).to(device)
        self._pixels = torch.cat([p.reshape(-1, 3) for p in pictures]).to(device)
        self._generator = torch.Generator(device).manual_seed(seed)

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield endless (LR [size, 3, crop, crop], HR [size, 3, crop*scale, crop*scale]) in 0..1."""
        offsets = torch.arange(self._cut, device=self._device)
        while True:
            chosen = torch.multinomial(self._chance, size, replacement=True, generator=self._generator)
            place = torch.rand(2, size, device=self._device, generator=self._generator)
            top = (place[0] * (self._height[chosen] - self._cut + 1)).long()
            left = (place[1] * (self._width[chosen] - self._cut + 1)).long()
            rows = (top[:, None] + offsets) * self._width[chosen, None] + self._start[chosen, None]
            columns = left[:, None] + offsets
            cut = self._pixels[rows[:, :, None] + columns[:, None, :]]
            yield self._pair(self._turn(cut.permute(0, 3, 1, 2).float()))

    def _turn(self, cut: Tensor) -> Tensor:
        """Flip and rotate halves of the batch: over time each crop meets all eight symmetries."""
        bits = torch.randint(0, 2, (3, cut.shape[0], 1, 1, 1), device=self._device, generator=self._generator).bool()
        cut = torch.where(bits[0], cut.flip(-1), cut)
        cut = torch.where(bits[1], cut.flip(-2), cut)
        return torch.where(bits[2], cut.transpose(-1, -2), cut)

    def _pair(self, cut: Tensor) -> tuple[Tensor, Tensor]:
        """Downsample [N, 3, cut, cut] in 0..255 and trim the margins off both sizes."""
        down = bicubic_matrix(self._cut, self._cut // self._scale).to(self._device)
        low = quantise(down @ cut @ down.T)[..., _MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
        margin = _MARGIN * self._scale
        high = cut[..., margin:-margin, margin:-margin]
        return low.contiguous() / 255.0, high.contiguous() / 255.0
