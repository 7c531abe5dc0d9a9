package carec.peer;

import com.helger.json.IJsonArray;
import com.helger.json.IJsonObject;
import com.helger.json.serialize.JsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * What the test says the peer is.
 *
 * @param folder where received messages are left and queued ones are taken from
 * @param legs the P-Modes: service, action, who sends, MPC
 * @param keepsDuplicateError whether a repeat gets phase4's own error, and not its receipt again
 */
record Settings(
        Path folder, int port, Party own, Party partner, String agreement, String agreementType,
        String url, Suite suite, Keys tls, Keys signing, Keys encryption, X509Certificate recipient,
        List<Leg> legs, boolean keepsDuplicateError, boolean isBench) {

    record Party(String id, String type, String role) {
        static Party of(IJsonObject json) {
            return new Party(json.getAsString("id"), json.getAsString("type"), json.getAsString("role"));
        }
    }

    record Leg(String service, String action, String agreement, boolean isOurs, boolean isAnswer, String mpc) {
        boolean isPulled() {
            return !mpc.isEmpty();
        }
    }

    static Settings read(Path file) throws Exception {
        final IJsonObject json = JsonReader.readFromString(Files.readString(file)).getAsObject();
        final List<Leg> legs = new ArrayList<>();
        for (final var one : json.getAsArray("legs")) {
            final IJsonObject leg = one.getAsObject();
            final boolean isOurs = "own".equals(leg.getAsString("from"));
            legs.add(new Leg(
                    leg.getAsString("service"), leg.getAsString("action"), leg.getAsString("agreement"), isOurs,
                    leg.getAsBoolean("answer", false), text(leg, "mpc")));
        }
        final Keys encryption = json.getAsObject("encryption") == null ? null : keys(json.getAsObject("encryption"));
        return new Settings(
                Path.of(json.getAsString("folder")), json.getAsInt("port"), Party.of(json.getAsObject("own")),
                Party.of(json.getAsObject("partner")), json.getAsString("agreement"), json.getAsString("agreement_type"),
                text(json, "url"), Suite.of(json.getAsString("suite")), keys(json.getAsObject("tls")),
                keys(json.getAsObject("signing")), encryption,
                encryption == null ? null : encryption.trusted().get(0), legs,
                json.getAsBoolean("keeps_duplicate_error", false), json.getAsBoolean("bench", false));
    }

    private static Keys keys(IJsonObject json) throws Exception {
        return Keys.read(json.getAsString("key"), json.getAsString("certificate"), texts(json.getAsArray("trusted")));
    }

    static String text(IJsonObject json, String name) {
        final String value = json.getAsString(name);
        return value == null ? "" : value;
    }

    private static List<String> texts(IJsonArray array) {
        final List<String> found = new ArrayList<>();
        array.forEach(one -> found.add(one.getAsValue().getAsString()));
        return found;
    }
}
