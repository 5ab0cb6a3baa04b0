"""An Upflux server for a measurement, and clients that read it with nothing but the standard library."""

import asyncio
import base64
import json
import os
import re
import signal
import socket
import struct
import subprocess
import time
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """`upflux serve` with some streams, each a line of YAML; on a port of its own."""

    def __init__(self, program, folder, streams, log=os.devnull):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = os.path.join(folder, "upflux.yml")
        with open(config, "w") as file:
            file.write(f"address: 127.0.0.1:{self.port}\nstreams:\n" + "".join(f"  {line}\n" for line in streams))
        # The launcher replaces itself, so that this is the server's own process.
        with open(log, "w") as file:
            self.process = subprocess.Popen([program, "serve", "-c", config], stderr=file)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path):
        with urllib.request.urlopen(self.url(path), timeout=30) as answer:
            return answer.read()

    def wait(self, path="/healthz/ready", seconds=60):
        limit = time.time() + seconds
        while True:
            try:
                return self.get(path)
            except OSError:
                if time.time() > limit:
                    raise
                time.sleep(0.2)

    def resident(self):
        """In MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))

    def held(self):
        """How many threads and descriptors it has."""
        process = f"/proc/{self.process.pid}"
        return len(os.listdir(process + "/task")), len(os.listdir(process + "/fd"))

    def cpu(self):
        """Seconds of all its threads so far."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Connection:
    """HTTP/1.1 that is kept, for answers that state their length."""

    def __init__(self, port):
        self.port = port

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        return self

    async def get(self, path):
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(re.search(r"(?i)content-length: (\d+)", head).group(1))
        body = await self.reader.readexactly(length)
        return int(head.split()[1]), body

    async def websocket(self, path):
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head:
            raise OSError(head.decode())
        return self

    def say(self, message):
        payload, mask = json.dumps(message).encode(), os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.writer.write(bytes((0x81, 0x80 | len(payload))) + mask + masked)

    async def hear(self):
        """The next message: its kind (1 text, 2 binary) and its bytes."""
        message, kind = b"", 0
        while True:
            first, length = await self.reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack(">H", await self.reader.readexactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
            payload = await self.reader.readexactly(length)
            if first & 15 < 3:
                kind = kind or first & 15
                message += payload
                if first & 0x80:
                    return kind, message

    def close(self):
        self.writer.close()


class Playlist:
    """What a media playlist says."""

    def __init__(self, text):
        self.parts = [
            (match.group(2), float(match.group(1)))
            for match in re.finditer(r'#EXT-X-PART:DURATION=([0-9.]+),URI="([^"]*)"', text)
        ]
        self.sequence = int(re.search(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text).group(1))
        self.open_number = self.sequence + text.count("#EXTINF")
        self.open_parts = text[text.rfind("#EXTINF") :].count("#EXT-X-PART:") if "#EXTINF" in text else len(self.parts)
        self.hold_back = float(re.search(r"PART-HOLD-BACK=([0-9.]+)", text).group(1))
        hint = re.search(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-(\d+)', text)
        self.next_part = int(hint.group(1))


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
