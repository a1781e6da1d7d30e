package org.epmpulse.store.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Writes and reads a line of the journal. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JournalLineBeans {

    private final Entry entry = new Entry(
            ValidatedUpdate.of(
                    new DomainId("App", "D7"), Status.OK, "LOAD_0_157", "file 4711 of the night", "key-0123abcd"),
            Instant.parse("2026-03-31T18:02:05.123Z"),
            Outcome.RECORDED,
            4711L,
            Instant.parse("2026-03-31T18:00:00Z"),
            125L,
            null,
            null);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    private final byte[] line;

    public JournalLineBeans() {
        JournalLine.write(entry, out);
        line = out.toByteArray();
    }

    @Benchmark
    public int write() {
        out.reset();
        JournalLine.write(entry, out);
        return out.size();
    }

    @Benchmark
    public Entry read() throws IOException {
        return JournalLine.read(line, 0, line.length - 1);
    }
}
