package org.epmpulse.cli;

/** The service that a command has started. */
public interface RunningService extends AutoCloseable {

    /** Host and port, as a client on this machine writes them. */
    String address();

    /** Stops the service when the process is asked to stop, as by SIGTERM. */
    void stopWithTheProcess();

    /** Stops the service; returns when it has stopped. */
    @Override
    void close();
}
