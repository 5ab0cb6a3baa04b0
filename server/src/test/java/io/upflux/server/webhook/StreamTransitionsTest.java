package io.upflux.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.live.StreamState;
import io.upflux.server.live.StreamStatus;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamTransitionsTest {
    private final StreamTransitions transitions = new StreamTransitions();

    @Test
    void whatAStreamComesToIsToldOnce() {
        assertThat(look(cam(StreamState.STARTING, null))).isEmpty();
        assertThat(look(cam(StreamState.CONNECTING, null))).isEmpty();
        assertThat(look(cam(StreamState.LIVE, null))).containsExactly("cam live null");
        assertThat(look(cam(StreamState.LIVE, null))).isEmpty();
        assertThat(look(cam(StreamState.WAITING, "lost"))).containsExactly("cam waiting lost");
        assertThat(look(cam(StreamState.CONNECTING, "lost"))).isEmpty();
        assertThat(look(cam(StreamState.WAITING, "refused"))).as("still").isEmpty();
        assertThat(look(cam(StreamState.LIVE, null))).containsExactly("cam live null");
        assertThat(look(cam(StreamState.IDLE, null))).containsExactly("cam idle null");
        assertThat(look(cam(StreamState.FAILED, "no model"))).containsExactly("cam failed no model");
    }

    @Test
    void oneThatIsGoneIsClosedAndMayComeAgain() {
        assertThat(look(cam(StreamState.LIVE, null), status("yard", StreamState.IDLE, null)))
                .containsExactly("cam live null", "yard idle null");
        assertThat(look(cam(StreamState.CLOSED, null), status("yard", StreamState.IDLE, null)))
                .as("on its way out, or the server is")
                .isEmpty();
        assertThat(look(status("yard", StreamState.IDLE, null))).containsExactly("cam closed null");
        assertThat(look(status("yard", StreamState.IDLE, null))).isEmpty();
        assertThat(look(cam(StreamState.LIVE, null), status("yard", StreamState.IDLE, null)))
                .containsExactly("cam live null");
    }

    private List<String> look(StreamStatus... now) {
        return transitions.look(Arrays.asList(now)).stream()
                .map(event -> event.name() + " " + event.state() + " " + event.error())
                .toList();
    }

    private static StreamStatus cam(StreamState state, @Nullable String error) {
        return status("cam", state, error);
    }

    private static StreamStatus status(String name, StreamState state, @Nullable String error) {
        return new StreamStatus(name, state, error, "", null, null, 0, 0, 0, 0);
    }
}
