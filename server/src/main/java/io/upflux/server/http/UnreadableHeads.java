package io.upflux.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Says in problem details (RFC 9457) what no handler has seen: the head of a request that is none, or too long. Hangs up on
 * whoever does not wait for the answer to a request for a WebSocket (RFC 6455, section 4.1), and says nothing of those who leave
 * in the middle of a head.
 */
@Sharable
final class UnreadableHeads extends ChannelDuplexHandler {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "upflux.unreadableHeads";

    private final Problem lineTooLong;
    private final Problem headTooLong;
    private final Problem noRequest = Problem.badRequest("this is no HTTP request");

    /**
     * @param line bytes that the first line may have
     * @param head bytes that all lines may have
     */
    UnreadableHeads(int line, int head) {
        lineTooLong = Problem.headTooLong(
                HttpResponseStatus.REQUEST_URI_TOO_LONG, "the first line may have " + line + " bytes");
        headTooLong = Problem.headTooLong(
                HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers may have " + head + " bytes");
    }

    /** Joins a connection, where it is, or becomes, one of HTTP/1.1. */
    void join(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            add(channel);
        } else {
            // What is spoken is settled by then, and set up on the spot.
            tls.handshakeFuture().addListener(done -> {
                // A connection that was closed instead has no event loop any more.
                if (done.isSuccess()) {
                    channel.eventLoop().execute(() -> add(channel));
                }
            });
        }
    }

    private void add(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(NettyPipeline.HttpCodec) != null && pipeline.get(NAME) == null) {
            pipeline.addAfter(NettyPipeline.HttpCodec, NAME, this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf early) {
            // Left over by the codec, which has just gone: nobody else would release it.
            early.release();
            context.close();
        } else if (message instanceof HttpObject part
                && part.decoderResult().cause() instanceof PrematureChannelClosureException) {
            // Nobody is there any more to be told, also where it was the codec that took what came behind such a
            // request for a head.
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
        boolean mute = message instanceof FullHttpResponse answer
                && !answer.content().isReadable()
                && !answer.headers().contains(HttpHeaderNames.CONTENT_TYPE);
        Problem problem = mute ? problem(((FullHttpResponse) message).status()) : null;
        if (problem == null) {
            context.write(message, written);
            return;
        }
        FullHttpResponse answer = (FullHttpResponse) message;
        ByteBuf body = Unpooled.wrappedBuffer(bytes(problem));
        FullHttpResponse told = answer.replace(body);
        told.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json");
        told.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        answer.release();
        context.write(told, written);
    }

    private @Nullable Problem problem(HttpResponseStatus status) {
        return switch (status.code()) {
            case 400 -> noRequest;
            case 414 -> lineTooLong;
            case 431 -> headTooLong;
            default -> null;
        };
    }

    private static byte[] bytes(Problem problem) {
        try {
            return JSON.writeValueAsBytes(problem.body());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
