/** Settings, {@code .env} and {@code apps.json}: parsing, checks and error messages. */
@NullMarked
package org.epmpulse.config;

import org.jspecify.annotations.NullMarked;
