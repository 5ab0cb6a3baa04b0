package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.StreamState;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PreviewSocketTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(
                folder,
                "  halts: {source: '" + folder.resolve("clip.mp4")
                        + "', onDemand: true, model: adaformer-s-x2, halting: 0.95, reuse: off, governor: false}\n");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void allPicturesOfAFrameShareItsTime() {
        try (PreviewClient client = client("clip").wish("{'kinds':['map','upscaled','source'],'rate':20}")) {
            long before = 0;
            for (int i = 0; i < 3; i++) {
                PreviewClient.Message source = client.message();
                PreviewClient.Message upscaled = client.message();
                PreviewClient.Message map = client.message();
                assertThat(source.kind()).isEqualTo("source");
                assertThat(upscaled.kind()).isEqualTo("upscaled");
                assertThat(map.kind()).isEqualTo("map");
                for (String same : new String[] {"pts", "frame", "timeBase", "picture", "scale", "windows"}) {
                    assertThat(upscaled.head().get(same))
                            .isEqualTo(source.head().get(same));
                    assertThat(map.head().get(same)).isEqualTo(source.head().get(same));
                }
                assertThat(source.head().get("frame").asLong()).isGreaterThan(before);
                before = source.head().get("frame").asLong();
                size(source, 160, 90);
                size(upscaled, 320, 180);
                size(map, 20, 12);
                assertThat(source.head().get("mime").asText()).isEqualTo("image/jpeg");
                assertThat(map.head().get("mime").asText()).isEqualTo("image/png");
                assertThat(upscaled.head().get("latencyMillis").asDouble()).isBetween(0.0, 60_000.0);
                assertThat(distance(source.picture(), upscaled.picture())).isLessThan(12);
            }
        }
    }

    @Test
    void theMapCountsAsTheSharesDo() {
        try (PreviewClient client = client("clip").wish("{'kinds':['map']}")) {
            PreviewClient.Message map = client.message();
            BufferedImage picture = map.picture();
            double[] shares = new double[4];
            for (int y = 0; y < 12; y++) {
                for (int x = 0; x < 20; x++) {
                    Color window = new Color(picture.getRGB(x, y));
                    shares[window.getRed() / 85] += 1.0 / 240;
                    assertThat(window.getGreen()).as("a resizer does not halt").isZero();
                }
            }
            String[] names = {"unchanged", "updated", "computed", "new"};
            for (int i = 0; i < 4; i++) {
                assertThat(map.head().get("windows").get(names[i]).asDouble()).isCloseTo(shares[i], within(5.1e-5));
            }
            JsonNode region = map.head().get("region");
            assertThat(region.get("width").asInt()).isEqualTo(320);
            assertThat(region.get("height").asInt())
                    .as("twelve rows of windows")
                    .isEqualTo(192);
        }
    }

    @Test
    void theMapSaysHowDeepWindowsWent() {
        try (PreviewClient client = client("halts").wish("{'kinds':['map']}")) {
            BufferedImage map = client.message().picture();
            Set<Integer> depths = new TreeSet<>();
            for (int y = 0; y < map.getHeight(); y++) {
                for (int x = 0; x < map.getWidth(); x++) {
                    depths.add(green(map, x, y));
                }
            }
            assertThat(depths)
                    .as("some windows leave the network before others, none before the first block")
                    .hasSizeGreaterThan(1)
                    .allMatch(depth -> depth > 0 && depth <= 255);
        }
    }

    @Test
    void picturesAreWebPWhereThatIsWished() throws IOException {
        String wish = "{'kinds':['source','upscaled','map'],'mime':'image/webp'}";
        try (PreviewClient client = client("clip").wish(wish)) {
            PreviewClient.Message source = client.message();
            PreviewClient.Message upscaled = client.message();
            assertThat(distance(webp(source), webp(upscaled))).isLessThan(12);
            PreviewClient.Message map = client.message();
            assertThat(map.head().get("mime").asText()).isEqualTo("image/png");
            size(map, 20, 12);
        }
    }

    @Test
    void aRegionIsCutFromBothAtFullResolution() {
        String wish = "{'region':{'x':101,'y':41,'width':60,'height':50},'mime':'image/jpeg'}";
        try (PreviewClient client = client("clip").wish(wish)) {
            PreviewClient.Message source = client.message();
            PreviewClient.Message upscaled = client.message();
            size(source, 32, 26);
            size(upscaled, 64, 52);
            assertThat(upscaled.head().get("region")).isEqualTo(tree("{'x':100,'y':40,'width':64,'height':52}"));
            assertThat(source.head().get("region")).isEqualTo(upscaled.head().get("region"));
            assertThat(distance(source.picture(), upscaled.picture())).isLessThan(12);
        }
    }

    @Test
    void noPictureIsLargerThanWished() {
        try (PreviewClient client = client("clip").wish("{'size':100}")) {
            size(client.message(), 100, 56);
            size(client.message(), 100, 56);
        }
    }

    @Test
    void aNewWishReplacesTheLast() {
        try (PreviewClient client = client("clip").wish("{'kinds':['source'],'rate':0.01}")) {
            assertThat(client.message().kind()).isEqualTo("source");
            client.wish("{'kinds':['upscaled'],'rate':30,'size':64}");
            size(client.message(), 64, 36);
            client.wish("{'kinds':[]}").wish("{'kinds':['map']}");
            PreviewClient.Message next = client.message();
            while (!next.kind().equals("map")) {
                next = client.message();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            hello                                            | wishes are JSON objects
            [1]                                              | wishes are JSON objects
            {'fps':3}                                        | a wish has no key fps; there are kinds, rate, size, region, mime
            {'kinds':['depth']}                              | kinds is a list of source, upscaled and map
            {'kinds':'source'}                               | kinds is a list of source, upscaled and map
            {'rate':0}                                       | rate is 0.01 to 60 frames a second
            {'rate':'fast'}                                  | rate is 0.01 to 60 frames a second
            {'size':-1}                                      | size is a whole number of pixels, 0 to 16384
            {'size':1e300}                                   | size is a whole number of pixels, 0 to 16384
            {'region':{'x':0,'y':0,'width':8}}               | height of region is a whole number of pixels, 0 to 16384
            {'region':{'x':0,'y':0,'width':0,'height':8}}    | a region begins inside the picture and is at least one pixel
            {'mime':'image/gif'}                             | mime is image/jpeg or image/webp
            """)
    void whatIsWrongWithAWishIsSaid(String wish, String error) {
        try (PreviewClient client = client("clip").wish(wish)) {
            JsonNode answer = tree(client.text());
            assertThat(answer.get("type").asText()).isEqualTo("error");
            assertThat(answer.get("value").asText()).startsWith(error);
            client.wish("{'kinds':['source']}");
            assertThat(client.message().kind()).isEqualTo("source");
        }
    }

    @Test
    void aClientThatStallsGoesOnWithFramesOfNow() throws InterruptedException {
        LiveStream stream = server.streams().find("clip").orElseThrow();
        try (PreviewClient client = client("clip").wish("{'kinds':['upscaled'],'rate':60}")) {
            long first = client.message().head().get("frame").asLong();
            long stalled = stream.counters().out();
            while (stream.counters().out() < stalled + 150) {
                Thread.sleep(50);
            }
            long now = stream.counters().out();
            int old = 0;
            long frame = first;
            while (frame < now) {
                frame = client.message().head().get("frame").asLong();
                old++;
            }
            // What the system's buffers had taken, instead of a picture for every frame.
            assertThat(old).isLessThan(120);
        }
    }

    @Test
    void whoLooksKeepsAStreamOnDemandAlive() throws InterruptedException {
        LiveStream stream = server.streams().find("demand").orElseThrow();
        try (PreviewClient client = client("demand").wish("{'rate':20}")) {
            for (int i = 0; i < 60; i++) {
                client.message();
            }
            assertThat(stream.status().state()).isEqualTo(StreamState.LIVE);
        }
        for (int i = 0; stream.status().state() != StreamState.IDLE; i++) {
            assertThat(i).isLessThan(1500);
            Thread.sleep(20);
        }
    }

    @ParameterizedTest
    @CsvSource({"/api/preview, 400", "/api/preview?src=x, 404", "/api/preview?src=clip, 426"})
    void whatIsNoPreviewIsRefused(String path, int status) {
        assertThat(server.get(path).statusCode()).isEqualTo(status);
    }

    private static PreviewClient client(String stream) {
        return new PreviewClient(server.url("/api/preview?src=" + stream));
    }

    /** Java reads none. */
    private static BufferedImage webp(PreviewClient.Message message) throws IOException {
        assertThat(message.head().get("mime").asText()).isEqualTo("image/webp");
        assertThat(new String(message.bytes(), 8, 4, StandardCharsets.US_ASCII)).isEqualTo("WEBP");
        Path file = Files.write(folder.resolve(message.kind() + ".webp"), message.bytes());
        Path png = folder.resolve(message.kind() + ".png");
        FfmpegPrograms.ffmpeg("-y", "-i", file.toString(), png.toString());
        return ImageIO.read(png.toFile());
    }

    private static void size(PreviewClient.Message message, int width, int height) {
        assertThat(message.head().get("width").asInt()).isEqualTo(width);
        assertThat(message.head().get("height").asInt()).isEqualTo(height);
        assertThat(message.picture().getWidth()).isEqualTo(width);
        assertThat(message.picture().getHeight()).isEqualTo(height);
    }

    /** Mean difference of the smaller picture from the larger one's means over as many blocks, in codes. */
    private static double distance(BufferedImage small, BufferedImage large) {
        int scale = large.getWidth() / small.getWidth();
        double sum = 0;
        for (int y = 0; y < small.getHeight(); y++) {
            for (int x = 0; x < small.getWidth(); x++) {
                double mean = 0;
                for (int i = 0; i < scale * scale; i++) {
                    mean += green(large, scale * x + i % scale, scale * y + i / scale);
                }
                sum += Math.abs(mean / (scale * scale) - green(small, x, y));
            }
        }
        return sum / small.getWidth() / small.getHeight();
    }

    private static int green(BufferedImage picture, int x, int y) {
        return new Color(picture.getRGB(x, y)).getGreen();
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json.replace('\'', '"'));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
