package org.epmpulse.alerts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.epmpulse.cluster.Receipts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes and reads the {@link Receipts} of a sink's messages; what cannot be written is kept. Thread-safe. */
final class ReceiptWriter {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiptWriter.class);

    private final Receipts receipts;
    private final String sink;
    private final Queue<UUID> missing = new ConcurrentLinkedQueue<>();

    /** @param sink name of the sink in log lines */
    ReceiptWriter(Receipts receipts, String sink) {
        this.receipts = receipts;
        this.sink = sink;
    }

    /** The sink has accepted the message of this claim. */
    void write(UUID claim) {
        missing.add(claim);
        try {
            writeAll();
        } catch (IOException e) {
            LOG.warn(
                    "{} alerts: the receipt of a sent message cannot be saved: {}; if another node takes over before it"
                            + " is saved, that message is sent twice",
                    sink,
                    e.getMessage());
        }
    }

    /** Writes what could not be written before. */
    void writeMissing() {
        try {
            writeAll();
        } catch (IOException e) {
            LOG.debug("{} alerts: receipts cannot be saved", sink, e);
        }
    }

    private void writeAll() throws IOException {
        UUID claim = missing.peek();
        while (claim != null) {
            receipts.add(claim);
            missing.remove(claim);
            claim = missing.peek();
        }
    }

    /** @throws UncheckedIOException if it is not known */
    boolean contains(UUID claim) {
        try {
            return missing.contains(claim) || receipts.contains(claim);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
