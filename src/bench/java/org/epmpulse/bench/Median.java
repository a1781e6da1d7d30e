package org.epmpulse.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Median and spread of measurements. */
final class Median {

    private Median() {}

    /** The median; NaN if there are no values. */
    static double of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The interquartile range as a share of the median; 0 for one value. */
    static double spread(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        double low = sorted[sorted.length / 4];
        double high = sorted[sorted.length - 1 - sorted.length / 4];
        return (high - low) / of(Arrays.stream(sorted));
    }
}
