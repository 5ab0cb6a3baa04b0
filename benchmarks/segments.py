#!/usr/bin/env python3
"""What cutting a job into segments costs: bytes, PSNR against a lossless output of the same model, and time.

    benchmarks/segments.py CLIP... --runs 5

Upscales each clip by turns in one piece and in segments. Processor time is the whole program's, its start, the join and
the check included; times are medians and the ratio is the median of the pairs'. PSNR is of Y, over all frames, by the
ffmpeg program inside the distribution's jar. Exits with 1 when sizes differ by more than 3 %, PSNR by more than 0.05 dB,
or processor time by more than 3 %.
"""

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from kill_resume import TOP, Ffmpeg


def timed(command):
    """Processor and wall-clock seconds of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.time() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def psnr(ffmpeg, file, lossless):
    command = [ffmpeg.program, "-nostdin", "-i", file, "-i", lossless, "-lavfi", "psnr", "-an", "-sn", "-f", "null", "-"]
    said = subprocess.run(command, env=ffmpeg.environment, check=True, stderr=subprocess.PIPE).stderr.decode()
    return float(re.search(r"PSNR y:([0-9.]+)", said).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", metavar="CLIP")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--segment", default="10", help="length of a segment")
    parser.add_argument("--model", default="bicubic-x2")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        ffmpeg = Ffmpeg(arguments.jars, folder)
        return 0 if all([measure(arguments, ffmpeg, folder, clip) for clip in arguments.clips]) else 1


def measure(arguments, ffmpeg, folder, clip):
    def upscale(name, *options):
        file = os.path.join(folder, name + ".mkv")
        command = [arguments.program, "upscale", clip, "-o", file, "-n", arguments.model, "--no-progress", "--overwrite"]
        return file, timed([*command, *options])

    lossless, _ = upscale("lossless", "--video-codec", "ffv1", "--segment", "36000")
    ways = {"one piece": "36000", "segments": arguments.segment}
    files, times = {}, {way: [] for way in ways}
    for run in range(arguments.runs):
        # Who goes first changes, so that a machine that slows down favours nobody.
        for way in sorted(ways, reverse=run % 2 == 0):
            files[way], took = upscale(way.replace(" ", "-"), "--segment", ways[way])
            times[way].append(took)
    sizes = {way: os.path.getsize(file) for way, file in files.items()}
    quality = {way: psnr(ffmpeg, file, lossless) for way, file in files.items()}
    growth = sizes["segments"] / sizes["one piece"] - 1
    loss = quality["one piece"] - quality["segments"]
    cost, wall = (
        statistics.median(cut[i] / whole[i] for cut, whole in zip(times["segments"], times["one piece"])) - 1
        for i in (0, 1)
    )
    print(os.path.basename(clip))
    for way in ways:
        cpu, clock = (statistics.median(took[i] for took in times[way]) for i in (0, 1))
        print(f"  {way}: {sizes[way]:,} bytes, {quality[way]:.3f} dB, {cpu:.1f} s of processor, {clock:.1f} s")
    print(f"  segments cost {100 * growth:+.1f} % bytes, {-loss:+.3f} dB, {100 * cost:+.1f} % processor, {100 * wall:+.1f} % time")
    os.remove(lossless)
    return abs(growth) <= 0.03 and loss <= 0.05 and cost <= 0.03


if __name__ == "__main__":
    sys.exit(main())
