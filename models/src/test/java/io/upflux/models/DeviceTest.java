package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.Device.Kind;
import io.upflux.models.onnx.Execution.Cuda;
import io.upflux.pipeline.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void parsesItsFourForms() {
        assertThat(Device.parse("auto")).isEqualTo(Device.AUTO);
        assertThat(Device.parse(" CPU ")).isEqualTo(Device.CPU);
        assertThat(Device.parse("cuda")).isEqualTo(new Device(Kind.CUDA, 0));
        assertThat(Device.parse("cuda:3")).isEqualTo(new Device(Kind.CUDA, 3)).hasToString("cuda:3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "cuda:1234"})
    void refusesOthersInOneLine(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(StreamException.class)
                .hasMessage("device '" + text + "' is unknown; use auto, cpu, cuda or cuda:INDEX");
    }

    @Test
    void onlyAnExplicitWishForCudaIsAsked() {
        assertThat(Device.AUTO.execution(2).cuda()).isEqualTo(Cuda.IF_PRESENT);
        assertThat(Device.CPU.execution(2).cuda()).isEqualTo(Cuda.NEVER);
        assertThat(Device.parse("cuda:1").execution(2).cuda()).isEqualTo(Cuda.ASKED);
        assertThat(Device.parse("cuda:1").execution(2).cudaDevice()).isEqualTo(1);
    }
}
