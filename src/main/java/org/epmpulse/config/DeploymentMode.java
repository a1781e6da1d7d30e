package org.epmpulse.config;

/** The value of {@code EPMPULSE_ENV}. {@code PRODUCTION} rejects weak keys and plain HTTP to other hosts. */
public enum DeploymentMode {
    DEVELOPMENT,
    PRODUCTION
}
