package org.epmpulse.changes;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;

/** What the options of a {@code status-changes:} endpoint say. */
public final class StatusChangesEndpoint extends DefaultEndpoint {

    private final String name;
    private int queueSize = 10_000;
    private Duration interval = Duration.ZERO;
    private Set<String> apps = Set.of();
    private Set<String> statuses = Set.of();

    StatusChangesEndpoint(String uri, StatusChangesComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    /** The listener's name, which is also a label of its metric. */
    public String getName() {
        return name;
    }

    /** How many changes may wait for this listener. */
    public int getQueueSize() {
        return queueSize;
    }

    /** How many changes may wait for this listener; more are dropped and counted. The default is 10,000. */
    public void setQueueSize(int queueSize) {
        if (queueSize < 1) {
            throw new IllegalArgumentException("queueSize must be 1 or more, is " + queueSize);
        }
        this.queueSize = queueSize;
    }

    /** The shortest time from one message to the next; zero for none. */
    public Duration getInterval() {
        return interval;
    }

    /**
     * At most one message in so long a time, whose body is the list of all changes that came, in the order of their
     * revisions. The default is 0: each change by itself, at once.
     */
    public void setInterval(Duration interval) {
        if (interval.isNegative()) {
            throw new IllegalArgumentException("interval must be 0 or more, is " + interval.toMillis() + " ms");
        }
        this.interval = interval;
    }

    /** Ids of the applications whose changes are wanted, separated by commas. The default is all. */
    public void setApps(String apps) {
        this.apps = split(apps);
    }

    /** The statuses, as the new ones, whose changes are wanted, separated by commas. The default is all. */
    public void setStatuses(String statuses) {
        this.statuses = split(statuses);
        for (String status : this.statuses) {
            if (Status.ofLabel(status) == null) {
                throw new IllegalArgumentException("statuses must be of " + Status.labels() + ", is " + status);
            }
        }
    }

    private static Set<String> split(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean wants(StatusChange change) {
        return (apps.isEmpty() || apps.contains(change.app()))
                && (statuses.isEmpty() || statuses.contains(change.status()));
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        Registry registry = getCamelContext().getRegistry();
        StatusChangesConsumer consumer = new StatusChangesConsumer(
                this,
                processor,
                CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), StatusChanges.class),
                registry.findSingleByType(MeterRegistry.class));
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(
                "status-changes: can only be read from; to change a status send it to direct:status-record");
    }
}
