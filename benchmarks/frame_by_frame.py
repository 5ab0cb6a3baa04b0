"""What most people write first: PyAV, ONNX Runtime, one frame after the other.

The yardstick for `upflux bench`: same model file, same clip, same encoder settings, same cores.

    pip install av numpy onnxruntime
    python benchmarks/frame_by_frame.py IN.mp4 OUT.mkv MODEL.onnx [--encoder libsvtav1] [--option preset=10 ...]

Prints one JSON object with the frames, the seconds from opening the input to the finished output, and both per stage.
"""

import argparse
import json
import os
import time
from fractions import Fraction

import av
import numpy as np
import onnxruntime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("model")
    parser.add_argument("--encoder", default="libsvtav1")
    parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--frames", type=int, help="stop after so many")
    arguments = parser.parse_args()

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    session = onnxruntime.InferenceSession(arguments.model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    stages = dict.fromkeys(("decode", "infer", "convert", "encode"), 0.0)
    frames = 0
    start = time.perf_counter()
    with av.open(arguments.input) as source, av.open(arguments.output, "w") as target:
        video = source.streams.video[0]
        video.thread_type = "AUTO"
        output = None
        decoded = iter(source.decode(video))
        while arguments.frames is None or frames < arguments.frames:
            t0 = time.perf_counter()
            frame = next(decoded, None)
            t1 = time.perf_counter()
            if frame is None:
                break
            rgb = frame.to_ndarray(format="rgb24")
            low = np.ascontiguousarray(rgb.transpose(2, 0, 1)[None], dtype=np.float32) / 255.0
            t2 = time.perf_counter()
            high = session.run(None, {name: low})[0][0]
            t3 = time.perf_counter()
            picture = (high.clip(0, 1) * 255.0 + 0.5).astype(np.uint8).transpose(1, 2, 0)
            upscaled = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            upscaled = upscaled.reformat(format="yuv420p")
            # Bare streams have no times.
            timed = frame.pts is not None
            upscaled.pts = frame.pts if timed else frames
            upscaled.time_base = frame.time_base if timed else 1 / (video.average_rate or Fraction(25))
            t4 = time.perf_counter()
            if output is None:
                output = target.add_stream(
                    arguments.encoder,
                    rate=video.average_rate or Fraction(25),
                    options=dict(option.split("=", 1) for option in arguments.option),
                )
                output.width, output.height, output.pix_fmt = upscaled.width, upscaled.height, "yuv420p"
            target.mux(output.encode(upscaled))
            t5 = time.perf_counter()
            frames += 1
            for stage, seconds in zip(stages, (t1 - t0, t3 - t2, t2 - t1 + t4 - t3, t5 - t4), strict=True):
                stages[stage] += seconds
        if output is not None:
            target.mux(output.encode(None))
    seconds = time.perf_counter() - start
    print(json.dumps({"frames": frames, "seconds": round(seconds, 3), "fps": round(frames / seconds, 3),
                      "stages": {stage: round(spent, 3) for stage, spent in stages.items()}}))


if __name__ == "__main__":
    main()
