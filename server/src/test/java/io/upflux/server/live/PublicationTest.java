package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

@Timeout(30)
class PublicationTest {
    private final AtomicLong sent = new AtomicLong();
    private final Publication publication = new Publication(Duration.ofMillis(100));

    /** Sends as fast as it may. */
    private void send(long pieces) {
        Flux.range(0, Math.toIntExact(pieces))
                .map(i -> new byte[] {i.byteValue(), 1, 2})
                .doOnNext(piece -> sent.incrementAndGet())
                .subscribe(publication);
    }

    @Test
    void theSenderWaitsForWhoReads() throws IOException {
        send(1000);
        assertThat(sent).as("nothing is read").hasValue(16);
        ByteBuffer target = ByteBuffer.allocate(2);
        publication.read(target);
        assertThat(sent).as("half of a piece").hasValue(16);
        publication.read(target.clear());
        assertThat(sent).as("all of it").hasValue(17);
    }

    @Test
    void nothingIsLostAndTheEndIsSaid() throws IOException {
        send(1000);
        ByteBuffer all = ByteBuffer.allocate(4000);
        while (publication.read(all) >= 0) {}
        assertThat(all.position()).isEqualTo(3000);
        assertThat(all.get(2997)).isEqualTo((byte) 999);
    }

    @Test
    void aSenderWhoIsSilentIsNotWaitedForForEver() {
        Flux.<byte[]>never().subscribe(publication);
        assertThatThrownBy(() -> publication.read(ByteBuffer.allocate(1))).hasMessage("nothing came for 0 s");
    }

    @Test
    void whoClosesHasTheSenderStop() throws IOException {
        AtomicLong cancelled = new AtomicLong();
        Flux.<byte[]>never().doOnCancel(cancelled::incrementAndGet).subscribe(publication);
        publication.close();
        assertThat(cancelled).hasValue(1);
        assertThat(publication.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
}
