import NIOCore
import NIOHTTP1
import NIOPosix

/// The client's end of proxied requests: one a connection, one request at a time.
///
/// Both sides read only when the other side can take more, so a slow client or pod costs one buffer and no more.
final class FrontendHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        /// A request is with a pod, or on its way there.
        case proxying(ProxyExchange)
        /// The router has answered by itself; the rest of the request is read and dropped.
        case discarding
        case closed
    }

    /// Connections tried for one request before it is answered with 502.
    private static let attemptLimit = 3

    private let routes: @Sendable () -> CompiledRoutes
    private let settings: Router.Settings
    private let loop: RouterLoop
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var timeout: Scheduled<Void>?

    init(loop: RouterLoop, settings: Router.Settings, routes: @escaping @Sendable () -> CompiledRoutes) {
        self.loop = loop
        self.settings = settings
        self.routes = routes
    }

    // MARK: The client's side

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        switch (state, part) {
        case (.idle, .head(let head)): begin(head, context: context)
        case (.proxying(let exchange), _): forward(part, of: exchange)
        case (.discarding, .end): state = .idle
        case (.discarding, _), (.idle, _), (.closed, _): break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        readFromClient()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .proxying(let exchange) = state { exchange.upstream?.read() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .proxying(let exchange) = state {
            // The client went away: what the pod still sends has no reader.
            state = .closed
            finish(exchange, reusable: false, status: 499)
        }
        state = .closed
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func readFromClient() {
        switch state {
        case .proxying(let exchange):
            guard !exchange.requestEnded, let upstream = exchange.upstream, upstream.isWritable else {
                return
            }
            context?.read()
        case .idle, .discarding: context?.read()
        case .closed: break
        }
    }

    // MARK: A request begins

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let headers = head.headers
        let rule = routes().rule(
            host: headers.first(name: "host") ?? "", method: head.method.rawValue, target: head.uri,
            header: { headers.first(name: $0) })
        guard let rule else {
            return answer(.notFound, "no HTTPRoute matches this host and path\n", head: head)
        }
        if let redirect = rule.filters.redirect { return send(head, elsewhere: redirect) }
        guard let target = rule.nextTarget() else {
            return answer(.internalServerError, "the HTTPRoute has no backend with weight\n", head: head)
        }
        guard !target.backend.isInvalid else {
            return fail(
                ProxyExchange(head: head, started: .now(), rule: rule, target: target), .internalServerError,
                "the HTTPRoute's backend \(target.backend.namespace)/\(target.backend.service) cannot be used\n"
            )
        }
        if headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(
                Self.wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))),
                promise: nil)
        }
        connect(ProxyExchange(head: head, started: .now(), rule: rule, target: target))
    }

    /// Finds a connection to a pod that has not failed this request, from the idle ones or anew.
    private func connect(_ exchange: ProxyExchange) {
        var exchange = exchange
        guard exchange.tried.count < Self.attemptLimit,
            let endpoint = exchange.target.nextEndpoint(excluding: exchange.tried)
        else {
            state = .proxying(exchange)
            let status: HTTPResponseStatus = exchange.tried.isEmpty ? .serviceUnavailable : .badGateway
            let service = "\(exchange.target.backend.namespace)/\(exchange.target.backend.service)"
            let reason = exchange.tried.isEmpty ? "has no ready pod" : "has no pod that accepts connections"
            return fail(exchange, status, "service \(service) \(reason)\n")
        }
        exchange.endpoint = endpoint
        loop.beginRequest(to: endpoint)
        if let channel = loop.takeIdleConnection(to: endpoint) {
            exchange.reusedConnection = true
            return send(exchange, over: channel)
        }
        exchange.reusedConnection = false
        state = .proxying(exchange)
        open(endpoint)
    }

    private func open(_ endpoint: RoutingTable.Endpoint) {
        let loop = self.loop
        let address: SocketAddress
        do {
            // Endpoints have addresses, not names: nothing is to be resolved.
            address = try SocketAddress(ipAddress: endpoint.address, port: endpoint.port)
        } catch {
            return connected(to: endpoint, .failure(error))
        }
        let bootstrap = ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(settings.connectTimeout)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let bound = NIOLoopBound((self, loop), eventLoop: loop.eventLoop)
        bootstrap.channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers(
                    leftOverBytesStrategy: .dropBytes, enableOutboundHeaderValidation: false)
                try channel.pipeline.syncOperations.addHandler(
                    UpstreamHandler(endpoint: endpoint, loop: bound.value.1))
            }
        }
        .connect(to: address)
        .whenComplete { result in bound.value.0.connected(to: endpoint, result) }
    }

    private func connected(to endpoint: RoutingTable.Endpoint, _ result: Result<any Channel, any Error>) {
        guard case .proxying(var exchange) = state, exchange.endpoint == endpoint, exchange.upstream == nil
        else {
            // The client left while the connection was being made.
            if case .success(let channel) = result { channel.close(promise: nil) }
            return
        }
        switch result {
        case .success(let channel):
            send(exchange, over: channel)
        case .failure:
            loop.endRequest(to: endpoint)
            exchange.tried.append(endpoint)
            exchange.endpoint = nil
            connect(exchange)
        }
    }

    private func send(_ exchange: ProxyExchange, over channel: any Channel) {
        var exchange = exchange
        exchange.upstream = channel
        let handler = try? channel.pipeline.syncOperations.handler(type: UpstreamHandler.self)
        handler?.owner = self
        var head = exchange.head
        head.version = .http1_1
        head.headers.removeHopByHop()
        head.headers.remove(name: "expect")
        head.headers.removeCookies(named: settings.withheldCookies)
        if let address = context?.remoteAddress?.ipAddress {
            head.headers.add(name: "x-forwarded-for", value: address)
        }
        head.headers.replaceOrAdd(name: "x-forwarded-proto", value: "http")
        if let change = exchange.rule.filters.request { head.headers.apply(change) }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        let waiting = exchange.waiting
        exchange.waiting = []
        state = .proxying(exchange)
        scheduleTimeout(exchange)
        for part in waiting { write(part, to: channel) }
        channel.flush()
        channel.read()
        readFromClient()
    }

    private func forward(_ part: HTTPServerRequestPart, of exchange: ProxyExchange) {
        var exchange = exchange
        if case .end = part { exchange.requestEnded = true }
        guard let upstream = exchange.upstream else {
            exchange.waiting.append(part)
            state = .proxying(exchange)
            return
        }
        if case .body = part { exchange.bodySent = true }
        state = .proxying(exchange)
        write(part, to: upstream)
        upstream.flush()
    }

    private func write(_ part: HTTPServerRequestPart, to upstream: any Channel) {
        switch part {
        case .head: break
        case .body(let bytes): upstream.write(HTTPClientRequestPart.body(.byteBuffer(bytes)), promise: nil)
        case .end(let trailers): upstream.write(HTTPClientRequestPart.end(trailers), promise: nil)
        }
    }

    private func scheduleTimeout(_ exchange: ProxyExchange) {
        guard let limit = exchange.rule.timeout.map(TimeAmount.init) ?? settings.responseTimeout else {
            return
        }
        timeout = loop.eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            guard let self, case .proxying(let exchange) = self.state, exchange.responseStatus == nil else {
                return
            }
            self.fail(exchange, .gatewayTimeout, "the pod did not answer in time\n")
        }
    }

    // MARK: The pod's side

    func upstreamBecameWritable() { readFromClient() }

    func upstreamReadComplete() {
        guard case .proxying(let exchange) = state else { return }
        context?.flush()
        if context?.channel.isWritable == true { exchange.upstream?.read() }
    }

    func received(_ part: HTTPClientResponsePart) {
        guard case .proxying(var exchange) = state, let context else { return }
        switch part {
        case .head(var head):
            exchange.responseStatus = Int(head.status.code)
            timeout?.cancel()
            exchange.upstreamKeepsAlive = head.isKeepAlive
            state = .proxying(exchange)
            head.headers.removeHopByHop()
            if let change = exchange.rule.filters.response { head.headers.apply(change) }
            head.version = exchange.head.version
            // A HEAD response describes a body that does not come; passing "chunked" on would promise one.
            if exchange.head.method == .HEAD { head.headers.remove(name: "transfer-encoding") }
            if !exchange.head.isKeepAlive { head.headers.add(name: "connection", value: "close") }
            context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        case .body(let bytes):
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        case .end(let trailers):
            complete(exchange, trailers: trailers, context: context)
        }
    }

    private func complete(_ exchange: ProxyExchange, trailers: HTTPHeaders?, context: ChannelHandlerContext) {
        let closes = !exchange.head.isKeepAlive
        // A response that ends before its request leaves a connection in an unknown state.
        finish(exchange, reusable: exchange.upstreamKeepsAlive && exchange.requestEnded)
        state = exchange.requestEnded ? .idle : .discarding
        let written = context.writeAndFlush(Self.wrapOutboundOut(.end(trailers)))
        if closes {
            state = .closed
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            written.whenComplete { _ in bound.value.close(promise: nil) }
        } else {
            context.read()
        }
    }

    func upstreamClosed() {
        guard case .proxying(var exchange) = state else { return }
        if exchange.mayRetry {
            release(&exchange)
            if exchange.requestEnded { exchange.waiting = [.end(nil)] }
            connect(exchange)
        } else if exchange.responseStatus == nil {
            exchange.upstream = nil
            fail(exchange, .badGateway, "the pod closed the connection before it answered\n")
        } else {
            // Half a response is out; only closing tells the client that it is cut off.
            state = .closed
            finish(exchange, reusable: false, status: 502)
            context?.close(promise: nil)
        }
    }

    // MARK: The end of a request

    /// Gives the connection back or closes it, and counts the request.
    private func finish(_ exchange: ProxyExchange, reusable: Bool, status: Int? = nil) {
        timeout?.cancel()
        timeout = nil
        loop.record(
            exchange.metricsKey, status: status ?? exchange.responseStatus ?? 502,
            duration: .now() - exchange.started)
        var exchange = exchange
        if reusable, let channel = exchange.upstream, let endpoint = exchange.endpoint {
            (try? channel.pipeline.syncOperations.handler(type: UpstreamHandler.self))?.owner = nil
            loop.keep(channel, to: endpoint)
            // A read that waits notices when the pod closes the idle connection.
            channel.read()
            exchange.upstream = nil
        }
        release(&exchange)
    }

    private func release(_ exchange: inout ProxyExchange) {
        if let channel = exchange.upstream {
            (try? channel.pipeline.syncOperations.handler(type: UpstreamHandler.self))?.owner = nil
            channel.close(promise: nil)
        }
        exchange.upstream = nil
        if let endpoint = exchange.endpoint { loop.endRequest(to: endpoint) }
        exchange.endpoint = nil
    }

    /// Answers a request that could not be passed on.
    private func fail(_ exchange: ProxyExchange, _ status: HTTPResponseStatus, _ message: String) {
        let ended = exchange.requestEnded
        finish(exchange, reusable: false, status: Int(status.code))
        answer(status, message, head: exchange.head, requestEnded: ended)
    }

    private func send(_ head: HTTPRequestHead, elsewhere redirect: RoutingTable.Redirect) {
        let location = redirect.location(host: head.headers.first(name: "host") ?? "", target: head.uri)
        answer(HTTPResponseStatus(statusCode: redirect.status), "", head: head, location: location)
    }

    private func answer(
        _ status: HTTPResponseStatus, _ message: String, head: HTTPRequestHead, requestEnded: Bool = false,
        location: String? = nil
    ) {
        guard let context else { return }
        state = requestEnded ? .idle : .discarding
        var headers = HTTPHeaders([
            ("content-type", "text/plain; charset=utf-8"), ("content-length", "\(message.utf8.count)"),
        ])
        if !head.isKeepAlive { headers.add(name: "connection", value: "close") }
        if let location { headers.add(name: "location", value: location) }
        let response = HTTPResponseHead(version: head.version, status: status, headers: headers)
        context.write(Self.wrapOutboundOut(.head(response)), promise: nil)
        if head.method != .HEAD {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: message)))), promise: nil)
        }
        let written = context.writeAndFlush(Self.wrapOutboundOut(.end(nil)))
        guard !head.isKeepAlive else { return context.read() }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.whenComplete { _ in bound.value.close(promise: nil) }
    }
}
