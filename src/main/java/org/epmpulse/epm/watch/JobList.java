package org.epmpulse.epm.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that an environment lists.
 *
 * @param matching those that belong to a domain, with their domains
 * @param unmatched how many belong to none
 * @param unmatchedNames how often which of them is listed; the first {@value #MAX_NAMES} names
 * @param own the job that exported the list; null if it is not listed
 */
record JobList(
        List<Match> matching,
        int unmatched,
        Map<Name, Integer> unmatchedNames,
        @Nullable ListedJob own) {

    static final int MAX_NAMES = 1000;

    JobList {
        matching = List.copyOf(matching);
        unmatchedNames = new TreeMap<>(unmatchedNames);
    }

    /** The list of jobs that an environment does not list itself. */
    static JobList of(List<ListedJob> jobs, JobMatcher matcher) {
        List<Match> matching = new ArrayList<>();
        Map<Name, Integer> names = new TreeMap<>();
        for (ListedJob job : jobs) {
            List<DomainId> domains = matcher.domains(job);
            if (domains.isEmpty()) {
                names.merge(new Name(job.name(), ""), 1, Integer::sum);
            } else {
                matching.add(new Match(job, domains));
            }
        }
        return new JobList(matching, jobs.size() - matching.size(), names, null);
    }

    /** @param domains at least one */
    record Match(ListedJob job, List<DomainId> domains) {

        Match {
            domains = List.copyOf(domains);
        }
    }

    /**
     * The name of a job.
     *
     * @param type empty if it is not known
     */
    record Name(String name, String type) implements Comparable<Name> {

        @Override
        public int compareTo(Name other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : type.compareTo(other.type);
        }
    }
}
