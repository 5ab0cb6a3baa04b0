#!/usr/bin/env python3
"""How old a picture is when a viewer has it decoded, for MSE and for LL-HLS.

    benchmarks/glass_to_glass.py --model plain-s-x2 --size 320x180 --rate 12

A sender makes pictures in real time, has the ffmpeg program encode and send them, and notes when it makes a white one.
The viewers are ffmpeg programs that decode what comes over the WebSocket and part by part, and the moment a white picture
leaves them counts. A player's own buffer is not in it: LL-HLS players stay PART-HOLD-BACK behind the end, which is said.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from kill_resume import TOP, Ffmpeg
from live_server import Connection, Playlist, Server, percentile

EVERY = 2.0
WHITE = 180


def send(ffmpeg, server, width, height, rate, seconds, flashes):
    command = [ffmpeg.program, "-v", "error", "-fflags", "nobuffer", "-f", "rawvideo", "-pix_fmt", "yuv420p"]
    command += ["-s", f"{width}x{height}", "-r", str(rate), "-probesize", "32", "-i", "-", "-c:v", "libopenh264", "-g", str(rate)]
    command += ["-b:v", "800k", "-flush_packets", "1", "-muxdelay", "0", "-f", "mpegts", "-method", "PUT", server.url("/ingest/cam")]
    process = subprocess.Popen(command, env=ffmpeg.environment, stdin=subprocess.PIPE)
    stripes = bytes(16 + (5 * x + 3 * y) % 90 for y in range(height) for x in range(width))
    white, chroma = bytes([235]) * (width * height), bytes([128]) * (width * height // 2)
    start = time.time()
    for i in range(int(seconds * rate)):
        time.sleep(max(0, start + i / rate - time.time()))
        if i > rate and i % round(EVERY * rate) == 0:
            flashes.append(time.time())
            picture = white
        else:
            # Everything moves, so that nothing can be reused.
            shift = 7 * i % len(stripes)
            picture = stripes[shift:] + stripes[:shift]
        process.stdin.write(picture + chroma)
        process.stdin.flush()
    process.stdin.close()
    process.wait(30)


class Player:
    """Decodes a movie and notes when white pictures come out."""

    def __init__(self, ffmpeg):
        command = [ffmpeg.program, "-v", "quiet", "-fflags", "nobuffer", "-flags", "low_delay", "-probesize", "32"]
        command += ["-analyzeduration", "0", "-i", "-", "-map", "0:v", "-vf", "scale=1:1,format=gray", "-fps_mode", "passthrough"]
        command += ["-f", "rawvideo", "-flush_packets", "1", "-"]
        self.process = subprocess.Popen(
            command, env=ffmpeg.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self.seen = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        before = 0
        while True:
            level = self.process.stdout.read(1)
            if not level:
                return
            if level[0] >= WHITE > before:
                self.seen.append(time.time())
            before = level[0]

    def feed(self, bytes_):
        self.process.stdin.write(bytes_)
        self.process.stdin.flush()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)

    def ages(self, flashes):
        """Of each flash that was seen, the time until then."""
        ages = []
        for sent in flashes:
            later = [seen for seen in self.seen if 0 < seen - sent]
            if later:
                ages.append(min(later) - sent)
        return ages


async def mse(server, player):
    connection = await (await Connection(server.port).open()).websocket("/api/ws?src=cam")
    connection.say({"type": "mse", "value": "avc1.640029"})
    while True:
        kind, message = await connection.hear()
        if kind == 2:
            player.feed(message)


async def hls(server, player, holds):
    connection = await Connection(server.port).open()
    _, body = await connection.get("/live/cam/media.m3u8")
    playlist = Playlist(body.decode())
    holds.append(playlist.hold_back)
    number = playlist.next_part
    # From a key frame on.
    header = re.search(r'#EXT-X-MAP:URI="([^"]*)"', body.decode()).group(1)
    _, init = await connection.get("/live/cam/" + header)
    player.feed(init)
    while True:
        status, part = await connection.get(f"/live/cam/part-{number}.m4s")
        if status == 200:
            player.feed(part)
        number += 1


async def watch(server, players, holds, sender):
    tasks = [asyncio.create_task(mse(server, players["MSE"])), asyncio.create_task(hls(server, players["LL-HLS"], holds))]
    while sender.is_alive():
        await asyncio.sleep(0.5)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="plain-s-x2")
    parser.add_argument("--size", default="320x180")
    parser.add_argument("--rate", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--part", default="334ms")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    width, height = (int(side) for side in arguments.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        programs = os.path.join(folder, "ffmpeg")
        os.mkdir(programs)
        ffmpeg = Ffmpeg(arguments.jars, programs)
        server = Server(
            arguments.program, folder, [f"cam: {{source: publisher, model: {arguments.model}, part: {arguments.part}}}"]
        )
        try:
            server.wait()
            flashes, holds = [], []
            sender = threading.Thread(
                target=send, args=(ffmpeg, server, width, height, arguments.rate, arguments.seconds, flashes)
            )
            sender.start()
            server.wait("/live/cam/index.m3u8")
            players = {"MSE": Player(ffmpeg), "LL-HLS": Player(ffmpeg)}
            asyncio.run(watch(server, players, holds, sender))
            sender.join()
            status = server.get("/api/v1/streams/cam").decode()
        finally:
            server.stop()
        print(status)
        good = True
        for name, player in players.items():
            player.stop()
            ages = player.ages(flashes[2:-2])
            good = good and bool(ages)
            if ages:
                print(
                    f"{name}: {len(ages)} flashes, median {1000 * statistics.median(ages):.0f} ms,"
                    f" p90 {1000 * percentile(ages, 0.9):.0f} ms from the sender's picture to the decoded one"
                )
        print(f"LL-HLS players stay {holds[0]:.2f} s behind the end" if holds else "")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
