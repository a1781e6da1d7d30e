package org.epmpulse.outbound;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.jspecify.annotations.Nullable;

/** Says in plain words why an outgoing call failed; the only place that does. */
public final class OutboundFailure {

    private static final int MAX_CAUSES = 20;

    private OutboundFailure() {}

    /** The reason, without an address, a class name or a text of a library or of the peer. */
    public static String reason(Throwable failure) {
        // A cause says more than the exception around it.
        List<Throwable> causes = causes(failure);
        for (Throwable cause : causes) {
            String reason = reasonOf(cause, causes);
            if (reason != null) {
                return reason;
            }
        }
        return "connection lost";
    }

    /** Whether there is a response, but one that is not valid HTTP or breaks a limit; the reason says which. */
    public static boolean isUnusableResponse(Throwable failure) {
        return causes(failure).stream()
                .anyMatch(cause -> cause instanceof OutboundException known && known.isUnusableResponse()
                        || cause instanceof MessageConstraintException
                        || isInvalidHttp(cause));
    }

    /** Whether there is a response whose body is longer than the limit of the client. */
    public static boolean isTooLong(Throwable failure) {
        return causes(failure).stream()
                .anyMatch(cause -> cause instanceof OutboundException known && known.isTooLong());
    }

    private static boolean isInvalidHttp(Throwable failure) {
        return failure instanceof HttpException
                || failure instanceof MalformedChunkCodingException
                || failure instanceof ZipException;
    }

    private static List<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MAX_CAUSES)
                .toList();
    }

    private static @Nullable String reasonOf(Throwable failure, List<Throwable> causes) {
        if (failure instanceof OutboundException) {
            return String.valueOf(failure.getMessage());
        }
        if (failure instanceof UnknownHostException) {
            return "host not found";
        }
        if (failure instanceof ConnectionRequestTimeoutException) {
            return "all connections are in use";
        }
        if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
            return "connection failed";
        }
        if (failure instanceof ConnectTimeoutException) {
            return "no connection within the time-out";
        }
        if (failure instanceof SSLException) {
            return "TLS failed: " + tls(causes);
        }
        if (failure instanceof InterruptedIOException) {
            return "timed out";
        }
        if (failure instanceof MessageConstraintException) {
            return "the head of the response is too long";
        }
        if (isInvalidHttp(failure)) {
            return "the response is not valid HTTP";
        }
        return null;
    }

    private static String tls(List<Throwable> causes) {
        if (has(causes, SSLPeerUnverifiedException.class)) {
            return "the certificate is for another host";
        }
        if (has(causes, CertificateExpiredException.class)) {
            return "the certificate has expired";
        }
        if (has(causes, CertificateNotYetValidException.class)) {
            return "the certificate is not valid yet";
        }
        if (has(causes, CertPathBuilderException.class) || has(causes, CertificateException.class)) {
            return "Java's trust store does not trust the certificate";
        }
        boolean plain = causes.stream()
                .map(cause -> String.valueOf(cause.getMessage()))
                .anyMatch(message -> message.contains("Unsupported or unrecognized SSL message"));
        return plain ? "the peer does not speak TLS" : "no secure connection could be agreed on";
    }

    private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }
}
