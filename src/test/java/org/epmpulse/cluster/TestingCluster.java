package org.epmpulse.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What several nodes of a test share, in memory. Only an active node may write what only the active node writes. */
public final class TestingCluster {

    public final Map<String, String> views = new LinkedHashMap<>();
    public final Map<NodeRequests.Request, String> requests = new LinkedHashMap<>();
    private volatile boolean available = true;
    private int publications;

    /** Whether the database answers. */
    public void available(boolean answers) {
        available = answers;
    }

    public synchronized int publications() {
        return publications;
    }

    private void require() throws IOException {
        if (!available) {
            throw new IOException("the database does not answer");
        }
    }

    private void requireActive(Activity activity) throws IOException {
        require();
        if (!activity.active()) {
            throw new NotActiveException();
        }
    }

    /** The cluster as one of its nodes sees it. */
    public Cluster node(Activity activity) {
        return new Cluster(activity, Receipts.NONE, new NoPositions(), new Views(activity), new Requests(activity));
    }

    private static final class NoPositions implements ListenerPositions {

        @Override
        public OptionalLong read(String listener) {
            return OptionalLong.empty();
        }

        @Override
        public void write(String listener, long revision) {}
    }

    private final class Views implements SharedViews {

        private final Activity activity;

        Views(Activity activity) {
            this.activity = activity;
        }

        @Override
        public void publish(String name, String json) throws IOException {
            requireActive(activity);
            synchronized (TestingCluster.this) {
                views.put(name, json);
                publications++;
            }
        }

        @Override
        public Map<String, String> read() throws IOException {
            require();
            synchronized (TestingCluster.this) {
                return Map.copyOf(views);
            }
        }
    }

    private final class Requests implements NodeRequests {

        private final Activity activity;

        Requests(Activity activity) {
            this.activity = activity;
        }

        @Override
        public UUID add(Kind kind, @Nullable String channel) throws IOException {
            require();
            UUID id = UUID.randomUUID();
            synchronized (TestingCluster.this) {
                requests.put(new Request(id, kind, channel), null);
            }
            return id;
        }

        @Override
        public @Nullable String reply(UUID id) throws IOException {
            require();
            synchronized (TestingCluster.this) {
                return requests.entrySet().stream()
                        .filter(request -> request.getKey().id().equals(id))
                        .findFirst()
                        .map(Map.Entry::getValue)
                        .orElse(null);
            }
        }

        @Override
        public List<Request> open() throws IOException {
            require();
            List<Request> open = new ArrayList<>();
            synchronized (TestingCluster.this) {
                requests.forEach((request, reply) -> {
                    if (reply == null) {
                        open.add(request);
                    }
                });
            }
            return open;
        }

        @Override
        public void reply(UUID id, String text) throws IOException {
            requireActive(activity);
            synchronized (TestingCluster.this) {
                requests.replaceAll((request, reply) -> request.id().equals(id) ? text : reply);
            }
        }
    }
}
