package org.epmpulse.sandbox;

/** An error response of the token endpoint (RFC 6749 section 5.2). */
final class TokenRefusal extends RuntimeException {

    private final String code;

    TokenRefusal(String code, String description) {
        super(description, null, false, false);
        this.code = code;
    }

    String code() {
        return code;
    }

    int status() {
        return code.equals("invalid_client") ? 401 : 400;
    }
}
