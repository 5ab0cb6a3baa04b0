"""Video by way of the product itself: networks should learn from what its decoder and colour conversion will give them.

Everything here runs ``upflux upscale -n identity-x1``, which needs what the program needs: a JDK and Maven. CRF is
x264's measure, so encoding needs the program built with ``UPFLUX_PROFILES=gpl``.
"""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from .data import load_picture, picture_paths
from .resize import quantise

PROGRAM = Path(__file__).resolve().parents[3] / "upflux"

# The product's own way down to half the samples, where chroma lies on every other luma sample and between two.
_ON_EVEN = torch.tensor([-1.0, 2.0, 6.0, 2.0, -1.0]) / 8.0
_BETWEEN = torch.tensor([-1.0, 3.0, 3.0, -1.0]) / 4.0


def luma_and_chroma(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Return Y [h, w] and Cb, Cr [2, h/2, w/2] of RGB [3, h, w] in 0..255, as 4:2:0 video stores them: limited range,
    chroma sited left, BT.601 below 720 lines and BT.709 above, which is what players assume where nothing is stated."""
    height, width = picture.shape[-2:]
    if height % 2 or width % 2:
        raise ValueError(f"4:2:0 video needs even sides, not {width}x{height}")
    red, blue = (0.2126, 0.0722) if height >= 720 else (0.299, 0.114)
    r, g, b = picture.float()
    y = red * r + (1.0 - red - blue) * g + blue * b
    chroma = torch.stack([(b - y) / (1.0 - blue), (r - y) / (1.0 - red)])[:, None] * (112.0 / 255.0) + 128.0
    chroma = F.conv2d(F.pad(chroma, (2, 2, 0, 0), mode="replicate"), _ON_EVEN.view(1, 1, 1, 5), stride=(1, 2))
    chroma = F.conv2d(F.pad(chroma, (0, 0, 1, 1), mode="replicate"), _BETWEEN.view(1, 1, 4, 1), stride=(2, 1))
    return quantise(y * (219.0 / 255.0) + 16.0), quantise(chroma[:, 0])


def write(path: Path, frames: Iterable[Tensor]) -> None:
    """Write RGB pictures [3, h, w] in 0..255 as uncompressed 4:2:0 video (YUV4MPEG2)."""
    with path.open("wb") as file:
        for index, frame in enumerate(frames):
            if index == 0:
                height, width = frame.shape[-2:]
                file.write(f"YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C420mpeg2\n".encode())
            y, chroma = luma_and_chroma(frame)
            file.write(b"FRAME\n" + y.byte().numpy().tobytes() + chroma.byte().numpy().tobytes())


def encode(source: Path, target: Path, crf: int, *, gop: int | None = None) -> None:
    """Encode to H.264 at a constant quality by x264, in the preset that most files are made with.

    ``gop``: a key frame every so many frames and nowhere else; without it x264 decides.
    """
    # Given a key frame every time, x264 must not put any elsewhere.
    keys = ("-e", f"g={gop}", "-e", f"keyint_min={gop}", "-e", "sc_threshold=0") if gop else ()
    _upscale(source, target, "--video-codec", "libx264", "--crf", str(crf), "-e", "preset=medium", *keys)


def decode(clip: Path) -> Tensor:
    """Return all frames of a clip as RGB, uint8 [n, h, w, 3]."""
    with tempfile.TemporaryDirectory() as folder:
        _upscale(clip, Path(folder) / "%06d.png")
        return torch.stack([load_picture(path) for path in picture_paths(Path(folder))])


def _upscale(source: Path, target: Path, *options: str) -> None:
    command = [PROGRAM, "upscale", source, "-o", target, "-n", "identity-x1", "--overwrite", "--no-progress", *options]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"upflux on {source.name}: {result.stderr.strip()}")
