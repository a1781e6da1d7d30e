/** EPM pods: where a job's state is asked for, what the answer means, and the credentials to ask with. */
@NullMarked
package org.epmpulse.epm;

import org.jspecify.annotations.NullMarked;
