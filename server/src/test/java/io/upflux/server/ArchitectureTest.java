package io.upflux.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.upflux.live.LiveGovernor;
import io.upflux.pipeline.FrameGovernor;
import io.upflux.pipeline.UpscalePipeline;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The borders between the modules, seen from the module that sees them all. */
class ArchitectureTest {
    private static final String CODECS = "io.upflux.codecs..";
    private static final String MODELS = "io.upflux.models..";
    private static final String SERVER = "io.upflux.server..";
    private static final String JAVACV_ADAPTER = "io.upflux.codecs.javacv..";
    private static final String FFMPEG = "org.bytedeco..";
    private static final String ONNX_RUNTIME = "ai.onnxruntime..";

    private static final JavaClasses UPFLUX = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.upflux");

    private static final DescribedPredicate<JavaCall<?>> READ_THE_WALL_CLOCK =
            DescribedPredicate.describe("the wall clock is read", call -> {
                String owner = call.getTargetOwner().getFullName();
                String name = call.getName();
                return owner.equals(System.class.getName())
                        ? name.equals("currentTimeMillis")
                        : owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system"));
            });

    private static final DescribedPredicate<JavaClass> NATIVE =
            JavaClass.Predicates.resideInAnyPackage(FFMPEG, ONNX_RUNTIME);

    private static final DescribedPredicate<JavaClass> VALUE =
            DescribedPredicate.describe("records and enums", type -> type.isRecord() || type.isEnum());

    @Test
    void allModulesAreLookedAt() {
        assertThat(UPFLUX.stream().map(JavaClass::getPackageName))
                .contains("io.upflux.frame", "io.upflux.pipeline", "io.upflux.codecs", "io.upflux.models")
                .contains("io.upflux.codecs.javacv", "io.upflux.server.cli");
    }

    @Test
    void streamCoreKnowsNoFfmpegNoOnnxRuntimeAndNoNetwork() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CODECS, MODELS, SERVER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CODECS, MODELS, SERVER, FFMPEG, ONNX_RUNTIME, "io.netty..", "reactor.netty..")
                .check(UPFLUX);
    }

    /** Its jumps must disturb no pause, deadline or pace: those are told by {@link System#nanoTime}. */
    @Test
    void theWallClockOnlyNamesInstants() {
        noClasses()
                .that(DescribedPredicate.describe(
                        "neither date, number nor forget what lasts",
                        type -> !Set.of(
                                        "FragmentSink",
                                        "LiveStreams",
                                        "LiveServer",
                                        "Recording",
                                        "Job",
                                        "Jobs",
                                        "Event",
                                        "JobStore")
                                .contains(type.getSimpleName())))
                .should()
                .callMethodWhere(READ_THE_WALL_CLOCK)
                .check(UPFLUX);
    }

    @Test
    void onlyLiveStreamsAreGoverned() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.upflux.server.live..", "io.upflux.live..")
                .should()
                .callMethod(UpscalePipeline.class, "live", FrameGovernor.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(LiveGovernor.class)
                .check(UPFLUX);
    }

    @Test
    void codecsAndModelsDoNotKnowEachOtherNorTheServer() {
        noClasses()
                .that()
                .resideInAPackage(CODECS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(MODELS, SERVER)
                .check(UPFLUX);
        noClasses()
                .that()
                .resideInAPackage(MODELS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CODECS, SERVER)
                .check(UPFLUX);
    }

    @Test
    void nativeLibrariesStayInTheirModules() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CODECS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(FFMPEG)
                .check(UPFLUX);
        noClasses()
                .that()
                .resideOutsideOfPackage(MODELS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ONNX_RUNTIME)
                .check(UPFLUX);
    }

    /** JavaCV is an optional dependency: whoever else touched it would fail where it is not there. */
    @Test
    void onlyItsAdapterKnowsJavaCvAndNothingNeedsTheAdapter() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JAVACV_ADAPTER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco.javacv..", JAVACV_ADAPTER)
                .check(UPFLUX);
    }

    @Test
    void roomsInsideAModuleAreItsOwn() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CODECS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.upflux.codecs.ffmpeg..",
                        "io.upflux.codecs.input..",
                        "io.upflux.codecs.output..",
                        "io.upflux.codecs.relay..")
                .check(UPFLUX);
    }

    @Test
    void noSignatureOfAModuleShowsANativeType() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(JavaClass.Predicates.resideInAnyPackage(
                        "io.upflux.codecs", "io.upflux.models", "io.upflux.models.quality"))
                .should(new ArchCondition<JavaMethod>("speak of Upflux's own types") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                                .filter(NATIVE)
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " shows " + type.getName())));
                    }
                })
                .check(UPFLUX);
    }

    /** An event loop that waits in native code stops every connection it serves. */
    @Test
    void nothingOnAnEventLoopCallsIntoNativeCode() {
        DescribedPredicate<JavaClass> callsNative = DescribedPredicate.describe(
                "call into native code",
                type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> NATIVE.test(dependency.getTargetClass())));
        noClasses()
                .that()
                .resideInAPackage("io.upflux.server.http..")
                .should()
                .dependOnClassesThat(callsNative)
                .allowEmptyShould(true)
                .check(UPFLUX);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("io.upflux.(**)")
                .should()
                .beFreeOfCycles()
                // The rooms of a module share the plain values of its public face.
                .ignoreDependency(
                        JavaClass.Predicates.resideInAPackage("io.upflux.codecs.*"),
                        JavaClass.Predicates.resideInAPackage("io.upflux.codecs")
                                .and(VALUE))
                // A frame is a view of native memory, and a scope hands out frames: two rooms with a door both ways.
                .ignoreDependency(
                        JavaClass.Predicates.resideInAPackage("io.upflux.buffer"),
                        JavaClass.Predicates.resideInAPackage("io.upflux.frame"))
                .check(UPFLUX);
    }
}
