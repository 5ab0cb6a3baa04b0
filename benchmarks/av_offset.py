#!/usr/bin/env python3
"""Sends a clapper (a flash and a beep at once, every two seconds) through a live stream, and compares sound and picture.

    benchmarks/av_offset.py --minutes 10

The ffmpeg program sends MPEG-TS in real time and reads every output. Exits with 1 when the beep lies more than 40 ms
elsewhere beside the flash at the output than at the input, anywhere, or when no flash comes through.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from kill_resume import TOP, Ffmpeg
from live_server import Server

LIMIT = 0.040


def make_clapper(ffmpeg, file, seconds):
    flash = r"drawbox=t=fill:color=white:enable='lt(mod(t\,2)\,0.119)*gt(t\,1)'"
    beep = r"0.8*sin(2*PI*1000*t)*lt(mod(t\,2)\,0.12)*gt(t\,1)"
    ffmpeg.run(
        *("-f", "lavfi", "-i", f"color=black:size=160x90:rate=25:duration={seconds},{flash}"),
        *("-f", "lavfi", "-i", f"aevalsrc={beep}:s=48000:d={seconds}"),
        *("-pix_fmt", "yuv420p", "-c:v", "libopenh264", "-g", "50", "-b:v", "300k", "-c:a", "aac", "-b:a", "96k", file),
    )


def events(ffmpeg, file):
    """Times of flashes and of beeps."""
    detectors = ("-vf", "blackdetect=d=0.3:pix_th=0.4", "-af", "silencedetect=n=-26dB:d=0.3")
    command = [ffmpeg.program, "-nostdin", "-hide_banner", "-copyts", "-i", file, *detectors, "-f", "null", "-"]
    log = subprocess.run(command, env=ffmpeg.environment, check=True, capture_output=True).stderr.decode()
    flashes = [float(time) for time in re.findall(r"black_end:([0-9.]+)", log)]
    beeps = [float(time) for time in re.findall(r"silence_end: ([0-9.]+)", log)]
    return flashes, beeps


def offsets(ffmpeg, file):
    """By how much each beep lies behind its flash."""
    if not os.path.exists(file) or os.path.getsize(file) == 0:
        return []
    flashes, beeps = events(ffmpeg, file)
    nearest = [min((beep - flash for beep in beeps), key=abs) for flash in flashes] if beeps else []
    # The first and the last may be cut.
    return [offset for offset in nearest if abs(offset) < 0.9][1:-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--model", default="bicubic-x2")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    seconds = 60 * arguments.minutes
    worst, good = 0.0, True
    with tempfile.TemporaryDirectory() as folder:
        programs = os.path.join(folder, "ffmpeg")
        os.mkdir(programs)
        ffmpeg = Ffmpeg(arguments.jars, programs)
        clapper = os.path.join(folder, "clapper.ts")
        make_clapper(ffmpeg, clapper, seconds + 25)
        records = os.path.join(folder, "records")
        line = f"cam: {{source: publisher, model: {arguments.model}, record: {{folder: '{records}', every: 10h, format: mkv}}}}"
        server = Server(arguments.program, folder, [line])
        try:
            server.wait()
            send = [ffmpeg.program, "-nostdin", "-v", "error", "-re", "-i", clapper, "-c", "copy"]
            send += ["-f", "mpegts", "-method", "PUT", server.url("/ingest/cam")]
            sender = subprocess.Popen(send, env=ffmpeg.environment)
            # The ffmpeg program reads whole segments only.
            while b"#EXTINF" not in server.wait("/live/cam/media.m3u8"):
                time.sleep(1)
            readers = {}
            for path, name in (("/live/cam.ts", "ts.mkv"), ("/live/cam.mp4", "mp4.mkv"), ("/live/cam/index.m3u8", "hls.mkv")):
                file = os.path.join(folder, name)
                command = [ffmpeg.program, "-nostdin", "-v", "error", "-i", server.url(path), "-t", str(seconds)]
                readers[path] = file, subprocess.Popen([*command, "-c", "copy", "-y", file], env=ffmpeg.environment)
            sender.wait()
            time.sleep(5)
        finally:
            server.stop()
        for _, reader in readers.values():
            reader.wait(60)
        files = {path: file for path, (file, _) in readers.items()}
        files["recording"] = os.path.join(records, sorted(os.listdir(records))[0])
        before = statistics.median(offsets(ffmpeg, clapper))
        for path, file in files.items():
            found = offsets(ffmpeg, file)
            if len(found) < seconds / 2 * 0.5:
                print(f"{path}: only {len(found)} flashes came through")
                good = False
                continue
            early, late = statistics.median(found[:10]), statistics.median(found[-10:])
            worst = max(worst, max(abs(offset - before) for offset in found))
            print(
                f"{path}: {len(found)} flashes; sound off by {1000 * (early - before):+.1f} ms at the beginning,"
                f" {1000 * (late - before):+.1f} ms at the end, at most"
                f" {1000 * max((offset - before for offset in found), key=abs):+.1f} ms"
            )
    return 0 if good and worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
