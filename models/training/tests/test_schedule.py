"""Training in slices: whose turn it is, that it goes on from where it was, what its ends average to, and what a compiled step
computes."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from upflux_training import average, schedule, train, weights
from upflux_training.adaformer import AdaFormer
from upflux_training.layers import tail_of_other_scale
from upflux_training.networks import NETWORKS, create
from upflux_training.plain import Plain


def test_every_full_size_network_has_its_turn_at_every_scale() -> None:
    full = {stem for stem in NETWORKS if not stem.endswith(("-s", "-m"))}
    assert sorted(schedule.ORDER) == sorted(f"{stem}-x{scale}" for stem in full for scale in (2, 3, 4))


@pytest.mark.parametrize("name", schedule.ORDER)
def test_crops_hold_whole_windows(name: str) -> None:
    assert schedule.recipe(name).crop % create(name).align == 0


def log_of(path: Path, *runs: tuple[str, str | None, int]) -> Path:
    path.write_text("".join(json.dumps({"name": n, "from": f, "seconds": s, "device": "cuda"}) + "\n" for n, f, s in runs))
    return path


def test_who_has_had_least_comes_next(tmp_path: Path) -> None:
    names, log = ["a-x2", "b-x2", "c-x4"], tmp_path / "log.jsonl"
    assert schedule.next_of(names, log, "cuda") == "a-x2"
    log_of(log, ("a-x2", None, 60))
    assert schedule.next_of(names, log, "cuda") == "b-x2"
    log_of(log, ("a-x2", None, 60), ("b-x2", None, 30), ("c-x4", "c-x2.safetensors", 40))
    assert schedule.next_of(names, log, "cuda") == "b-x2"
    with log.open("a") as file:
        file.write(json.dumps({"name": "b-x2", "from": "b-x2.safetensors", "seconds": 99, "device": "cuda", "kept": False}) + "\n")
    assert schedule.next_of(names, log, "cuda") == "b-x2"
    # Minutes of another kind of device are not worth as much.
    with log.open("a") as file:
        file.write(json.dumps({"name": "b-x2", "from": "b-x2.safetensors", "seconds": 99, "device": "cpu"}) + "\n")
    assert schedule.next_of(names, log, "cuda") == "b-x2"
    # What began anew has only had what came after.
    log_of(log, ("a-x2", None, 60), ("a-x2", "a-x2.safetensors", 60), ("a-x2", None, 5), ("b-x2", None, 6), ("c-x4", None, 7))
    assert schedule.next_of(names, log, "cuda") == "a-x2"


def test_slices_follow_each_other_and_go_on_where_they_were(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    # Three steps a slice, however long they take.
    monkeypatch.setattr(train, "for_minutes", lambda minutes: lambda step: step / 3)
    monkeypatch.setitem(NETWORKS, "plain-tiny", lambda scale: Plain(scale, 4, 2))
    monkeypatch.setitem(schedule._RECIPES, "plain", schedule.Recipe(batch=2, crop=16, rate=1e-3))
    log = tmp_path / "log.jsonl"

    def call(minutes: str) -> list[dict[str, object]]:
        monkeypatch.setattr(
            sys,
            "argv",
            ["schedule", "plain-tiny-x2", "plain-tiny-x3", "--data", str(pictures), "--device", "cpu", "--minutes", minutes]
            + ["--slice", "1", "--log", str(log), "--test", str(pictures)],
        )
        schedule.main()
        return [json.loads(line) for line in log.read_text().splitlines()]

    first = call("2")
    assert [(r["name"], r["from"]) for r in first] == [("plain-tiny-x2", None), ("plain-tiny-x3", "plain-tiny-x2.safetensors")]
    before = weights.default_path("plain-tiny-x2").read_bytes()

    assert [(r["name"], r["from"]) for r in call("1")[2:]] == [("plain-tiny-x2", "plain-tiny-x2.safetensors")]
    assert weights.default_path("plain-tiny-x2").read_bytes() != before
    assert all(r["steps"] == 3 and r["device"] == "cpu" and "pictures" in r["psnr"] for r in first)


def test_ends_of_runs_average_in_place(tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setitem(NETWORKS, "tiny", lambda scale: Plain(scale, 4, 2))
    ends = [create("tiny-x2") for _ in range(3)]
    own, *others = paths = [weights.default_path("tiny-x2"), tmp_path / "one.safetensors", tmp_path / "other.safetensors"]
    for end, path in zip(ends, paths):
        weights.save(end, path)
    log = log_of(tmp_path / "log.jsonl", ("tiny-x2", None, 60))
    arguments = ["average", "tiny-x2", *map(str, others), "--log", str(log), "--test", str(pictures)]
    monkeypatch.setattr(sys, "argv", arguments)
    average.main()

    for key, value in weights.trained("tiny-x2").state_dict().items():
        torch.testing.assert_close(value, sum(end.state_dict()[key] for end in ends) / 3, atol=1e-3, rtol=0)
    run, whole = (json.loads(line) for line in log.read_text().splitlines())
    assert (whole["from"], whole["mean_of"], whole["steps"], whole["seconds"]) == (own.name, 3, 0, 0)
    assert "psnr" not in run and "pictures" in whole["psnr"]


def test_statistics_are_not_averaged() -> None:
    with pytest.raises(ValueError, match="statistics"):
        average.mean([create("agileir-s-x2"), create("agileir-s-x2")])


@pytest.mark.parametrize("video", [False, True])
def test_a_compiled_step_is_the_step(video: bool) -> None:
    """As on a GPU, where training compiles; the backend that generates code is left out."""
    torch.manual_seed(0)
    network = AdaFormer(2, 8, 2, blocks=2, residual_blocks=0, estimator=4, video=video).train()
    compiled = torch.compile(network.loss, backend="aot_eager")
    low, high = torch.rand(2, 3, 16, 16), torch.rand(2, 3, 32, 32)
    for threshold in None, torch.tensor(0.5), torch.tensor(2.0), None:
        losses, gradients = [], []
        for loss in (compiled, network.loss):
            network.zero_grad()
            losses.append(loss(low, high, threshold))
            losses[-1].backward()
            gradients.append([p.grad.clone() for p in network.parameters() if p.grad is not None])
        assert torch.allclose(*losses, atol=1e-5)
        assert len(gradients[0]) == len(gradients[1])
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(*gradients))
    assert not torch._dynamo.utils.counters["graph_break"]


def test_at_x3_only_the_tail_is_its_own(tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    monkeypatch.setattr(train, "for_minutes", lambda minutes: lambda step: step / 3)
    monkeypatch.setitem(NETWORKS, "tiny", lambda scale: Plain(scale, 4, 2))
    log = tmp_path / "log.jsonl"

    def call(name: str, *more: str) -> dict[str, object]:
        arguments = ["train", name, "--data", str(pictures), "--minutes", "1", "--batch", "2", "--crop", "16", "--log", str(log)]
        monkeypatch.setattr(sys, "argv", [*arguments, *more])
        train.main()
        return json.loads(log.read_text().splitlines()[-1])

    with pytest.raises(ValueError, match="tiny-x3 is tiny-x4 with a tail of its own"):
        call("tiny-x3")
    call("tiny-x4")
    x4 = weights.trained("tiny-x4").state_dict()
    assert call("tiny-x3")["from"] == "tiny-x4.safetensors"
    assert call("tiny-x3")["from"] == "tiny-x3.safetensors"
    x3 = weights.trained("tiny-x3").state_dict()
    assert [path.name for path in weights.FOLDER.iterdir()] == ["tiny-x4.safetensors"]
    for key, value in weights.trained("tiny-x4").state_dict().items():
        assert torch.equal(value, x4[key])
        assert key.startswith("tail.") or torch.equal(value, x3[key])
    resampled = tail_of_other_scale(x4["tail.conv.weight"], 27)
    assert not torch.allclose(x3["tail.conv.weight"], resampled, atol=1e-5)

    # The tail stays when x4 goes on, and graphs find it.
    call("tiny-x4")
    torch.testing.assert_close(weights.trained("tiny-x3").state_dict()["tail.conv.bias"], x3["tail.conv.bias"])
    stored = weights.stored(weights.default_path("tiny-x3"), 3)
    offset, length = stored.places["tail.conv.bias"]
    found = np.frombuffer(weights.default_path("tiny-x3").read_bytes()[offset : offset + length], np.float16)
    assert np.array_equal(found, x3["tail.conv.bias"].numpy().astype(np.float16))

    # It goes when x4 begins anew.
    call("tiny-x4", "--fresh")
    with pytest.raises(ValueError, match="lacks tail.conv.bias, tail.conv.weight of tiny-x3"):
        weights.trained("tiny-x3")
    for elsewhere in (["--fresh"], ["--output", str(tmp_path / "own.safetensors")]):
        with pytest.raises(ValueError, match="tiny-x3 is tiny-x4 with a tail of its own"):
            call("tiny-x3", *elsewhere)


def test_the_mean_of_a_tail_leaves_its_host_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setitem(NETWORKS, "tiny", lambda scale: Plain(scale, 4, 2))
    path, other = weights.default_path("tiny-x3"), tmp_path / "other.safetensors"
    weights.save(create("tiny-x4"), path)
    x4 = weights.trained("tiny-x4").state_dict()
    tails = []
    for _ in range(2):
        x3 = create("tiny-x3")
        weights.load(x3, path)
        torch.nn.init.normal_(x3.tail.conv.weight)
        tails.append(x3.tail.conv.weight.detach())
        weights.attach(x3, path)
        if not other.exists():
            other.write_bytes(path.read_bytes())
    log = log_of(tmp_path / "log.jsonl", ("tiny-x3", "tiny-x4.safetensors", 60))
    monkeypatch.setattr(sys, "argv", ["average", "tiny-x3", str(other), "--log", str(log)])
    average.main()

    torch.testing.assert_close(weights.trained("tiny-x3").tail.conv.weight.detach(), sum(tails) / 2, atol=2e-3, rtol=0)
    assert all(torch.equal(value, x4[key]) for key, value in weights.trained("tiny-x4").state_dict().items())
    assert json.loads(log.read_text().splitlines()[-1])["from"] == "tiny-x3.safetensors"


def test_a_network_that_diverges_leaves_its_time_to_the_others(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(train, "for_minutes", lambda minutes: lambda step: step / 3)
    monkeypatch.setitem(NETWORKS, "plain-tiny", lambda scale: Plain(scale, 4, 2))
    monkeypatch.setitem(schedule._RECIPES, "plain", schedule.Recipe(batch=2, crop=16, rate=1e-3))
    hopeless = create("plain-tiny-x2")
    torch.nn.init.constant_(hopeless.tail.conv.bias, float("nan"))
    weights.save(hopeless, weights.default_path("plain-tiny-x2"))
    before = weights.default_path("plain-tiny-x2").read_bytes()
    log = log_of(tmp_path / "log.jsonl", ("plain-tiny-x4", None, 60))
    arguments = ["schedule", "plain-tiny-x2", "plain-tiny-x4", "--data", str(pictures), "--device", "cpu"]
    monkeypatch.setattr(sys, "argv", [*arguments, "--minutes", "2", "--slice", "1", "--log", str(log)])
    weights.save(create("plain-tiny-x4"), weights.default_path("plain-tiny-x4"))
    schedule.main()

    assert "plain-tiny-x2: the loss is no number after 0 steps" in capsys.readouterr().out
    assert weights.default_path("plain-tiny-x2").read_bytes() == before
    assert [json.loads(line)["name"] for line in log.read_text().splitlines()] == ["plain-tiny-x4"] * 2


def test_weights_that_are_no_numbers_are_not_kept() -> None:
    network = create("plain-s-x2")
    pairs = SimpleNamespace(batches=lambda batch: iter(lambda: (torch.rand(1, 3, 8, 8), torch.rand(1, 3, 16, 16)), None))
    with pytest.raises(ArithmeticError, match="weights are no numbers after 2 steps"):
        train.train(network, pairs, 1, lambda: lambda step: step / 2, float("inf"))


def test_compiling_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the dense code nor the halting one is made on the clock."""
    made = []
    monkeypatch.setattr(torch, "compile", lambda loss, **_: lambda low, high, threshold: made.append(threshold) or loss(low, high))
    low, high = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 32, 32)
    pairs = SimpleNamespace(batches=lambda batch: iter(lambda: (low, high), None))

    def begin() -> train.Progress:
        assert [threshold is None for threshold in made] == [True, False]
        return lambda step: 1.0

    network = AdaFormer(2, 8, 2, blocks=2, residual_blocks=0, estimator=4)
    assert train.train(network, pairs, 1, begin, 1e-3, compiled=True)[1] == 0


def test_a_loss_that_is_no_number_ends_training() -> None:
    network = create("plain-s-x2")
    torch.nn.init.constant_(network.tail.conv.bias, float("nan"))
    pairs = SimpleNamespace(batches=lambda batch: iter(lambda: (torch.rand(1, 3, 8, 8), torch.rand(1, 3, 16, 16)), None))
    with pytest.raises(ArithmeticError, match="no number after 0 steps"):
        train.train(network, pairs, 1, lambda: lambda step: step / 3, 1e-3)


def test_noise_is_no_network_to_go_on_from(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", "train esc-x2 --fresh --grow esc-s-x2 --data . --minutes 1".split())
    with pytest.raises(SystemExit):
        train.main()
    assert "--fresh starts from noise" in capsys.readouterr().err
