package carec.peer;

import com.helger.http.header.HttpHeaderMap;
import com.helger.phase4.client.AS4ClientBuiltMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.util.Timeout;

/** Finished bytes to a partner over connections that are kept alive, and its answer. */
final class Wire implements AutoCloseable {
    /** A message as it stands on the line. */
    record Packet(String contentType, byte[] body) {
        static Packet of(AS4ClientBuiltMessage built) throws IOException {
            final var octets = new ByteArrayOutputStream();
            built.getHttpEntity().writeTo(octets);
            final HttpHeaderMap headers = built.getAllCustomHttpHeaders();
            final String type = headers == null ? null : headers.getFirstHeaderValue("Content-Type");
            return new Packet(
                    HttpHeaderMap.getUnifiedValue(type == null ? built.getHttpEntity().getContentType() : type),
                    octets.toByteArray());
        }
    }

    /** What came back: phase4 reads the headers from the response, the body from beside it. */
    record Answer(BasicHttpResponse response, byte[] body) {}

    private final CloseableHttpClient client;

    Wire(SSLContext tls, int connections) {
        final var manager = PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls))
                .setMaxConnPerRoute(connections)
                .setMaxConnTotal(connections)
                .build();
        client = HttpClients.custom()
                .setConnectionManager(manager)
                .disableAutomaticRetries()
                .disableContentCompression()
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.of(60, TimeUnit.SECONDS)).build())
                .build();
    }

    Answer post(String url, Packet packet) throws IOException {
        final HttpPost post = new HttpPost(url);
        post.setEntity(new ByteArrayEntity(packet.body(), ContentType.parse(packet.contentType())));
        return client.execute(post, response -> {
            final var kept = new BasicHttpResponse(response.getCode());
            kept.setHeaders(response.getHeaders());
            final byte[] body = response.getEntity() == null ? null : EntityUtils.toByteArray(response.getEntity());
            return new Answer(kept, body == null ? new byte[0] : body);
        });
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
