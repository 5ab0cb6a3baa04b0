"""Pictures: loading, and random training pairs made on the device that trains."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
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


def whole_steps(picture: Tensor, step: int) -> Tensor:
    """Cut [..., h, w] at the bottom and on the right so that both sides are multiples of ``step``."""
    return picture[..., : picture.shape[-2] // step * step, : picture.shape[-1] // step * step]


class Pairs(Protocol):
    """A source of training pairs."""

    count: int
    """Pictures."""
    degradation: str
    """How LR pictures are made."""

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield endless (LR [size, 3, crop, crop], HR [size, 3, crop*scale, crop*scale]) in 0..1."""


def open_pairs(data: Path, scale: int, crop: int, clean: float, device: torch.device, seed: int) -> Pairs:
    """Return the pairs of a folder of pictures, or of a file of degraded pairs, of which a share is left clean."""
    if data.is_dir():
        return TrainingPairs(data, scale, crop, device, seed)
    return DegradedPairs(data, scale, crop, clean, device, seed)


def symmetry(pictures: Tensor, bits: Tensor) -> Tensor:
    """Flip and rotate each of [N, C, side, side] by its three ``bits`` [3, N]: all eight symmetries of the square."""
    bits = bits[..., None, None, None]
    pictures = torch.where(bits[0], pictures.flip(-1), pictures)
    pictures = torch.where(bits[1], pictures.flip(-2), pictures)
    return torch.where(bits[2], pictures.transpose(-1, -2), pictures)


def random_bits(size: int, generator: torch.Generator) -> Tensor:
    """Return [3, size]: over time each crop meets every symmetry."""
    return torch.randint(0, 2, (3, size), device=generator.device, generator=generator).bool()


@lru_cache
def _matrix(length: int, target: int, device: torch.device) -> Tensor:
    # Copied once: a copy a step would have the host wait for the device.
    return bicubic_matrix(length, target).to(device)


@lru_cache(maxsize=1)
def _pixels(folder: Path, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return all pixels [n, 3] of a folder's pictures, on the device, and the pictures' heights and widths [pictures, 2].

    They stay for the next network of a schedule.
    """
    with ThreadPoolExecutor() as pool:
        pictures = list(pool.map(load_picture, picture_paths(folder)))
    sizes = torch.tensor([p.shape[:2] for p in pictures])
    return torch.cat([p.reshape(-1, 3) for p in pictures]).to(device), sizes


def downsampled(cut: Tensor, scale: int) -> Tensor:
    """Return square pictures [N, 3, side, side] in 0..255 reduced by the scale."""
    down = _matrix(cut.shape[-1], cut.shape[-1] // scale, cut.device)
    return quantise(down @ cut @ down.T)


def trimmed(low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """Cut the margins off a pair in 0..255 and return it in 0..1."""
    margin = _MARGIN * (high.shape[-1] // low.shape[-1])
    low = low[..., _MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    high = high[..., margin:-margin, margin:-margin]
    return low.contiguous() / 255.0, high.contiguous() / 255.0


class TrainingPairs:
    """All training pictures in one uint8 tensor, from which LR/HR crops are gathered.

    One flat [pixels, 3] tensor lets a whole batch be cut by a single indexed read, on CPU and CUDA alike;
    downsampling only what was cut saves storing an LR copy per scale.
    """

    degradation = "bicubic"

    def __init__(self, folder: Path, scale: int, crop: int, device: torch.device, seed: int) -> None:
        self._pixels, sizes = _pixels(folder, device)
        self._cut = (crop + 2 * _MARGIN) * scale
        holds = sizes.amin(1) >= self._cut
        if not holds.any():
            raise ValueError(f"every picture in {folder} is smaller than a training crop ({self._cut} pixels)")
        self.count = int(holds.sum())
        self._scale = scale
        self._crop = crop
        self._device = device
        areas = sizes.prod(1)
        self._height, self._width = sizes.to(device).unbind(1)
        self._start = (areas.cumsum(0) - areas).to(device)
        # By area: every pixel is about equally likely to be seen.
        self._chance = (areas * holds).float().to(device)
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
            high = symmetry(cut.permute(0, 3, 1, 2).float(), random_bits(size, self._generator))
            yield trimmed(downsampled(high, self._scale), high)


class DegradedPairs:
    """Pairs made beforehand, such as ``degrade`` writes them: LR that went through a codec, and its HR.

    A share of each batch gets the clean LR of its HR instead, lest the network forget how clean pictures look.
    """

    def __init__(self, file: Path, scale: int, crop: int, clean: float, device: torch.device, seed: int) -> None:
        with safe_open(file, "pt") as stored:
            description = stored.metadata()
            low, high = (stored.get_tensor(name) for name in ("low", "high"))
        if int(description["scale"]) != scale:
            raise ValueError(f"{file} holds pairs for x{description['scale']}, not x{scale}")
        if min(low.shape[1:3]) < crop + 2 * _MARGIN:
            raise ValueError(f"pictures in {file} are smaller than a training crop ({crop + 2 * _MARGIN} pixels)")
        self.count = len(low)
        self.degradation = description["degradation"] + (f", {100 * clean:.0f} % clean" if clean else "")
        self._scale = scale
        self._cut = crop + 2 * _MARGIN
        self._clean = clean
        self._low, self._high = low.to(device), high.to(device)
        self._generator = torch.Generator(device).manual_seed(seed)

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield endless (LR [size, 3, crop, crop], HR [size, 3, crop*scale, crop*scale]) in 0..1."""
        device = self._low.device
        count, height, width, _ = self._low.shape
        room = torch.tensor([[height - self._cut + 1], [width - self._cut + 1]], device=device)
        while True:
            chosen = torch.randint(0, count, (size,), device=device, generator=self._generator)
            corner = (torch.rand(2, size, device=device, generator=self._generator) * room).long()
            bits = random_bits(size, self._generator)
            low = symmetry(self._crops(self._low, chosen, corner, 1), bits)
            high = symmetry(self._crops(self._high, chosen, corner, self._scale), bits)
            clean = torch.rand(size, device=device, generator=self._generator) < self._clean
            yield trimmed(torch.where(clean[:, None, None, None], downsampled(high, self._scale), low), high)

    def _crops(self, pictures: Tensor, chosen: Tensor, corner: Tensor, scale: int) -> Tensor:
        """Return [size, 3, cut, cut] from LR corners [2, size], on a grid ``scale`` times as fine."""
        offsets = torch.arange(self._cut * scale, device=pictures.device)
        rows, columns = (scale * corner)[..., None] + offsets
        return pictures[chosen[:, None, None], rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2).float()
