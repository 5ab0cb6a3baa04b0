"""What a model must reach to be called final: half a percent of a promise is a preview."""

from .evaluate import Score

_PARAMETERS = {"plain-s": 25_000, "plain-m": 150_000}
_SMALL = 150_000
_SET5 = {
    # Own targets for the plain family.
    "plain-s-x2": 36.8,
    "plain-s-x3": 33.0,
    "plain-s-x4": 30.5,
    "plain-m-x2": 37.4,
    "plain-m-x3": 33.6,
    "plain-m-x4": 31.1,
    # The papers' figures less 0.3 dB.
    "esc-x2": 38.05,
    "esc-x3": 34.54,
    "esc-x4": 32.38,
    "esc-light-x2": 37.94,
    "esc-light-x3": 34.31,
    "esc-light-x4": 32.22,
    "esc-fp-x2": 37.97,
    "esc-fp-x3": 34.42,
    "esc-fp-x4": 32.26,
    "adaformer-x4": 32.13,
    "agileir-x2": 37.56,
    "agileir-x4": 31.44,
    "agileir-plus-x2": 37.75,
    "agileir-plus-x4": 31.90,
}
"""Luma PSNR on Set5. The x3 targets of the plain family lie midway between those of x2 and x4."""


def state(name: str, parameters: int, scores: dict[str, Score]) -> str:
    """Return ``final`` or ``preview``."""
    family = name.rpartition("-x")[0].removesuffix("-stream")
    scale = name.rpartition("-x")[2]
    limit = _PARAMETERS.get(family, _SMALL if family.endswith("-s") else None)
    if limit is not None and parameters > limit:
        return "preview"
    # A small variant is final when it is as good as the plain network of as many operations.
    key = f"{family}-x{scale}"
    wanted = _SET5.get(key, _SET5.get(f"plain-m-x{scale}") if family.endswith("-s") else None)
    reached = scores["set5"].psnr if "set5" in scores else 0.0
    return "final" if wanted is not None and reached >= wanted else "preview"
