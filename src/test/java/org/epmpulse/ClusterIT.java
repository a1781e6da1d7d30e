package org.epmpulse;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two packaged programs with a database, under load, while something of it fails. {@link ClusterSoak} has all faults;
 * here are those that differ most.
 */
class ClusterIT {

    @TempDir
    static Path folder;

    private static PackagedCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = PackagedCluster.start(folder, Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** Also after a test that failed, so that the next one shows what it is about. */
    @BeforeEach
    @AfterEach
    void recover() throws Exception {
        cluster.recover();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            names = {
                "ACTIVE_NODE_KILLED",
                "BOTH_NODES_KILLED",
                "ACTIVE_NODE_PAUSED",
                "DATABASE_KILLED",
                "ACTIVE_NODE_STALLED",
                "BOTH_NODES_CUT_OFF"
            })
    void nothingIsLostOrRepeated(ClusterFault fault) throws Exception {
        try (ClusterLoad load = ClusterLoad.start(cluster)) {
            load.awaitProgress();
            fault.happen(cluster, load::awaitProgress);
            cluster.recover();
            load.awaitProgress();
            load.assertNothingIsLostOrRepeated();
        }
    }
}
