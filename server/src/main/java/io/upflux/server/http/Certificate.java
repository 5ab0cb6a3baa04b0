package io.upflux.server.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.FileWatch;
import io.upflux.server.config.Tls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS with a certificate that can be renewed while the server runs: new connections get the new one. */
final class Certificate extends SslContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Certificate.class);

    /** How keys of a kind sign; there are others, which the handshake would have to judge. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private static final byte[] PROBE = {1, 2, 3};

    private final Tls tls;
    private final FileWatch watch;
    private volatile SslContext current;

    /** @throws StreamException when the files hold no certificate and its key */
    Certificate(Tls tls) {
        this.tls = tls;
        this.current = read(tls);
        this.watch = new FileWatch(List.of(tls.certificate(), tls.key()), this::renew);
    }

    /** What is wrong with the files is logged, and the old certificate stays. */
    private void renew() {
        try {
            current = read(tls);
            LOG.info("serving the certificate of {} as it is now", tls.certificate());
        } catch (StreamException e) {
            LOG.error("{}; the certificate from before stays", e.getMessage());
        }
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return current.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // The only way that the class to extend has
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current.applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator buffers) {
        return current.newEngine(buffers);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator buffers, String peer, int port) {
        return current.newEngine(buffers, peer, port);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current.sessionContext();
    }

    @Override
    public void close() {
        watch.close();
    }

    private static SslContext read(Tls tls) {
        try {
            X509Certificate[] chain = toX509Certificates(tls.certificate().toFile());
            PrivateKey key = toPrivateKey(tls.key().toFile(), null);
            if (!fits(chain[0].getPublicKey(), key)) {
                throw new StreamException(tls.certificate() + " is not the certificate of " + tls.key()
                        + ": name two that belong together");
            }
            return SslContextBuilder.forServer(key, chain)
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new StreamException(
                    tls.certificate() + " and " + tls.key() + " are no certificate and its key in PEM: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }

    /** Whether what the one signs the other verifies. */
    private static boolean fits(PublicKey verifying, PrivateKey signing) throws NoSuchAlgorithmException {
        if (!verifying.getAlgorithm().equals(signing.getAlgorithm())) {
            return false;
        }
        String algorithm = SIGNATURES.get(signing.getAlgorithm());
        if (algorithm == null) {
            return true;
        }
        Signature signature = Signature.getInstance(algorithm);
        try {
            signature.initSign(signing);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(verifying);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException e) {
            // As of another curve.
            return false;
        }
    }
}
