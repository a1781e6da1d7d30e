package org.epmpulse.config;

/** How strict the service is: {@code PRODUCTION} takes neither weak keys nor plain HTTP to others. */
public enum Environment {
    DEVELOPMENT,
    PRODUCTION
}
