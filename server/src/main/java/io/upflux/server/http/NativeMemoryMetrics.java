package io.upflux.server.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.upflux.server.process.Malloc;

/** What monitoring sees of memory that is neither the JVM's own nor Netty's; nothing where the C library does not tell. */
final class NativeMemoryMetrics {
    private NativeMemoryMetrics() {}

    static void bindTo(MeterRegistry registry) {
        if (Malloc.inUse() > 0) {
            Gauge.builder("upflux.process.malloc", Malloc::inUse)
                    .baseUnit(BaseUnits.BYTES)
                    .description("Memory that malloc has given out, to FFmpeg and ONNX Runtime above all")
                    .register(registry);
        }
    }
}
