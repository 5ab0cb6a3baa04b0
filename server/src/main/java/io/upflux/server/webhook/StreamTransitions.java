package io.upflux.server.webhook;

import io.upflux.server.live.StreamState;
import io.upflux.server.live.StreamStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What has become of streams from one look to the next. What a stream passes through is left out, so that one whose source
 * stays away is told of once, not at each try.
 */
final class StreamTransitions {
    private static final Set<StreamState> LASTING =
            EnumSet.of(StreamState.IDLE, StreamState.LIVE, StreamState.WAITING, StreamState.FAILED);

    private final Map<String, StreamState> known = new LinkedHashMap<>();

    /** @param now all streams that there are */
    List<Event> look(Collection<StreamStatus> now) {
        List<Event> events = new ArrayList<>();
        Set<String> here = now.stream().map(StreamStatus::name).collect(Collectors.toSet());
        known.keySet().removeIf(name -> {
            boolean gone = !here.contains(name);
            if (gone) {
                events.add(Event.of(name, StreamState.CLOSED, null));
            }
            return gone;
        });
        for (StreamStatus stream : now) {
            StreamState state = stream.state();
            if (LASTING.contains(state) && known.put(stream.name(), state) != state) {
                events.add(Event.of(stream.name(), state, stream.error()));
            }
        }
        return events;
    }
}
