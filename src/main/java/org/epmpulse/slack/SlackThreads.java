package org.epmpulse.slack;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of the problems that are open, for later changes and answers. They are read before each use, because
 * another node may have written them. Thread-safe; bounded.
 */
final class SlackThreads {

    private static final Logger LOG = LoggerFactory.getLogger(SlackThreads.class);

    private static final String NAME = "slack/messages.json";
    private static final int VERSION = 1;

    /** Of a channel; the oldest are forgotten. */
    private static final int MAX = 1_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Documents documents;
    private boolean failing;

    /**
     * A message that reports a problem.
     *
     * @param ts its id in the channel
     * @param shared whether it reports several problems, so that it is not changed
     * @param recovery what it shall show of a problem that is over; null if the problem is open
     */
    record Message(
            String ts,
            boolean shared,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String recovery) {

        /** The message of an open problem. */
        Message(String ts, boolean shared) {
            this(ts, shared, null);
        }

        /** The message of a problem that is over, but not shown so yet. */
        Message withRecovery(String text) {
            return new Message(ts, shared, text);
        }
    }

    private record Content(int version, @Nullable Map<String, Map<String, Message>> channels) {}

    SlackThreads(Documents documents) {
        this.documents = documents;
    }

    /** The messages of a channel by the problem's id; a copy. */
    synchronized Map<String, Message> of(String channelId) {
        return new TreeMap<>(read().getOrDefault(channelId, Map.of()));
    }

    /**
     * Saves the messages of a channel. A message that is not saved gets no answers after a restart. Never throws: the message
     * was sent.
     */
    synchronized void save(String channelId, Map<String, Message> messages) {
        Map<String, Map<String, Message>> channels;
        try {
            channels = read();
        } catch (StoreUnavailableException e) {
            warn(new IOException(e.getMessage(), e));
            return;
        }
        Map<String, Message> kept = new TreeMap<>(messages);
        List<Map.Entry<String, Message>> oldestFirst = new ArrayList<>(kept.entrySet());
        oldestFirst.sort(Comparator.comparing(entry -> entry.getValue().ts()));
        oldestFirst.subList(0, Math.max(0, kept.size() - MAX)).stream()
                .map(Map.Entry::getKey)
                .toList()
                .forEach(kept::remove);
        if (kept.isEmpty()) {
            channels.remove(channelId);
        } else {
            channels.put(channelId, kept);
        }
        try {
            documents.write(NAME, JSON.writeValueAsBytes(new Content(VERSION, channels)));
            failing = false;
        } catch (NotActiveException e) {
            LOG.debug("Slack alerts: the messages are not saved: this node is not active");
        } catch (IOException e) {
            warn(e);
        }
    }

    private Map<String, Map<String, Message>> read() {
        try {
            byte[] bytes = documents.read(NAME).orElse(null);
            Content content = bytes == null ? null : JSON.readValue(bytes, Content.class);
            return content == null || content.version() != VERSION || content.channels() == null
                    ? new TreeMap<>()
                    : new TreeMap<>(content.channels());
        } catch (JsonProcessingException e) {
            setAside(e);
            return new TreeMap<>();
        } catch (IOException e) {
            warn(e);
            return new TreeMap<>();
        }
    }

    private void setAside(JsonProcessingException failure) {
        try {
            documents.setAside(NAME, "not valid (" + failure.getOriginalMessage() + "); new messages are posted");
        } catch (IOException e) {
            warn(e);
        }
    }

    private void warn(IOException failure) {
        if (!failing) {
            LOG.warn(
                    "Slack alerts: the file of messages cannot be used: {}; recoveries are posted as new messages",
                    failure.getMessage());
        }
        failing = true;
    }
}
