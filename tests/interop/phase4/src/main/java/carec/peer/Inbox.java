package carec.peer;

import com.helger.collection.commons.ICommonsList;
import com.helger.http.header.HttpHeaderMap;
import com.helger.json.IJsonObject;
import com.helger.json.JsonArray;
import com.helger.json.JsonObject;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.ebms3header.Ebms3From;
import com.helger.phase4.ebms3header.Ebms3PartyId;
import com.helger.phase4.ebms3header.Ebms3Property;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3To;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.incoming.IAS4IncomingMessageMetadata;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.spi.AS4MessageProcessorResult;
import com.helger.phase4.incoming.spi.AS4SignalMessageProcessorResult;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.model.error.EEbmsError;
import com.helger.phase4.model.pmode.IPMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.w3c.dom.Node;

/** Received messages to folders: the payloads as the consumer gets them, and a message.json. */
final class Inbox implements IAS4IncomingMessageProcessorSPI {
    private final Settings settings;
    private final Crypto crypto;
    private final Faults faults;
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();

    Inbox(Settings settings, Crypto crypto, Faults faults) {
        this.settings = settings;
        this.crypto = crypto;
        this.faults = faults;
    }

    @Override
    public AS4MessageProcessorResult processAS4UserMessage(
            IAS4IncomingMessageMetadata metadata, HttpHeaderMap headers, Ebms3UserMessage message, IPMode mode,
            Node body, ICommonsList<WSS4JAttachment> attachments, IAS4IncomingMessageState state, AS4ErrorList errors) {
        final String id = message.getMessageInfo().getMessageId();
        final EEbmsError error = complaint(message, mode, attachments, state);
        if (error != null) {
            errors.add(error.errorBuilder(Locale.US).refToMessageInError(id)
                    .errorDetail("the peer was told to, or the message is not as agreed").build());
            return AS4MessageProcessorResult.createFailure();
        }
        deliver(message, attachments);
        return AS4MessageProcessorResult.createSuccess();
    }

    /** What phase4 leaves unchecked without a profile: types, roles, and that security was there at all. */
    private EEbmsError complaint(
            Ebms3UserMessage message, IPMode mode, List<WSS4JAttachment> attachments, IAS4IncomingMessageState state) {
        final String code = faults.codeFor(message.getCollaborationInfo().getAction());
        if (code != null) {
            return EEbmsError.getFromErrorCodeOrNull(code);
        }
        if (!state.isSoapSignatureChecked() || !attachments.isEmpty() && state.isSoapDecrypted() != settings.suite().encrypts()) {
            return EEbmsError.EBMS_POLICY_NONCOMPLIANCE;
        }
        if (!crypto.isPartner(state.getSigningCertificate())) {
            return EEbmsError.EBMS_FAILED_AUTHENTICATION;
        }
        final Ebms3From from = message.getPartyInfo().getFrom();
        final Ebms3To to = message.getPartyInfo().getTo();
        final boolean isAgreed = is(settings.partner(), from.getPartyIdAtIndex(0), from.getRole())
                && is(settings.own(), to.getPartyIdAtIndex(0), to.getRole())
                && settings.agreementType().equals(message.getCollaborationInfo().getAgreementRef().getType());
        return isAgreed ? null : EEbmsError.EBMS_PROCESSING_MODE_MISMATCH;
    }

    private static boolean is(Settings.Party party, Ebms3PartyId id, String role) {
        return party.id().equals(id.getValue()) && party.type().equals(id.getType()) && party.role().equals(role);
    }

    /** Leave the message where the test looks; once for each id, whatever comes again. */
    void deliver(Ebms3UserMessage message, List<WSS4JAttachment> attachments) {
        final String id = message.getMessageInfo().getMessageId();
        if (!delivered.add(id)) {
            return;
        }
        try {
            if (settings.isBench()) {
                for (final WSS4JAttachment one : attachments) {
                    one.getSourceStream().transferTo(OutputStream.nullOutputStream());
                }
                return;
            }
            final Path parent = Files.createDirectories(settings.folder().resolve("inbox"));
            final Path draft = Files.createTempDirectory(settings.folder(), "draft-");
            final var files = new JsonArray();
            for (final WSS4JAttachment one : attachments) {
                final String name = "payload-" + (files.size() + 1);
                try (InputStream octets = one.getSourceStream()) {
                    Files.copy(octets, draft.resolve(name));
                }
                files.add(new JsonObject().add("file", name).add("content_id", one.getId())
                        .add("mime_type", one.getMimeType())
                        .add("charset", one.getCharsetOrDefault(null) == null ? "" : one.getCharsetOrDefault(null).name()));
            }
            Files.writeString(draft.resolve("message.json"), described(message).add("payloads", files).getAsJsonString());
            Files.move(draft, parent.resolve("%04d".formatted(count.incrementAndGet())));
        } catch (final IOException ex) {
            delivered.remove(id);
            throw new IllegalStateException("cannot deliver", ex);
        }
    }

    private static IJsonObject described(Ebms3UserMessage message) {
        final var collaboration = message.getCollaborationInfo();
        final var properties = new JsonObject();
        if (message.getMessageProperties() != null) {
            for (final Ebms3Property one : message.getMessageProperties().getProperty()) {
                properties.add(one.getName(), one.getValue());
            }
        }
        return new JsonObject()
                .add("message_id", message.getMessageInfo().getMessageId())
                .add("ref_to", message.getMessageInfo().getRefToMessageId() == null
                        ? "" : message.getMessageInfo().getRefToMessageId())
                .add("mpc", message.getMpc() == null ? "" : message.getMpc())
                .add("from", message.getPartyInfo().getFrom().getPartyIdAtIndex(0).getValue())
                .add("to", message.getPartyInfo().getTo().getPartyIdAtIndex(0).getValue())
                .add("service", collaboration.getServiceValue())
                .add("action", collaboration.getAction())
                .add("conversation", collaboration.getConversationId())
                .add("properties", properties);
    }

    @Override
    public AS4SignalMessageProcessorResult processAS4SignalMessage(
            IAS4IncomingMessageMetadata metadata, HttpHeaderMap headers, Ebms3SignalMessage signal, IPMode mode,
            IAS4IncomingMessageState state, AS4ErrorList errors) {
        throw new IllegalStateException("signals go to Signals");
    }

    @Override
    public void processAS4ResponseMessage(
            IAS4IncomingMessageMetadata metadata, IAS4IncomingMessageState state, String id, byte[] answer,
            boolean isAvailable, AS4ErrorList errors) {
        // the answer is phase4's
    }
}
