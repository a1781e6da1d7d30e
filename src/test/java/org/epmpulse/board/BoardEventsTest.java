package org.epmpulse.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.board.BoardEvents.Timing;
import org.epmpulse.board.TestingEventReader.Event;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.Role;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.Reply;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.RateLimits;
import org.epmpulse.security.TrustedProxies;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.store.StatusRecorder;
import org.epmpulse.store.TestingStatusStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The event stream over real connections. */
class BoardEventsTest {

    private static final String KEY = "a-key-of-the-tests-0123456789-abcdefghijkl";
    private static final String OTHER_KEY = "another-key-of-the-tests-0123456789-abcdefg";
    private static final int DOMAINS = 250;

    /** The board of so many domains is read about once a second. */
    private static final int MANY_DOMAINS = 80_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Without checks and heartbeats. */
    private static final Timing WITHOUT_CHECKS =
            new Timing(Duration.ofMillis(200), Duration.ofDays(1), Duration.ofDays(1));

    private static final Timing WITH_CHECKS =
            new Timing(Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofDays(1));

    private final List<AutoCloseable> open = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ApiKeys keys = ApiKeys.ofPlainKeys(List.of(KEY, OTHER_KEY));
    private final StatusChanges changes = new StatusChanges();
    private final InstantSource clock = () -> this.now;
    private final TestingStatusStore store = new TestingStatusStore(clock, changes::publish);
    private Catalog catalog = catalog(DOMAINS);
    private final StatusRecorder recorder =
            new StatusRecorder(new UpdateValidator(catalog), store, new SimpleMeterRegistry());
    private BoardReplies replies =
            new BoardReplies(catalog, store, () -> DomainNotes.NONE, Duration.ofHours(2), clock, Runnable::run);
    private final Consumer<StatusChange> notifyEvents = change -> this.events.changed();
    private volatile Instant now = Instant.parse("2026-02-16T14:30:00Z");
    private ApiServer server;
    private BoardEvents events;

    private static Catalog catalog(int size) {
        Set<String> domains =
                IntStream.range(0, size).mapToObj(i -> "D" + i).collect(Collectors.toCollection(LinkedHashSet::new));
        return new Catalog(Map.of("FCCS", new Catalog.App("FCCS", "Close", domains, List.of(), false)));
    }

    private void start(Timing timing) throws Exception {
        server = new ApiServer("127.0.0.1", 0, keys, TrustedProxies.LOOPBACK, new RateLimits(0, clock), meters, clock);
        open.add(server);
        server.start();
        events = new BoardEvents(catalog, replies, store, clock, meters, timing);
        events.mountOn(server);
        changes.add(notifyEvents);
        server.ready();
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.port() + BoardEvents.PATH);
    }

    private TestingEventReader read(String... headers) {
        return readAs(KEY, headers);
    }

    private TestingEventReader readAs(String key, String... headers) {
        TestingEventReader reader = new TestingEventReader(uri(), key, headers);
        open.add(reader);
        return reader;
    }

    private long post(String domain, String status, String message) throws Exception {
        return recorder.record(StatusUpdate.of("FCCS", domain, status, null, message))
                .toCompletableFuture()
                .get()
                .get(0)
                .revision();
    }

    private double readers() {
        return meters.get("epmpulse.event.clients").gauge().value();
    }

    @Test
    void aStreamBeginsAtOnceWithTheCurrentId() throws Exception {
        start(WITHOUT_CHECKS);
        post("D0", "OK", "before");

        TestingEventReader reader = read();

        assertThat(reader.status()).isEqualTo(200);
        assertThat(reader.header("Content-Type")).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(reader.header("Cache-Control")).isEqualTo("no-store");
        assertThat(reader.header("X-Accel-Buffering")).isEqualTo("no");
        assertThat(reader.lastId()).isEqualTo("1");
        assertThat(reader.poll()).isNull();
        assertThat(readers()).isEqualTo(1);
    }

    @Test
    void readersLearnThatTheDatabaseIsAwayAndWhenItIsBack() throws Exception {
        start(WITH_CHECKS);
        TestingEventReader early = read();

        store.setAsOf(Instant.parse("2026-02-16T14:29:58Z"));
        TestingEventReader late = read();

        assertThat(late.header("EPMPulse-As-Of")).isEqualTo("2026-02-16T14:29:58Z");
        assertThat(List.of(early.next(), late.next())).allSatisfy(event -> {
            assertThat(event.name()).isEqualTo("as-of");
            assertThat(event.data()).isEqualTo("{\"as_of\":\"2026-02-16T14:29:58Z\"}");
            assertThat(event.id()).isEqualTo("0");
        });

        store.setAsOf(null);

        assertThat(List.of(early.next(), late.next()))
                .allSatisfy(event -> assertThat(event.data()).isEqualTo("{\"as_of\":null}"));
        post("D0", "OK", "after");
        assertThat(early.next().text("message")).isEqualTo("after");
    }

    @Test
    void anEventIsTheEntryOfTheBoardWithAppAndDomain() throws Exception {
        start(WITHOUT_CHECKS);
        TestingEventReader reader = read();

        post("D3", "Warning", "data: \"14\" rejected\nevent: \u2028 \ud83d\udd25");

        Event event = reader.next();
        assertThat(event.name()).isEqualTo("status");
        assertThat(event.id()).isEqualTo("1");
        ObjectNode data = (ObjectNode) event.json();
        assertThat(data.remove("app").asText()).isEqualTo("FCCS");
        assertThat(data.remove("domain").asText()).isEqualTo("D3");
        Reply reply = replies.all(Map.of()).toCompletableFuture().join();
        JsonNode board =
                JSON.readTree(StandardCharsets.UTF_8.decode(reply.body()).toString());
        assertThat(data).isEqualTo(board.at("/data/apps/FCCS/D3"));
        assertThat(data.path("message").asText()).startsWith("data: \"14\" rejected");
    }

    @Test
    void manyChangesOfADomainAreFewEventsAndTheLastIsCurrent() throws Exception {
        start(WITHOUT_CHECKS);
        TestingEventReader reader = read();

        for (int i = 1; i <= 100; i++) {
            post("D0", "Loading", "step " + i);
        }

        List<Event> received = new ArrayList<>(List.of(reader.next()));
        while (!received.get(received.size() - 1).text("message").equals("step 100")) {
            received.add(reader.next());
        }
        assertThat(received).hasSizeLessThan(50);
        assertThat(received.get(received.size() - 1).id()).isEqualTo("100");
    }

    @Test
    void aBoardOfManyDomainsIsReadLessOftenButItsLastEventsAreCurrent() throws Exception {
        catalog = catalog(MANY_DOMAINS);
        replies = new BoardReplies(catalog, store, () -> DomainNotes.NONE, Duration.ofHours(2), clock, Runnable::run);
        start(new Timing(Duration.ofMillis(5), Duration.ofDays(1), Duration.ofDays(1)));
        TestingEventReader reader = read();

        for (int i = 1; i <= 100; i++) {
            post("D" + i % 3, "Loading", "step " + i);
        }

        Set<String> last = new HashSet<>();
        while (last.size() < 3) {
            String message = reader.next().text("message");
            if (Set.of("step 98", "step 99", "step 100").contains(message)) {
                last.add(message);
            }
        }
        assertThat(reader.poll()).isNull();
    }

    @Test
    void aReaderResumesWithTheLatestOfEachDomainInOrder() throws Exception {
        start(WITHOUT_CHECKS);
        post("D0", "OK", "seen");
        post("D1", "OK", "old");
        post("D2", "OK", "kept");
        post("D1", "OK", "new");

        TestingEventReader reader = read("Last-Event-ID", "1");

        assertThat(reader.next())
                .extracting(Event::id, event -> event.text("message"))
                .containsExactly("3", "kept");
        assertThat(reader.next())
                .extracting(Event::id, event -> event.text("message"))
                .containsExactly("4", "new");
        post("D0", "OK", "now");
        assertThat(reader.next())
                .extracting(Event::id, event -> event.text("message"))
                .containsExactly("5", "now");
        assertThat(reader.poll()).isNull();
    }

    @Test
    void moreEventsThanOneSliceAreSentInOrder() throws Exception {
        start(WITHOUT_CHECKS);
        for (int i = 0; i < DOMAINS; i++) {
            post("D" + i, "OK", null);
        }

        TestingEventReader reader = read("Last-Event-ID", "0");

        assertThat(DOMAINS).isGreaterThan(BoardFeed.MAX_EVENTS_PER_SLICE);
        for (int i = 0; i < DOMAINS; i++) {
            assertThat(reader.next().text("domain")).isEqualTo("D" + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"3", "-1", "1.5", "abc", "99999999999999999999"})
    void anIdThatThisBoardCannotHaveGetsAReset(String id) throws Exception {
        start(WITHOUT_CHECKS);
        post("D0", "OK", "one");
        post("D0", "OK", "two");

        TestingEventReader reader = read("Last-Event-ID", id);

        assertThat(reader.next()).isEqualTo(new Event("2", "reset", "{\"revision\":2}"));
        post("D0", "OK", "three");
        assertThat(reader.next().text("message")).isEqualTo("three");
    }

    @Test
    void anIdOfAnotherLineageGetsAReset() throws Exception {
        start(WITHOUT_CHECKS);
        post("D0", "OK", "one");
        String lineage = read().header("EPMPulse-Lineage");
        assertThat(lineage).isNotEmpty();

        TestingEventReader same =
                new TestingEventReader(URI.create(uri() + "?lineage=" + lineage), KEY, "Last-Event-ID", "0");
        TestingEventReader other =
                new TestingEventReader(URI.create(uri() + "?lineage=another"), KEY, "Last-Event-ID", "0");
        open.addAll(List.of(same, other));

        assertThat(same.next().text("message")).isEqualTo("one");
        assertThat(other.next().name()).isEqualTo("reset");
    }

    @Test
    void aLoadThatBecomesStaleIsAnEventWithTheCurrentId() throws Exception {
        start(WITH_CHECKS);
        post("D0", "Loading", "long");
        post("D1", "OK", "short");
        TestingEventReader reader = read();
        assertThat(reader.lastId()).isEqualTo("2");

        now = now.plus(Duration.ofHours(3));

        Event event = reader.next();
        assertThat(event.id()).isEqualTo("2");
        assertThat(event.text("domain")).isEqualTo("D0");
        assertThat(event.json().path("stale").asBoolean()).isTrue();
    }

    @Test
    void aReaderThatResumesGetsWhatTimeHasChanged() throws Exception {
        start(WITHOUT_CHECKS);
        post("D0", "Loading", "long");
        post("D1", "OK", "short");
        now = now.plus(Duration.ofHours(3));

        Event event = read("Last-Event-ID", "2").next();

        assertThat(event.text("domain")).isEqualTo("D0");
        assertThat(event.json().path("stale").asBoolean()).isTrue();
    }

    @Test
    void aChangeWithoutNotificationIsFoundByTheNextCheck() throws Exception {
        start(WITH_CHECKS);
        TestingEventReader reader = read();
        assertThat(reader.lastId()).isEqualTo("0");
        changes.remove(notifyEvents);

        post("D0", "OK", "quiet");

        assertThat(reader.next().text("message")).isEqualTo("quiet");
    }

    @Test
    void onlyAReaderThatReceivesNothingIsDisconnected() throws Exception {
        start(WITH_CHECKS);
        TestingEventReader good = read();
        Socket slow = connect("HTTP/1.1", KEY);
        await().until(() -> readers() == 2);

        postUntilDisconnected(1);

        post("D7", "Warning", "the end");
        Event last = good.next();
        while (!last.text("message").equals("the end")) {
            last = good.next();
        }
        assertThat(last.text("domain")).isEqualTo("D7");
        assertThat(slow.getInputStream().readAllBytes()).isNotEmpty();
    }

    @Test
    void theCloseOfADisconnectedReaderDoesNotAffectOthers() throws Exception {
        start(WITH_CHECKS);
        Socket slow = connect("HTTP/1.1", KEY);
        await().until(() -> readers() == 1);
        postUntilDisconnected(0);
        TestingEventReader next = read();
        assertThat(next.lastId()).isNotEmpty();

        slow.getInputStream().readAllBytes();

        assertThat(get("HEAD").statusCode()).isEqualTo(200);
        assertThat(readers()).isEqualTo(1);
        post("D7", "Warning", "for the next");
        assertThat(next.next().text("message")).isEqualTo("for the next");
    }

    /** Changes all domains until only so many readers are left. */
    private void postUntilDisconnected(int left) {
        String fires = "\ud83d\udd25".repeat(190);
        AtomicInteger round = new AtomicInteger();
        await().pollDelay(Duration.ZERO).until(() -> {
            round.incrementAndGet();
            for (int i = 0; i < DOMAINS; i++) {
                post("D" + i, "OK", round + fires);
            }
            return readers() == left;
        });
    }

    /** A connection that has requested events, with a small buffer. */
    private Socket connect(String version, String key) throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
        String head = "GET " + BoardEvents.PATH + " " + version + "\r\nHost: x\r\nX-API-Key: " + key + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void aProxyWithHttp10GetsEventsWithoutChunks() throws Exception {
        start(WITHOUT_CHECKS);
        Socket proxy = connect("HTTP/1.0", KEY);
        await().until(() -> readers() == 1);

        post("D0", "OK", "old proxy");

        StringBuilder received = new StringBuilder();
        while (!received.toString().endsWith("}\n\n")) {
            received.append((char) proxy.getInputStream().read());
        }
        assertThat(received.toString().toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
        assertThat(received).containsPattern("\r\n\r\nretry: 2000\nid: 0\n\nevent: status\nid: 1\ndata: .*old proxy");
    }

    @Test
    void theReaderAfterAThousandIsRejectedUntilOneDisconnects() throws Exception {
        start(WITHOUT_CHECKS);
        List<Socket> all = new ArrayList<>();
        for (int i = 0; i < BoardEvents.MAX_READERS; i++) {
            all.add(connect("HTTP/1.1", i % 2 == 0 ? KEY : OTHER_KEY));
        }
        await().until(() -> readers() == BoardEvents.MAX_READERS);

        HttpResponse<String> rejected = get("GET");

        assertThat(BoardEvents.MAX_READERS).isEqualTo(1_000);
        assertThat(rejected.statusCode()).isEqualTo(503);
        assertThat(rejected.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        assertThat(JSON.readTree(rejected.body()).at("/error/code").asText()).isEqualTo("UNAVAILABLE");
        assertThat(displaced()).isZero();
        all.get(500).close();
        await().until(() -> readers() < BoardEvents.MAX_READERS);
        assertThat(read().status()).isEqualTo(200);
    }

    @Test
    void aKeyWithFewerReadersDisplacesTheOldestOfTheKeyWithTheMost() throws Exception {
        start(WITHOUT_CHECKS);
        TestingEventReader oldest = read();
        List<Socket> all = new ArrayList<>();
        for (int i = 1; i < BoardEvents.MAX_READERS; i++) {
            all.add(connect("HTTP/1.1", KEY));
        }
        await().until(() -> readers() == BoardEvents.MAX_READERS);
        assertThat(get("GET").statusCode()).isEqualTo(503);
        assertThat(oldest.retry()).isEqualTo(2_000);

        TestingEventReader other = readAs(OTHER_KEY);

        assertThat(other.status()).isEqualTo(200);
        assertThat(oldest.isClosed()).isTrue();
        assertThat(oldest.retry()).isEqualTo(30_000);
        assertThat(oldest.comments()).isEqualTo(1);
        assertThat(readers()).isEqualTo(BoardEvents.MAX_READERS);
        assertThat(displaced()).isEqualTo(1);
        post("D7", "Warning", "for the other");
        assertThat(other.next().text("message")).isEqualTo("for the other");
    }

    private double displaced() {
        return meters.get("epmpulse.event.displaced").counter().count();
    }

    @Test
    void unsentEventsCountUntilTheirReaderIsDisconnected() throws Exception {
        start(WITH_CHECKS);
        connect("HTTP/1.1", KEY);
        await().until(() -> readers() == 1);

        postUntilDisconnected(0);

        await().until(() -> server.unsentBytes().total() == 0);
    }

    private HttpResponse<String> get(String method) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri())
                                .header("X-API-Key", KEY)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void headGetsItsReplyAtOnceAndOpensNoStream() throws Exception {
        start(WITHOUT_CHECKS);

        HttpResponse<String> reply = get("HEAD");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(readers()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"none", "ADMIN"})
    void aRevokedKeyOrAnotherRoleClosesOnlyItsStreams(String role) throws Exception {
        start(WITH_CHECKS);
        TestingEventReader revoked = read();
        TestingEventReader other = readAs(OTHER_KEY);
        List<ApiKey> left = new ArrayList<>();
        for (ApiKey key : keys.all()) {
            boolean changes = key.equals(keys.find(KEY));
            if (!changes) {
                left.add(key);
            } else if (!role.equals("none")) {
                left.add(new ApiKey(key.name(), Role.valueOf(role), key.sha256()));
            }
        }

        keys.replace(left);

        assertThat(revoked.isClosed()).isTrue();
        post("D0", "OK", "continues");
        assertThat(other.next().text("message")).isEqualTo("continues");
    }

    @Test
    void aStreamWithoutChangesHasAHeartbeat() throws Exception {
        start(new Timing(Duration.ofMillis(200), Duration.ofDays(1), Duration.ofMillis(50)));
        TestingEventReader reader = read();

        await().until(() -> reader.comments() >= 2);

        assertThat(reader.poll()).isNull();
        assertThat(Timing.DEFAULT.heartbeat()).isEqualTo(Duration.ofSeconds(15));
        assertThat(Timing.DEFAULT.flush()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void aStopClosesAllStreamsAndRejectsNewOnes() throws Exception {
        start(WITHOUT_CHECKS);
        TestingEventReader one = read();
        TestingEventReader two = read();

        events.close();

        assertThat(one.isClosed()).isTrue();
        assertThat(two.isClosed()).isTrue();
        assertThat(get("GET").statusCode()).isEqualTo(503);
        assertThat(readers()).isZero();
    }

    @Test
    void aStreamIsMeasuredWhenItBeginsAndNotWhenItIsClosed() throws Exception {
        start(WITHOUT_CHECKS);

        TestingEventReader reader = read();
        await().until(() -> measuredReplies() == 1);
        events.close();

        assertThat(reader.isClosed()).isTrue();
        await().until(() -> readers() == 0);
        assertThat(measuredReplies()).isEqualTo(1);
    }

    private long measuredReplies() {
        return meters.find("epmpulse.http.requests").tag("path", BoardEvents.PATH).timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }
}
