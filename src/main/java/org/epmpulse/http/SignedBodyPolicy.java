package org.epmpulse.http;

import org.apache.camel.support.RoutePolicySupport;

/** Marks a route whose requests are authenticated by a {@link BodySignature}, which the gate checks. */
public final class SignedBodyPolicy extends RoutePolicySupport {

    private final BodySignature signature;

    public SignedBodyPolicy(BodySignature signature) {
        this.signature = signature;
    }

    BodySignature signature() {
        return signature;
    }
}
