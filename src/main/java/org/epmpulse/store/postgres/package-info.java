/** The journal in PostgreSQL, shared by all nodes. */
@NullMarked
package org.epmpulse.store.postgres;

import org.jspecify.annotations.NullMarked;
