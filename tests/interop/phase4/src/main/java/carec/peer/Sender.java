package carec.peer;

import com.helger.http.header.HttpHeaderMap;
import com.helger.json.IJsonObject;
import com.helger.json.JsonObject;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.client.AS4ClientBuiltMessage;
import com.helger.phase4.client.AS4ClientSentMessage;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.incoming.AS4IncomingHandler;
import com.helger.phase4.incoming.AS4IncomingMessageMetadata;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4IncomingReceiverConfiguration;
import com.helger.phase4.incoming.IAS4SignalMessageConsumer;
import com.helger.phase4.incoming.IAS4UserMessageConsumer;
import com.helger.phase4.model.error.EEbmsError;
import com.helger.phase4.sender.IAS4SignalMessageValidationResultHandler;
import com.helger.phase4.sender.ValidatingAS4SignalMsgConsumer;
import com.helger.phase4.util.AS4ResourceHelper;
import com.helger.phase4.util.Phase4Exception;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.core5.http.message.StatusLine;

/** Messages and PullRequests to the partner; phase4 verifies what comes back. */
final class Sender {
    private record Kept(AS4ClientBuiltMessage built, Wire.Packet packet) {}

    private final Settings settings;
    private final Crypto crypto;
    private final Messages messages;
    private final Inbox inbox;
    private final Faults faults;
    private final Wire wire;
    private final Map<String, Kept> sent = new ConcurrentHashMap<>();

    Sender(Settings settings, Crypto crypto, Messages messages, Inbox inbox, Faults faults, Wire wire) {
        this.settings = settings;
        this.crypto = crypto;
        this.messages = messages;
        this.inbox = inbox;
        this.faults = faults;
        this.wire = wire;
    }

    IJsonObject send(IJsonObject command) throws Exception {
        try (AS4ResourceHelper resources = new AS4ResourceHelper()) {
            final AS4ClientBuiltMessage built = messages.user(command.getAsObject("message"), resources);
            keep(built);
            return posted(url(command), built.getMessageID(), resources);
        }
    }

    /** Send the same bytes once more. */
    IJsonObject repeat(IJsonObject command) throws Exception {
        try (AS4ResourceHelper resources = new AS4ResourceHelper()) {
            return posted(url(command), command.getAsString("message_id"), resources);
        }
    }

    /** Fetch one message; what comes is delivered, and its receipt posted by itself. */
    IJsonObject pull(IJsonObject command) throws Exception {
        try (AS4ResourceHelper resources = new AS4ResourceHelper()) {
            final AS4ClientBuiltMessage request = messages.pullRequest(command.getAsString("mpc"), resources);
            final var answer = wire.post(url(command), Wire.Packet.of(request));
            final IJsonObject report = new JsonObject().add("status", answer.response().getCode()).add("outcome", "none");
            if (answer.body().length == 0) {
                return report;
            }
            final IAS4UserMessageConsumer onMessage = (message, metadata, state) -> {
                final boolean isSigned = crypto.isPartner(state.getSigningCertificate());
                report.add("outcome", isSigned ? "message" : "unsigned").add("mpc", message.getMpc())
                        .add("message_id", message.getMessageInfo().getMessageId())
                        .add("decrypted", state.isSoapDecrypted());
                if (!isSigned) {
                    return;
                }
                final String id = message.getMessageInfo().getMessageId();
                final String code = faults.codeFor(message.getCollaborationInfo().getAction());
                if (code != null) {
                    report.add("outcome", "refused");
                    final var error = EEbmsError.getFromErrorCodeOrNull(code).errorBuilder(Locale.US)
                            .refToMessageInError(id).build();
                    thank(command, report, () -> messages.error(List.of(error), id, resources));
                    return;
                }
                final var attachments = state.hasDecryptedAttachments()
                        ? state.getDecryptedAttachments() : state.getOriginalAttachments();
                inbox.deliver(message, attachments);
                thank(command, report, () -> messages.receipt(message, state, resources));
            };
            final IAS4SignalMessageConsumer onSignal = (signal, metadata, state) -> report
                    .add("outcome", "error")
                    .add("signed", crypto.isPartner(state.getSigningCertificate()))
                    .add("errors", Signals.described(signal));
            try {
                AS4IncomingHandler.parseUserOrSignalMessage(
                        crypto.sign(), crypto.crypt(), PModes::find, IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE,
                        new AS4IncomingProfileSelectorConstant(null, false), resources,
                        PModes.ofChannel(command.getAsString("mpc")), Locale.US,
                        AS4IncomingMessageMetadata.createForResponse(request.getMessageID()), answer.response(),
                        answer.body(), null, crypto.incoming(), new AS4IncomingReceiverConfiguration(),
                        onMessage, onSignal);
            } catch (final Phase4Exception ex) {
                report.add("outcome", "invalid").add("why", chained(ex));
            }
            return report;
        }
    }

    /** Post the receipt or the error for what was pulled, to where it was pulled from. */
    private void thank(IJsonObject command, IJsonObject report, Callable<AS4ClientBuiltMessage> signal)
            throws Phase4Exception {
        try {
            final var answer = wire.post(url(command), Wire.Packet.of(signal.call()));
            report.add("receipt_status", answer.response().getCode()).add("receipt_answer", answer.body().length);
        } catch (final Exception ex) {
            throw new Phase4Exception("the receipt", ex);
        }
    }

    /** Keep what was built, for repeats and for the receipt that may come by itself. */
    Wire.Packet keep(AS4ClientBuiltMessage built) throws Exception {
        final Wire.Packet packet = Wire.Packet.of(built);
        sent.put(built.getMessageID(), new Kept(built, packet));
        return packet;
    }

    Wire.Packet sent(String messageId) {
        final Kept kept = sent.get(messageId);
        return kept == null ? null : kept.packet();
    }

    void forget(String messageId) {
        sent.remove(messageId);
    }

    /** Whether a receipt that came by itself proves what was sent: equal, different, absent or unknown. */
    String compared(Ebms3SignalMessage signal) {
        final Kept kept = sent.get(signal.getMessageInfo().getRefToMessageId());
        if (kept == null) {
            return "unknown";
        }
        final Comparison comparison = new Comparison();
        try {
            validator(kept, comparison, null).handleSignalMessage(signal, null, null);
        } catch (final Phase4Exception ex) {
            return "invalid";
        }
        return comparison.result;
    }

    /** Post what was kept under an id; report what phase4 makes of the answer. */
    IJsonObject posted(String url, String messageId, AS4ResourceHelper resources) throws Exception {
        final Kept kept = sent.get(messageId);
        final var answer = wire.post(url, kept.packet());
        final IJsonObject report = new JsonObject()
                .add("message_id", messageId).add("status", answer.response().getCode()).add("outcome", "none");
        if (answer.body().length == 0) {
            return report;
        }
        final Comparison comparison = new Comparison();
        final IAS4SignalMessageConsumer consumer = (signal, metadata, state) -> report
                .add("outcome", signal.getReceipt() != null ? "receipt" : "error")
                .add("receipt_id", signal.getMessageInfo().getMessageId())
                .add("ref_to", Settings.text(new JsonObject().add("v", signal.getMessageInfo().getRefToMessageId()), "v"))
                .add("signed", crypto.isPartner(state.getSigningCertificate()))
                .add("errors", Signals.described(signal));
        try {
            AS4IncomingHandler.parseSignalMessage(
                    crypto.sign(), crypto.crypt(), PModes::find, IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE,
                    new AS4IncomingProfileSelectorConstant(null, false), resources, PModes.any(), Locale.US,
                    AS4IncomingMessageMetadata.createForResponse(messageId), answer.response(), answer.body(), null,
                    crypto.incoming(), new AS4IncomingReceiverConfiguration(), validator(kept, comparison, consumer));
        } catch (final Phase4Exception ex) {
            report.add("outcome", "invalid").add("why", chained(ex));
        }
        return report.add("nrr", comparison.result);
    }

    private String url(IJsonObject command) {
        final String url = command.getAsString("url");
        return url == null ? settings.url() : url;
    }

    private static ValidatingAS4SignalMsgConsumer validator(
            Kept kept, Comparison comparison, IAS4SignalMessageConsumer consumer) {
        final var message = new AS4ClientSentMessage<>(kept.built(), (StatusLine) null, new HttpHeaderMap(), new byte[0]);
        return new ValidatingAS4SignalMsgConsumer(message, consumer, comparison);
    }

    private static String chained(Throwable ex) {
        final StringBuilder text = new StringBuilder();
        for (Throwable one = ex; one != null; one = one.getCause()) {
            text.append(text.isEmpty() ? "" : " <- ").append(one.getClass().getSimpleName()).append(": ")
                    .append(one.getMessage());
        }
        return text.toString();
    }

    /** What phase4 finds when it compares a receipt's digests with those that were sent. */
    private static final class Comparison implements IAS4SignalMessageValidationResultHandler {
        private String result = "absent";

        @Override
        public void onSuccess() {
            result = result.equals("absent") ? "equal" : result;
        }

        @Override
        public void onError(String why) {
            result = "different";
        }

        @Override
        public void onNotApplicable() {
            // stays absent
        }
    }
}
