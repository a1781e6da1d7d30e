/** Runs a command and posts its status to an EPMPulse; keeps in a folder what cannot be sent. */
@NullMarked
package org.epmpulse.client;

import org.jspecify.annotations.NullMarked;
