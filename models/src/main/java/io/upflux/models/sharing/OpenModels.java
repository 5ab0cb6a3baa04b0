package io.upflux.models.sharing;

import io.upflux.governor.Ticker;
import io.upflux.models.Calibrations;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.CalibratedResolver;
import io.upflux.pipeline.Calibration;
import io.upflux.pipeline.SuperResolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The networks that are open in one process, each once however many use it. All calls of the networks of one device go through
 * one queue, those first whose frames are due first. Any thread.
 */
public final class OpenModels {
    private static final String CPU = "cpu";

    private final Catalogue catalogue;
    private final Opener opener;
    private final Ticker ticker;
    private final int cores;
    private final SharingCounters counters = new SharingCounters();
    private final Map<Key, Entry> entries = new HashMap<>();
    private final Map<String, CallQueue> queues = new HashMap<>();

    /** @param catalogue what can be opened */
    public OpenModels(Catalogue catalogue) {
        this(catalogue, catalogue::open, Ticker.system(), Runtime.getRuntime().availableProcessors());
    }

    OpenModels(Catalogue catalogue, Opener opener, Ticker ticker, int cores) {
        this.catalogue = catalogue;
        this.opener = opener;
        this.ticker = ticker;
        this.cores = cores;
    }

    /** Opens a model for one user alone. */
    @FunctionalInterface
    interface Opener {
        SuperResolver open(ModelCard card, Device device, int threads, Halting halting);
    }

    /** A file that has been replaced is another network. */
    private record Key(
            @Nullable String sha256, String source, String name, Device device, int threads, Halting halting) {}

    /** A network and how many use it, or are about to. */
    private static final class Entry {
        private final Key key;
        private @Nullable SuperResolver network;
        private @Nullable Calibration calibration;
        private int users;

        Entry(Key key) {
            this.key = key;
        }
    }

    /** What can be opened. */
    public Catalogue catalogue() {
        return catalogue;
    }

    /**
     * Makes a model ready to run, or joins those who have. Blocks while it is opened, by whomever. A resizer, which holds
     * nothing that could be shared, is opened for each.
     *
     * @param card one of {@link #catalogue}
     * @param threads as of {@link Catalogue#open(ModelCard, Device, int, Halting)}
     * @return to be closed by the caller, whom neither others' interrupting nor others' closing affects
     * @throws io.upflux.pipeline.StreamException in one line, when it cannot be run; whoever asks next tries again
     */
    public SuperResolver open(ModelCard card, Device device, int threads, Halting halting) {
        return open(card, device, threads, halting, false);
    }

    /**
     * As {@link #open}, going by what squares of pictures cost on this machine. Where nobody has measured that it is done now,
     * unless others use the network already.
     */
    public SuperResolver openCalibrated(ModelCard card, Device device, int threads, Halting halting) {
        return open(card, device, threads, halting, true);
    }

    private SuperResolver open(ModelCard card, Device device, int threads, Halting halting, boolean calibrated) {
        if (!card.trained()) {
            return opener.open(card, device, threads, halting);
        }
        Key key = new Key(card.sha256(), card.source(), card.name(), device, threads, halting);
        Entry entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(key, Entry::new);
            entry.users++;
        }
        try {
            SuperResolver network = opened(entry, card);
            Calibration calibration = calibrated ? calibration(entry, card, network) : null;
            return CalibratedResolver.of(
                    new SharedResolver(network, queue(network), share(network, threads), () -> leave(entry)),
                    calibration);
        } catch (Throwable e) {
            leave(entry);
            throw e;
        }
    }

    /** Networks that are open. */
    public int networks() {
        synchronized (entries) {
            return entries.size();
        }
    }

    /** How many use them. */
    public int users() {
        synchronized (entries) {
            return entries.values().stream().mapToInt(entry -> entry.users).sum();
        }
    }

    /** Calls that have begun to be computed. */
    public long calls() {
        return counters.calls();
    }

    /** How often calls have been computed, one alone or several together. */
    public long runs() {
        return counters.runs();
    }

    /** How long calls have waited for their turn, all in all. */
    public double waitedSeconds() {
        return counters.waitedSeconds();
    }

    /** Calls that wait for their turn now. */
    public int waiting() {
        List<CallQueue> all;
        synchronized (queues) {
            all = new ArrayList<>(queues.values());
        }
        return all.stream().mapToInt(CallQueue::waiting).sum();
    }

    private SuperResolver opened(Entry entry, ModelCard card) {
        // Whoever else wants it waits here, and tries in turn should it fail.
        synchronized (entry) {
            SuperResolver network = entry.network;
            if (network == null) {
                network = opener.open(card, entry.key.device(), entry.key.threads(), entry.key.halting());
                entry.network = network;
            }
            return network;
        }
    }

    private @Nullable Calibration calibration(Entry entry, ModelCard card, SuperResolver network) {
        // Whoever joins meanwhile waits here, too, before it calls the network.
        synchronized (entry) {
            if (entry.calibration == null) {
                boolean alone;
                synchronized (entries) {
                    alone = entry.users == 1;
                }
                entry.calibration = Calibrations.standard()
                        .of(network, card, entry.key.threads(), alone)
                        .orElse(null);
            }
            return entry.calibration;
        }
    }

    private void leave(Entry entry) {
        synchronized (entries) {
            if (--entry.users > 0) {
                return;
            }
            entries.remove(entry.key);
        }
        synchronized (entry) {
            if (entry.network != null) {
                entry.network.close();
            }
        }
    }

    private CallQueue queue(SuperResolver network) {
        synchronized (queues) {
            return queues.computeIfAbsent(network.traits().provider(), device -> new CallQueue(ticker, counters));
        }
    }

    /** Of its device, that one call takes: its lanes, each as wide as it has threads, fill all cores. */
    private double share(SuperResolver network, int threads) {
        boolean narrow = network.traits().provider().equals(CPU) && threads > 0;
        return 1.0 / (network.lanes() * (narrow ? Math.max(1, cores / threads) : 1));
    }
}
