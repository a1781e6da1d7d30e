package org.epmpulse.epm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.Product;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.OAuthClient;

/** Credentials of the simulated identity domain, and servers that use them. */
final class TestingCredentials {

    static final String CLIENT = "pulse";
    static final String SECRET = "s3cret-&=+ %ü";
    static final String USER = "svc.epm";
    static final KeyPair KEY = newKey(2048);

    private TestingCredentials() {}

    static void addTo(EpmSandbox epm) {
        epm.put(OAuthClient.of(CLIENT, SECRET));
        epm.put(OAuthClient.of("signer", "5ec-ret").withKey("k1", KEY.getPublic()));
        epm.addUser(USER, "pass:wörd");
    }

    static Auth.OAuth oauth(EpmSandbox epm) {
        return new Auth.OAuth(epm.tokenUrl(), CLIENT, SECRET, OAuthClient.DEFAULT_SCOPE);
    }

    static Auth.JwtAssertion assertion(EpmSandbox epm, Path keyFile) {
        return new Auth.JwtAssertion(
                epm.tokenUrl(),
                "signer",
                "5ec-ret",
                OAuthClient.DEFAULT_SCOPE,
                USER,
                keyFile,
                "k1",
                "https://identity.oraclecloud.com/");
    }

    static AppsConfig.Server server(String id, URI baseUrl, Product product, Auth auth) {
        return new AppsConfig.Server(id, id, baseUrl, product, null, auth);
    }

    /** The format of {@code openssl genpkey}. */
    static Path pkcs8(Path folder, KeyPair key) {
        return pem(folder.resolve("pkcs8.pem"), "PRIVATE KEY", key.getPrivate().getEncoded());
    }

    /** The format of {@code openssl genrsa -traditional}: PKCS#8 without its header of 26 bytes. */
    static Path pkcs1(Path folder, KeyPair key) {
        byte[] pkcs8 = key.getPrivate().getEncoded();
        return pem(folder.resolve("pkcs1.pem"), "RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, 26, pkcs8.length));
    }

    static Path pem(Path file, String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return write(file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
    }

    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static KeyPair newKey(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
