package org.epmpulse.changes;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.StatusStore;

/** Every change of the board as a message, in the order of the revisions. */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "status-changes",
        title = "Status Changes",
        syntax = "status-changes:name",
        category = Category.MONITORING,
        consumerOnly = true,
        remote = false)
public final class StatusChangesEndpoint extends DefaultEndpoint {

    private static final String ONE = "one";

    @UriPath(description = "A name that you choose for the listener. It is also the label of the listener's metric.")
    @Metadata(required = true)
    private final String name;

    @UriParam(
            defaultValue = "10000",
            description =
                    "The maximum number of changes in the listener's queue. Further changes are dropped and counted;"
                            + " a durable listener gets them later.")
    private int queueSize = 10_000;

    @UriParam(
            defaultValue = "0",
            description = "The minimum time between two messages. The body of a message is then the list of all changes"
                    + " since the previous message, in the order of their revisions. With 0 each change is sent at once"
                    + " as a message of its own.")
    private Duration interval = Duration.ZERO;

    @UriParam(description = "Send only changes of these applications: their ids, separated by commas. Default: all.")
    private String apps = "";

    @UriParam(
            description = "Send only changes to these statuses, separated by commas: Blank, Loading, OK, Warning."
                    + " Default: all.")
    private String statuses = "";

    @UriParam(
            enums = "one,all",
            defaultValue = "one",
            description = "Where the listener runs if there are several nodes: one for the active node only, which"
                    + " continues where another has stopped; all for every node. With a single node both are the same.")
    private String nodes = ONE;

    @UriParam(
            defaultValue = "false",
            description =
                    "Whether to send also answers to alerts, such as an acknowledgement: their status is that before,"
                            + " and the field answer is set. Without it a route gets each update once.")
    private boolean answers;

    @UriParam(
            description = "Send only changes of these domains: their ids, separated by commas, such as Actual, or with"
                    + " the application, such as Planning/Actual. Default: all.")
    private String domains = "";

    @UriParam(
            defaultValue = "false",
            description =
                    "Whether the listener misses no change: it continues after the last one that its route has processed,"
                            + " also after a restart, a kill or a time in which it was too slow, and gets a change again"
                            + " while its route fails. At the first start it begins with the next change. Changes of up"
                            + " to a second may come twice after a kill.")
    private boolean durable;

    private Set<String> appFilter = Set.of();
    private Set<String> domainFilter = Set.of();
    private Set<String> statusFilter = Set.of();

    StatusChangesEndpoint(String uri, StatusChangesComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    /** The listener's name, which is also a label of its metric. */
    public String getName() {
        return name;
    }

    /** The maximum number of changes in the queue. */
    public int getQueueSize() {
        return queueSize;
    }

    /** The maximum number of changes in the queue; further ones are dropped and counted. The default is 10,000. */
    public void setQueueSize(int queueSize) {
        if (queueSize < 1) {
            throw new IllegalArgumentException("queueSize must be 1 or more, is " + queueSize);
        }
        this.queueSize = queueSize;
    }

    /** The minimum time between two messages; 0 sends each change at once. */
    public Duration getInterval() {
        return interval;
    }

    /**
     * The minimum time between two messages; the body is the list of all changes since the previous message. The
     * default is 0: each change is a message of its own.
     */
    public void setInterval(Duration interval) {
        if (interval.isNegative()) {
            throw new IllegalArgumentException("interval must be 0 or more, is " + interval.toMillis() + " ms");
        }
        this.interval = interval;
    }

    /** As it was set; empty for all. */
    public String getApps() {
        return apps;
    }

    /** Ids of the applications whose changes are sent, separated by commas. The default is all. */
    public void setApps(String apps) {
        this.apps = apps;
        this.appFilter = split(apps);
    }

    /** As it was set; empty for all. */
    public String getDomains() {
        return domains;
    }

    /** Domains whose changes are sent, separated by commas: {@code Actual} or {@code Planning/Actual}. The default is all. */
    public void setDomains(String domains) {
        this.domains = domains;
        this.domainFilter = split(domains);
    }

    /** Whether no change is missed. */
    public boolean isDurable() {
        return durable;
    }

    /** Whether no change is missed, over restarts, kills, and while the route is slow or fails. The default is false. */
    public void setDurable(boolean durable) {
        this.durable = durable;
    }

    /** As it was set; empty for all. */
    public String getStatuses() {
        return statuses;
    }

    /** Sends only changes to these statuses, separated by commas. The default is all. */
    public void setStatuses(String statuses) {
        this.statuses = statuses;
        this.statusFilter = split(statuses);
        for (String status : statusFilter) {
            if (Status.ofLabel(status) == null) {
                throw new IllegalArgumentException("statuses must be of " + Status.labels() + ", is " + status);
            }
        }
    }

    /** {@code one} or {@code all}. */
    public String getNodes() {
        return nodes;
    }

    /** Where the listener runs if there are several nodes: {@code one} (the default) or {@code all}. */
    public void setNodes(String nodes) {
        if (!nodes.equals(ONE) && !nodes.equals("all")) {
            throw new IllegalArgumentException("nodes must be one or all, is " + nodes);
        }
        this.nodes = nodes;
    }

    /** Whether answers to alerts are sent, too. */
    public boolean isAnswers() {
        return answers;
    }

    /** Whether answers to alerts are sent, too; the default is false. */
    public void setAnswers(boolean answers) {
        this.answers = answers;
    }

    private static Set<String> split(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean accepts(StatusChange change) {
        return (answers || change.answer() == null)
                && (appFilter.isEmpty() || appFilter.contains(change.app()))
                && (domainFilter.isEmpty()
                        || domainFilter.contains(change.domain())
                        || domainFilter.contains(change.id().toString()))
                && (statusFilter.isEmpty() || statusFilter.contains(change.status()));
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        Registry registry = getCamelContext().getRegistry();
        StatusChangesConsumer consumer = new StatusChangesConsumer(
                this,
                processor,
                feed(CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), StatusChanges.class)),
                registry.findSingleByType(MeterRegistry.class));
        configureConsumer(consumer);
        return consumer;
    }

    private ChangeFeed feed(StatusChanges changes) {
        Cluster cluster = getCamelContext().getRegistry().findSingleByType(Cluster.class);
        if (durable) {
            if (cluster == null || !nodes.equals(ONE)) {
                throw new IllegalArgumentException("durable=true needs nodes=one: one position is kept for all nodes");
            }
            StatusStore store = CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), StatusStore.class);
            return new DurableFeed(
                    name, changes, store, cluster.activity(), cluster.positions(), this::newPositionThread);
        }
        if (cluster == null || cluster.activity().single() || !nodes.equals(ONE)) {
            return new EveryNodeFeed(changes);
        }
        return new OneNodeFeed(name, changes, cluster.activity(), cluster.positions(), this::newPositionThread);
    }

    private ScheduledExecutorService newPositionThread() {
        return getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, getEndpointBaseUri() + " position");
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(
                "status-changes: can only be read from; to change a status send it to direct:status-record");
    }
}
