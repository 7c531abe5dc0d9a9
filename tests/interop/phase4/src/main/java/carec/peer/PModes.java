package carec.peer;

import com.helger.phase4.mgr.MetaAS4Manager;
import com.helger.phase4.model.EMEP;
import com.helger.phase4.model.EMEPBinding;
import com.helger.phase4.model.ESoapVersion;
import com.helger.phase4.model.mpc.MPC;
import com.helger.phase4.model.pmode.IPMode;
import com.helger.phase4.model.pmode.PMode;
import com.helger.phase4.model.pmode.PModeParty;
import com.helger.phase4.model.pmode.PModePayloadService;
import com.helger.phase4.attachment.EAS4CompressionMode;
import com.helger.phase4.model.pmode.leg.PModeLeg;
import com.helger.phase4.model.pmode.leg.PModeLegBusinessInformation;
import com.helger.phase4.model.pmode.leg.PModeLegErrorHandling;
import com.helger.phase4.model.pmode.leg.PModeLegProtocol;
import java.util.Objects;

/** A P-Mode for each leg of the settings, and the one that a message falls under; never a default. */
final class PModes {
    private PModes() {}

    static void register(Settings settings) {
        for (final Settings.Leg leg : settings.legs()) {
            if (leg.isPulled() && !MetaAS4Manager.getMPCMgr().containsWithID(leg.mpc())) {
                MetaAS4Manager.getMPCMgr().createMPC(new MPC(leg.mpc()));
            }
            // not createOrUpdatePMode: to that, P-Modes of the same two parties are the same one
            MetaAS4Manager.getPModeMgr().createPMode(of(settings, leg));
        }
    }

    private static PMode of(Settings settings, Settings.Leg leg) {
        final var from = leg.isOurs() ? settings.own() : settings.partner();
        final var to = leg.isOurs() ? settings.partner() : settings.own();
        final PModeLegErrorHandling errors = PModeLegErrorHandling.createUndefined();
        errors.setReportAsResponse(true);
        final PModeLeg first = new PModeLeg(
                new PModeLegProtocol(settings.url(), ESoapVersion.SOAP_12),
                PModeLegBusinessInformation.create(
                        leg.service(), leg.action(), null, leg.isPulled() ? leg.mpc() : null),
                errors, null, settings.suite().security());
        // A message with RefToMessageId is a second leg to phase4, and needs a P-Mode that has one.
        final PModeLeg second = leg.isAnswer() ? first : null;
        final EMEP exchange = leg.isAnswer() ? EMEP.TWO_WAY : EMEP.ONE_WAY;
        return new PMode(
                String.join("|", from.id(), to.id(), leg.service(), leg.action(), leg.agreement(), leg.mpc()), party(from), party(to),
                leg.agreement(), exchange, binding(leg), first, second,
                new PModePayloadService(EAS4CompressionMode.GZIP), null);
    }

    private static EMEPBinding binding(Settings.Leg leg) {
        if (leg.isAnswer()) {
            return leg.isPulled() ? EMEPBinding.PUSH_PULL : EMEPBinding.PUSH_PUSH;
        }
        return leg.isPulled() ? EMEPBinding.PULL : EMEPBinding.PUSH;
    }

    private static PModeParty party(Settings.Party party) {
        return new PModeParty(party.type(), party.id(), party.role(), null, null);
    }

    /**
     * The P-Mode between these parties under this agreement for this service and action, or null.
     *
     * <p>phase4 does not say from which channel a message came, so it is that of the pushed ones: they differ in the
     * binding alone.
     */
    static IPMode find(
            String id, String service, String action, String from, String to, String agreement, String address) {
        return MetaAS4Manager.getPModeMgr().findFirst(mode -> {
            final var business = mode.getLeg1().getBusinessInfo();
            return business.getMPCID() == null
                    && Objects.equals(business.getService(), service)
                    && Objects.equals(business.getAction(), action)
                    && Objects.equals(mode.getInitiator().getIDValue(), from)
                    && Objects.equals(mode.getResponder().getIDValue(), to)
                    && Objects.equals(mode.getAgreement(), agreement);
        });
    }

    /** Any P-Mode of the suite: a signal names none, and all are protected alike. */
    static IPMode any() {
        return MetaAS4Manager.getPModeMgr().getAll().getFirstOrNull();
    }

    /** The P-Mode whose messages wait in this channel, or null. */
    static IPMode ofChannel(String mpc) {
        return MetaAS4Manager.getPModeMgr().findFirst(mode ->
                mode.getMEPBinding() == EMEPBinding.PULL && Objects.equals(mode.getLeg1().getBusinessInfo().getMPCID(), mpc));
    }
}
