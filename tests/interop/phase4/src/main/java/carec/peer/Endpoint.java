package carec.peer;

import com.helger.collection.commons.CommonsArrayList;
import com.helger.http.EHttpMethod;
import com.helger.mime.parse.MimeTypeParser;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.incoming.AS4IncomingMessageMetadata;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4IncomingReceiverConfiguration;
import com.helger.phase4.incoming.AS4RequestHandler;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.servlet.AS4UnifiedResponse;
import com.helger.phase4.servlet.AS4XServletHandler;
import com.helger.phase4.servlet.IAS4ServletRequestHandlerCustomizer;
import com.helger.web.scope.IRequestWebScopeWithoutResponse;
import com.helger.xservlet.AbstractXServlet;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The servlet: user messages go through phase4's own request handler, signals to {@link Signals}. */
final class Endpoint extends AbstractXServlet {
    private static final long serialVersionUID = 1L;
    private static final Pattern SIGNAL = Pattern.compile("<(\\w+:)?SignalMessage[\\s>]");

    Endpoint(Crypto crypto, Inbox inbox, Signals signals, Faults faults) {
        settings().setMultipartEnabled(false);
        handlerRegistry().registerHandler(EHttpMethod.POST, new Handler(crypto, inbox, signals, faults));
    }

    private static final class Handler extends AS4XServletHandler {
        private final Crypto crypto;
        private final CommonsArrayList<IAS4IncomingMessageProcessorSPI> processors;
        private final Signals signals;
        private final Faults faults;

        Handler(Crypto crypto, Inbox inbox, Signals signals, Faults faults) {
            this.faults = faults;
            this.crypto = crypto;
            this.processors = new CommonsArrayList<>(inbox);
            this.signals = signals;
        }

        @Override
        protected void handleRequest(
                IRequestWebScopeWithoutResponse scope, AS4UnifiedResponse response,
                IAS4ServletRequestHandlerCustomizer customizer) throws Exception {
            final byte[] body = scope.getRequest().getInputStream().readAllBytes();
            final AS4IncomingMessageMetadata metadata = createIncomingMessageMetadata(scope);
            final var headers = scope.headers().getClone();
            final var answer = createResponseAbstraction(response);
            final String envelope = envelope(body);
            if (SIGNAL.matcher(envelope).find()) {
                final Wire.Packet packet = signals.answer(body, headers, metadata);
                if (packet == null) {
                    response.setStatus(202);
                    return;
                }
                response.setStatus(200);
                response.setContent(packet.body());
                response.setMimeType(MimeTypeParser.parseMimeType(packet.contentType()));
                return;
            }
            try (AS4RequestHandler handler = new AS4RequestHandler(metadata)) {
                handler.setCryptoFactorySign(crypto.sign());
                handler.setCryptoFactoryCrypt(crypto.crypt());
                handler.setPModeResolver(PModes::find);
                handler.setIncomingProfileSelector(new AS4IncomingProfileSelectorConstant(null, false));
                handler.setIncomingAttachmentFactory(IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE);
                handler.setIncomingSecurityConfiguration(crypto.incoming());
                handler.setIncomingReceiverConfiguration(new AS4IncomingReceiverConfiguration());
                handler.setProcessorSupplier(() -> processors);
                handler.handleRequest(new ByteArrayInputStream(body), headers, answer);
            }
            if (faults.losesAnswer(envelope)) {
                response.setContent(new byte[0]);
                response.setStatus(503);
            }
        }

        /** The envelope, which stands first, with what of the MIME package is before it. */
        private static String envelope(byte[] body) {
            final String text = new String(body, 0, Math.min(body.length, 40_000), StandardCharsets.UTF_8);
            final int end = text.indexOf("Envelope>");
            return end < 0 ? text : text.substring(0, end);
        }
    }
}
