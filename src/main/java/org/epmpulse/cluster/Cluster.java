package org.epmpulse.cluster;

/**
 * What the nodes share beside the journal and the documents.
 *
 * @param activity which node is active
 */
public record Cluster(
        Activity activity,
        Receipts receipts,
        ListenerPositions positions,
        SharedViews views,
        NodeRequests requests,
        Nodes nodes) {

    /** A single node that keeps nothing. */
    public static final Cluster SINGLE = single(ListenerPositions.NONE);

    /** A single node. */
    public static Cluster single(ListenerPositions positions) {
        return new Cluster(Activity.ALWAYS, Receipts.NONE, positions, SharedViews.NONE, NodeRequests.NONE, Nodes.NONE);
    }
}
