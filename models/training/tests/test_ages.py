"""Samples of a picture lie where the product takes them (``SamplePlan``)."""

import pytest

from upflux_training.ages import places


def corners(height: int, width: int, align: int) -> list[tuple[int, int]]:
    return [(row.start, column.start) for row, column in places(height, width, align)]


def test_lie_where_the_product_takes_them() -> None:
    """The same figures as in the product's own test."""
    columns = (0, 616, 1232, 1856)
    assert corners(1080, 1920, 8) == [(row, column) for row in (0, 1016) for column in columns]


@pytest.mark.parametrize("height, width, expected", [(64, 640, [(0, 8 * n) for n in (0, 10, 20, 30, 41, 51, 61, 72)])])
def test_a_low_picture_has_one_row(height: int, width: int, expected: list[tuple[int, int]]) -> None:
    assert corners(height, width, 8) == expected


def test_a_small_picture_is_its_own_sample() -> None:
    assert places(48, 32, 16) == [(slice(0, 48), slice(0, 32))] * 8


def test_never_reach_beyond_the_picture() -> None:
    for height in range(16, 300, 16):
        for width in range(16, 300, 16):
            found = places(height, width, 16)
            assert len(found) == 8
            assert all(p.stop <= n and p.start >= 0 for place in found for p, n in zip(place, (height, width)))
