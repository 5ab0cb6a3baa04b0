"""The mean of weights that one network's runs ended with.

    python -m upflux_training.average plain-m-x2 ONE.safetensors OTHER.safetensors --test SET5 SET14 B100

Where runs go on from each other, the mean of their ends often is better than each (P. Izmailov et al., "Averaging Weights
Leads to Wider Optima and Better Generalization", 2018). The repository's weights are taken in, and replaced. The log gets a
line without steps: those of the runs have lines of their own. Not for AgileIR, whose statistics are no weights.
"""

import argparse
from pathlib import Path

import torch

from . import weights
from .evaluate import scores
from .network import Network


def mean(networks: list[Network]) -> Network:
    """Return the first of several equal networks with the mean of all their weights."""
    if networks[0].state_dict().keys() != dict(networks[0].named_parameters()).keys():
        raise ValueError("statistics of batches cannot be averaged: they are not those of averaged weights")
    with torch.no_grad():
        for same in zip(*(network.state_dict().values() for network in networks)):
            same[0].copy_(torch.stack(same).mean(0))
    return networks[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as plain-m-x2")
    parser.add_argument("files", nargs="+", type=Path, help="weights of other runs")
    parser.add_argument("--log", type=Path, default=weights.LOG)
    parser.add_argument("--test", nargs="*", default=[], type=Path, help="folders to evaluate on")
    given = parser.parse_args()

    own = weights.default_path(given.name)
    last = [run for run in weights.kept_runs(given.log) if run["name"] == given.name][-1]
    network = mean([weights.trained(given.name, path) for path in (own, *given.files)])
    start = weights.origin(given.name, own)
    weights.keep(given.name, network, own, goes_on=True)
    # Judge what was stored, rounding to half precision included.
    weights.load(network, own)
    ends = 1 + len(given.files)
    record = last | {"from": start, "mean_of": ends, "steps": 0, "seconds": 0} | scores(network, given.test)
    weights.record(record, given.log)


if __name__ == "__main__":
    main()
