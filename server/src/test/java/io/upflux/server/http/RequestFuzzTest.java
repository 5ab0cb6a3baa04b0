package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class RequestFuzzTest {
    private static final int SIZE = 1000;

    @FuzzTest
    void anyRangeLiesInItsFileOrIsRefused(byte[] field) {
        ByteRange range;
        try {
            range = ByteRange.of(new String(field, StandardCharsets.ISO_8859_1), SIZE);
        } catch (Problem refused) {
            return;
        }
        if (range != null) {
            assertThat(range.first()).isBetween(0L, SIZE - 1L);
            assertThat(range.length()).isBetween(1L, SIZE - range.first());
        }
    }

    @FuzzTest
    void anyMessageIsAWishOrRefused(byte[] message) {
        try {
            PreviewRequest request = PreviewRequest.parse(new String(message, StandardCharsets.UTF_8));
            assertThat(request.period()).isPositive();
        } catch (Problem refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
