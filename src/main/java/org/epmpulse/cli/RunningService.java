package org.epmpulse.cli;

/** The service that a command started. */
public interface RunningService extends AutoCloseable {

    /** Host and port for a client on this machine. */
    String address();

    /** Stops the service when the process is terminated, such as by SIGTERM. */
    void stopWithTheProcess();

    /** Stops the service and waits until it has stopped. */
    @Override
    void close();
}
