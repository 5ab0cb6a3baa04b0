#!/usr/bin/env python3
"""A live stream for an hour, with a source that keeps failing and viewers that come and go: is anything lost, or does it grow?

    benchmarks/live_soak.py --minutes 60

The source is cut off every 30 s, at times in the middle of a packet, and sends pictures of another size every two minutes,
without a word. Half of the viewers follow LL-HLS playlists part by part, half the WebSocket of MSE; each stays for up to a
minute, then another comes. Every playlist that anybody gets is held against the rules and against the one before.

Exits with 1 when a playlist breaks a rule, a viewer misses a part or gets nothing for 10 s, a drop takes 3 s or more until
there is a new part, or when resident memory or heap (after a collection) have grown by more than 5 % since the warm-up.
"""

import argparse
import asyncio
import datetime
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

from kill_resume import TOP, Ffmpeg
from live_server import Connection, Playlist, Server

RECOVERY = 3.0
PATIENCE = 10.0
STAY = (5, 60)
GROWTH = 1.05

# A source that is back so soon goes on without a discontinuity.
CLOCK_STEP = 0.5
SIZES = ("160x90", "128x96", "192x72")


class Source:
    """MPEG-TS over HTTP for whoever connects, which ends after a while, and changes its size."""

    def __init__(self, ffmpeg, rate, drop, change):
        self.ffmpeg, self.rate, self.drop, self.change = ffmpeg, rate, drop, change
        self.begin = time.monotonic()
        self.opened, self.dropped = [], []
        self.sizes = set()

    async def listen(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        start = time.monotonic()
        self.opened.append(start)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\nConnection: close\r\n\r\n")
        try:
            while time.monotonic() < start + self.drop:
                await self.send(writer, start)
        except ConnectionError:
            return
        self.dropped.append(time.monotonic())
        # By turns as a sender that ends, and as one that has lost its power.
        if len(self.dropped) % 2:
            writer.close()
        else:
            writer.transport.abort()

    async def send(self, writer, start):
        """One size, until it is time for the next, or the end."""
        turn = int((time.monotonic() - self.begin) / self.change)
        until = min(start + self.drop, self.begin + (turn + 1) * self.change)
        size = SIZES[turn % len(SIZES)]
        self.sizes.add(size)
        offset = f"{time.monotonic() - start:.3f}"
        process = await asyncio.create_subprocess_exec(
            *(self.ffmpeg.program, "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={self.rate}"),
            *("-re", "-f", "lavfi", "-i", "sine=440", "-pix_fmt", "yuv420p", "-c:v", "libopenh264", "-g", str(self.rate)),
            *("-b:v", "300k", "-c:a", "aac", "-output_ts_offset", offset, "-f", "mpegts", "-flush_packets", "1", "-"),
            env=self.ffmpeg.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            while (left := until - time.monotonic()) > 0:
                piece = await asyncio.wait_for(process.stdout.read(1 << 16), left)
                if not piece:
                    sys.exit("the ffmpeg program that makes the source has ended")
                writer.write(piece)
                await writer.drain()
        except asyncio.TimeoutError:
            pass
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def recoveries(self, parts):
        """For each drop the time until there was a part of what came after."""
        times = []
        for drop in self.dropped:
            again = next((opened for opened in self.opened if opened > drop), None)
            part = again and next((part for part in parts if part > again), None)
            times += [part - drop] if part else []
        return times


class Rules:
    """Playlists of one stream, as one client gets them; of RFC 8216bis what a player would stumble over."""

    def __init__(self):
        self.target = None
        self.sequence = self.discontinuities = 0
        self.known = {}
        self.dated = {}

    def hold(self, text):
        lines = text.splitlines()
        self.require(lines[0] == "#EXTM3U", "4.4.1.1: begins with #EXTM3U")
        targets = [line for line in lines if line.startswith(("#EXT-X-TARGETDURATION:", "#EXT-X-PART-INF:"))]
        self.require(len(targets) == 2 and self.target in (None, targets), "4.4.3.1: targets stay as they are")
        self.target = targets
        longest = int(targets[0].split(":")[1])
        longest_part = float(targets[1].split("=")[1])
        sequence = self.number(lines, "#EXT-X-MEDIA-SEQUENCE:")
        discontinuities = self.number(lines, "#EXT-X-DISCONTINUITY-SEQUENCE:")
        self.require(sequence >= self.sequence, "6.2.2: the media sequence does not decrease")
        self.require(discontinuities >= self.discontinuities, "6.2.2: nor does that of discontinuities")
        self.sequence, self.discontinuities = sequence, discontinuities
        number, turns, mapped, date, duration, parts = sequence, discontinuities, False, None, None, []
        for line in lines:
            if line == "#EXT-X-DISCONTINUITY":
                turns += 1
            elif line.startswith("#EXT-X-MAP:"):
                mapped = True
            elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                date = datetime.datetime.fromisoformat(line[25:].replace("Z", "+00:00")).timestamp()
            elif line.startswith("#EXT-X-PART:"):
                length, uri = re.match(r'#EXT-X-PART:DURATION=([0-9.]+),URI="([^"]*)"', line).groups()
                self.require(float(length) <= longest_part + 1e-6, "4.4.4.9: no part is longer than the target")
                self.require(parts or "INDEPENDENT=YES" in line, "segments begin with a key frame")
                self.same(uri, length)
                parts.append(float(length))
            elif line.startswith("#EXTINF:"):
                duration = float(line[8:].split(",")[0])
            elif not line.startswith("#"):
                self.require(mapped and date is not None and duration, "each segment has header, date and duration")
                self.require(round(duration) <= longest, "4.4.3.1: no segment is longer than the target")
                self.require(not parts or abs(sum(parts) - duration) < 1e-3, "4.4.4.9: parts make up their segment")
                self.same(number, (line, duration, turns, date))
                before = self.dated.get(number - 1)
                gap = 0 if before is None or before[1] != turns else date - before[0]
                self.require(abs(gap) < CLOCK_STEP, f"4.4.4.6: dates go on with the media, but there is a gap of {gap:.3f} s")
                self.dated[number] = (date + duration, turns)
                number, date, duration, parts = number + 1, None, None, []
        for old in [key for key in self.dated if key < sequence]:
            del self.dated[old], self.known[old]

    def same(self, key, value):
        self.require(self.known.setdefault(key, value) == value, f"6.2.1: {key} stays as it is")

    @staticmethod
    def number(lines, tag):
        (line,) = [line for line in lines if line.startswith(tag)]
        return int(line[len(tag) :])

    @staticmethod
    def require(holds, rule):
        if not holds:
            raise ValueError(rule)


class Audience:
    """Viewers that come and go, and what was wrong with what they got."""

    def __init__(self, server, seconds):
        self.server = server
        self.end = time.monotonic() + seconds
        self.parts = []  # when there was a new one
        self.wrong = []
        self.playlists = self.pieces = self.came = 0
        self.longest = 0.0

    async def watch(self, viewers):
        await asyncio.gather(self.first(), *(self.seat(i) for i in range(viewers)))

    async def first(self):
        """Stays to the end, and notes when there are new parts."""
        while time.monotonic() < self.end:
            await self.follow_hls(self.end, self.parts)

    async def seat(self, index):
        await asyncio.sleep(random.uniform(0, STAY[0]))
        while time.monotonic() < self.end:
            follow = self.follow_mse if index % 2 else self.follow_hls
            self.came += 1
            await follow(min(self.end, time.monotonic() + random.uniform(*STAY)), [])

    async def follow_hls(self, until, seen):
        """As players do: a playlist that waits for the next part, and the part itself as soon as it is hinted."""
        playlists, parts = Connection(self.server.port), Connection(self.server.port)
        rules = Rules()
        try:
            await playlists.open()
            await parts.open()
            _, body = await playlists.get("/live/cam/media.m3u8")
            playlist = Playlist(body.decode())
            number = playlist.next_part
            while time.monotonic() < until:
                query = f"?_HLS_msn={playlist.open_number}&_HLS_part={playlist.open_parts}"
                both = asyncio.gather(playlists.get("/live/cam/media.m3u8" + query), parts.get(f"/live/cam/part-{number}.m4s"))
                (status, body), (found, part) = await asyncio.wait_for(both, PATIENCE)
                if status != 200 or found != 200 or part[4:8] != b"moof":
                    raise ValueError(f"playlist {status}, part {number} {found}")
                rules.hold(body.decode())
                playlist = Playlist(body.decode())
                self.playlists += 1
                self.came_to(seen)
                # Of parts that have come together, all but the one that was waited for are there.
                for number in range(number + 1, playlist.next_part):
                    found, part = await asyncio.wait_for(parts.get(f"/live/cam/part-{number}.m4s"), PATIENCE)
                    if found != 200 or part[4:8] != b"moof":
                        raise ValueError(f"part {number} {found}, listed up to {playlist.next_part - 1}")
                    self.came_to(seen)
                number = playlist.next_part
        except Exception as problem:
            self.report("LL-HLS", problem)
        finally:
            playlists.close()
            parts.close()

    async def follow_mse(self, until, seen):
        connection = Connection(self.server.port)
        try:
            await (await connection.open()).websocket("/api/ws?src=cam")
            connection.say({"type": "mse", "value": "avc1.640029,mp4a.40.2"})
            while time.monotonic() < until:
                kind, message = await asyncio.wait_for(connection.hear(), PATIENCE)
                if kind == 2 and message[4:8] not in (b"ftyp", b"moof"):
                    raise ValueError("a message that is no fragment")
                if kind == 2:
                    self.came_to(seen)
        except Exception as problem:
            self.report("MSE", problem)
        finally:
            connection.close()

    def came_to(self, seen):
        now = time.monotonic()
        self.pieces += 1
        self.longest = max(self.longest, now - seen[-1] if seen else 0)
        seen.append(now)

    def report(self, who, problem):
        text = f"{who}: {type(problem).__name__} {problem}"
        print(f"{datetime.datetime.now():%H:%M:%S} {text}", flush=True)
        self.wrong.append(text)


def live_heap(pid):
    """Bytes of the server's Java objects that are reachable, in MiB."""
    text = subprocess.run(["jcmd", str(pid), "GC.class_histogram"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return int(re.search(r"^Total +\d+ +(\d+)", text, re.MULTILINE).group(1)) / (1 << 20)


async def measure(server, minutes):
    """Once a minute: resident memory at most in it, heap, threads and descriptors at its end."""
    rows, begin = [], time.monotonic()
    for minute in range(minutes):
        end, resident = begin + 60 * (minute + 1), []
        while time.monotonic() < end:
            await asyncio.sleep(1)
            resident.append(server.resident())
        heap = await asyncio.get_running_loop().run_in_executor(None, live_heap, server.process.pid)
        rows.append((max(resident), heap, *server.held()))
        print("minute %d: resident %.0f MiB, heap %.1f MiB, %d threads, %d descriptors" % (minute + 1, *rows[-1]), flush=True)
    return rows


async def run(arguments, folder, ffmpeg):
    source = Source(ffmpeg, arguments.rate, arguments.drop, arguments.change)
    port = await source.listen()
    log = os.path.abspath(arguments.log) if arguments.log else os.path.join(folder, "server.log")
    line = f"cam: {{source: 'http://127.0.0.1:{port}/cam.ts', model: {arguments.model}}}"
    server = Server(arguments.program, folder, [line], log)
    try:
        await asyncio.get_running_loop().run_in_executor(None, server.wait, "/live/cam/index.m3u8")
        audience = Audience(server, 60 * arguments.minutes)
        _, rows = await asyncio.gather(audience.watch(arguments.viewers), measure(server, arguments.minutes))
    finally:
        ended = await asyncio.get_running_loop().run_in_executor(None, server.stop)
        source.server.close()
    with open(log) as lines:
        errors = [line.strip() for line in lines if " ERROR " in line]
    return source, audience, rows, ended, errors


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--drop", type=float, default=30)
    parser.add_argument("--change", type=float, default=120)
    parser.add_argument("--rate", type=int, default=25)
    parser.add_argument("--model", default="plain-s-stream-x2")
    parser.add_argument("--log", help="file to keep the server's log in")
    parser.add_argument("--program", default=os.path.join(TOP, "upflux"))
    parser.add_argument("--jars", default=os.path.join(TOP, "server/target/upflux/lib"))
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--version"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        programs = os.path.join(folder, "ffmpeg")
        os.mkdir(programs)
        source, audience, rows, ended, errors = asyncio.run(run(arguments, folder, Ffmpeg(arguments.jars, programs)))
    recoveries = source.recoveries(audience.parts)
    span = max(1, arguments.minutes // 6)
    warm, last = rows[span : 2 * span] or rows, rows[-span:]
    (resident, heap), (resident_last, heap_last) = (
        [statistics.median(row[i] for row in some) for i in (0, 1)] for some in (warm, last)
    )
    print(f"{audience.came} viewers, {arguments.viewers} at a time; {audience.pieces} parts and {audience.playlists} playlists,"
          f" {len(audience.wrong)} wrong; longest wait {audience.longest:.2f} s")
    print(f"{len(source.dropped)} drops, {len(source.sizes)} sizes; {len(recoveries)} recoveries, median"
          f" {statistics.median(recoveries):.2f} s, longest {max(recoveries):.2f} s")
    print(f"resident memory {resident:.0f} MiB in minutes {span + 1} to {2 * span}, {resident_last:.0f} MiB in the last {span};"
          f" heap {heap:.1f} and {heap_last:.1f} MiB")
    print(f"the server ended with {ended}; errors in its log: {len(errors)}", *errors[:5], sep="\n")
    # Those of the last moments are nobody's to see.
    seen = [drop for drop in source.dropped if drop < audience.parts[-1] - RECOVERY]
    whole = len(recoveries) >= len(seen) and max(recoveries) < RECOVERY and ended == 0
    grown = resident_last > GROWTH * resident or heap_last > GROWTH * heap
    return 0 if whole and not grown and not audience.wrong and not errors else 1


if __name__ == "__main__":
    sys.exit(main())
