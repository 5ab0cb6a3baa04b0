#!/bin/sh
# Measures this machine's GPU; needs neither network nor Java. usage: run.sh [--twin PYTHON] [--output FOLDER]
#     [--cuda-libs DIR:DIR...] [--gpu KEY=VALUE,...] [--limit SECONDS] [what 'run.sh --help' lists]
#
# --twin measures the same networks in PyTorch in the same run, by a python that has it, with numpy, onnx and safetensors.
# --gpu passes precision=fp16|tf32|fp32, only=1 (refuse graphs that would run on the CPU in part), cuda.KEY=VALUE,
# trt.KEY=VALUE, log=warning and profile=FOLDER on to ONNX Runtime. CUDA's libraries are looked for where NVIDIA's packages
# and PyTorch put them.
# Where there is a GPU it is measured or nothing, unless --device says otherwise. Each case runs by itself, --limit seconds
# at most (900), and what it gave is kept at once.
set -eu

home=$(cd "$(dirname "$0")" && pwd -P)
output=$PWD/upflux-kit-results
twin=
libs=
gpu=
device=
size=
cases=
limit=900
seconds=10
picture=128x64
set -- "$@" --
while [ "$1" != -- ]; do
    case $1 in
        --*=*)
            whole=$1
            shift
            set -- "${whole%%=*}" "${whole#*=}" "$@"
            continue ;;
        --twin) twin=$2; shift 2; continue ;;
        --output) output=$2; shift 2; continue ;;
        --cuda-libs) libs=$2; shift 2; continue ;;
        --gpu) gpu=$2; shift 2; continue ;;
        --limit) limit=$2; shift 2; continue ;;
        --case) cases=${cases:+$cases,}$2; shift 2; continue ;;
        --device) device=$2 ;;
        --size) size=$2 ;;
        --seconds) seconds=$2 ;;
        --picture-size) picture=$2 ;;
    esac
    set -- "$@" "$1"
    shift
done
shift
if [ -z "$device" ] && nvidia-smi -L 2> /dev/null | grep -q '^GPU '; then
    device=cuda
    set -- "$@" --device cuda
fi
if [ -n "$twin" ] && ! "$twin" "$home/twin/torch_twin.py" --help > /dev/null; then
    echo "run.sh: $twin does not start the twin, which imports torch, numpy, onnx and safetensors" >&2
    exit 2
fi
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

java() {
    LD_LIBRARY_PATH="$libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" timeout --foreground -k 10 "$limit" "$home/runtime/bin/java" \
        -Xms256m -Xmx4g -XX:MaxDirectMemorySize=32g -XX:-UsePerfData -Djava.awt.headless=true \
        -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 \
        -Dorg.bytedeco.javacpp.cachedir="$output/cache/natives" \
        -Donnxruntime.native.path="$home/onnxruntime" ${gpu:+"-Dupflux.gpu=$gpu"} "$@"
}
targets=io.upflux.benchmarks.gpu.Targets
for argument; do
    case $argument in
        -h | --help | -V | --version | --list) java $targets "$@"; exit 0 ;;
    esac
done

{
    date -u
    uname -a
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader 2> /dev/null || echo "no nvidia-smi"
    grep -m1 'model name' /proc/cpuinfo || true
    echo "libraries: $libs"
    echo "options: $* ${cases:+--case $cases} ${gpu:+--gpu $gpu}"
} > "$output/machine.txt"

java io.upflux.server.Main doctor 2> "$output/doctor.txt" > /dev/null || true
status=0
cases=${cases:-$(java $targets --list)}
rm -f "$output/targets.json" "$output/targets.md"
alike=
for case in $(printf '%s\n' "$cases" | tr , ' '); do
    ended=0
    java $targets --output "$output" --add --pictures "$output/pictures" --case "$case" "$@" > /dev/null || ended=$?
    case $ended in
        0) ;;
        124) echo "$case: ended after $limit seconds; --limit allows more" >&2 ;;
        137) echo "$case: killed, after $limit seconds or for want of memory" >&2 ;;
        *) echo "$case: ended with $ended" >&2 ;;
    esac
    [ $ended -eq 0 ] || status=$ended
    # The twin knows networks and sizes, whether or not their pictures move.
    same=${case%-still}
    same=${same%-streams}
    case " $alike " in
        *" $same "*) ;;
        *) alike="$alike $same" ;;
    esac
done
[ ! -e "$output/targets.md" ] || cat "$output/targets.md"
if [ -n "$twin" ]; then
    case $device in
        cpu) where=cpu ;;
        *:*) where=cuda:${device#*:} ;;
        cuda | tensorrt) where=cuda ;;
        *) where= ;;
    esac
    "$twin" "$home/twin/torch_twin.py" --models "$home/models" --seconds "$seconds" ${where:+--device "$where"} \
        --case $alike ${size:+--size "$size"} --beside "$output/targets.json" --pictures "$output/pictures" \
        --picture-size "$picture" --json "$output/twin.json" ${TWIN_OPTIONS:-} > "$output/twin.md" || status=$?
    cat "$output/twin.md"
fi
echo "results are in $output" >&2
exit $status
