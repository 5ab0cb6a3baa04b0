"""Degraded pairs: shots, colour on the way through 4:2:0, and crops of LR and HR that stay together."""

import json
import random
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from upflux_training import train, video, weights
from upflux_training.data import DegradedPairs, TrainingPairs, open_pairs
from upflux_training.degrade import Shot, degrade, shot, shots, windows
from upflux_training.metrics import luma, psnr
from upflux_training.networks import create
from upflux_training.resize import resize

CPU = torch.device("cpu")


def texture(height: int, width: int, seed: int = 0) -> torch.Tensor:
    """A smooth random picture [3, h, w] in 0..255 of little colour, without any symmetry."""
    generator = torch.Generator().manual_seed(seed)
    grey = torch.rand(1, height // 8, width // 8, generator=generator) * 140 + 50
    tint = torch.rand(3, height // 8, width // 8, generator=generator) * 30
    return resize(grey + tint, height, width)


def pairs_file(folder: Path, scale: int, low: torch.Tensor, high: torch.Tensor) -> Path:
    path = folder / "pairs.safetensors"
    save_file({"low": low, "high": high}, path, {"scale": str(scale), "degradation": "H.264 CRF 20-34"})
    return path


@pytest.mark.parametrize("room", [0, 40, 500])
def test_the_camera_stays_inside_the_picture_and_below_its_speed(room: int) -> None:
    chance = random.Random(1)
    for _ in range(50):
        path = shot(Path("x"), (96 + room, 120 + room), 96, 8, 6.0, chance).corners
        assert len(path) == 8
        for top, left in path:
            assert 0 <= top <= room and 0 <= left <= 24 + room
        for (top, left), (next_top, next_left) in zip(path, path[1:]):
            assert abs(next_top - top) <= 7 and abs(next_left - left) <= 7


def test_shots_come_from_pictures_that_hold_a_window(tmp_path: Path) -> None:
    Image.new("RGB", (64, 200)).save(tmp_path / "narrow.png")
    Image.new("RGB", (130, 100)).save(tmp_path / "large.png")
    chosen = shots(tmp_path, 5, 100, 4, 6.0, random.Random(0))
    assert {one.picture.name for one in chosen} == {"large.png"}
    assert all(window.shape == (100, 100, 3) for one in chosen for window in windows(one, 100))
    with pytest.raises(ValueError, match="smaller than a window"):
        shots(tmp_path, 5, 150, 4, 6.0, random.Random(0))


def test_luma_is_that_of_the_measure_and_grey_has_no_chroma() -> None:
    picture = texture(32, 48)
    y, chroma = video.luma_and_chroma(picture)
    assert (y - luma(picture[None])[0, 0]).abs().max() <= 0.51
    assert chroma.shape == (2, 16, 24)
    grey = torch.full((3, 8, 8), 200.0)
    assert (video.luma_and_chroma(grey)[1] == 128.0).all()
    assert video.luma_and_chroma(torch.full((3, 8, 8), 255.0))[0].unique().tolist() == [235.0]


def test_chroma_has_the_signs_and_the_matrix_of_its_height() -> None:
    blue = torch.zeros(3, 4, 4)
    blue[2] = 255.0
    y, (cb, cr) = video.luma_and_chroma(blue)
    assert (y[0, 0], cb[0, 0], cr[0, 0]) == (41.0, 240.0, 110.0)  # BT.601
    y, (cb, cr) = video.luma_and_chroma(blue[:, :1, :].expand(3, 720, 4))
    assert (y[0, 0], cb[0, 0], cr[0, 0]) == (32.0, 240.0, 118.0)  # BT.709


def test_chroma_lies_on_even_columns_and_between_rows() -> None:
    ramp = torch.arange(16.0)
    for axis, expected in ((2, ramp[::2]), (1, ramp[::2] + 0.5)):
        picture = torch.full((3, 16, 16), 100.0)
        picture[2] += ramp.view(1, 16) * 2 if axis == 2 else ramp.view(16, 1) * 2
        cb = video.luma_and_chroma(picture)[1][0]
        line = cb[4] if axis == 2 else cb[:, 4]
        assert torch.allclose(line[2:-2], 128.0 + 2 * expected[2:-2] * 112 / 255, atol=0.51)


def test_odd_sides_are_refused() -> None:
    with pytest.raises(ValueError, match="even sides"):
        video.luma_and_chroma(torch.zeros(3, 7, 8))


def test_crops_of_both_sizes_stay_together(tmp_path: Path) -> None:
    high = torch.stack([texture(160, 144, seed) for seed in range(3)])
    low = resize(high, 80, 72)
    file = pairs_file(tmp_path, 2, *(p.permute(0, 2, 3, 1).byte().contiguous() for p in (low, high)))
    pairs = open_pairs(file, 2, 24, 0.0, CPU, 0)
    assert isinstance(pairs, DegradedPairs)
    assert (pairs.count, pairs.degradation) == (3, "H.264 CRF 20-34")
    seen = set()
    batches = pairs.batches(16)
    for _ in range(4):
        small, large = next(batches)
        assert small.shape == (16, 3, 24, 24) and large.shape == (16, 3, 48, 48)
        again = resize(large * 255, 24, 24)
        # Inside, where the crop's own border is out of the kernel's reach, nothing but turning both alike fits.
        assert (again - small * 255)[..., 3:-3, 3:-3].abs().max() < 0.01
        seen.update(tuple(crop[0].flatten()[:24].tolist()) for crop in small)
    assert len(seen) > 60


def test_a_share_is_left_clean(tmp_path: Path) -> None:
    high = texture(80, 80).permute(1, 2, 0).byte()[None].contiguous()
    file = pairs_file(tmp_path, 2, torch.zeros(1, 40, 40, 3, dtype=torch.uint8), high)
    pairs = DegradedPairs(file, 2, 16, 0.25, CPU, 0)
    assert pairs.degradation == "H.264 CRF 20-34, 25 % clean"
    small, large = next(pairs.batches(400))
    clean = small.amax((1, 2, 3)) > 0
    assert 0.18 < clean.float().mean() < 0.32
    again = resize(large[clean] * 255, 16, 16)
    assert (again - small[clean] * 255)[..., 3:-3, 3:-3].abs().max() < 0.01


def test_all_eight_symmetries_occur(tmp_path: Path) -> None:
    low = texture(24, 24).permute(1, 2, 0).byte()[None].contiguous()
    file = pairs_file(tmp_path, 2, low, low.repeat_interleave(2, 1).repeat_interleave(2, 2))
    small, _ = next(DegradedPairs(file, 2, 16, 0.0, CPU, 0).batches(200))
    assert len({tuple(crop.flatten().tolist()) for crop in small}) == 8


def test_unfit_files_are_refused(tmp_path: Path) -> None:
    blank = torch.zeros(1, 32, 32, 3, dtype=torch.uint8)
    file = pairs_file(tmp_path, 2, blank, torch.zeros(1, 64, 64, 3, dtype=torch.uint8))
    with pytest.raises(ValueError, match="not x4"):
        DegradedPairs(file, 4, 16, 0.0, CPU, 0)
    with pytest.raises(ValueError, match="smaller than a training crop"):
        DegradedPairs(file, 2, 48, 0.0, CPU, 0)


def test_pictures_smaller_than_a_crop_give_none(tmp_path: Path) -> None:
    Image.new("RGB", (300, 40), "red").save(tmp_path / "flat.png")
    Image.new("RGB", (60, 60), "blue").save(tmp_path / "large.png")
    pairs = TrainingPairs(tmp_path, 2, 16, CPU, 0)
    _, high = next(pairs.batches(50))
    assert pairs.count == 1
    assert (high == torch.tensor([0.0, 0.0, 1.0]).view(3, 1, 1)).all()
    with pytest.raises(ValueError, match="smaller than a training crop"):
        TrainingPairs(tmp_path, 2, 32, CPU, 0)


def test_folders_give_clean_pairs(tmp_path: Path) -> None:
    Image.fromarray(texture(80, 80).permute(1, 2, 0).byte().numpy()).save(tmp_path / "a.png")
    pairs = open_pairs(tmp_path, 2, 16, 0.25, CPU, 0)
    assert isinstance(pairs, TrainingPairs) and pairs.degradation == "bicubic"
    small, large = next(pairs.batches(4))
    assert (resize(large * 255, 16, 16) - small * 255)[..., 3:-3, 3:-3].abs().max() < 0.01


def test_training_says_what_it_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    high = texture(80, 80).permute(1, 2, 0).byte()[None].contiguous()
    file = pairs_file(tmp_path, 2, high[:, ::2, ::2].contiguous(), high)
    clean, log = tmp_path / "plain-s-x2.safetensors", tmp_path / "log.jsonl"
    weights.save(create("plain-s-x2"), clean)
    arguments = ["plain-s-stream-x2", "--data", file, "--from", clean, "--minutes", "0.01", "--batch", "1", "--crop", "16"]
    arguments += ["--output", tmp_path / "plain-s-stream-x2.safetensors", "--log", log]
    monkeypatch.setattr("sys.argv", ["train", *map(str, arguments)])
    train.main()
    record = json.loads(log.read_text())
    assert record["degradation"] == "H.264 CRF 20-34, 25 % clean" and record["from"] == clean.name
    weights.trained("plain-s-stream-x2", tmp_path / "plain-s-stream-x2.safetensors")


def program_has_x264() -> bool:
    assert video.PROGRAM.is_file()
    built = video.PROGRAM.parent / "server/target/upflux.built"
    return shutil.which("java") is not None and built.exists() and "gpl" in built.read_text()


needs_program = pytest.mark.skipif(not program_has_x264(), reason="needs Upflux built with UPFLUX_PROFILES=gpl")


@needs_program
def test_lossless_video_gives_the_pictures_back(tmp_path: Path) -> None:
    frames = [texture(64, 96, seed) for seed in range(5)]
    video.write(tmp_path / "a.y4m", frames)
    video.encode(tmp_path / "a.y4m", tmp_path / "a.mkv", 0)
    decoded = video.decode(tmp_path / "a.mkv")
    assert torch.equal(decoded, video.decode(tmp_path / "a.y4m"))
    for before, after in zip(frames, decoded.permute(0, 3, 1, 2)):
        assert psnr(luma(before[None]), luma(after[None])) > 54
        # A wrong matrix or range would shift the means.
        assert (before.mean((1, 2)) - after.float().mean((1, 2))).abs().max() < 0.3
        assert psnr(before, after) > 45


@needs_program
def test_degraded_frames_belong_to_their_windows(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    Image.fromarray(texture(256, 320).permute(1, 2, 0).byte().numpy()).save(picture)
    group = [Shot(picture, [(3 * i + n, 5 * i) for i in range(6)]) for n in range(3)]
    low, high = degrade(group, 24, 2, 64, 4, random.Random(0))
    assert low.shape == (12, 64, 64, 3) and high.shape == (12, 128, 128, 3)
    for small, large in zip(low, high):
        again = resize(large.permute(2, 0, 1), 64, 64)
        assert psnr(luma(again[None]), luma(small.permute(2, 0, 1)[None])) > 35


@needs_program
def test_what_the_program_says_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / "a.y4m").write_text("nothing")
    with pytest.raises(RuntimeError, match="a.y4m"):
        video.decode(tmp_path / "a.y4m")
