#!/usr/bin/env python3
"""Runs a library on Spark executors that are processes of their own, and compares.

    benchmarks/cluster.py same CLIP... --kills 5     the same frames as `upflux upscale` makes, also when executors are killed
    benchmarks/cluster.py speed CLIP...              two executors of one thread against one

`same` compares decoded frames and stored sound by hash, and looks for anything left behind. `speed` prints what the
machine allows beside it: how much faster two ordinary runs of one thread at once are than one after the other. Exits with 1
when anything differs, or when two executors are less than 1.8 times as fast as one. Build first: ./upflux cluster --help
"""

import argparse
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from kill_resume import TOP, Ffmpeg

ENOUGH = 1.8


class Cluster:
    """Spark's local-cluster mode, out of the launcher's class path."""

    def __init__(self, folder, options):
        self.options = options
        with open(os.path.join(TOP, "cluster", "target", "upflux.classpath")) as text:
            jars = text.read().strip().split(":")
        (own,) = glob.glob(os.path.join(TOP, "cluster", "target", "upflux-cluster-*.jar"))
        # Workers look for jars in Spark's home: links are enough. ONNX Runtime crashes where a command line has more than 4096
        # bytes, so they are not named there.
        home = os.path.join(folder, "spark")
        os.makedirs(os.path.join(home, "jars"))
        for jar in [own, *jars]:
            os.symlink(jar, os.path.join(home, "jars", os.path.basename(jar)))
        self.environment = dict(
            os.environ, SPARK_HOME=home, SPARK_SCALA_VERSION="2.13", SPARK_WORKER_DIR=os.path.join(folder, "work")
        )

    def start(self, executors, clips, output):
        properties = {
            "spark.master": f"local-cluster[{executors},1,1024]",
            "spark.ui.enabled": "false",
            "spark.driver.host": "localhost",
        }
        conf = [word for key, value in properties.items() for word in ("--conf", f"{key}={value}")]
        command = [os.path.join(TOP, "upflux"), "cluster", "run", *clips, "-o", output, "--json", *self.options, *conf]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True)

    def run(self, executors, clips, output, kill_after=None):
        """The report, and whether an executor was killed."""
        job = self.start(executors, clips, output)
        killed = False
        if kill_after is not None:
            deadline = time.time() + kill_after
            while job.poll() is None and time.time() < deadline:
                time.sleep(0.05)
            found = executors_of(job.pid)
            if found and job.poll() is None:
                os.kill(random.choice(found), signal.SIGKILL)
                killed = True
        lines = job.communicate()[0].splitlines()
        if job.returncode != 0:
            sys.exit(f"the job ended with {job.returncode}")
        return json.loads(lines[-1]), killed


def executors_of(pid):
    """Process ids of the executors below a process."""
    found = []
    for child in children(pid):
        with open(f"/proc/{child}/cmdline", "rb") as line:
            if b"CoarseGrainedExecutorBackend" in line.read():
                found.append(child)
        found += executors_of(child)
    return found


def children(pid):
    all_children = []
    for tasks in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(tasks) as text:
                all_children += [int(child) for child in text.read().split()]
        except FileNotFoundError:
            pass
    return all_children


def files(folder):
    return sorted(os.path.join(path, name) for path, _, names in os.walk(folder) for name in names)


def ordinary(options, clip, output):
    command = [os.path.join(TOP, "upflux"), "upscale", clip, "-o", output, "--no-progress", *options]
    return subprocess.Popen(command)


def finish(*jobs):
    for job in jobs:
        if job.wait() != 0:
            sys.exit(f"an ordinary job ended with {job.returncode}")


def alone(ffmpeg, options, clip, output):
    """Hashes of what the ordinary job makes of a clip."""
    finish(ordinary(options, clip, output))
    return ffmpeg.hashes(output)


def same(cluster, ffmpeg, clips, folder, kills):
    wanted = {}
    failures = 0
    length = None
    for attempt in range(kills + 1):
        made = os.path.join(folder, f"made-{attempt}")
        begun = time.time()
        kill_after = None if length is None else random.uniform(0.2, 0.9) * length
        report, killed = cluster.run(2, clips, made, kill_after)
        length = length or time.time() - begun
        outputs = {film["output"].removeprefix("file:"): film["input"].removeprefix("file:") for film in report["outcomes"]}
        wrong = 0
        for output, clip in outputs.items():
            name = os.path.basename(output)
            if name not in wanted:
                wanted[name] = alone(ffmpeg, cluster.options, clip, os.path.join(folder, name))
            wrong += ffmpeg.hashes(output) != wanted[name]
        left = len(set(files(made)) - set(outputs))
        failures += left + wrong
        what = f"killed after {kill_after:.1f} s" if killed else "undisturbed" if kill_after is None else "ended before the kill"
        print(f"{what}: {report['frames']} frames, {wrong} films differ, {left} files left behind", flush=True)
        shutil.rmtree(made)
    return failures == 0


def speed(cluster, clips, folder):
    seconds = {}
    for executors in (1, 2):
        report, _ = cluster.run(executors, clips, os.path.join(folder, f"speed-{executors}"))
        seconds[executors] = report["seconds"]
        print(f"{executors} executor(s): {report['seconds']:.1f} s, {report['fps']:.2f} fps", flush=True)
    ratio = seconds[1] / seconds[2]
    bound = machine(cluster.options, clips[0], folder)
    print(f"{ratio:.2f} times, {100 * ratio / bound:.0f} % of what the machine allows")
    return ratio >= ENOUGH


def machine(options, clip, folder):
    """How many times as much two ordinary runs at once compute as one, in the same time."""
    took = {}
    for runs in (1, 2):
        begun = time.time()
        finish(*(ordinary(options, clip, os.path.join(folder, f"bound-{runs}-{run}.mkv")) for run in range(runs)))
        took[runs] = time.time() - begun
    bound = 2 * took[1] / took[2]
    print(f"one ordinary run: {took[1]:.1f} s, two at once: {took[2]:.1f} s, {bound:.2f} times", flush=True)
    return bound


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["same", "speed"])
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--model", default="plain-s-x2")
    parser.add_argument("--segment", default="2s")
    arguments = parser.parse_args()
    options = ["-n", arguments.model, "--device", "cpu", "--threads", "1", "--segment", arguments.segment]
    options += ["--reuse", "off"]
    clips = [os.path.abspath(clip) for clip in arguments.clips]
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(folder, options)
        if arguments.what == "speed":
            good = speed(cluster, clips, folder)
        else:
            # Its jars are the server's.
            ffmpeg = Ffmpeg(os.path.join(TOP, "server", "target", "upflux", "lib"), folder)
            good = same(cluster, ffmpeg, clips, folder, arguments.kills)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
