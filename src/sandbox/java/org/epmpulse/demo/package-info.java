/** The service beside the sandbox, for whoever tries it. */
@NullMarked
package org.epmpulse.demo;

import org.jspecify.annotations.NullMarked;
