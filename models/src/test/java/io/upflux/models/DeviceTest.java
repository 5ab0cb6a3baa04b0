package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.Device.Kind;
import io.upflux.models.onnx.Execution.Gpu;
import io.upflux.pipeline.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void parsesItsForms() {
        assertThat(Device.parse("auto")).isEqualTo(Device.AUTO);
        assertThat(Device.parse(" CPU ")).isEqualTo(Device.CPU);
        assertThat(Device.parse("cuda")).isEqualTo(new Device(Kind.CUDA, 0));
        assertThat(Device.parse("cuda:3")).isEqualTo(new Device(Kind.CUDA, 3)).hasToString("cuda:3");
        assertThat(Device.parse("tensorrt")).isEqualTo(new Device(Kind.TENSORRT, 0));
        assertThat(Device.parse("TensorRT:1")).hasToString("tensorrt:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "cuda:1234", "tensorrt:"})
    void refusesOthersInOneLine(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(StreamException.class)
                .hasMessage("device '" + text
                        + "' is unknown; use auto, cpu, cuda, tensorrt, cuda:INDEX or tensorrt:INDEX");
    }

    @Test
    void onlyAnExplicitWishForAGpuIsAsked() {
        assertThat(Device.AUTO.execution(2).gpu()).isEqualTo(Gpu.IF_PRESENT);
        assertThat(Device.CPU.execution(2).gpu()).isEqualTo(Gpu.NEVER);
        assertThat(Device.parse("cuda:1").execution(2).gpu()).isEqualTo(Gpu.CUDA);
        assertThat(Device.parse("tensorrt:1").execution(2).gpu()).isEqualTo(Gpu.TENSORRT);
        assertThat(Device.parse("cuda:1").execution(2).device()).isEqualTo(1);
    }
}
