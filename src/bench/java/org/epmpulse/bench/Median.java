package org.epmpulse.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** What many measurements come to. */
final class Median {

    private Median() {}

    /** NaN of none. */
    static double of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** How far the middle half of the values lies apart, as a share of the median; 0 of one. */
    static double spread(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        double low = sorted[sorted.length / 4];
        double high = sorted[sorted.length - 1 - sorted.length / 4];
        return (high - low) / of(Arrays.stream(sorted));
    }
}
