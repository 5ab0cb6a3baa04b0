#!/usr/bin/env python3
"""Kills a job again and again at random instants, resumes it, and compares the result with an uninterrupted run.

    benchmarks/kill_resume.py --kills 50 --jobs 2

Makes a clip of its own, with two sounds and subtitles. Frames are compared decoded, sound and subtitles as they are
stored, with their times, by the ffmpeg program inside the distribution's jar. Exits with 1 when anything differs, when
a finished segment is computed again, or when a kill costs more than one segment a worker.
"""

import argparse
import glob
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

KILLS_A_JOB = 5
START = 1.0
"""Seconds that the program needs before it computes anything, about."""

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Ffmpeg:
    """The program that comes inside the presets' jar."""

    def __init__(self, jars, folder):
        (jar,) = [jar for jar in glob.glob(os.path.join(jars, "ffmpeg-*-linux-*.jar")) if "-gpl" not in jar] or [
            sys.exit(f"no ffmpeg jar in {jars}: build with ./upflux --version")
        ]
        with zipfile.ZipFile(jar) as archive:
            for name in archive.namelist():
                if name.startswith("org/bytedeco/ffmpeg/linux") and not name.endswith("/"):
                    target = os.path.join(folder, os.path.basename(name))
                    with archive.open(name) as source, open(target, "wb") as copy:
                        shutil.copyfileobj(source, copy)
        self.program = os.path.join(folder, "ffmpeg")
        os.chmod(self.program, 0o755)
        # It is linked to a sound server's library that it never calls here; any library serves as a stand-in.
        shutil.copy(os.path.join(folder, "libdrm.so.2"), os.path.join(folder, "libpulse.so.0"))
        self.environment = dict(os.environ, LD_LIBRARY_PATH=folder)

    def run(self, *arguments):
        command = [self.program, "-nostdin", "-v", "error", "-y", *arguments]
        return subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def hashes(self, file):
        """A line for each frame and each packet, with its time."""
        copied = ["-c:a", "copy", "-c:s", "copy"]
        text = self.run("-i", file, "-map", "0", *copied, "-f", "framemd5", "-").stdout.decode()
        return [line for line in text.splitlines() if not line.startswith("#")]


def make_clip(ffmpeg, file, seconds):
    subtitles = file + ".srt"
    with open(subtitles, "w") as text:
        for i in range(0, seconds, 3):
            text.write(f"{i // 3 + 1}\n00:{i // 60:02}:{i % 60:02},000 --> 00:{i // 60:02}:{i % 60:02},900\nline {i}\n\n")
    picture = f"testsrc2=size=192x108:rate=25:duration={seconds},noise=alls=12:allf=t"
    ffmpeg.run(
        *("-f", "lavfi", "-i", picture),
        *("-f", "lavfi", "-i", f"sine=440:duration={seconds}"),
        *("-f", "lavfi", "-i", f"sine=880:duration={seconds}"),
        *("-i", subtitles, "-map", "0", "-map", "1", "-map", "2", "-map", "3"),
        *("-c:v", "mpeg4", "-g", "60", "-bf", "2", "-b:v", "600k", "-c:a", "aac", "-c:s", "srt", file),
    )


def journal(work):
    """Frames of the finished segments by segment, and how many of those were computed more than once."""
    segments, again = {}, 0
    try:
        with open(os.path.join(work, "journal.jsonl"), errors="replace") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if "segment" in event:
                    again += event["segment"] in segments
                    segments[event["segment"]] = event["frames"]["count"]
    except FileNotFoundError:
        pass
    return segments, again


def begun(work, segments):
    """Segments that are begun or done, but not in the journal."""
    names = [os.path.basename(file).split(".")[0] for file in glob.glob(os.path.join(work, "*.packets*"))]
    return len({int(name) for name in names} - set(segments))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60, help="length of the clip")
    parser.add_argument("--segment", default="5", help="length of a segment")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--model", default="bicubic-x2")
    parser.add_argument("--container", default="mkv")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 30)
    random.seed(seed)
    print(f"seed {seed}")
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        return run(arguments, folder)


def run(arguments, folder):
    programs = os.path.join(folder, "ffmpeg")
    os.mkdir(programs)
    ffmpeg = Ffmpeg(arguments.jars, programs)
    clip = os.path.join(folder, "clip.mkv")
    make_clip(ffmpeg, clip, arguments.seconds)

    def upscale(output):
        options = ["-n", arguments.model, "--jobs", str(arguments.jobs), "--segment", arguments.segment, "--json"]
        command = [arguments.program, "upscale", clip, "-o", output, "--resume", *options]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    whole = os.path.join(folder, "whole." + arguments.container)
    began = time.time()
    process = upscale(whole)
    said, errors = process.communicate()
    if process.returncode != 0:
        sys.exit(errors.decode())
    took = time.time() - began
    wanted = ffmpeg.hashes(whole)
    print(f"uninterrupted: {took:.1f} s, {len(wanted)} frames and packets")

    output = os.path.join(folder, "killed." + arguments.container)
    work = os.path.join(folder, ".killed." + arguments.container + ".upflux")
    segments = math.ceil(arguments.seconds / float(arguments.segment))
    kills = jobs = unfinished = differing = lost = 0
    at, spared = [], KILLS_A_JOB
    while kills < arguments.kills or os.path.isdir(work):
        before, _ = journal(work)
        process = upscale(output)
        # Anywhere in what is left of the job, so that kills meet its beginning, middle and join alike.
        left = START + (took - START) * (1 - len(before) / (segments + 1))
        kill = kills < arguments.kills and spared > 0
        try:
            said, errors = process.communicate(timeout=random.uniform(0, left) if kill else None)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            kills, spared = kills + 1, spared - 1
            if os.path.isdir(work):
                after, again = journal(work)
                at.append(len(after))
                unfinished = max(unfinished, begun(work, after))
                lost = max(lost, again, len(set(before) - set(after)))
            elif os.path.exists(output):
                jobs, differing = compare(ffmpeg, output, wanted, jobs, differing)
            continue
        if process.returncode != 0:
            sys.exit(f"after {kills} kills: exit code {process.returncode}: {errors.decode()}")
        resumed = json.loads(said.decode().splitlines()[-1])["resumed"]
        lost = max(lost, 0 if resumed == sum(before.values()) else 1)
        jobs, differing = compare(ffmpeg, output, wanted, jobs, differing)
        spared = KILLS_A_JOB
    good = differing == 0 and lost == 0 and unfinished <= arguments.jobs and jobs > 0
    print(f"{kills} kills, {jobs} jobs finished, {differing} differ; finished segments computed again: {lost};"
          f" segments lost by one kill: {unfinished} at most with {arguments.jobs} worker(s)")
    print("kills by the number of finished segments: " + ", ".join(f"{n}: {at.count(n)}" for n in sorted(set(at))))
    return 0 if good else 1


def compare(ffmpeg, output, wanted, jobs, differing):
    same = ffmpeg.hashes(output) == wanted
    os.remove(output)
    return jobs + 1, differing + (0 if same else 1)


if __name__ == "__main__":
    sys.exit(main())
