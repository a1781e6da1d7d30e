package org.epmpulse;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults in a random order for half an hour, or the property {@code soak.minutes}; {@code soak.seed} repeats an order.
 * Not part of a build: {@code mvn -Pcluster-soak verify}.
 */
class ClusterSoak {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterSoak.class);

    /** Up to so long the cluster runs before the next fault, and during one in which a node works. */
    private static final int MAX_MILLIS = 8_000;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("soak.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final LinkedList<ClusterFault> faults = new LinkedList<>();

    @Test
    void nothingIsLostOrRepeatedByRandomFaults() throws Exception {
        Instant end = Instant.now().plus(Duration.ofMinutes(Integer.getInteger("soak.minutes", 30)));
        try (PackagedCluster cluster = PackagedCluster.start(folder, Map.of())) {
            LOG.info("Soak: begins with -Dsoak.seed={}", seed);
            for (int round = 1; Instant.now().isBefore(end); round++) {
                runRound(cluster, round);
            }
        }
    }

    /** One to three faults, some of them before the cluster has got over the one before. */
    private void runRound(PackagedCluster cluster, int round) throws Exception {
        try (ClusterLoad load = ClusterLoad.start(cluster)) {
            load.awaitProgress();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                ClusterFault fault = nextFault();
                LOG.info("Soak: round {}: {}", round, fault);
                fault.happen(cluster, this::letRun);
                cluster.recover();
                letRun();
            }
            load.awaitProgress();
            load.assertNothingIsLostOrRepeated();
        }
    }

    /** Each fault comes once before one comes again. */
    private ClusterFault nextFault() {
        if (faults.isEmpty()) {
            faults.addAll(List.of(ClusterFault.values()));
            Collections.shuffle(faults, random);
        }
        return faults.remove();
    }

    private void letRun() {
        Instant until = Instant.now().plusMillis(random.nextInt(MAX_MILLIS));
        await().atMost(Duration.ofMillis(MAX_MILLIS * 2L))
                .until(() -> Instant.now().isAfter(until));
    }
}
