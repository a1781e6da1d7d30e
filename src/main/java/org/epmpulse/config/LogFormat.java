package org.epmpulse.config;

/** The format of the log. With {@code JSON} each line is one object. */
public enum LogFormat {
    TEXT,
    JSON
}
