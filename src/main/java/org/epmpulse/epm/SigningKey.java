package org.epmpulse.epm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.config.RegularFile;

/** Reads a private RSA key as OpenSSL writes it: PEM, of PKCS#8 (RFC 5958) or PKCS#1 (RFC 8017), no passphrase. */
final class SigningKey {

    private static final int MIN_BITS = 2048;
    private static final int MAX_FILE = 64 * 1024;

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ((?:\\w+ )?PRIVATE KEY)-----([\\w+/=\\s:,-]*?)-----END \\1-----");

    /** Version 0 and the algorithm rsaEncryption: the bytes before the PKCS#1 key in PKCS#8. */
    private static final byte[] RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private SigningKey() {}

    /** @throws EpmCredentialsException if the file does not hold a usable key */
    static RSAPrivateKey read(Path file) {
        Matcher pem = PEM.matcher(text(file));
        if (!pem.find()) {
            throw unusable(file, "must hold a private RSA key in PEM form");
        }
        boolean encrypted = pem.group(1).startsWith("ENCRYPTED") || pem.group(2).contains("ENCRYPTED");
        if (encrypted) {
            throw unusable(file, "must hold a key without a passphrase");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
            byte[] pkcs8 = pem.group(1).equals("RSA PRIVATE KEY") ? fromPkcs1(der) : der;
            if (KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8))
                            instanceof RSAPrivateKey key
                    && key.getModulus().bitLength() >= MIN_BITS) {
                return key;
            }
            throw unusable(file, "must hold an RSA key of at least " + MIN_BITS + " bits");
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(file, "must hold a private RSA key in PEM form");
        }
    }

    private static String text(Path file) {
        try {
            byte[] content = RegularFile.read(file, 1);
            if (content.length <= MAX_FILE) {
                return new String(content, StandardCharsets.US_ASCII);
            }
        } catch (IOException e) {
            throw unusable(file, "cannot be read");
        }
        throw unusable(file, "must hold a private RSA key in PEM form");
    }

    private static EpmCredentialsException unusable(Path file, String rule) {
        return new EpmCredentialsException("key_file " + file + " " + rule);
    }

    private static byte[] fromPkcs1(byte[] key) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(RSA);
        content.writeBytes(der(OCTET_STRING, key));
        return der(SEQUENCE, content.toByteArray());
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.write(tag);
        byte[] length = BigInteger.valueOf(content.length).toByteArray();
        if (content.length > 127) {
            der.write(0x80 | length.length);
        }
        der.writeBytes(length);
        der.writeBytes(content);
        return der.toByteArray();
    }
}
