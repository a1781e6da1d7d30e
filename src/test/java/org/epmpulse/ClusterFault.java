package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.PackagedCluster.PATIENCE;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.epmpulse.store.postgres.TcpProxy;

/** What happens to a node, to the database or to what is between them. Ends when the fault is mended. */
enum ClusterFault {
    NONE {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) {
            meanwhile.run();
        }
    },

    ACTIVE_NODE_KILLED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            PackagedNode active = cluster.awaitActive();
            active.kill();
            awaitTakeover(cluster.other(active));
            meanwhile.run();
            active.start();
        }
    },

    PASSIVE_NODE_KILLED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            PackagedNode active = cluster.awaitActive();
            PackagedNode passive = cluster.other(active);
            passive.kill();
            meanwhile.run();
            assertThat(active.isActive()).as("node %s is still active", active).isTrue();
            passive.start();
        }
    },

    BOTH_NODES_KILLED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            for (PackagedNode node : cluster.nodes()) {
                node.kill();
            }
            for (PackagedNode node : cluster.nodes()) {
                node.start();
            }
        }
    },

    ACTIVE_NODE_PAUSED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            PackagedNode paused = cluster.awaitActive();
            PackagedNode other = cluster.other(paused);
            paused.pause();
            awaitTakeover(other);
            meanwhile.run();
            List<String> before = paused.toSlack.requests();
            int editsOfOther = other.toSlack.requests().size();
            paused.resume();

            awaitUpdates(paused);
            await("node " + other + " publishes")
                    .atMost(PATIENCE)
                    .until(() -> other.toSlack.requests().size() > editsOfOther + 2);
            assertThat(other.isActive()).as("node %s is still active", other).isTrue();
            assertThat(paused.isActive()).isFalse();
            assertThat(paused.toSlack.requests())
                    .as("requests to Slack of node %s, which had been paused", paused)
                    .isEqualTo(before);
        }
    },

    /** Until its lease has ended; not so long that another node takes over. */
    ACTIVE_NODE_PAUSED_SHORTLY {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            PackagedNode paused = cluster.awaitActive();
            paused.pause();
            Instant until = Instant.now().plusSeconds(5);
            await().until(() -> Instant.now().isAfter(until));
            paused.resume();
            awaitUpdates(paused);
        }
    },

    PASSIVE_NODE_PAUSED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            PackagedNode active = cluster.awaitActive();
            PackagedNode paused = cluster.other(active);
            paused.pause();
            meanwhile.run();
            assertThat(active.isActive()).as("node %s is still active", active).isTrue();
            paused.resume();
            awaitUpdates(paused);
        }
    },

    DATABASE_RESTARTED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            cluster.server.restart();
        }
    },

    DATABASE_KILLED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            cluster.server.killAndStart();
        }
    },

    ACTIVE_NODE_CUT_OFF {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            isolateActive(cluster, TcpProxy::cut, meanwhile);
        }
    },

    ACTIVE_NODE_STALLED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            isolateActive(cluster, TcpProxy::stall, meanwhile);
        }
    },

    PASSIVE_NODE_STALLED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            PackagedNode active = cluster.awaitActive();
            PackagedNode passive = cluster.other(active);
            passive.toDatabase.stall();
            awaitOldReads(passive);
            meanwhile.run();
            assertThat(active.isActive()).as("node %s is still active", active).isTrue();
            passive.toDatabase.restore();
            awaitNewReads(passive);
        }
    },

    BOTH_NODES_CUT_OFF {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            isolateBoth(cluster, TcpProxy::cut);
        }
    },

    BOTH_NODES_STALLED {
        @Override
        void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception {
            isolateBoth(cluster, TcpProxy::stall);
        }
    };

    /** Two and a half times what is promised, for a machine that does much else. */
    private static final Duration TAKEOVER = Duration.ofSeconds(20);

    /**
     * Lets it happen, and mends it.
     *
     * @param meanwhile to be run where at least one node works while the fault lasts
     */
    abstract void happen(PackagedCluster cluster, Runnable meanwhile) throws Exception;

    private static void isolateActive(PackagedCluster cluster, Consumer<TcpProxy> isolate, Runnable meanwhile) {
        PackagedNode isolated = cluster.awaitActive();
        isolate.accept(isolated.toDatabase);
        awaitTakeover(cluster.other(isolated));
        awaitOldReads(isolated);
        meanwhile.run();
        isolated.toDatabase.restore();
        awaitNewReads(isolated);
    }

    private static void isolateBoth(PackagedCluster cluster, Consumer<TcpProxy> isolate) {
        for (PackagedNode node : cluster.nodes()) {
            isolate.accept(node.toDatabase);
        }
        for (PackagedNode node : cluster.nodes()) {
            await("node " + node + " refuses updates").atMost(PATIENCE).until(() -> !node.acceptsUpdates());
            await("node " + node + " is not active").atMost(PATIENCE).until(() -> !node.isActive());
            awaitOldReads(node);
        }
        for (PackagedNode node : cluster.nodes()) {
            node.toDatabase.restore();
        }
        for (PackagedNode node : cluster.nodes()) {
            awaitNewReads(node);
        }
    }

    private static void awaitUpdates(PackagedNode node) {
        await("node " + node + " accepts updates").atMost(PATIENCE).until(node::acceptsUpdates);
    }

    private static void awaitTakeover(PackagedNode node) {
        await("node " + node + " takes over").atMost(TAKEOVER).until(node::isActive);
    }

    /** Reading goes on, and says that others may have recorded more. */
    private static void awaitOldReads(PackagedNode node) {
        await("node " + node + " marks its replies").atMost(PATIENCE).until(() -> isMarked(node));
    }

    private static void awaitNewReads(PackagedNode node) {
        await("node " + node + " has what others recorded").atMost(PATIENCE).until(() -> !isMarked(node));
    }

    private static boolean isMarked(PackagedNode node) throws Exception {
        HttpResponse<String> reply = node.get("/api/v1/status");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return reply.headers().firstValue("EPMPulse-As-Of").isPresent();
    }
}
