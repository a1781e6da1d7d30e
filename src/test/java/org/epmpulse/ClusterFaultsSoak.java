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

/** Two packaged programs with a database, under load, while something of it fails. */
class ClusterFaultsSoak {

    @TempDir
    static Path folder;

    private static TestingDatabase database;
    private static PackagedCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        TestingDatabase.requireInstalled();
        database = TestingDatabase.start();
        cluster = PackagedCluster.start(folder, database, Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        if (database != null) {
            database.close();
        }
    }

    /** Also after a test that failed, so that the next one shows what it is about. */
    @BeforeEach
    @AfterEach
    void recover() throws Exception {
        cluster.recover();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void nothingIsLostOrRepeated(ClusterFault fault) throws Exception {
        try (ClusterLoad load = ClusterLoad.start(cluster)) {
            load.awaitProgress();
            fault.happen(cluster, load::awaitProgress);
            if (fault == ClusterFault.ACTIVE_NODE_PAUSED) {
                load.addPause();
            }
            cluster.recover();
            load.awaitProgress();
            load.assertNothingIsLostOrRepeated();
        }
    }
}
