package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HaltingPlanTest {
    @Test
    void everyWindowPassesThroughItsBlocksAndNoMore() {
        Random random = new Random(1);
        for (int trial = 0; trial < 500; trial++) {
            int blocks = 1 + random.nextInt(8);
            byte[] depths = new byte[1 + random.nextInt(40)];
            int deepest = 1 + random.nextInt(blocks);
            for (int w = 0; w < depths.length; w++) {
                depths[w] = (byte) (1 + random.nextInt(deepest));
            }
            HaltingPlan plan = HaltingPlan.of(depths, blocks);

            // Runs the plan on rows that remember which window they are and which blocks they have seen.
            List<int[]> versions = new ArrayList<>();
            List<int[]> rows = new ArrayList<>();
            for (int w = 0; w < depths.length; w++) {
                rows.add(new int[] {w, 1});
            }
            versions.addAll(rows);
            for (int block = 2; block <= blocks; block++) {
                long[] list = plan.gather(block);
                int wanted = block;
                int due = (int) count(depths, depth -> depth >= wanted);
                assertThat(list).hasSizeBetween(Math.max(1, due), Math.max(1, due * 9 / 8));
                assertThat(Arrays.copyOf(list, due)).isSorted().doesNotHaveDuplicates();
                List<int[]> next = new ArrayList<>();
                for (long row : list) {
                    int[] from = rows.get((int) row);
                    assertThat(from[1]).isEqualTo(block - 1);
                    next.add(new int[] {from[0], block});
                }
                rows = next;
                versions.addAll(rows);
            }
            long[] assemble = plan.assemble();
            assertThat(assemble).hasSize(depths.length);
            for (int w = 0; w < depths.length; w++) {
                assertThat(versions.get((int) assemble[w])).containsExactly(w, depths[w]);
            }
        }
    }

    @Test
    void listsHaveFewLengths() {
        Set<Integer> lengths = new TreeSet<>();
        for (int deep = 0; deep <= 300; deep++) {
            byte[] depths = new byte[300];
            Arrays.fill(depths, 0, deep, (byte) 2);
            Arrays.fill(depths, deep, 300, (byte) 1);
            lengths.add(HaltingPlan.of(depths, 2).gather(2).length);
        }
        // 1 to 16, then eight for each doubling, and all.
        assertThat(lengths).hasSize(16 + 8 * 4 + 1 + 1).contains(18, 36, 72, 144, 288, 300);
    }

    @Test
    void whereAllPassAllListsAreTheIdentityAndTheLastVersions() {
        HaltingPlan plan = HaltingPlan.of(new byte[] {4, 4, 4}, 4);
        for (int block = 2; block <= 4; block++) {
            assertThat(plan.gather(block)).containsExactly(0, 1, 2);
        }
        assertThat(plan.assemble()).containsExactly(9, 10, 11);
        assertThat(HaltingPlan.of(new byte[] {1, 1}, 1).assemble()).containsExactly(0, 1);
    }

    @Test
    void listsAreNestedInTheRowsOfTheBlockBefore() {
        HaltingPlan plan = HaltingPlan.of(new byte[] {1, 3, 2, 3}, 3);
        assertThat(plan.gather(2)).containsExactly(1, 2, 3);
        assertThat(plan.gather(3)).containsExactly(0, 2);
        assertThat(plan.assemble()).containsExactly(0, 4 + 3, 4 + 1, 4 + 3 + 1);
    }

    @Test
    void whereAllHaveLeftOneGoesOnUnused() {
        HaltingPlan plan = HaltingPlan.of(new byte[] {1, 1}, 3);
        assertThat(plan.gather(2)).containsExactly(0);
        assertThat(plan.gather(3)).containsExactly(0);
        assertThat(plan.assemble()).containsExactly(0, 1);
    }

    @Test
    void confidencesOfWhatWasComputedSayHowDeepAWindowNeedsToGo() {
        Random random = new Random(3);
        for (int run = 0; run < 200; run++) {
            int blocks = 2 + random.nextInt(6);
            byte[] planned = new byte[1 + random.nextInt(80)];
            float[][] confidences = new float[blocks - 1][planned.length];
            for (int w = 0; w < planned.length; w++) {
                planned[w] = (byte) (1 + random.nextInt(blocks));
                for (float[] block : confidences) {
                    block[w] = random.nextFloat();
                }
            }
            HaltingPlan plan = HaltingPlan.of(planned, blocks);
            byte[] needed = plan.judge(planned, judged(plan, confidences, planned.length), 0.95f);
            byte[] wanted = depths(confidences, 0.95f);
            for (int w = 0; w < planned.length; w++) {
                int most = Math.min(blocks, planned[w] + 1);
                assertThat(needed[w]).as("window %d", w).isEqualTo((byte) Math.min(wanted[w], most));
            }
        }
    }

    /** The first block after which a window's confidences add up to the threshold. */
    private static byte[] depths(float[][] confidences, float threshold) {
        byte[] depths = new byte[confidences[0].length];
        for (int w = 0; w < depths.length; w++) {
            float sum = 0;
            int block = 0;
            while (block < confidences.length && sum < threshold) {
                sum += confidences[block++][w];
            }
            depths[w] = (byte) (sum >= threshold ? block : block + 1);
        }
        return depths;
    }

    /** What a graph gives: confidences of the rows of all blocks but the last. */
    private static float[] judged(HaltingPlan plan, float[][] confidences, int windows) {
        List<Float> judged = new ArrayList<>();
        int[] rows = IntStream.range(0, windows).toArray();
        for (int block = 1; block <= confidences.length; block++) {
            if (block > 1) {
                int[] before = rows;
                rows = Arrays.stream(plan.gather(block))
                        .mapToInt(row -> before[(int) row])
                        .toArray();
            }
            for (int window : rows) {
                judged.add(confidences[block - 1][window]);
            }
        }
        float[] all = new float[judged.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = judged.get(i);
        }
        return all;
    }

    @Test
    void refusesDepthsThatDoNotExist() {
        assertThatThrownBy(() -> HaltingPlan.of(new byte[] {0}, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HaltingPlan.of(new byte[] {4}, 3)).hasMessageContaining("depth 4 of 3");
        assertThatThrownBy(() -> HaltingPlan.of(new byte[0], 3)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long count(byte[] depths, IntPredicate test) {
        long count = 0;
        for (byte depth : depths) {
            count += test.test(depth) ? 1 : 0;
        }
        return count;
    }
}
