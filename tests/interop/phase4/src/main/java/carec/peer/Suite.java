package carec.peer;

import com.helger.phase4.crypto.AS4CryptParams;
import com.helger.phase4.crypto.AS4SigningParams;
import com.helger.phase4.crypto.ECryptoAlgorithmCrypt;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.crypto.ECryptoKeyEncryptionAlgorithm;
import com.helger.phase4.crypto.ECryptoKeyIdentifierType;
import com.helger.phase4.model.pmode.leg.EPModeSendReceiptReplyPattern;
import com.helger.phase4.model.pmode.leg.PModeLegSecurity;
import java.security.cert.X509Certificate;
import org.apache.wss4j.common.WSS4JConstants;

/** The three ways in which messages are protected, in phase4's own terms. */
enum Suite {
    EDELIVERY_1_15,
    EDELIVERY_2_0,
    SIGN_ONLY;

    static Suite of(String name) {
        return switch (name) {
            case "1.15" -> EDELIVERY_1_15;
            case "2.0" -> EDELIVERY_2_0;
            case "sign-only" -> SIGN_ONLY;
            default -> throw new IllegalArgumentException("no suite: " + name);
        };
    }

    boolean encrypts() {
        return this != SIGN_ONLY;
    }

    private ECryptoAlgorithmSign signature() {
        return this == EDELIVERY_2_0 ? ECryptoAlgorithmSign.EDDSA_ED25519 : ECryptoAlgorithmSign.RSA_SHA_256;
    }

    void applyTo(AS4SigningParams params) {
        params.setAlgorithmSign(signature())
                .setAlgorithmSignDigest(ECryptoAlgorithmSignDigest.DIGEST_SHA_256)
                .setKeyIdentifierType(ECryptoKeyIdentifierType.BST_DIRECT_REFERENCE)
                .setUseSingleCertificate(this != SIGN_ONLY);
    }

    void applyTo(AS4CryptParams params, X509Certificate recipient) {
        if (!encrypts()) {
            params.setAlgorithmCrypt(null);
            return;
        }
        params.setAlgorithmCrypt(ECryptoAlgorithmCrypt.AES_128_GCM)
                .setCertificate(recipient)
                .setKeyIdentifierType(ECryptoKeyIdentifierType.SKI_KEY_IDENTIFIER);
        if (this == EDELIVERY_2_0) {
            params.setEDelivery2KeyAgreementX25519();
        } else {
            params.setKeyEncAlgorithm(ECryptoKeyEncryptionAlgorithm.RSA_OAEP_XENC11)
                    .setMGFAlgorithm(WSS4JConstants.MGF_SHA256)
                    .setDigestAlgorithm(WSS4JConstants.SHA256);
        }
    }

    PModeLegSecurity security() {
        final PModeLegSecurity security = new PModeLegSecurity();
        security.setX509SignatureAlgorithm(signature());
        security.setX509SignatureHashFunction(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
        security.setX509EncryptionAlgorithm(encrypts() ? ECryptoAlgorithmCrypt.AES_128_GCM : null);
        security.setPModeAuthorize(false);
        security.setSendReceipt(true);
        security.setSendReceiptNonRepudiation(true);
        security.setSendReceiptReplyPattern(EPModeSendReceiptReplyPattern.RESPONSE);
        return security;
    }
}
