"""What a model must reach to be called final."""

from .evaluate import Score

_PARAMETERS = {"plain-s": 25_000, "plain-m": 150_000}
_SMALL = 150_000
_BEHIND = 0.3
"""How far behind its paper, in dB on Set5, a full-size network may be."""

OWN = {
    "plain-s-x2": 36.8,
    "plain-s-x3": 32.9,
    "plain-s-x4": 30.5,
    "plain-m-x2": 37.4,
    "plain-m-x3": 33.5,
    "plain-m-x4": 31.1,
}
"""Luma PSNR on Set5 that the plain family promises; at x3, 62 % of the way from x2 to x4, where bicubic lies."""

PAPER = {
    "esc-x2": (38.35, 34.11, 32.41),
    "esc-x3": (34.84, 30.74, 29.34),
    "esc-x4": (32.68, 28.93, 27.80),
    "esc-light-x2": (38.24, 33.98, 32.35),
    "esc-light-x3": (34.61, 30.52, 29.26),
    "esc-light-x4": (32.52, 28.87, 27.72),
    "esc-fp-x2": (38.27, 34.09, 32.37),
    "esc-fp-x3": (34.72, 30.67, 29.30),
    "esc-fp-x4": (32.56, 28.87, 27.75),
    "adaformer-x4": (32.43, 28.80, 27.70),
    "agileir-x2": (37.86, 33.36, 32.03),
    "agileir-x4": (31.74, 28.33, 27.40),
    "agileir-plus-x2": (38.05, 33.67, 32.17),
    "agileir-plus-x4": (32.20, 28.61, 27.60),
}
"""Luma PSNR on Set5, Set14 and B100 that the papers report after training on DIV2K."""


def wanted(name: str) -> float | None:
    """Return the Set5 PSNR from which on a model is final; None where nothing is promised or published.

    A small variant is final when it reaches what the plain network of about as many operations promises.
    """
    family, _, scale = name.rpartition("-x")
    family = family.removesuffix("-stream")
    key = f"{family}-x{scale}"
    if key in PAPER:
        return PAPER[key][0] - _BEHIND
    return OWN.get(key, OWN[f"plain-m-x{scale}"] if family.endswith("-s") else None)


def state(name: str, parameters: int, scores: dict[str, Score]) -> str:
    """Return ``final`` or ``preview``."""
    family = name.rpartition("-x")[0].removesuffix("-stream")
    limit = _PARAMETERS.get(family, _SMALL if family.endswith("-s") else None)
    target = wanted(name)
    if target is None or "set5" not in scores or (limit is not None and parameters > limit):
        return "preview"
    return "final" if scores["set5"].psnr >= target else "preview"
