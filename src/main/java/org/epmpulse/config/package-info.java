/** Settings, {@code .env} and {@code apps.json}: read once, checked, and said plainly where they are wrong. */
@NullMarked
package org.epmpulse.config;

import org.jspecify.annotations.NullMarked;
