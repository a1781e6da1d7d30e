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

    /** A single node. */
    public static final Cluster SINGLE = new Cluster(
            Activity.ALWAYS, Receipts.NONE, ListenerPositions.NONE, SharedViews.NONE, NodeRequests.NONE, Nodes.NONE);
}
