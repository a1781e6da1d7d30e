package org.epmpulse.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the media type, charset and encoding of a body. */
final class MediaTypes {

    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]*)", Pattern.CASE_INSENSITIVE);

    private MediaTypes() {}

    /** Whether the endpoint accepts a body with these headers. */
    static boolean accepts(Endpoint endpoint, MultiMap headers) {
        if (endpoint.signature() != null && isForm(headers)) {
            // The server decodes forms, and keeps no bytes whose signature could be checked.
            return false;
        }
        String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
            return false;
        }
        List<String> types = headers.getAll(HttpHeaders.CONTENT_TYPE);
        if (types.size() > 1) {
            return false;
        }
        String type = types.isEmpty() ? null : types.get(0);
        if (endpoint.consumes().isEmpty()) {
            // Camel would add form fields to the message as headers.
            return !endpoint.policy().builtIn() || type == null || !isForm(type);
        }
        return type != null
                && (endpoint.consumes().contains(type) || matches(endpoint.consumes(), type))
                && isUtf8(type);
    }

    private static boolean matches(List<String> consumes, String contentType) {
        String type = withoutParameters(contentType);
        return consumes.stream()
                .map(MediaTypes::withoutParameters)
                .anyMatch(consumed -> consumed.equals(type)
                        || consumed.equals("*/*")
                        || (consumed.endsWith("/*") && type.startsWith(consumed.substring(0, consumed.length() - 1))));
    }

    /** Only JSON must be UTF-8. Site routes handle the charset of other types. */
    private static boolean isUtf8(String contentType) {
        if (contentType.indexOf(';') < 0 || !withoutParameters(contentType).endsWith("json")) {
            return true;
        }
        String charset = charset(contentType);
        return charset == null || charset.equalsIgnoreCase("utf-8") || charset.equalsIgnoreCase("utf8");
    }

    private static @Nullable String charset(String contentType) {
        Matcher matcher = CHARSET.matcher(contentType);
        return matcher.find() ? matcher.group(1) : null;
    }

    /** Whether the body is a form, which is decoded while it arrives. */
    static boolean isForm(MultiMap headers) {
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        return type != null && isForm(type);
    }

    private static boolean isForm(String contentType) {
        String type = withoutParameters(contentType);
        return type.startsWith("multipart/") || type.equals("application/x-www-form-urlencoded");
    }

    private static String withoutParameters(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
