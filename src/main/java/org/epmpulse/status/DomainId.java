package org.epmpulse.status;

import java.util.Comparator;

/** A part of an application that is loaded on its own, such as Planning / Actual. */
public record DomainId(String app, String domain) implements Comparable<DomainId> {

    private static final Comparator<DomainId> ORDER =
            Comparator.comparing(DomainId::app).thenComparing(DomainId::domain);

    @Override
    public int compareTo(DomainId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return app + "/" + domain;
    }
}
