package carec.peer;

import com.helger.json.IJsonObject;
import com.helger.json.JsonObject;
import com.helger.json.serialize.JsonReader;
import com.helger.phase4.duplicate.AS4DuplicateManagerInMemory;
import com.helger.phase4.incoming.AS4ServerInitializer;
import com.helger.phase4.mgr.AS4ManagerFactoryInMemory;
import com.helger.phase4.mgr.MetaAS4Manager;
import com.helger.phase4.duplicate.IAS4DuplicateManager;
import com.helger.base.state.EContinue;
import com.helger.web.scope.mgr.WebScopeManager;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * phase4 as a partner: a listener of its own, and commands as lines of JSON.
 *
 * <p>{@code java -cp ... carec.peer.Peer SETTINGS}. The first line that it writes says on which port it listens; after
 * that each line read is answered by one line, until the input ends.
 */
public final class Peer {
    private static final int CONNECTIONS = 64;

    private Peer() {}

    /** Run until the input ends. */
    public static void main(String[] arguments) throws Exception {
        final Settings settings = Settings.read(Path.of(arguments[0]));
        final Crypto crypto = Crypto.of(settings);
        final Messages messages = new Messages(settings, crypto);
        final Faults faults = new Faults();
        final Inbox inbox = new Inbox(settings, crypto, faults);
        if (!settings.keepsDuplicateError()) {
            MetaAS4Manager.setFactory(new ReceiptsForRepeats());
        }
        final ServletContextHandler context = new ServletContextHandler("/");
        WebScopeManager.onGlobalBegin(context.getServletContext());
        AS4ServerInitializer.initAS4Server();
        PModes.register(settings);
        try (Wire wire = new Wire(settings.tls().forTls(), CONNECTIONS)) {
            final Sender sender = new Sender(settings, crypto, messages, inbox, faults, wire);
            final Signals signals = new Signals(settings, crypto, messages, sender);
            context.addServlet(new ServletHolder(new Endpoint(crypto, inbox, signals, faults)), "/as4");
            final Server server = started(settings, context);
            final int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
            System.out.println(new JsonObject().add("port", port).getAsJsonString());
            final var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            final Bench bench = new Bench(messages, sender);
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(answered(line, sender, bench, faults).getAsJsonString());
            }
            server.stop();
        }
        System.exit(0); // phase4's scheduler would stay
    }

    private static IJsonObject answered(String line, Sender sender, Bench bench, Faults faults) {
        try {
            final IJsonObject command = JsonReader.readFromString(line).getAsObject();
            return switch (command.getAsString("do")) {
                case "send" -> sender.send(command);
                case "repeat" -> sender.repeat(command);
                case "pull" -> sender.pull(command);
                case "bench" -> bench.run(command);
                case "fault" -> faults.set(command);
                case "cpu" -> new JsonObject().add("cpu_ms", Bench.cpuNanos() / 1e6);
                default -> throw new IllegalArgumentException("no command: " + line);
            };
        } catch (final Exception ex) {
            ex.printStackTrace();
            return new JsonObject().add("outcome", "failed").add("why", ex.toString());
        }
    }

    private static Server started(Settings settings, ServletContextHandler context) throws Exception {
        final SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(settings.tls().forTls());
        tls.setNeedClientAuth(true);
        tls.setIncludeProtocols("TLSv1.2", "TLSv1.3");
        final HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.addCustomizer(new SecureRequestCustomizer(false)); // an address is no SNI name
        final Server server = new Server();
        final ServerConnector connector = new ServerConnector(
                server, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        connector.setPort(settings.port());
        server.addConnector(connector);
        server.setHandler(context);
        server.start();
        return server;
    }

    /**
     * phase4 answers a repeat with an error; eDelivery wants the receipt again and one delivery (TA10). So the inbox
     * does the counting, and phase4 takes each message for a first.
     */
    private static final class ReceiptsForRepeats extends AS4ManagerFactoryInMemory {
        @Override
        public IAS4DuplicateManager createDuplicateManager() {
            return new AS4DuplicateManagerInMemory() {
                @Override
                public EContinue registerAndCheck(String messageId, String profileId, String modeId) {
                    return EContinue.CONTINUE;
                }
            };
        }
    }
}
