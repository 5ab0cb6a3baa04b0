# docker build -t upflux .
# docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/data" upflux upscale clip.mp4 -o clip-x2.mp4
#
# --build-arg PROFILES=gpl builds with x264 and x265; the image then falls under the GPL.
FROM maven:3.9-eclipse-temurin-17 AS build
ARG PROFILES=
WORKDIR /src
COPY . .
RUN mvn -B -ntp -Dquick -DskipTests ${PROFILES:+-P$PROFILES} -pl server -am package

FROM eclipse-temurin:17-jre
COPY --from=build /src/server/target/upflux /opt/upflux
RUN /opt/upflux/bin/archive-classes \
    && ln -s /opt/upflux/bin/upflux /usr/local/bin/upflux \
    && useradd --system --create-home --home-dir /var/lib/upflux upflux \
    && install -d -o upflux -g upflux /data
# Where JavaCPP unpacks FFmpeg; the default is the home folder, which --user may take away.
ENV LANG=C.UTF-8 UPFLUX_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=/tmp/upflux-natives
USER upflux
WORKDIR /data
ENTRYPOINT ["upflux"]
CMD ["--help"]
