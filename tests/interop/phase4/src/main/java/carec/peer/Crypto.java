package carec.peer;

import com.helger.phase4.crypto.AS4CryptParams;
import com.helger.phase4.crypto.AS4SigningParams;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.incoming.crypto.AS4IncomingSecurityConfiguration;
import com.helger.phase4.incoming.crypto.IAS4IncomingSecurityConfiguration;
import java.security.cert.X509Certificate;
import java.util.List;

/** Our keys and the partner's certificates, as phase4 takes them. */
record Crypto(IAS4CryptoFactory sign, IAS4CryptoFactory crypt, Suite suite, List<X509Certificate> partner) {
    static Crypto of(Settings settings) throws Exception {
        final IAS4CryptoFactory sign = settings.signing().forMessages();
        final var crypt = settings.encryption() == null ? sign : settings.encryption().forMessages();
        return new Crypto(sign, crypt, settings.suite(), settings.signing().trusted());
    }

    /** How what comes in is opened, and what answers it is signed. */
    IAS4IncomingSecurityConfiguration incoming() {
        final var signing = new AS4SigningParams();
        suite.applyTo(signing);
        return new AS4IncomingSecurityConfiguration().setSigningParams(signing).setCryptParams(new AS4CryptParams());
    }

    /** Whether it is the partner that signed: phase4 itself is content with any trusted certificate. */
    boolean isPartner(X509Certificate signer) {
        return signer != null && partner.contains(signer);
    }
}
