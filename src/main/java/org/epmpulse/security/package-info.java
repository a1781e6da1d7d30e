/** Authentication and limits of API callers: valid and invalid keys, rate limits, trusted proxies. */
@NullMarked
package org.epmpulse.security;

import org.jspecify.annotations.NullMarked;
