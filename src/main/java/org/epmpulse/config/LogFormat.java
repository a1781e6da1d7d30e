package org.epmpulse.config;

/** {@code JSON} makes every line of the log one object. */
public enum LogFormat {
    TEXT,
    JSON
}
