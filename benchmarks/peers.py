#!/usr/bin/env python3
"""What others make of the same clips on the same machine, quality beside speed.

    benchmarks/peers.py TRUTH... [--python PYTHON] [--ncnn-models FOLDER] [--fsrcnn FSRCNN_x2.pb]

Halves each clip (ffmpeg, bicubic, lossless), enlarges it twice by each program that is here, by turns, and compares luma
with what it was. All encode as mpeg4 with 20 Mbit/s, so that files differ little from what was computed. Times are
medians, of whole programs with their start. PYTHON has av, numpy and onnxruntime, and with OpenCV's dnn_superres or ncnn
these run, too; their weights are named by options. Programs that are missing are named at the end.
"""

import argparse
import importlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from kill_resume import TOP
from segments import timed

RATE = 20_000_000
MODELS = os.path.join(TOP, "models/src/main/resources/io/upflux/models")
NCNN = "realesr-animevideov3-x2"


def main():
    if sys.argv[1:2] == ["--worker"]:
        return worker(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", metavar="TRUTH", help="lossless clips")
    parser.add_argument("--models", nargs="+", default=["plain-s-x2", "plain-m-x2"], help="Upflux's")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--times", type=int, default=3, help="how often a clip is repeated, so that starting weighs little")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--fsrcnn", help="OpenCV's weights of FSRCNN")
    parser.add_argument("--ncnn-models", help=f"folder of {NCNN}.param and .bin")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    found, missing = programs(arguments)
    print("| clip | by | fps | CPU ms a frame | PSNR Y |")
    print("|---|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for clip in arguments.clips:
            measure(arguments, folder, clip, found, missing)
    for name, why in missing.items():
        print(f"not measured: {name} ({why})")


def programs(arguments):
    """Commands by name, which take an input and an output; and why others are missing."""
    found, missing = {}, {}
    for model in arguments.models:
        for reuse in ("exact", "off"):
            found[f"upflux {model}, reuse {reuse}"] = lambda low, to, model=model, reuse=reuse: [
                arguments.program, "upscale", low, "-o", to, "--overwrite", "--no-progress", "-n", model,
                "--reuse", reuse, "--video-codec", "mpeg4", "--bitrate", str(RATE),
            ]
    found["ffmpeg scale=lanczos"] = lambda low, to: [
        "ffmpeg", "-nostdin", "-v", "error", "-y", "-i", low, "-vf", "scale=2*iw:2*ih:flags=lanczos", "-pix_fmt", "yuv420p",
        "-c:v", "mpeg4", "-b:v", str(RATE), to,
    ]
    for model in arguments.models:
        found[f"script, {model}"] = lambda low, to, model=model: [
            arguments.python, os.path.join(TOP, "benchmarks/frame_by_frame.py"), low, to,
            os.path.join(MODELS, model + ".onnx"), "--encoder", "mpeg4", "--option", f"b={RATE}",
        ]
    workers = {
        "OpenCV FSRCNN": ("cv2", "fsrcnn", arguments.fsrcnn, "--fsrcnn"),
        f"{NCNN} on ncnn": ("ncnn", "ncnn", arguments.ncnn_models, "--ncnn-models"),
    }
    for name, (module, kind, weights, option) in workers.items():
        here = subprocess.run([arguments.python, "-c", f"import {module}"], stderr=subprocess.DEVNULL)
        if here.returncode != 0:
            missing[name] = f"no Python module {module}"
        elif not weights:
            missing[name] = f"no weights, which {option} names"
        else:
            found[name] = lambda low, to, kind=kind, weights=weights: [
                arguments.python, os.path.abspath(__file__), "--worker", kind, weights, low, to]
    if shutil.which("video2x"):
        found["video2x"] = lambda low, to: [
            "video2x", "-i", low, "-o", to, "-p", "realesrgan", "-s", "2", "--realesrgan-model", "realesr-animevideov3",
            "-c", "mpeg4", "--bit-rate", str(RATE)]
    else:
        missing["video2x"] = "not installed"
    return found, missing


def measure(arguments, folder, clip, found, missing):
    low, truth = os.path.join(folder, "low.mkv"), os.path.join(folder, "truth.mkv")
    lossless = ["-pix_fmt", "yuv420p", "-c:v", "ffv1"]
    crop = "crop=iw-mod(iw\\,16):ih-mod(ih\\,16):0:0"
    ffmpeg("-stream_loop", str(arguments.times - 1), "-i", clip, "-an", "-vf", crop, *lossless, truth)
    ffmpeg("-i", truth, "-vf", "scale=iw/2:ih/2:flags=bicubic", *lossless, low)
    frames = count(low)
    times, files = {name: [] for name in found}, {}
    for run in range(arguments.runs):
        # Who goes first changes, so that a machine that slows down favours nobody.
        for name in sorted(found, reverse=run % 2 == 1):
            files[name] = os.path.join(folder, re.sub(r"\W+", "-", name) + ".mkv")
            quiet = ["sh", "-c", 'exec "$@" 2> /dev/null', "sh", *found[name](low, files[name])]
            try:
                times[name].append(timed(quiet))
            except subprocess.CalledProcessError as error:
                missing[name] = f"ended with {error.returncode} on {os.path.basename(clip)}"
                del found[name], times[name]
    for name, took in times.items():
        cpu, wall = (statistics.median(one[i] for one in took) for i in (0, 1))
        print(
            f"| {os.path.basename(clip)} | {name} | {frames / wall:.1f} | {1000 * cpu / frames:.0f}"
            f" | {psnr(files[name], truth):.2f} |",
            flush=True,
        )


def ffmpeg(*options):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *options], check=True)


def count(file):
    command = ["ffprobe", "-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", file]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().strip(","))


def psnr(file, truth):
    command = ["ffmpeg", "-nostdin", "-i", file, "-i", truth, "-lavfi", "psnr", "-an", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return float(re.search(r"PSNR y:([0-9.]+)", said).group(1))


def worker(kind, weights, low, to):
    """Enlarges a clip by a library for single pictures."""
    av, np = importlib.import_module("av"), importlib.import_module("numpy")
    enlarge = {"fsrcnn": fsrcnn, "ncnn": ncnn}[kind](weights, np)
    with av.open(low) as source, av.open(to, "w") as target:
        video = source.streams.video[0]
        output = None
        for frame in source.decode(video):
            picture = av.VideoFrame.from_ndarray(enlarge(frame.to_ndarray(format="bgr24")), format="bgr24")
            picture = picture.reformat(format="yuv420p")
            picture.pts, picture.time_base = frame.pts, frame.time_base
            if output is None:
                output = target.add_stream("mpeg4", rate=video.average_rate, options={"b": str(RATE)})
                output.width, output.height, output.pix_fmt = picture.width, picture.height, "yuv420p"
            target.mux(output.encode(picture))
        target.mux(output.encode(None))


def fsrcnn(weights, _):
    network = importlib.import_module("cv2").dnn_superres.DnnSuperResImpl_create()
    network.readModel(weights)
    network.setModel("fsrcnn", 2)
    return network.upsample


def ncnn(folder, np):
    library = importlib.import_module("ncnn")
    network = library.Net()
    network.opt.num_threads = os.cpu_count() or 1
    network.load_param(os.path.join(folder, NCNN + ".param"))
    network.load_model(os.path.join(folder, NCNN + ".bin"))

    def enlarge(picture):
        extractor = network.create_extractor()
        extractor.input("data", library.Mat(np.ascontiguousarray(picture[:, :, ::-1].transpose(2, 0, 1), "f4") / 255))
        large = np.array(extractor.extract("output")[1]).clip(0, 1)
        return np.ascontiguousarray((large * 255 + 0.5).astype("u1").transpose(1, 2, 0)[:, :, ::-1])

    return enlarge


if __name__ == "__main__":
    sys.exit(main())
