package org.epmpulse.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Writers to standard output and standard error, with which the locale C prints more than question marks. */
final class StandardStreams {

    private StandardStreams() {}

    /** Whether this is the locale C. */
    static boolean areAscii() {
        return Charset.defaultCharset().equals(StandardCharsets.US_ASCII);
    }

    static PrintWriter out() {
        return writer(System.out);
    }

    static PrintWriter err() {
        return writer(System.err);
    }

    private static PrintWriter writer(PrintStream stream) {
        return areAscii()
                ? new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true)
                : new PrintWriter(stream, true);
    }
}
