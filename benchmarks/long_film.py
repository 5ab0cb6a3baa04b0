#!/usr/bin/env python3
"""Makes a long film with everything in it, upscales it at small size, and checks that nothing drifts, is lost or grows.

    benchmarks/long_film.py --minutes 120

Variable frame rate, three sounds, subtitles, a chapter every five minutes. Exits with 1 when streams, chapters or frames
are missing, sound ends more than 20 ms off beside the pictures, or resident memory grows.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

from kill_resume import TOP, Ffmpeg


def make_film(ffmpeg, file, minutes):
    seconds = 60 * minutes
    metadata, subtitles = file + ".txt", file + ".srt"
    with open(metadata, "w") as text:
        text.write(";FFMETADATA1\ntitle=A long film\n")
        for start in range(0, seconds, 300):
            text.write(f"[CHAPTER]\nTIMEBASE=1/1\nSTART={start}\nEND={min(start + 300, seconds)}\ntitle=at {start}\n")
    with open(subtitles, "w") as text:
        for i in range(0, seconds, 5):
            clock = f"{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}"
            text.write(f"{i // 5 + 1}\n{clock},000 --> {clock},900\nline {i}\n\n")
    sounds = [word for tone in (330, 440, 880) for word in ("-f", "lavfi", "-i", f"sine={tone}:duration={seconds}")]
    # Frames are left out at random: no two distances need be the same.
    picture = f"testsrc2=size=64x36:rate=12:duration={seconds},select='gt(random(1),0.3)'"
    ffmpeg.run(
        *("-f", "lavfi", "-i", picture, *sounds, "-i", subtitles, "-i", metadata),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4", "-map_metadata", "5", "-fps_mode", "vfr"),
        *("-c:v", "mpeg4", "-g", "100", "-b:v", "100k", "-c:a", "aac", "-b:a", "48k", "-c:s", "srt", file),
    )


def ends(ffmpeg, file):
    """For each stream: packets and end in seconds."""
    text = ffmpeg.run("-i", file, "-map", "0", "-c", "copy", "-f", "framecrc", "-").stdout.decode()
    bases, streams = {}, {}
    for line in text.splitlines():
        if line.startswith("#tb "):
            index, base = line[4:].split(": ")
            num, den = base.split("/")
            bases[int(index)] = int(num) / int(den)
        elif not line.startswith("#"):
            index, _, pts, duration = (int(word) for word in line.split(",")[:4])
            count, end = streams.get(index, (0, 0.0))
            streams[index] = (count + 1, max(end, (pts + duration) * bases[index]))
    return streams


def chapters(ffmpeg, file):
    return ffmpeg.run("-i", file, "-f", "ffmetadata", "-").stdout.decode().count("[CHAPTER]")


def resident(process):
    try:
        with open(f"/proc/{process.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
    except (FileNotFoundError, StopIteration, ProcessLookupError):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=120)
    parser.add_argument("--model", default="bicubic-x2")
    parser.add_argument("--jobs", default="1")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        programs = os.path.join(folder, "ffmpeg")
        os.mkdir(programs)
        ffmpeg = Ffmpeg(arguments.jars, programs)
        film, output = os.path.join(folder, "film.mkv"), os.path.join(folder, "film-x2.mkv")
        make_film(ffmpeg, film, arguments.minutes)
        began, memory = time.time(), []
        command = [arguments.program, "upscale", film, "-o", output, "-n", arguments.model, "--jobs", arguments.jobs]
        process = subprocess.Popen([*command, "--no-progress"])
        while process.poll() is None:
            memory.append(resident(process))
            time.sleep(1)
        if process.returncode != 0:
            return process.returncode
        memory = [size for size in memory if size is not None]
        before, after = ends(ffmpeg, film), ends(ffmpeg, output)
        offsets = [
            (after[i][1] - after[0][1]) - (before[i][1] - before[0][1]) for i in range(1, 4)
        ]
        early, late = max(memory[: len(memory) // 4 + 1]), max(memory[-(len(memory) // 4 + 1) :])
        same = {i: before[i][0] for i in before} == {i: after[i][0] for i in after}
        kept = chapters(ffmpeg, film) == chapters(ffmpeg, output)
        print(f"{after[0][0]} frames in {time.time() - began:.0f} s; packets of all {len(after)} streams"
              f" {'as before' if same else 'differ'}; {chapters(ffmpeg, output)} chapters; sound at the end off by"
              f" {', '.join(f'{1000 * offset:.1f}' for offset in offsets)} ms; resident memory at most {early:.0f} MiB in the"
              f" first quarter, {late:.0f} MiB in the last")
        good = same and kept and max(map(abs, offsets)) <= 0.02 and late <= 1.15 * early
        return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
