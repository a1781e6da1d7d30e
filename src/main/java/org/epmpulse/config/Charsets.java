package org.epmpulse.config;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What Java makes of UTF-8 in the environment and in file names when the locale has another character set. Java 17
 * decodes the environment in the default character set, later versions in that of file names; with {@code LC_ALL=C}
 * both are ASCII, and each byte of {@code ü} becomes U+FFFD.
 */
final class Charsets {

    private static final Pattern NOT_ASCII = Pattern.compile("[^\\p{ASCII}]");

    private Charsets() {}

    /** The name of the character set of file names, and usually of the environment. */
    static String ofEnvironment() {
        return System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
    }

    /** The texts that a text in UTF-8 becomes in other character sets; empty if it is ASCII. */
    static Set<String> mangled(String text) {
        Set<String> texts = new HashSet<>();
        if (NOT_ASCII.matcher(text).find()) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            Stream.of(
                            "US-ASCII",
                            "ISO-8859-1",
                            "windows-1252",
                            Charset.defaultCharset().name(),
                            ofEnvironment())
                    .filter(Charsets::isSupported)
                    .forEach(name -> texts.add(new String(utf8, Charset.forName(name))));
            texts.add(new String(utf8, StandardCharsets.US_ASCII).replace('\uFFFD', '?'));
            texts.add(NOT_ASCII.matcher(text).replaceAll("?"));
            texts.add(NOT_ASCII.matcher(text).replaceAll("\uFFFD"));
        }
        return texts;
    }

    /** The end of a message about an invalid file name: what to do if only the locale makes it invalid; else empty. */
    static String fileNameHint(String name) {
        String charset = ofEnvironment();
        boolean possible =
                !isSupported(charset) || Charset.forName(charset).newEncoder().canEncode(name);
        return possible
                ? ""
                : ": file names of this process cannot have these characters, because its locale has the character set "
                        + charset + " (start it with LC_ALL=C.UTF-8)";
    }

    private static boolean isSupported(String name) {
        try {
            return Charset.isSupported(name);
        } catch (IllegalCharsetNameException e) {
            return false;
        }
    }
}
