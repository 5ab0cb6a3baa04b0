#!/usr/bin/env python3
"""Many viewers of one stream, some of whom read nothing: does anybody miss a part, does memory grow, how late is it?

    benchmarks/live_load.py --viewers 200 --stalled 50 --seconds 300

Half of the viewers follow the LL-HLS playlist part by part, half the WebSocket of MSE, all from this machine. How late a
part is counts from when its last picture was due, by the playlist's dates; the same is measured with one viewer of each kind
before, and the difference is what the crowd adds. Exits with 1 when a viewer misses a part, the crowd adds 50 ms or more
in the 99th percentile, or resident memory grows.
"""

import argparse
import asyncio
import datetime
import os
import re
import subprocess
import sys
import tempfile
import time
import zlib

from kill_resume import TOP, Ffmpeg
from live_server import Connection, Playlist, Server, percentile

LIMIT = 0.050

# Who comes gets what there is since the last key frame at once.
CATCHING_UP = 10


class Audience:
    """What its viewers saw: for each the parts, and when each came."""

    def __init__(self, server):
        self.server = server
        self.due = {}  # by number, when the last picture of a part was due
        self.numbers = {}  # by checksum
        self.hls = []  # for each viewer, (number, arrival)
        self.mse = []  # for each viewer, (checksum, arrival)

    async def monitor(self):
        """Learns the parts' numbers, checksums and times, one playlist after the other."""
        connection = await Connection(self.server.port).open()
        query = ""
        while True:
            _, body = await connection.get("/live/cam/media.m3u8" + query)
            text = body.decode()
            self.learn(text)
            for number in sorted(set(self.due) - set(self.numbers.values())):
                status, part = await connection.get(f"/live/cam/part-{number}.m4s")
                if status == 200:
                    self.numbers[zlib.crc32(part)] = number
            playlist = Playlist(text)
            query = f"?_HLS_msn={playlist.open_number}&_HLS_part={playlist.open_parts}"

    def learn(self, text):
        clock = None
        for line in text.splitlines():
            if line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                clock = datetime.datetime.fromisoformat(line[25:].replace("Z", "+00:00")).timestamp()
            part = re.match(r'#EXT-X-PART:DURATION=([0-9.]+),URI="part-(\d+)', line)
            if part:
                clock += float(part.group(1))
                self.due.setdefault(int(part.group(2)), clock)

    async def follow_hls(self):
        """As players do: a playlist that waits for the next part, and the part itself as soon as it is hinted."""
        seen = []
        self.hls.append(seen)
        playlists = await Connection(self.server.port).open()
        parts = await Connection(self.server.port).open()
        _, body = await playlists.get("/live/cam/media.m3u8")
        playlist = Playlist(body.decode())
        number = playlist.next_part
        while True:
            query = f"?_HLS_msn={playlist.open_number}&_HLS_part={playlist.open_parts}"
            (status, body), (found, part) = await asyncio.gather(
                playlists.get("/live/cam/media.m3u8" + query), parts.get(f"/live/cam/part-{number}.m4s")
            )
            seen.append((number if found == 200 else None, time.time()))
            if status == 200:
                playlist = Playlist(body.decode())
            number += 1

    async def follow_mse(self):
        seen = []
        self.mse.append(seen)
        connection = await (await Connection(self.server.port).open()).websocket("/api/ws?src=cam")
        connection.say({"type": "mse", "value": "avc1.640029,mp4a.40.2"})
        first = True
        while True:
            kind, message = await connection.hear()
            if kind == 2:
                # The header comes in front of the first.
                checksum = None if first else zlib.crc32(message)
                first = False
                seen.append((checksum, time.time()))

    async def stall(self, index):
        """Asks, and reads nothing."""
        connection = Connection(self.server.port)
        await connection.open()
        connection.writer.transport.pause_reading()
        if index % 2:
            connection.writer.write(b"GET /live/cam.ts HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        else:
            connection.writer.transport.resume_reading()
            await connection.websocket("/api/ws?src=cam")
            connection.say({"type": "mse", "value": "avc1.640029,mp4a.40.2"})
            connection.writer.transport.pause_reading()
        await asyncio.sleep(1e9)

    def late(self):
        """How late each part came to each viewer, in seconds; and how many were missed."""
        late, missed = [], 0
        for seen in self.hls:
            missed += sum(number is None for number, _ in seen)
            late += [arrival - self.due[number] for number, arrival in seen if number in self.due]
        for seen in self.mse:
            numbers = [(self.numbers.get(checksum), arrival) for checksum, arrival in seen]
            known = [number for number, _ in numbers if number is not None]
            missed += sum(after - before - 1 for before, after in zip(known, known[1:]))
            late += [arrival - self.due[number] for number, arrival in numbers[CATCHING_UP:] if number in self.due]
        return late, missed


async def watch(server, hls, mse, stalled, seconds):
    audience = Audience(server)
    memory = []
    tasks = [asyncio.create_task(audience.monitor())]
    tasks += [asyncio.create_task(audience.stall(i)) for i in range(stalled)]
    for i in range(max(hls, mse)):
        tasks += [asyncio.create_task(audience.follow_hls())] if i < hls else []
        tasks += [asyncio.create_task(audience.follow_mse())] if i < mse else []
        await asyncio.sleep(0.01)
    end = time.time() + seconds
    while time.time() < end:
        await asyncio.sleep(1)
        memory.append(server.resident())
        for task in tasks:
            if task.done():
                task.result()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return audience, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--stalled", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--model", default="bicubic-x2")
    parser.add_argument("--bitrate", default="1M")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        programs = os.path.join(folder, "ffmpeg")
        os.mkdir(programs)
        clip = os.path.join(folder, "clip.mp4")
        Ffmpeg(arguments.jars, programs).run(
            *("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=20", "-f", "lavfi", "-i", "sine=440:duration=20"),
            *("-pix_fmt", "yuv420p", "-c:v", "libopenh264", "-g", "50", "-c:a", "aac", clip),
        )
        line = f"cam: {{source: '{clip}', model: {arguments.model}, bitrate: {arguments.bitrate}}}"
        server = Server(arguments.program, folder, [line])
        try:
            server.wait("/live/cam/index.m3u8")
            time.sleep(5)
            alone, _ = asyncio.run(watch(server, 1, 1, 0, max(20, arguments.seconds // 4)))
            active = arguments.viewers - arguments.stalled
            before, own, start = server.cpu(), time.process_time(), time.time()
            crowd, memory = asyncio.run(
                watch(server, active // 2, active - active // 2, arguments.stalled, arguments.seconds)
            )
            wall = time.time() - start
            used, load = (server.cpu() - before) / wall, (time.process_time() - own) / wall
        finally:
            server.stop()
        few, _ = alone.late()
        many, missed = crowd.late()
        added = percentile(many, 0.99) - percentile(few, 0.99)
        # Until then the queues of those who read nothing fill.
        quarter = len(memory) // 4
        early, late = max(memory[2 * quarter : 3 * quarter]), max(memory[3 * quarter :])
        print(f"{arguments.viewers} viewers, {arguments.stalled} of them stalled; {len(many)} parts arrived, {missed} missed")
        for name, values in (("with two viewers", few), ("with all", many)):
            shares = ", ".join(f"p{round(100 * share)} {1000 * percentile(values, share):.0f} ms" for share in (0.5, 0.99))
            print(f"late behind the last picture's time, {name}: {shares}")
        print(f"added in the 99th percentile: {1000 * added:.0f} ms")
        print(f"resident memory at most {early:.0f} MiB in the third quarter, {late:.0f} MiB in the last")
        print(f"CPU: server {100 * used:.0f} %, viewers {100 * load:.0f} % of a core")
        return 0 if missed == 0 and added < LIMIT and late <= 1.1 * early else 1


if __name__ == "__main__":
    sys.exit(main())
