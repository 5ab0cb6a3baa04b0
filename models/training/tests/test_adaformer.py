"""AdaFormer and AdaFormer-V against their specification and their own graphs."""

import math

import numpy as np
import pytest
import torch

from upflux_training import ops
from upflux_training.adaformer import WINDOW, AdaFormer, Gathers, Halted, LocalAttention, PrototypeAttention, TokenBlock
from upflux_training.checks import AGREEMENT, by_depth, check, dense, enlarged, recompute, run
from upflux_training.cost import macs
from upflux_training.networks import create
from upflux_training.passes import Form, margin, reach


def small(video: bool, halted: Halted = Halted.NOTHING) -> AdaFormer:
    torch.manual_seed(0)
    network = AdaFormer(2, 8, 2, blocks=3, residual_blocks=0 if video else 1, estimator=4, video=video, halted=halted)
    # Enough of everything that no path can hide behind a zero.
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return network.eval()


def lists(arrays: dict[str, np.ndarray], blocks: int) -> Gathers:
    rows = [torch.from_numpy(arrays[f"gather.{block}"]) for block in range(2, blocks + 1)]
    return Gathers(rows, torch.from_numpy(arrays["assemble"]))


@pytest.mark.parametrize("scale, thousands", [(2, 1530), (3, 1539), (4, 1551)])
def test_has_as_many_parameters_as_the_paper_uses(scale: int, thousands: int) -> None:
    assert round(sum(p.numel() for p in create(f"adaformer-x{scale}").parameters()) / 1000) == thousands


@pytest.mark.parametrize("scale, billions", [(2, 375), (3, 170), (4, 97.1)])
def test_costs_what_the_paper_says_for_720p(scale: int, billions: float) -> None:
    assert macs(create(f"adaformer-x{scale}"), 720 // scale, 1280 // scale) / 1e9 == pytest.approx(billions, rel=0.03)


@pytest.mark.parametrize("name", ["adaformer-v-x2", "adaformer-v-s-x2", "adaformer-v-x4", "adaformer-v-s-x4"])
def test_video_variant_spends_three_quarters_within_windows(name: str) -> None:
    network = create(name).eval()
    side = 192
    whole = macs(network, side, side)
    parts = [network.head, network.encoder, network.decoder, network.tail]
    crossing = sum(p.numel() for part in parts for p in part.parameters() if p.dim() == 4)
    assert 1 - crossing * side**2 / whole >= 0.75


@pytest.mark.parametrize("scale", (2, 4))
@pytest.mark.parametrize("stem", ["adaformer-s", "adaformer-v-s"])
def test_small_variants_are_small(stem: str, scale: int) -> None:
    assert sum(p.numel() for p in create(f"{stem}-x{scale}").parameters()) <= 150_000


def test_local_attention_is_the_textbook_sum() -> None:
    torch.manual_seed(1)
    attention = LocalAttention(8, 2)
    torch.nn.init.normal_(attention.table)
    tokens = torch.randn(3, WINDOW**2, 8)
    q, k, v = attention.qkv(tokens).split(8, -1)
    wanted = torch.zeros_like(tokens)
    for window in range(3):
        for head in range(2):
            part = slice(4 * head, 4 * head + 4)
            for token in (0, 13, 63):
                y, x = divmod(token, WINDOW)
                scores = []
                for other in range(WINDOW**2):
                    v_y, v_x = divmod(other, WINDOW)
                    row = (y - v_y + WINDOW - 1) * (2 * WINDOW - 1) + x - v_x + WINDOW - 1
                    score = (q[window, token, part] * k[window, other, part]).sum() / math.sqrt(4)
                    scores.append(score + attention.table[row, head])
                shares = torch.softmax(torch.stack(scores), 0)
                wanted[window, token, part] = (shares[:, None] * v[window, :, part]).sum(0)
    made = attention(tokens.reshape(-1, 8)).reshape(tokens.shape)
    for token in (0, 13, 63):
        torch.testing.assert_close(made[:, token], wanted[:, token], rtol=1e-4, atol=1e-5)


def test_prototypes_look_past_halted_windows() -> None:
    torch.manual_seed(2)
    attention = PrototypeAttention(8, 2)
    tokens = torch.randn(4, WINDOW**2, 8)
    rows = tokens.reshape(-1, 8)
    halted = torch.tensor([False, True, False, True])
    masked = attention.look(rows, 1, halted)
    left = tokens[~halted].reshape(-1, 8)
    torch.testing.assert_close(masked, attention.look(left, 1, None), rtol=1e-4, atol=1e-5)
    assert (masked - attention.look(rows, 1, None)).abs().max() > 1e-3


def test_each_picture_of_a_training_batch_has_prototypes_of_its_own() -> None:
    attention = PrototypeAttention(8, 2)
    rows = torch.randn(6 * WINDOW**2, 8)
    both = attention.look(rows, 2, None)
    torch.testing.assert_close(both[1:], attention.look(rows[3 * WINDOW**2 :], 1, None), rtol=1e-4, atol=1e-5)


def test_windows_that_halt_at_once_are_left_to_the_first_block() -> None:
    network = small(video=True)
    low = torch.rand(1, 3, 24, 24)
    with torch.inference_mode():
        confidence = network.look(low).confidence[0]
        halted = network.look(low, torch.tensor(0.0)).picture
        depth = np.ones(9, int)
        depth[confidence.argmin()] = 3
        coded = network.encode(low)
        tokens = coded.tokens
        for index, block in enumerate(network.token_blocks):
            on = torch.from_numpy(depth > index)
            tokens = torch.where(on[:, None, None], block(tokens, block.look(tokens, 1, ~on)), tokens)
        wanted = network.decode(low, coded.start, network.join(coded, tokens))
    torch.testing.assert_close(halted, wanted, rtol=1e-4, atol=1e-5)


def test_the_papers_rule_adds_twice_the_normalised_input() -> None:
    torch.manual_seed(3)
    block = TokenBlock(8, 2)
    tokens = torch.randn(2, WINDOW**2, 8)
    found = block.look(tokens, 1)
    made = block.by_the_paper(tokens, found, torch.tensor([True, False]))
    normal = tokens + 2 * block.norm(tokens)
    torch.testing.assert_close(made[0], (normal + block.mlp(block.mlp_norm(normal)))[0])
    torch.testing.assert_close(made[1], block(tokens, found)[1])


@pytest.mark.parametrize("video", [False, True])
def test_a_local_pass_with_the_pictures_context_equals_the_look(video: bool) -> None:
    network = small(video)
    low = torch.rand(1, 3, 32, 40)
    with torch.inference_mode():
        seen = network.look(low)
        again = network.local_pass(low, seen.context)
    torch.testing.assert_close(again.picture, seen.picture, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("video", [False, True])
def test_gather_lists_leave_out_just_the_windows_named(video: bool) -> None:
    network = small(video)
    low = torch.rand(1, 3, 24, 32)
    depth = np.array([1, 3, 2, 3, 1, 1, 2, 3, 3, 1, 2, 1])
    with torch.inference_mode():
        context = network.look(low).context
        gathered = network.local_pass(low, context, lists(by_depth(depth, 3), 3))
        coded = network.encode(low)
        tokens = coded.tokens
        for index, (block, found) in enumerate(zip(network.token_blocks, context.split(16, 1))):
            on = torch.from_numpy(depth > index)[:, None, None]
            tokens = torch.where(on, block(tokens, found), tokens)
        wanted = network.decode(low, coded.start, network.join(coded, tokens))
    torch.testing.assert_close(gathered.picture, wanted, rtol=1e-4, atol=1e-5)


def test_dense_lists_are_lists_of_full_depth() -> None:
    full, listed = dense(3, 5), by_depth(np.full(5, 3), 3)
    assert full.keys() == listed.keys()
    for key in full:
        np.testing.assert_array_equal(full[key], listed[key])


@pytest.mark.parametrize("video", [False, True])
def test_all_graphs_agree_with_the_network(video: bool) -> None:
    assert list(check(small(video)))


@pytest.mark.parametrize("name, tokens, features", [("adaformer-v-s-x2", 2, 2), ("adaformer-v-x4", 3, 3)])
def test_stages_say_how_far_they_see(name: str, tokens: int, features: int) -> None:
    network = create(name)
    assert margin(network, "features") == tokens
    assert reach(network) == features
    assert margin(network) == 2


@pytest.mark.parametrize("around", [0, 1, 5])
@pytest.mark.parametrize("row, column", [(2, 1), (0, 2), (3, 0), (4, 4)])
def test_stages_follow_a_change_as_the_whole_picture_does(around: int, row: int, column: int) -> None:
    network = small(video=True)
    generator = torch.Generator().manual_seed(4)
    before = torch.rand(1, 3, 40, 48, generator=generator)
    after = before.clone()
    y, x = 8 * row + 2, 8 * column + 9
    after[..., y : y + 4, x : x + 5] = torch.rand(1, 3, 4, 5, generator=generator)
    with torch.inference_mode():
        context = network.look(before).context
        lists = dense(3, 30)
        cached = run(network, "body", Form(), lr=before.numpy(), context=context.numpy(), **lists)
        wanted = run(network, "body", Form(), lr=after.numpy(), context=context.numpy(), **lists)
    # The encoder sees two pixels around a window: only the window left of the change's own sees it, too.
    changed = [(row, column), (row, column + 1)]
    parts = recompute(network, Form(), after.numpy(), cached["features"], changed, context.numpy(), around)
    for place, part in parts:
        np.testing.assert_allclose(part, enlarged(wanted["hr"], place, 2)[0], atol=AGREEMENT)
    np.testing.assert_allclose(cached["features"], wanted["features"], atol=AGREEMENT)
    assert np.abs(wanted["hr"] - cached["hr"]).max() > 100 * AGREEMENT


def test_a_windows_tokens_depend_on_no_other_window() -> None:
    network = small(video=True)
    low = np.random.default_rng(5).random((7, 3, 12, 12), dtype=np.float32)
    context = np.random.default_rng(6).normal(size=network.context_sides()).astype(np.float32)
    depth = np.array([1, 3, 2, 3, 1, 1, 2])
    given = {"context": context}
    together = run(network, "features", Form(), lr=low, **given, **by_depth(depth, 3))["features"]
    for window in range(7):
        rows = dict(by_depth(depth[window : window + 1], 3))
        for block in range(2, 4):
            rows[f"gather.{block}"] = np.zeros(1, int)  # no list may be empty
        rows["assemble"] = np.array([depth[window] - 1])
        alone = run(network, "features", Form(), lr=low[window : window + 1], **given, **rows)["features"]
        np.testing.assert_allclose(alone[0], together[window], atol=AGREEMENT)


def test_a_graph_without_any_sure_window_and_one_with_all_sure_run() -> None:
    network = small(video=True)
    flat = np.full((1, 3, 16, 16), 0.5, np.float32)
    for threshold in (0.0, 1e9):
        made = run(network, "halting", Form(), lr=flat, threshold=np.array(threshold, np.float32))
        assert np.isfinite(made["hr"]).all()
        assert made["depth"].shape == (1, 2, 2)
        assert made["depth"].max() == 3


@pytest.mark.parametrize("name", ["adaformer-s-x2", "adaformer-v-s-x4"])
def test_every_parameter_learns(name: str) -> None:
    torch.manual_seed(0)
    network = create(name).train()
    # The tail starts at nothing, which would hide everything before it.
    torch.nn.init.normal_(network.tail.conv.weight, std=0.01)
    low = torch.rand(2, 3, 16, 16)
    network.loss(low, torch.rand(2, 3, 16 * network.scale, 16 * network.scale)).backward()
    assert [key for key, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum()] == []


def test_training_form_is_the_evaluated_form_of_a_single_picture() -> None:
    network = small(video=True)
    low = torch.rand(1, 3, 24, 24)
    trained = network.train()(low)
    # Where nothing is learned, attention takes another way.
    with torch.inference_mode():
        torch.testing.assert_close(trained.detach(), network.eval()(low))
