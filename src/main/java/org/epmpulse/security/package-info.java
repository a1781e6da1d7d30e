/** Who may use the API, and how much: valid keys, wrong ones, limits and trusted proxies. */
@NullMarked
package org.epmpulse.security;

import org.jspecify.annotations.NullMarked;
