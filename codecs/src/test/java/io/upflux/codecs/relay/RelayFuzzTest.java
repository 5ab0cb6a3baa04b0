package io.upflux.codecs.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.upflux.buffer.NativeScope;
import io.upflux.codecs.InputLimits;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class RelayFuzzTest {
    private static final InputLimits SMALL = InputLimits.USUAL.withPixels(1 << 16);

    @FuzzTest
    void anyBytesArePicturesOrRefusedAndAllIsGivenBack(byte[] bytes) {
        long before = NativeScope.allocated();
        NativeScope scope = new NativeScope();
        try (RelayReader reader = new RelayReader("relay", new ByteArrayInputStream(bytes), SMALL, Notices.none())) {
            for (VideoFrame frame = reader.next(scope); frame != null; frame = reader.next(scope)) {
                frame.close();
            }
        } catch (IOException | StreamException refused) {
            assertThat(refused.getMessage() == null ? "" : refused.getMessage()).doesNotContainPattern("\\p{Cc}");
        } finally {
            scope.close();
        }
        assertThat(NativeScope.allocated()).isEqualTo(before);
    }
}
