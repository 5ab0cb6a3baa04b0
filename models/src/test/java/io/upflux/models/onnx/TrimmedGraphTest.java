package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.upflux.models.onnx.Execution.Gpu;
import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.Tile;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrimmedGraphTest {
    private static final TileShape SHAPE = new TileShape(1, 48, 32);
    private static final float[] SAMPLES = samples();

    @ParameterizedTest
    @CsvSource({
        "adaformer-s-x2, false, hr;context",
        "adaformer-v-s-x2, false, hr;context;features",
        "adaformer-v-s-x2, true, hr;context",
        "plain-m-x2, false, hr;features",
        "plain-m-x2, true, hr"
    })
    void outputsThatNobodyReadsAreLeftOutAndThePictureStaysAsItIs(String name, boolean bare, String read)
            throws OrtException {
        ModelFiles files = NamedModels.files(name);
        try (Weights weights = files.weights()) {
            SessionFactory factory = new SessionFactory(ModelGraphs.of(files).main(), weights, 1);
            try (OrtSession whole = factory.anyShape(Provider.CPU);
                    OrtSession trimmed = factory.of(Provider.CPU, new Form(SHAPE, null, bare))) {
                assertThat(trimmed.getOutputNames()).containsExactlyInAnyOrder(read.split(";"));
                // What makes sessions of one shape differ from those of any is rounded otherwise.
                Agreement.close(picture(trimmed), picture(whole), 1e-5f);
            }
        }
    }

    @Test
    void estimatorsOfConfidenceStayWhereWindowsAreJudged() throws OrtException {
        ModelFiles files = NamedModels.files("adaformer-v-s-x2");
        PassGraph body = ModelGraphs.of(files).get(Pass.BODY);
        assertThat(body).isNotNull();
        try (Weights weights = files.weights()) {
            for (boolean judges : new boolean[] {false, true}) {
                try (OrtSession session =
                        new SessionFactory(body, weights, 1, judges).of(Provider.CPU, Form.ofSamples(SHAPE))) {
                    assertThat(session.getOutputNames().contains("confidence")).isEqualTo(judges);
                }
            }
        }
    }

    @Test
    void whatLedToThemIsLeftOutToo() {
        ByteBuffer whole = ModelGraphs.of(NamedModels.files("adaformer-s-x2"))
                .main()
                .file()
                .bytes();
        byte[] trimmed = TrimmedGraph.of(whole, Set.of("hr", "context"));
        assertThat(nodes(ByteBuffer.wrap(trimmed))).hasSizeLessThan(nodes(whole).size() - 50);
        assertThat(TrimmedGraph.of(whole, Set.of("hr", "context", "confidence")))
                .isEqualTo(all(whole));
    }

    @Test
    void graphsWithinNodesUseWhatIsAroundThem() {
        ProtoWriter within =
                new ProtoWriter().message(1, node("Neg", "a", "b")).message(12, new ProtoWriter().text(1, "c"));
        ProtoWriter branch = node("If", "which", "out").message(5, new ProtoWriter().message(6, within));
        ProtoWriter graph = new ProtoWriter()
                .message(1, node("Abs", "in", "a"))
                .message(1, node("Exp", "in", "c"))
                .message(1, node("Log", "in", "dead"))
                .message(1, branch)
                .message(12, new ProtoWriter().text(1, "dead"))
                .message(12, new ProtoWriter().text(1, "out"));
        byte[] trimmed = TrimmedGraph.of(
                ByteBuffer.wrap(new ProtoWriter().message(7, graph).toBytes()), Set.of("out"));
        assertThat(nodes(ByteBuffer.wrap(trimmed))).containsExactly("Abs", "Exp", "If");
    }

    @Test
    void featuresAreMadeOnceSomebodyKeepsThem() {
        ModelFiles files = NamedModels.files("plain-m-x2");
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        Execution cpu = new Execution(Gpu.NEVER, 0, 1);
        try (OnnxResolver resolver = (OnnxResolver)
                        OnnxResolver.open(files, "test", contract, cpu, OptionalDouble.empty(), Notices.none());
                TileBatch batch = resolver.newBatch(SHAPE);
                PictureMemory memory = resolver.newMemory(48, 32)) {
            batch.input().put(0, SAMPLES);
            resolver.upscale(batch, PictureContext.NONE);
            float[] bare = taken(batch);
            Placed placed = new Placed(batch, List.of(new Place(0, new Tile(0, 0, 0, 0, 48, 32))));
            resolver.upscale(List.of(placed), List.of(), PictureContext.NONE, memory);
            assertThat(taken(batch)).isEqualTo(bare);
            assertThat(resolver.openSessions()).isEqualTo(2);
            resolver.upscale(batch, PictureContext.NONE);
            assertThat(taken(batch)).isEqualTo(bare);
        }
    }

    private static ProtoWriter node(String operator, String input, String output) {
        return new ProtoWriter().text(1, input).text(2, output).text(4, operator);
    }

    private static float[] samples() {
        Random random = new Random(1);
        float[] samples = new float[3 * 48 * 32];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = random.nextFloat();
        }
        return samples;
    }

    private static float[] taken(TileBatch batch) {
        float[] taken = new float[batch.output().capacity()];
        batch.output().get(0, taken);
        batch.output().put(0, new float[taken.length]);
        return taken;
    }

    private static float[] picture(OrtSession session) throws OrtException {
        try (OnnxTensor input = OnnxTensor.createTensor(
                        Ort.environment(), FloatBuffer.wrap(SAMPLES), new long[] {1, 3, 32, 48});
                OrtSession.Result result = session.run(Map.of("lr", input), Set.of("hr"))) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
        }
    }

    /** Their operators. */
    private static List<String> nodes(ByteBuffer model) {
        List<String> nodes = new ArrayList<>();
        for (ProtoReader in = new ProtoReader(model); in.next(); ) {
            if (in.field() == 7) {
                for (ProtoReader graph = in.message(); graph.next(); ) {
                    if (graph.field() == 1) {
                        for (ProtoReader node = graph.message(); node.next(); ) {
                            if (node.field() == 4) {
                                nodes.add(node.text());
                            }
                        }
                    }
                }
            }
        }
        return nodes;
    }

    private static byte[] all(ByteBuffer buffer) {
        byte[] all = new byte[buffer.remaining()];
        buffer.duplicate().get(all);
        return all;
    }
}
