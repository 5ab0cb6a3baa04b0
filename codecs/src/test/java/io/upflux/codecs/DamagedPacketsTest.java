package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in which some packets of pictures are damaged, and nothing around them. */
class DamagedPacketsTest {
    private static final Set<Integer> DAMAGED = Set.of(4, 5, 17, 30, 31, 32, 44);

    @TempDir
    Path folder;

    /** Pictures that depend on no others show by their content whose time they have. */
    @Test
    void allOtherPicturesHaveTheirOwnTimes() throws IOException {
        Path clip = clip("-c:v", "mjpeg");
        List<VideoPacket> packets = VideoPacket.of(clip);
        Map<Long, Long> whole = read(clip, new Collected());
        assertThat(whole.keySet()).containsExactlyElementsOf(times(packets));
        damage(clip, packets);
        Collected notices = new Collected();

        Map<Long, Long> left = read(clip, notices);

        assertThat(times(packets)).containsSubsequence(left.keySet());
        assertThat(notices.warnings).anyMatch(line -> line.contains("damaged"));
        for (int i = 0; i < packets.size(); i++) {
            long pts = packets.get(i).pts();
            if (!DAMAGED.contains(i)) {
                assertThat(left).as("picture %d", i).containsEntry(pts, whole.get(pts));
            }
        }
    }

    /** Where pictures depend on each other, and are decoded in another order, those that are lost leave gaps. */
    @ParameterizedTest
    @ValueSource(strings = {"libopenh264 -g 10", "mpeg4 -g 12 -bf 2"})
    void noPictureHasTheTimeOfAnother(String encoder) throws IOException {
        Path clip = clip(("-c:v " + encoder).split(" "));
        List<VideoPacket> packets = VideoPacket.of(clip);
        damage(clip, packets);
        Collected notices = new Collected();

        Map<Long, Long> left = read(clip, notices);

        List<Long> times = times(packets).stream().sorted().toList();
        assertThat(times).containsSubsequence(left.keySet());
        assertThat(left).hasSizeBetween(packets.size() - 12 * DAMAGED.size(), packets.size());
        assertThat(notices.warnings).anyMatch(line -> line.contains("damaged"));
    }

    /** The decoder of MPEG-2 does not say that it finds no picture in a packet. */
    @ParameterizedTest
    @CsvSource({"10, 19, 10", "10, 13, 4", "40, 49, 10", "10, 12, 0"})
    void picturesThatADecoderSkipsWithoutAWordAreCounted(int first, int last, int counted) throws IOException {
        Path clip = folder.resolve("clip.mkv");
        String picture = "testsrc2=size=96x64:rate=25:duration=2";
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", picture, "-c:v", "mpeg2video", "-g", "12", "-bf", "2", clip.toString());
        List<VideoPacket> packets = VideoPacket.of(clip);
        byte[] bytes = Files.readAllBytes(clip);
        packets.subList(first, last + 1).forEach(packet -> packet.erase(bytes));
        Files.write(clip, bytes);
        Collected notices = new Collected();

        assertThat(read(clip, notices)).hasSize(packets.size() - (last - first + 1));

        assertThat(notices.warnings)
                .filteredOn(line -> line.contains("damaged"))
                .isEqualTo(
                        counted == 0
                                ? List.of()
                                : List.of(clip + ": " + counted
                                        + " damaged packet(s) or frame(s), skipped or concealed"));
    }

    /** At times that no rate has, so that one that is made up shows. */
    private Path clip(String... encoder) {
        Path clip = folder.resolve("clip.mkv");
        String[] command = {
            "-f", "lavfi", "-i",
                    "testsrc2=size=96x64:rate=25:duration=2,settb=1/1000,setpts=40*N+7*mod(N\\,3)+mod(N\\,5)",
            "-enc_time_base", "1/1000", "-fps_mode", "passthrough"
        };
        List<String> all = new java.util.ArrayList<>(List.of(command));
        all.addAll(List.of(encoder));
        all.add(clip.toString());
        FfmpegPrograms.ffmpeg(all.toArray(String[]::new));
        return clip;
    }

    private static List<Long> times(List<VideoPacket> packets) {
        return packets.stream().map(VideoPacket::pts).toList();
    }

    private static void damage(Path clip, List<VideoPacket> packets) throws IOException {
        byte[] bytes = Files.readAllBytes(clip);
        for (int index : DAMAGED) {
            if (index % 2 == 0) {
                packets.get(index).erase(bytes);
            } else {
                packets.get(index).garble(bytes);
            }
        }
        Files.write(clip, bytes);
    }

    /** Checksums of the pictures by their times, in the order in which they come. */
    private static Map<Long, Long> read(Path clip, Collected notices) {
        Map<Long, Long> pictures = new LinkedHashMap<>();
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), notices)) {
            source.frames(scope)
                    .doOnNext(frame -> {
                        assertThat(pictures).as("each time comes once").doesNotContainKey(frame.pts());
                        pictures.put(frame.pts(), checksum(frame));
                        frame.close();
                    })
                    .blockLast();
            assertThat(scope.outstanding()).isZero();
        }
        return pictures;
    }

    private static long checksum(VideoFrame frame) {
        CRC32 sum = new CRC32();
        for (Plane plane : frame.planes()) {
            for (int y = 0; y < plane.height(); y++) {
                ByteBuffer row = plane.data().duplicate();
                row.position(y * plane.stride()).limit(y * plane.stride() + plane.width());
                sum.update(row);
            }
        }
        return sum.getValue();
    }
}
