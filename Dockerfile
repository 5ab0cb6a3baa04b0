# docker build -t upflux .
# docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/data" upflux upscale clip.mp4 -o clip-x2.mp4
#
# --build-arg PROFILES=gpl builds with x264 and x265; the image then falls under the GPL. For NVIDIA GPUs name an image that has
# CUDA's libraries and cuDNN 9, too, and run it with --gpus all:
# docker build -t upflux:cuda12 --build-arg PROFILES=cuda12 --build-arg RUNTIME=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 .
ARG RUNTIME=eclipse-temurin:17-jre
FROM maven:3.9-eclipse-temurin-17 AS build
ARG PROFILES=
WORKDIR /src
COPY . .
RUN mvn -B -ntp -Dquick -DskipTests ${PROFILES:+-P$PROFILES} -pl server -am package

FROM ${RUNTIME}
RUN command -v java > /dev/null \
    || { apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless && rm -rf /var/lib/apt/lists/*; }
COPY --from=build /src/server/target/upflux /opt/upflux
RUN /opt/upflux/bin/archive-classes \
    && ln -s /opt/upflux/bin/upflux /usr/local/bin/upflux \
    && useradd --system --create-home --home-dir /var/lib/upflux upflux \
    && install -d -o upflux -g upflux /data \
    && install -d -m 1777 /var/cache/upflux
# Where JavaCPP unpacks FFmpeg, and where what was measured of networks and TensorRT's engines are kept: the defaults are in the
# home folder, which --user may take away.
ENV LANG=C.UTF-8 UPFLUX_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=/tmp/upflux-natives UPFLUX_CACHE=/var/cache/upflux
# The driver's libraries that decode and encode, beside those that compute.
ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility,video
VOLUME /var/cache/upflux
USER upflux
WORKDIR /data
ENTRYPOINT ["upflux"]
CMD ["--help"]
