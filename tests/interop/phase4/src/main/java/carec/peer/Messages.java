package carec.peer;

import com.helger.json.IJsonObject;
import com.helger.mime.parse.MimeTypeParser;
import com.helger.phase4.attachment.AS4OutgoingAttachment;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.client.AS4ClientBuiltMessage;
import com.helger.phase4.client.AS4ClientErrorMessage;
import com.helger.phase4.client.AS4ClientPullRequestMessage;
import com.helger.phase4.client.AS4ClientReceiptMessage;
import com.helger.phase4.client.AS4ClientUserMessage;
import com.helger.phase4.client.AbstractAS4Client;
import com.helger.phase4.client.IAS4ClientBuildMessageCallback;
import com.helger.phase4.crypto.AS4CryptParams;
import com.helger.phase4.crypto.AS4SigningParams;
import com.helger.phase4.crypto.ECryptoKeyIdentifierType;
import com.helger.phase4.ebms3header.Ebms3Error;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.model.message.AS4UserMessage;
import com.helger.phase4.model.message.AbstractAS4Message;
import com.helger.phase4.model.message.MessageHelperMethods;
import com.helger.phase4.util.AS4ResourceHelper;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;

/** Messages of this peer, built and secured by phase4's own clients. */
final class Messages {
    private final Settings settings;
    private final Crypto crypto;

    Messages(Settings settings, Crypto crypto) {
        this.settings = settings;
        this.crypto = crypto;
    }

    /** What the JSON describes; what it leaves out is as the settings say. */
    AS4ClientBuiltMessage user(IJsonObject json, AS4ResourceHelper resources) throws Exception {
        final AS4ClientUserMessage message = new AS4ClientUserMessage(resources);
        secure(message);
        settings.suite().applyTo(message.cryptParams(), settings.recipient());
        name(message.signingParams(), message.cryptParams(), json);
        final var from = json.getAsObject("from") == null ? settings.own() : Settings.Party.of(json.getAsObject("from"));
        final var to = json.getAsObject("to") == null ? settings.partner() : Settings.Party.of(json.getAsObject("to"));
        message.setFromPartyID(from.id()).setFromPartyIDType(from.type()).setFromRole(from.role());
        message.setToPartyID(to.id()).setToPartyIDType(to.type()).setToRole(to.role());
        message.setAgreementRefValue(or(json, "agreement", settings.agreement()));
        message.setAgreementTypeValue(or(json, "agreement_type", settings.agreementType()));
        message.setPModeIDFactory(unused -> null);
        message.setServiceValue(json.getAsString("service")).setAction(json.getAsString("action"));
        message.setConversationID(Settings.text(json, "conversation"));
        if (json.getAsString("ref_to") != null) {
            message.setRefToMessageID(json.getAsString("ref_to"));
        }
        if (json.getAsArray("properties") != null) {
            for (final var one : json.getAsArray("properties")) {
                final IJsonObject property = one.getAsObject();
                message.ebms3Properties().add(MessageHelperMethods.createEbms3Property(
                        property.getAsString("name"), property.getAsString("type"), property.getAsString("value")));
            }
        }
        if (json.getAsArray("payloads") != null) {
            for (final var one : json.getAsArray("payloads")) {
                message.addAttachment(attachment(one.getAsObject(), resources));
            }
        }
        final String mpc = Settings.text(json, "mpc");
        return message.buildMessage(
                or(json, "id", MessageHelperMethods.createRandomMessageID()), new IAS4ClientBuildMessageCallback() {
                    @Override
                    public void onAS4Message(AbstractAS4Message<?> built) {
                        if (!mpc.isEmpty()) {
                            ((AS4UserMessage) built).getEbms3UserMessage().setMpc(mpc);
                        }
                    }
                });
    }

    AS4ClientBuiltMessage pullRequest(String mpc, AS4ResourceHelper resources) throws Exception {
        final var request = new AS4ClientPullRequestMessage(resources).setMPC(mpc);
        secure(request);
        return request.buildMessage(MessageHelperMethods.createRandomMessageID(), null);
    }

    /** The receipt for a message that phase4 has verified: what was signed, signed by us in turn. */
    AS4ClientBuiltMessage receipt(
            Ebms3UserMessage message, IAS4IncomingMessageState state, AS4ResourceHelper resources) throws Exception {
        final var receipt = new AS4ClientReceiptMessage(resources)
                .setEbms3UserMessage(message)
                .setSoapDocument(state.getOriginalSoapDocument())
                .setNonRepudiation(true)
                .setReceiptShouldBeSigned(true);
        secure(receipt);
        return receipt.buildMessage(MessageHelperMethods.createRandomMessageID(), null);
    }

    AS4ClientBuiltMessage error(List<Ebms3Error> errors, String refTo, AS4ResourceHelper resources) throws Exception {
        final var message = new AS4ClientErrorMessage(resources);
        message.errorMessages().addAll(errors);
        message.setRefToMessageID(refTo);
        message.setErrorShouldBeSigned(true);
        secure(message);
        return message.buildMessage(MessageHelperMethods.createRandomMessageID(), null);
    }

    /** How certificates are named, where it is not as the suite has it. */
    private static void name(AS4SigningParams signing, AS4CryptParams encryption, IJsonObject json) {
        final String signer = json.getAsString("signer_by");
        if (signer != null) {
            signing.setKeyIdentifierType(ECryptoKeyIdentifierType.getFromIDOrThrow(signer))
                    .setUseSingleCertificate(!json.getAsBoolean("path", false));
        }
        final String recipient = json.getAsString("recipient_by");
        if (recipient != null) {
            encryption.setKeyIdentifierType(ECryptoKeyIdentifierType.getFromIDOrThrow(recipient));
        }
    }

    private void secure(AbstractAS4Client<?> message) {
        message.setCryptoFactorySign(crypto.sign());
        message.setCryptoFactoryCrypt(crypto.crypt());
        settings.suite().applyTo(message.signingParams());
    }

    private static WSS4JAttachment attachment(IJsonObject json, AS4ResourceHelper resources) throws Exception {
        final var attachment = AS4OutgoingAttachment.builder()
                .data(Path.of(json.getAsString("file")).toFile())
                .contentID(or(json, "content_id", MessageHelperMethods.createRandomContentID()))
                .mimeType(MimeTypeParser.parseMimeType(or(json, "mime_type", "application/xml")));
        if (json.getAsString("charset") != null) {
            attachment.charset(Charset.forName(json.getAsString("charset")));
        }
        if (json.getAsBoolean("compress", true)) {
            attachment.compressionGZIP();
        }
        if (json.getAsObject("properties") != null) {
            json.getAsObject("properties").forEach((name, value) ->
                    attachment.addCustomProperty(name, value.getAsValue().getAsString()));
        }
        return WSS4JAttachment.createOutgoingFileAttachment(attachment.build(), resources);
    }

    private static String or(IJsonObject json, String name, String otherwise) {
        final String value = json.getAsString(name);
        return value == null ? otherwise : value;
    }
}
