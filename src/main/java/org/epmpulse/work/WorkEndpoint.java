package org.epmpulse.work;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.support.DefaultEndpoint;
import org.epmpulse.cluster.Activity;

/** An endpoint whose messages are the items of a {@link WorkSource}. For consumers only. */
public abstract class WorkEndpoint extends DefaultEndpoint {

    private final WorkComponent component;
    private final String sourceName;

    @UriParam(defaultValue = "10", description = "The maximum number of items in flight.")
    @Metadata(defaultValue = "10")
    private int concurrentConsumers = 10;

    /** @param sourceName the name of the {@link WorkSource} in the registry */
    protected WorkEndpoint(String uri, WorkComponent component, String sourceName) {
        super(uri, component);
        this.component = component;
        this.sourceName = sourceName;
    }

    /** The maximum number of items in flight. */
    public int getConcurrentConsumers() {
        return concurrentConsumers;
    }

    /** The maximum number of items in flight, 1 or more. The default is 10. */
    public void setConcurrentConsumers(int concurrentConsumers) {
        if (concurrentConsumers < 1) {
            throw new IllegalArgumentException("concurrentConsumers must be 1 or more, is " + concurrentConsumers);
        }
        this.concurrentConsumers = concurrentConsumers;
    }

    /** @throws IllegalStateException if another route gets the items of this source */
    void claimSource(Object consumer) {
        Object other = component.consumers().putIfAbsent(sourceName, consumer);
        if (other != null && other != consumer) {
            throw new IllegalStateException("another route already reads from " + sourceName + "; only one may");
        }
    }

    /** False if another consumer gets the items of the source. */
    boolean releaseSource(Object consumer) {
        return component.consumers().remove(sourceName, consumer);
    }

    /**
     * The source of the items; by default the one in the registry.
     *
     * @throws IllegalArgumentException if there is none
     */
    protected WorkSource<?> source() {
        WorkSource<?> source = getCamelContext().getRegistry().lookupByNameAndType(sourceName, WorkSource.class);
        if (source == null) {
            throw new IllegalArgumentException("unknown source " + sourceName);
        }
        return source;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        WorkSource<?> source = source();
        Activity activity = getCamelContext().getRegistry().findSingleByType(Activity.class);
        WorkConsumer<?> consumer = new WorkConsumer<>(
                this, processor, source, concurrentConsumers, activity == null ? Activity.ALWAYS : activity);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(sourceName + " can only be read from");
    }
}
