package carec.peer;

import com.helger.annotation.style.IsSPIImplementation;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.incoming.spi.IAS4IncomingPullRequestProcessorSPI;
import com.helger.phase4.model.pmode.IPMode;

/** Tells phase4 which P-Mode a PullRequest is under: that of its channel. */
@IsSPIImplementation
public final class PullFinder implements IAS4IncomingPullRequestProcessorSPI {
    @Override
    public IPMode findPMode(Ebms3SignalMessage signal) {
        return PModes.ofChannel(signal.getPullRequest().getMpc());
    }
}
