package org.epmpulse.config;

/** From when on the service logs. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
}
