package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.upflux.server.config.Secret;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinksTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String SECRET = "0123456789abcdef";
    private static final String PARAMETERS = links(SECRET, NOW).parameters("cam", NOW.plusSeconds(60));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/live/cam/index.m3u8?",
                "/live/cam/part-7.m4s?",
                "/live/cam.ts?",
                "/live/cam.mp4?",
                "/live/cam/media.m3u8?_HLS_msn=3&",
                "/api/ws?src=cam&",
                "/api/preview?src=cam&",
                "/api/frame.jpeg?src=cam&",
                "/api/stream.mjpeg?src=cam&"
            })
    void aLinkOpensItsStream(String address) {
        assertThat(open(links(SECRET, NOW), address + PARAMETERS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/streams?",
                "/api/v1/streams/cam?",
                "/metrics?",
                "/ingest/cam?",
                "/?",
                "/live/?",
                "/api/ws?"
            })
    void andNothingElse(String address) {
        assertThat(open(links(SECRET, NOW), address + PARAMETERS)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/live/camera/index.m3u8?", "/live/ca.ts?", "/live/cam.ts/index.m3u8?", "/api/ws?src=camera&"})
    void otherStreamsStayClosed(String address) {
        assertThatThrownBy(() -> open(links(SECRET, NOW), address + PARAMETERS))
                .isInstanceOf(Problem.class)
                .hasMessage("this link is not signed for this stream");
    }

    @Test
    void whatIsChangedIsRefused() {
        String address = "/live/cam/index.m3u8?";
        Links links = links(SECRET, NOW);
        String later = PARAMETERS.replaceFirst("expires=([0-9]+)", "expires=9$1");
        assertThat(later).isNotEqualTo(PARAMETERS);
        for (String parameters :
                new String[] {later, PARAMETERS + "A", "expires=1&signature=", "expires=x&signature=y"}) {
            assertThatThrownBy(() -> open(links, address + parameters)).isInstanceOf(Problem.class);
        }
        assertThat(open(links, address + PARAMETERS + "&expires=1")).isFalse();
        assertThat(open(links(null, NOW), address + PARAMETERS)).isFalse();
        assertThatThrownBy(() -> open(links("another secret of 32 characters!", NOW), address + PARAMETERS))
                .isInstanceOf(Problem.class);
    }

    @Test
    void withoutASecretThereAreNone() {
        assertThatThrownBy(() -> links(null, NOW).parameters("cam", NOW))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("there are no links");
    }

    @Test
    void itsTimeEnds() {
        assertThat(open(links(SECRET, NOW.plusSeconds(59)), "/live/cam.ts?" + PARAMETERS))
                .isTrue();
        assertThatThrownBy(() -> open(links(SECRET, NOW.plusSeconds(60)), "/live/cam.ts?" + PARAMETERS))
                .isInstanceOf(Problem.class)
                .hasMessage("this link has expired");
    }

    private static Links links(@Nullable String secret, Instant now) {
        return new Links(secret == null ? null : new Secret(secret), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static boolean open(Links links, String address) {
        QueryStringDecoder decoded = new QueryStringDecoder(address);
        return links.open(decoded.path(), decoded.parameters());
    }
}
