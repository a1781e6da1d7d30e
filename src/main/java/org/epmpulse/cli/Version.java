package org.epmpulse.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar. */
public final class Version implements IVersionProvider {

    /** {@code development} if it does not run from the jar. */
    public static String get() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"EPMPulse " + get()};
    }
}
