package org.epmpulse.epm.watch;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StatusStore;

/**
 * The EPM jobs that the journal has for each domain, whoever reported them. It is read once for a domain and round. Not
 * thread-safe.
 */
final class JournalJobs {

    /** Of 1,000 entries each; a domain has far fewer in the days of a list. */
    private static final int MAX_PAGES = 50;

    private final StatusStore store;
    private final Instant since;
    private final Map<DomainId, Map<String, State>> domains = new HashMap<>();

    /** What the journal has about a job. */
    enum State {
        NONE,
        /** Only its start, found by the watch. */
        FOUND,
        /** Its end, or a client has reported it. */
        DONE
    }

    /** @param since entries that were received earlier do not count */
    JournalJobs(StatusStore store, Instant since) {
        this.store = store;
        this.since = since;
    }

    State state(DomainId id, String epmJobId) {
        return domains.computeIfAbsent(id, this::read).getOrDefault(epmJobId, State.NONE);
    }

    private Map<String, State> read(DomainId id) {
        Map<String, State> jobs = new HashMap<>();
        String cursor = null;
        for (int page = 0; page < MAX_PAGES; page++) {
            HistoryPage entries = store.history(
                    new HistoryQuery(id.app(), id.domain(), null, null, since, null, HistoryQuery.MAX_LIMIT, cursor));
            for (Entry entry : entries.entries()) {
                if (entry.epmJobId() != null && entry.answer() == null) {
                    boolean found = entry.source() == Source.EPM && entry.status() == Status.LOADING;
                    jobs.merge(
                            entry.epmJobId(),
                            found ? State.FOUND : State.DONE,
                            (one, other) -> one == State.DONE ? one : other);
                }
            }
            cursor = entries.next();
            if (cursor == null) {
                break;
            }
        }
        return jobs;
    }

    /** Notes what was recorded since the domain was read. */
    void add(DomainId id, String epmJobId, State state) {
        Map<String, State> jobs = domains.get(id);
        if (jobs != null) {
            jobs.put(epmJobId, state);
        }
    }
}
