#!/usr/bin/env python3
"""Starts jobs of a server and cancels them at random instants: what is left of them?

    benchmarks/cancel_jobs.py --jobs 100

By turns a job is cancelled, paused and then deleted, or deleted as it runs. Exits with 1 when a process or anything in the
jobs' folder outlives its job, or the server ends up with more threads or descriptors than it had after the first jobs.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time

from kill_resume import TOP, Ffmpeg
from live_server import Server

# Idle threads end after a minute.
SETTLING = 120


def children(process):
    """Processes that a process has started and that are still there."""
    found = []
    for task in os.listdir(f"/proc/{process.pid}/task"):
        try:
            with open(f"/proc/{process.pid}/task/{task}/children") as file:
                found += file.read().split()
        except FileNotFoundError:
            pass
    return found


def job(server, clip, turn, seconds):
    """@return whether it had ended before"""
    identity = server.send("POST", "/api/v1/jobs", {"input": clip, "model": "bicubic-x2"})["id"]
    path = f"/api/v1/jobs/{identity}"
    time.sleep(seconds)
    ended = server.send("GET", path)["state"] == "done"
    if not ended and turn % 3 < 2:
        try:
            server.send("PATCH", path, {"state": ("cancelled", "paused")[turn % 3]})
        except OSError:
            # It has just ended.
            ended = server.send("GET", path)["state"] == "done"
    server.send("DELETE", path)
    return ended


def grown(after, before):
    return any(now > then for now, then in zip(after, before))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        programs, jobs = os.path.join(folder, "ffmpeg"), os.path.join(folder, "jobs")
        os.mkdir(programs)
        clip = os.path.join(folder, "clip.mkv")
        Ffmpeg(arguments.jars, programs).run(
            *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=12", "-c:v", "mpeg4", "-g", "50", clip)
        )
        more = f"allowedSources: [{folder}]\njobs: {{folder: {jobs}, minFree: 1M, parallel: 2}}\n"
        server = Server(arguments.program, folder, [], more=more)
        try:
            server.wait()
            kept = set(os.listdir(jobs))
            start = time.time()
            identity = server.send("POST", "/api/v1/jobs", {"input": clip, "model": "bicubic-x2"})["id"]
            while server.send("GET", f"/api/v1/jobs/{identity}")["state"] in ("queued", "running"):
                time.sleep(0.1)
            whole = time.time() - start
            server.send("DELETE", f"/api/v1/jobs/{identity}")
            for turn in range(6):
                job(server, clip, turn, random.uniform(0, whole))
            before = server.held()
            ended = sum(job(server, clip, turn, random.uniform(0, whole)) for turn in range(arguments.jobs))
            limit = time.time() + SETTLING
            while grown(after := server.held(), before) and time.time() < limit:
                time.sleep(1)
            left = set(os.listdir(jobs)) - kept
            running = children(server.process)
        finally:
            code = server.stop()
    print(f"{arguments.jobs} jobs, {ended} of them at their end before; a whole one takes {whole:.1f} s")
    print(f"threads and descriptors: {before} before, {after} after; processes left {len(running)}, folders left {len(left)};"
          f" the server ended with {code}")
    return 1 if grown(after, before) or left or running or code else 0


if __name__ == "__main__":
    sys.exit(main())
