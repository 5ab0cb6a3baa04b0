#!/bin/sh
# Measures this machine's GPU; needs neither network nor Java. usage: run.sh [--twin PYTHON] [--output FOLDER]
#     [--cuda-libs DIR:DIR...] [--gpu KEY=VALUE,...] [what 'run.sh --help' lists]
#
# --twin measures the same networks in PyTorch in the same run, by a python that has it, with numpy and safetensors.
# --gpu passes precision=fp16|tf32|fp32, only=1 (refuse graphs that would run on the CPU in part), cuda.KEY=VALUE and
# trt.KEY=VALUE on to ONNX Runtime. CUDA's libraries are looked for where NVIDIA's packages and PyTorch put them.
set -eu

home=$(cd "$(dirname "$0")" && pwd -P)
output=$PWD/upflux-kit-results
twin=
libs=
gpu=
device=
size=
seconds=10
picture=128x64
set -- "$@" --
while [ "$1" != -- ]; do
    case $1 in
        --twin) twin=$2; shift 2; continue ;;
        --output) output=$2; shift 2; continue ;;
        --cuda-libs) libs=$2; shift 2; continue ;;
        --gpu) gpu=$2; shift 2; continue ;;
        --device) device=$2 ;;
        --size) size=$2 ;;
        --seconds) seconds=$2 ;;
        --picture-size) picture=$2 ;;
    esac
    set -- "$@" "$1"
    shift
done
shift
mkdir -p "$output"

# Where the loader does not look by itself. Folders with the CUDA that ONNX Runtime was built for come first, since cuDNN's
# libraries have one name for all of them.
cudart=$(grep -aoh 'libcudart\.so\.1[0-9]' "$home"/onnxruntime/*cuda* 2> /dev/null | head -n 1)
cudart=${cudart:-libcudart.so.12}
others=
offer() { # the folders of one installation, colons between
    [ -n "$1" ] || return 0
    if printf '%s\n' "$1" | tr : '\n' | while read -r folder; do [ ! -e "$folder/$cudart" ] || echo there; done | grep -q there; then
        libs=${libs:+$libs:}$1
    else
        others=${others:+$others:}$1
    fi
}
for folder in /usr/local/nvidia/lib64 /usr/local/cuda/lib64 /usr/local/cuda-*/lib64 /usr/lib/x86_64-linux-gnu/nvidia; do
    [ ! -d "$folder" ] || offer "$folder"
done
for python in $twin python3; do
    offer "$("$python" -c 'import glob, sys
print(":".join(d for p in sys.path for d in sorted(glob.glob(p + "/nvidia/*/lib") + glob.glob(p + "/tensorrt_libs"))))' 2> /dev/null)"
done
[ -n "$libs" ] || echo "no folder with $cudart was found; --cuda-libs names one" >&2
libs=$libs${others:+:$others}
# As the tool that tells how busy a GPU is counts them.
export CUDA_DEVICE_ORDER=PCI_BUS_ID
export UPFLUX_MODELS="$home/models" UPFLUX_CACHE="$output/cache" MALLOC_ARENA_MAX=2 LC_ALL=C.UTF-8
export CLASSPATH="$home/lib/*"

{
    date -u
    uname -a
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader 2> /dev/null || echo "no nvidia-smi"
    grep -m1 'model name' /proc/cpuinfo || true
    echo "libraries: $libs"
    echo "options: $* ${gpu:+--gpu $gpu}"
} > "$output/machine.txt"

java() {
    LD_LIBRARY_PATH="$libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$home/runtime/bin/java" -Xms256m -Xmx4g -XX:MaxDirectMemorySize=32g -XX:-UsePerfData -Djava.awt.headless=true \
        -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 \
        -Dorg.bytedeco.javacpp.cachedir="$output/cache/natives" \
        -Donnxruntime.native.path="$home/onnxruntime" ${gpu:+"-Dupflux.gpu=$gpu"} "$@"
}
java io.upflux.server.Main doctor 2> "$output/doctor.txt" > /dev/null || true
status=0
java io.upflux.benchmarks.gpu.Targets --output "$output" --pictures "$output/pictures" "$@" || status=$?
if [ -n "$twin" ]; then
    case $device in
        cpu) where=cpu ;;
        *:*) where=cuda:${device#*:} ;;
        *) where= ;;
    esac
    "$twin" "$home/twin/torch_twin.py" --models "$home/models" --seconds "$seconds" ${where:+--device "$where"} \
        ${size:+--size "$size"} --beside "$output/targets.json" --pictures "$output/pictures" \
        --picture-size "$picture" --json "$output/twin.json" ${TWIN_OPTIONS:-} > "$output/twin.md" || status=$?
    cat "$output/twin.md"
fi
echo "results are in $output" >&2
exit $status
