package carec.peer;

import com.helger.http.header.HttpHeaderMap;
import com.helger.json.IJsonObject;
import com.helger.json.JsonArray;
import com.helger.json.JsonObject;
import com.helger.json.serialize.JsonReader;
import com.helger.phase4.client.AS4ClientBuiltMessage;
import com.helger.phase4.ebms3header.Ebms3Error;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.error.AS4Error;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.incoming.AS4IncomingHandler;
import com.helger.phase4.incoming.AS4IncomingMessageMetadata;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4IncomingReceiverConfiguration;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.soap.SoapHeaderElementProcessorRegistry;
import com.helger.phase4.model.error.EEbmsError;
import com.helger.phase4.util.AS4ResourceHelper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * PullRequests, receipts and errors that are posted to this peer.
 *
 * <p>They are parsed and verified by phase4; the answers are ours, because phase4's own handler sends a pulled message
 * unsigned and without its payloads, and lets no receipt in that comes by itself.
 */
final class Signals {
    private final Settings settings;
    private final Crypto crypto;
    private final Messages messages;
    private final Sender sender;

    Signals(Settings settings, Crypto crypto, Messages messages, Sender sender) {
        this.settings = settings;
        this.crypto = crypto;
        this.messages = messages;
        this.sender = sender;
    }

    /** What is to be answered to a signal, or null for an empty 202. */
    Wire.Packet answer(byte[] body, HttpHeaderMap headers, AS4IncomingMessageMetadata metadata) throws Exception {
        try (AS4ResourceHelper resources = new AS4ResourceHelper()) {
            final AS4ErrorList errors = new AS4ErrorList();
            final IAS4IncomingMessageState state = opened(body, headers, metadata, resources, errors);
            final Ebms3SignalMessage signal = state.getEbmsSignalMessage();
            if (errors.isEmpty() && !crypto.isPartner(state.getSigningCertificate()) && state.getEbmsError() == null) {
                errors.add(EEbmsError.EBMS_FAILED_AUTHENTICATION.errorBuilder(Locale.US).build());
            }
            if (errors.isNotEmpty()) {
                final List<Ebms3Error> found = errors.getAllMapped(AS4Error::getEbmsError);
                return Wire.Packet.of(messages.error(found, state.getMessageID(), resources));
            }
            if (signal.getPullRequest() == null) {
                note(signal, crypto.isPartner(state.getSigningCertificate()));
                return null;
            }
            final Wire.Packet next = next(signal.getPullRequest().getMpc(), resources);
            final String asked = state.getMessageID();
            return next != null ? next : Wire.Packet.of(messages.error(List.of(nothing(asked)), asked, resources));
        }
    }

    private IAS4IncomingMessageState opened(
            byte[] body, HttpHeaderMap headers, AS4IncomingMessageMetadata metadata, AS4ResourceHelper resources,
            AS4ErrorList errors) throws Exception {
        final IAS4IncomingMessageState[] kept = new IAS4IncomingMessageState[1];
        AS4IncomingHandler.parseAS4Message(
                IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE, resources, metadata, new ByteArrayInputStream(body),
                headers, (allHeaders, document, version, attachments) -> {
                    final var registry = SoapHeaderElementProcessorRegistry.createDefault(
                            PModes::find, crypto.sign(), crypto.crypt(), PModes.any(), crypto.incoming(),
                            new AS4IncomingReceiverConfiguration());
                    kept[0] = AS4IncomingHandler.processEbmsMessage(
                            resources, Locale.US, registry, allHeaders, document, version, attachments,
                            new AS4IncomingProfileSelectorConstant(null, false), errors, metadata);
                }, null);
        return kept[0];
    }

    /** The next queued message of a channel: the file says how many pulls get it, each the same bytes. */
    private synchronized Wire.Packet next(String mpc, AS4ResourceHelper resources) throws Exception {
        for (final Path file : queued()) {
            final IJsonObject json = JsonReader.readFromString(Files.readString(file)).getAsObject();
            if (!mpc.equals(json.getAsString("mpc"))) {
                continue;
            }
            Wire.Packet packet = sender.sent(Settings.text(json, "id"));
            if (packet == null) {
                final AS4ClientBuiltMessage built = messages.user(json, resources);
                packet = sender.keep(built);
            }
            final int left = json.getAsInt("times", 1) - 1;
            if (left > 0) {
                Files.writeString(file, json.add("times", left).getAsJsonString());
            } else {
                Files.delete(file);
            }
            return packet;
        }
        return null;
    }

    private List<Path> queued() throws IOException {
        final Path folder = Files.createDirectories(settings.folder().resolve("queue"));
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(one -> one.toString().endsWith(".json")).sorted().toList();
        }
    }

    private static Ebms3Error nothing(String refTo) {
        return EEbmsError.EBMS_EMPTY_MESSAGE_PARTITION_CHANNEL.errorBuilder(Locale.US)
                .refToMessageInError(refTo).build();
    }

    /** Add a line to signals.jsonl: the test reads it. */
    private synchronized void note(Ebms3SignalMessage signal, boolean isSigned) throws IOException {
        final var line = new JsonObject()
                .add("message_id", signal.getMessageInfo().getMessageId())
                .add("ref_to", Settings.text(
                        new JsonObject().add("v", signal.getMessageInfo().getRefToMessageId()), "v"))
                .add("signed", isSigned)
                .add("nrr", signal.getReceipt() == null ? "absent" : sender.compared(signal))
                .add("errors", described(signal));
        Files.writeString(
                settings.folder().resolve("signals.jsonl"), line.getAsJsonString() + "\n",
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    static JsonArray described(Ebms3SignalMessage signal) {
        final JsonArray errors = new JsonArray();
        for (final Ebms3Error one : signal.getError()) {
            errors.add(new JsonObject()
                    .add("code", one.getErrorCode())
                    .add("severity", one.getSeverity())
                    .add("detail", one.getErrorDetail() == null ? "" : one.getErrorDetail())
                    .add("ref", one.getRefToMessageInError() == null ? "" : one.getRefToMessageInError()));
        }
        return errors;
    }
}
