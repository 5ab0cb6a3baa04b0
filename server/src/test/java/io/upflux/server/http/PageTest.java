package io.upflux.server.http;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocket;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.upflux.codecs.FfmpegPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page in a real browser. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // set before each test
class PageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MILLIS = 90_000;

    @TempDir
    static Path folder;

    private static TestServer server;
    private static Chromium chromium;

    private final List<String> errors = new ArrayList<>();
    private final List<String> foreign = new ArrayList<>();
    private final List<String> wishes = new ArrayList<>();
    private final List<JsonNode> previews = new ArrayList<>();
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void start() {
        Optional<Path> program = Chromium.find();
        if (program.isEmpty()) {
            System.out.println(
                    "PageTest is skipped: there is no chromium, chromium-browser or google-chrome on the PATH");
        }
        assumeTrue(program.isPresent(), "no browser");
        String halting = "  halts: {source: '" + folder.resolve("clip.mp4")
                + "', onDemand: true, model: adaformer-s-x2," + " halting: 0.95, governor: false}\n";
        server = new TestServer(folder, halting + "jobs: {folder: " + folder.resolve("jobs") + "}\n");
        server.get("/live/clip/index.m3u8");
        chromium = Chromium.open(program.get());
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
            server.close();
        }
    }

    @BeforeEach
    void open() {
        context = chromium.browser().newContext();
        page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                errors.add(message.text());
            }
        });
        page.onPageError(errors::add);
        page.onRequest(request -> {
            if (!request.url().startsWith(server.url("/")) && !request.url().startsWith("blob:")) {
                foreign.add(request.url());
            }
        });
        page.onWebSocket(this::listen);
        page.navigate(server.url("/"));
    }

    @AfterEach
    void close() {
        context.close();
        assertThat(errors).as("errors of the page").isEmpty();
        assertThat(foreign).as("requests to elsewhere").isEmpty();
    }

    private void listen(WebSocket socket) {
        if (!socket.url().contains("/api/preview")) {
            return;
        }
        socket.onFrameSent(frame -> wishes.add(frame.text()));
        socket.onFrameReceived(frame -> {
            byte[] message = frame.binary();
            try {
                previews.add(JSON.readTree(
                        message, Integer.BYTES, ByteBuffer.wrap(message).getInt()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void streamsAreListedWithTheirStates() {
        Locator clip = page.locator("#streams li")
                .filter(new Locator.FilterOptions().setHasText("clip"))
                .first();
        assertThat(clip).containsText("live");
        assertThat(clip).containsText("320×180");
        assertThat(page.locator("#streams")).containsText("no such file");
        assertThat(page.locator("#watch-title")).hasText("clip");
        until("document.querySelector('#graphs path').getAttribute('d')?.includes('L')");
        assertThat(page.locator("#graphs")).containsText("Windows reused");
    }

    @Test
    void anAddressThatNamesNothingShowsTheFirstStream() {
        page.navigate(server.url("/?#%"));
        assertThat(page.locator("#watch-title")).hasText("clip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hls", "mse"})
    void videoGoesOnInFullSize(String way) {
        choose("way", way);
        until("document.getElementById('video').currentTime > 0 && !document.getElementById('video').paused");
        page.evaluate("window.began = document.getElementById('video').currentTime");
        until("document.getElementById('video').currentTime > window.began + 2");
        assertThat(page.evaluate(
                        "[document.getElementById('video').videoWidth, document.getElementById('video').videoHeight]"))
                .isEqualTo(List.of(320, 180));
    }

    @Test
    void whatTheBrowserFailsToDecodeIsAskedForAnew() {
        choose("way", "mse");
        until("document.getElementById('video').currentTime > 0");
        page.evaluate("window.before = document.getElementById('video').src");
        page.evaluate("document.getElementById('video').dispatchEvent(new Event('error'))");
        until(
                "document.getElementById('video').src != window.before && document.getElementById('video').currentTime > 0");
    }

    @Test
    void whatTheBrowserCannotPlayIsSaid() {
        page.evaluate("""
                () => {
                  MediaSource.prototype.addSourceBuffer = () => { throw new DOMException('no', 'NotSupportedError'); };
                }
                """);
        choose("way", "mse");
        assertThat(page.locator("#watch")).containsText("This browser cannot play video/mp4; codecs=");
    }

    @Test
    void bothSidesOfTheWipeAreOfOneTime() {
        compare();
        page.waitForCondition(() -> previews.size() >= 12);
        Map<Long, Set<String>> kinds = new TreeMap<>();
        Map<Long, Set<Long>> times = new TreeMap<>();
        for (JsonNode preview : previews.subList(0, 12)) {
            long frame = preview.get("frame").asLong();
            kinds.computeIfAbsent(frame, key -> new TreeSet<>())
                    .add(preview.get("kind").asText());
            times.computeIfAbsent(frame, key -> new HashSet<>())
                    .add(preview.get("pts").asLong());
        }
        assertThat(kinds.values()).first().isEqualTo(Set.of("source", "upscaled"));
        assertThat(times.values()).allMatch(pts -> pts.size() == 1);
        assertThat(times).hasSizeGreaterThan(3);
    }

    @Test
    void theWipeFollowsMouseAndKeys() {
        compare();
        Locator handle = page.locator("[role=slider]");
        handle.focus();
        page.keyboard().press("Space");
        assertThat(page.locator("#freeze")).hasAttribute("aria-pressed", "true");
        page.keyboard().press("Home");
        assertThat(handle).hasAttribute("aria-valuenow", "0");
        String upscaled = picture();
        page.keyboard().press("ArrowRight");
        assertThat(handle).hasAttribute("aria-valuenow", "2");
        page.keyboard().press("End");
        assertThat(handle).hasAttribute("aria-valuetext", "100 % source, 0 % upscaled");
        String source = picture();
        assertThat(source).isNotEqualTo(upscaled);

        com.microsoft.playwright.options.BoundingBox box = page.locator("#wipe").boundingBox();
        page.mouse().move(box.x + box.width * 0.99, box.y + box.height / 2);
        page.mouse().down();
        page.mouse().move(box.x + box.width * 0.25, box.y + box.height / 2);
        page.mouse().up();
        assertThat(handle).hasAttribute("aria-valuenow", "25");
        assertThat(picture()).isNotIn(source, upscaled);
        page.keyboard().press("Home");
        assertThat(picture()).isEqualTo(upscaled);
    }

    @Test
    void zoomAsksForAPartAtFullResolution() {
        compare();
        page.locator("[role=slider]").focus();
        page.keyboard().press("+");
        page.keyboard().press("+");
        page.keyboard().press("+");
        page.keyboard().press("+");
        page.waitForCondition(() -> previews.stream()
                .anyMatch(preview -> preview.get("kind").asText().equals("upscaled")
                        && preview.get("region").get("width").asInt() < 200
                        && preview.get("region").get("width").equals(preview.get("width"))));
        assertThat(page.locator("#zoom-level")).containsText("%");
        page.keyboard().press("0");
        assertThat(page.locator("#zoom-level")).hasText("fit");
        assertThat(wishes.get(wishes.size() - 1)).doesNotContain("region");
    }

    @Test
    void theOverlayShowsWhatBecameOfWindows() {
        compare();
        choose("overlay", "reuse");
        assertThat(page.locator("#legend")).containsText("computed");
        choose("overlay", "halting");
        assertThat(page.locator("#legend")).containsText("Nothing halts here");
        assertThat(previews).anyMatch(preview -> preview.get("kind").asText().equals("map"));
    }

    @Test
    void theOverlayShowsHowDeepWindowsWent() {
        page.navigate(server.url("/?#halts"));
        assertThat(page.locator("#watch-title")).hasText("halts");
        compare();
        choose("overlay", "halting");
        assertThat(page.locator("#legend")).containsText("the more blocks");
    }

    @Test
    void aFileIsUpscaledWatchedDownloadedAndDeleted() {
        Path clip = folder.resolve("holiday.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=3", "-c:v", "libopenh264", clip.toString());
        page.locator("#upload input[type=file]").setInputFiles(clip);
        Locator job = page.locator("#jobs li").filter(new Locator.FilterOptions().setHasText("holiday.mp4"));
        assertThat(job.locator(".state")).hasText("done");
        assertThat(job).containsText("75 of 75 frames");

        job.locator("[data-does=Watch]").click();
        assertThat(page.locator("#watch-title")).hasText("holiday.mp4");
        until(
                "document.getElementById('video').videoWidth == 192 && document.getElementById('video').currentTime > 0.5");

        Path fetched = folder.resolve("fetched.mp4");
        page.waitForDownload(() -> job.locator("[data-does=Download]").click()).saveAs(fetched);
        assertThat(FfmpegPrograms.ffprobe(
                        "-v", "quiet", "-show_entries", "stream=width,height", "-of", "csv=p=0", fetched.toString()))
                .startsWith("192,128");

        job.locator("button[data-does=Delete]").click();
        assertThat(job).hasCount(0);
    }

    @Test
    void aFileIsSeenAsItComes() {
        // So long that it is not over before its second picture was looked at.
        Path clip = folder.resolve("long.mp4");
        FfmpegPrograms.ffmpeg(
                "-stream_loop",
                "99",
                "-i",
                folder.resolve("clip.mp4").toString(),
                "-an",
                "-c",
                "copy",
                clip.toString());
        page.locator("#upload input[type=file]").setInputFiles(clip);
        Locator job = page.locator("#jobs li").filter(new Locator.FilterOptions().setHasText("long.mp4"));
        Locator picture = job.locator("img");
        assertThat(picture).isVisible();
        assertThat(picture.evaluate("img => img.naturalWidth")).isEqualTo(320);
        String before = picture.getAttribute("src");
        page.waitForCondition(() -> !picture.getAttribute("src").equals(before));
        assertThat(picture).hasAttribute("alt", Pattern.compile("long.mp4, frame \\d+"));

        job.locator("[data-does=Cancel]").click();
        assertThat(job.locator(".state")).hasText("cancelled");
        assertThat(picture).isHidden();
        job.locator("button[data-does=Delete]").click();
        assertThat(job).hasCount(0);
    }

    @Test
    void aStreamIsAddedWatchedAndRemoved() {
        page.locator("summary")
                .filter(new Locator.FilterOptions().setHasText("Add a stream"))
                .click();
        page.locator("#add input[name=name]").fill("added");
        page.locator("#add input[name=source]").fill(folder.resolve("clip.mp4").toString());
        page.locator("#add button").click();
        Locator added = page.locator("#streams li").filter(new Locator.FilterOptions().setHasText("added"));
        assertThat(added).containsText("live");
        added.locator("button, a").first().click();
        assertThat(page.locator("#watch-title")).hasText("added");
        page.onDialog(dialog -> dialog.accept());
        page.locator("#remove").click();
        assertThat(added).hasCount(0);
    }

    @Test
    void itFitsAPhoneAndTheDark() {
        page.setViewportSize(360, 740);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        compare();
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(15, 18, 21)");
    }

    @Test
    void everythingThatCanBeUsedHasAName() {
        compare();
        Object nameless = page.evaluate("""
                [...document.querySelectorAll('button, input, select, a, [role=slider], fieldset')]
                  .filter(item => item.offsetParent && !(item.textContent?.trim() || item.ariaLabel || item.labels?.length
                    || item.querySelector?.('legend')))
                  .map(item => item.outerHTML)
                """);
        assertThat((List<?>) nameless).isEmpty();
    }

    private void compare() {
        choose("view", "compare");
        until("document.getElementById('wipe').dataset.pts");
    }

    /** Unlike Playwright's own way, this one needs no eval() in the page, which its policy forbids. */
    private void until(String expression) {
        page.waitForCondition(() -> Boolean.TRUE.equals(page.evaluate("Boolean(" + expression + ")")));
    }

    /** Radio buttons are hidden under what is drawn for them, so Playwright does not wait for the page to show them. */
    private void choose(String name, String value) {
        page.locator("#watch").waitFor();
        page.locator("input[name=" + name + "][value=" + value + "]").check(new Locator.CheckOptions().setForce(true));
    }

    /** What is painted, once it is. */
    private String picture() {
        return (String) page.evaluate("""
                new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
                  () => done(document.querySelector('#wipe canvas').toDataURL()))))
                """);
    }
}
