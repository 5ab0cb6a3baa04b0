#!/usr/bin/env python3
"""How fast whole runs are, by kind of clip, beside what they could reach and a frame-by-frame script.

    benchmarks/targets.py --python PYTHON --fixed CLIP... --talking CLIP... --screens CLIP... --moving CLIP...

Each clip is upscaled by turns with reuse (near and exact), without, and by frame_by_frame.py (PyAV, ONNX Runtime, the same model file and
encoder settings; PYTHON is one that has both). Frames a second are from opening the input to the finished output, as both
programs tell; processor time is the whole program's, its start included. The bound is what the program could reach
beside the script if nothing but overlapping made a difference: the script's inference on all cores and the rest of it on
one. The first frame is told as written, of the three runs the earliest. Medians; ratios are medians of those taken in one turn. --json prints one object a clip instead.
--lines shrinks clips to so many lines first, and repeats those that are shorter than --frames (H.264 of 6 Mbit/s).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from kill_resume import TOP, Ffmpeg
from segments import timed

KINDS = {"fixed": 20, "talking": 15, "screens": 25, "moving": None}
TIMES = {"fixed": 3, "moving": 1.05}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for kind in KINDS:
        parser.add_argument("--" + kind, nargs="+", default=[], metavar="CLIP")
    parser.add_argument("--model", default="plain-s-x2")
    parser.add_argument("--frames", type=int, default=150, help="most of a clip")
    parser.add_argument("--lines", type=int, help="shrink clips that have more")
    parser.add_argument("--rate", type=float, default=25, help="assumed where --frames cuts a clip in seconds")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--python", default=sys.executable, help="one with av, numpy and onnxruntime; '' for none")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    if not arguments.json:
        print("| kind | clip | frames | fps near / exact / off | wanted | script fps | times, near | wanted | times, off | bound |"
              " CPU ms near / exact / off | script CPU ms | first frame s |")
        print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            for clip in getattr(arguments, kind):
                measured = shrunk(arguments, folder, clip) if arguments.lines else clip
                show(arguments, kind, clip, measure(arguments, folder, measured))


def shrunk(arguments, folder, clip):
    small = os.path.join(folder, "small.mp4")
    Ffmpeg(os.path.join(TOP, "server/target/upflux/lib"), folder).run(
        "-i", clip, "-an", "-sn", "-frames:v", str(arguments.frames),
        "-vf", f"scale=-2:'min(ih,{arguments.lines})':flags=area,loop=-1:{arguments.frames}", "-c:v", "libopenh264", "-b:v", "6M", small,
    )
    return small


def measure(arguments, folder, clip):
    """The medians of some turns."""
    turns = []
    for run in range(arguments.runs):
        ways = ["near", "exact", "off", *(["script"] if arguments.python else [])]
        # Who goes first changes, so that a machine that slows down favours nobody.
        turn = {way: WAYS[way](arguments, folder, clip) for way in (ways if run % 2 else reversed(ways))}
        turns.append(turn)
    result = {
        way: {key: statistics.median(turn[way][key] for turn in turns) for key in turns[0][way]} for way in turns[0]
    }
    if arguments.python:
        result["times"] = statistics.median(turn["near"]["fps"] / turn["script"]["fps"] for turn in turns)
        result["timesOff"] = statistics.median(turn["off"]["fps"] / turn["script"]["fps"] for turn in turns)
    return result


def upscale(reuse):
    def run(arguments, folder, clip):
        command = [
            arguments.program, "upscale", clip, "-o", os.path.join(folder, "out.mp4"), "--overwrite", "-n", arguments.model,
            "--reuse", reuse, "--json", "--video-codec", "mpeg4", "--bitrate", "8M",
            "--duration", str(arguments.frames / arguments.rate),
        ]
        began = time.time()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            first, result = None, None
            for line in process.stdout:
                event = json.loads(line)
                if first is None and event.get("frame", event.get("frames", 0)) > 0:
                    first = time.time() - began
                result = event
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{clip}: upflux ended with {process.returncode}")
        cpu = usage.ru_utime + usage.ru_stime
        return {"frames": result["frames"], "fps": result["fps"], "cpu": 1000 * cpu / result["frames"], "first": first}

    return run


def script(arguments, folder, clip):
    models = os.path.join(TOP, "models/src/main/resources/io/upflux/models")
    said = os.path.join(folder, "script.json")
    command = [
        "sh", "-c", 'said=$1; shift; exec "$@" > "$said"', "sh", said, arguments.python,
        os.path.join(TOP, "benchmarks/frame_by_frame.py"), clip, os.path.join(folder, "script.mp4"),
        os.path.join(models, arguments.model + ".onnx"), "--encoder", "mpeg4", "--option", "b=8000000",
        "--frames", str(arguments.frames),
    ]
    cpu, _ = timed(command)
    with open(said, encoding="utf-8") as file:
        result = json.load(file)
    cores = os.cpu_count() or 1
    infer = result["stages"]["infer"]
    rest = result["seconds"] - infer
    return {
        "frames": result["frames"],
        "fps": result["fps"],
        "cpu": 1000 * cpu / result["frames"],
        "bound": result["seconds"] / max(infer + rest / cores, rest),
    }


WAYS = {"near": upscale("near"), "exact": upscale("exact"), "off": upscale("off"), "script": script}


def show(arguments, kind, clip, result):
    name = os.path.basename(clip)
    if arguments.json:
        print(json.dumps({"kind": kind, "clip": name, "wantedFps": KINDS[kind], "wantedTimes": TIMES.get(kind), **result}))
        return
    ours, other = [result[way] for way in ("near", "exact", "off")], result.get("script")
    cells = [
        kind, name, f"{ours[0]['frames']:.0f}", " / ".join(f"{way['fps']:.1f}" for way in ours), KINDS[kind] or "",
        *([f"{other['fps']:.1f}", f"{result['times']:.2f}"] if other else ["", ""]), TIMES.get(kind, ""),
        *([f"{result['timesOff']:.2f}", f"{other['bound']:.2f}"] if other else ["", ""]),
        " / ".join(f"{way['cpu']:.0f}" for way in ours), f"{other['cpu']:.0f}" if other else "",
        f"{min(way['first'] for way in ours):.2f}",
    ]
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


if __name__ == "__main__":
    main()
