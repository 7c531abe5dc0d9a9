package carec.peer;

import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** PEM texts to key stores in memory: one key each, and the few certificates that are trusted. */
record Keys(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> trusted) {
    private static final String ALIAS = "own";
    private static final char[] PASSWORD = "in memory alone".toCharArray();

    static Keys read(String key, String certificates, List<String> trusted) throws Exception {
        final List<X509Certificate> known = new ArrayList<>();
        for (final String pem : trusted) {
            known.addAll(certificates(pem));
        }
        return new Keys(privateKey(key), certificates(certificates), known);
    }

    static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        final List<X509Certificate> found = new ArrayList<>();
        final var octets = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
        for (final Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(octets)) {
            found.add((X509Certificate) one);
        }
        return found;
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        final String base64 = pem.replaceAll("-----[A-Z ]+-----", "");
        final var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
        for (final String kind : List.of("RSA", "EC", "Ed25519", "X25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(spec);
            } catch (final InvalidKeySpecException ex) {
                // it is a key of another kind
            }
        }
        throw new InvalidKeySpecException("a private key of no known kind");
    }

    /** What phase4 signs, verifies, encrypts and decrypts with. */
    IAS4CryptoFactory forMessages() throws Exception {
        return new AS4CryptoFactoryInMemoryKeyStore(own(), ALIAS, PASSWORD, anchors());
    }

    /** What both listener and client show and accept: mutual TLS with pinned certificates. */
    SSLContext forTls() throws Exception {
        final var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own(), PASSWORD);
        final var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors());
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore own() throws Exception {
        final KeyStore store = empty();
        store.setKeyEntry(ALIAS, key, PASSWORD, chain.toArray(new Certificate[0]));
        return store;
    }

    private KeyStore anchors() throws Exception {
        final KeyStore store = empty();
        for (final X509Certificate one : trusted) {
            store.setCertificateEntry("trusted-" + store.size(), one);
        }
        return store;
    }

    private static KeyStore empty() throws Exception {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
