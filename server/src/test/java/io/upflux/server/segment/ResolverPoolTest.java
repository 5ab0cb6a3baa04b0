package io.upflux.server.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.SuperResolver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolverPoolTest {
    private final List<Opened> opened = new ArrayList<>();
    private final ResolverPool<String> pool = new ResolverPool<>();
    private final Resolvers resolvers = pool.of("bicubic", this::open);

    @Test
    void whatIsGivenBackIsLentAgain() {
        SuperResolver first = resolvers.take();
        SuperResolver second = resolvers.take();
        resolvers.giveBack(first);
        assertThat(resolvers.take()).isSameAs(first).isNotSameAs(second);
        assertThat(pool.of("lanczos", this::open).take()).isNotSameAs(first);
        assertThat(opened).hasSize(3).noneMatch(one -> one.closed);
    }

    @Test
    void whatIsLentWhileThePoolClosesIsClosedWhenItIsGivenBack() {
        SuperResolver lent = resolvers.take();
        resolvers.giveBack(resolvers.take());
        pool.close();
        assertThat(opened).extracting(one -> one.closed).containsExactly(false, true);

        resolvers.giveBack(lent);
        assertThat(opened).allMatch(one -> one.closed);
        assertThat(resolvers.take()).isNotIn(opened.subList(0, 2));
        assertThat(opened).hasSize(3).last().matches(one -> !one.closed);
    }

    private SuperResolver open() {
        Catalogue catalogue = Catalogue.standard();
        opened.add(new Opened(catalogue.open(catalogue.find("bicubic-x2", null), Device.CPU)));
        return opened.get(opened.size() - 1);
    }

    private static final class Opened extends ForwardingResolver {
        private boolean closed;

        Opened(SuperResolver resolver) {
            super(resolver);
        }

        @Override
        public void close() {
            closed = true;
            super.close();
        }
    }
}
