package org.epmpulse.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.epmpulse.store.Documents;
import org.jspecify.annotations.Nullable;

/** What several nodes of a test share, in memory. Only an active node may write what only the active node writes. */
public final class TestingCluster {

    public final Map<String, String> views = new LinkedHashMap<>();
    public final Map<NodeRequests.Request, String> requests = new LinkedHashMap<>();
    private final Map<String, byte[]> documents = new ConcurrentHashMap<>();
    private final Map<String, Long> positions = new ConcurrentHashMap<>();
    private final Set<UUID> receipts = ConcurrentHashMap.newKeySet();
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
        return new Cluster(
                activity,
                new SharedReceipts(),
                new Positions(activity),
                new Views(activity),
                new Requests(activity),
                Nodes.NONE);
    }

    /** The documents as one of the nodes sees them. */
    public Documents documents(Activity activity) {
        return new SharedDocuments(activity);
    }

    private final class SharedDocuments implements Documents {

        private final Activity activity;

        SharedDocuments(Activity activity) {
            this.activity = activity;
        }

        @Override
        public Optional<byte[]> read(String name) throws IOException {
            require();
            return Optional.ofNullable(documents.get(name));
        }

        @Override
        public void write(String name, byte[] content) throws IOException {
            requireActive(activity);
            documents.put(name, content);
        }

        @Override
        public void setAside(String name, String reason) throws IOException {
            requireActive(activity);
            documents.remove(name);
        }
    }

    private final class SharedReceipts implements Receipts {

        @Override
        public void add(UUID claim) throws IOException {
            require();
            receipts.add(claim);
        }

        @Override
        public boolean contains(UUID claim) throws IOException {
            require();
            return receipts.contains(claim);
        }
    }

    private final class Positions implements ListenerPositions {

        private final Activity activity;

        Positions(Activity activity) {
            this.activity = activity;
        }

        @Override
        public OptionalLong read(String listener) throws IOException {
            require();
            Long revision = positions.get(listener);
            return revision == null ? OptionalLong.empty() : OptionalLong.of(revision);
        }

        @Override
        public OptionalLong readDurable(String listener) throws IOException {
            return read(listener);
        }

        @Override
        public void write(String listener, long revision) throws IOException {
            requireActive(activity);
            positions.put(listener, revision);
        }
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
