package org.epmpulse.cluster;

import java.util.List;
import org.epmpulse.config.SharedConfiguration;

/** The processes that share the database. Thread-safe. */
public interface Nodes {

    /** A single process with files. */
    Nodes NONE = List::of;

    /** What a node does. */
    enum State {
        /** It starts, or waits for the database. */
        STARTING,
        /** It answers requests. */
        RUNNING,
        /** As {@link #RUNNING}; also, it alone publishes canvases, sends alerts and polls EPM. */
        ACTIVE,
        /** It answers requests, but not for long. */
        STOPPING
    }

    /**
     * One node.
     *
     * @param name as in {@code EPMPULSE_NODE}; unique if the nodes are configured correctly
     * @param version of the program
     * @param configuration what must be the same on all nodes, see {@link SharedConfiguration#text()}
     */
    record Node(String name, State state, String version, String configuration) {}

    /** The nodes, this one included, as far as this node knows them; empty with files. Does not block. */
    List<Node> list();
}
