import AsyncHTTPClient
import KubeClient
import KubeModel
import Manifest
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Makes probes and runs hooks: commands in containers, HTTP requests, connections, sleeps.
struct HandlerRunner: Sendable {
    let engine: any ContainerEngine
    let timeline: Timeline
    private let http: HTTPClient

    init(engine: any ContainerEngine, timeline: Timeline) {
        self.engine = engine
        self.timeline = timeline
        var configuration = HTTPClient.Configuration()
        var tls = TLSConfiguration.makeClientConfiguration()
        // As kubelet: a probe asks whether somebody answers, not who.
        tls.certificateVerification = .none
        configuration.tlsConfiguration = tls
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    /// Lets go of connections; nothing may run any more.
    func shutdown() async { try? await http.shutdown() }

    /// Asks a container what a probe asks.
    func probe(_ kind: ProbeKind, _ plan: ProbePlan, of target: HandlerTarget) async -> ProbeOutcome {
        var handler = target.container[kind.field] ?? .emptyObject
        if let command = handler["exec", "command"]?.arrayValue {
            handler["exec", "command"] = .array(Self.expanded(command, target.container))
        }
        do {
            return try await run(handler, of: target, timeout: plan.timeout)
        } catch let fault as ConfigurationFault {
            return ProbeOutcome(isSuccess: false, message: fault.description)
        } catch {
            return ProbeOutcome(isSuccess: false, message: "\(error)")
        }
    }

    /// A probe's command with the variables whose values stand in the container's own list, as kubelet expands it;
    /// commands of hooks are taken as they are.
    private static func expanded(_ command: [Value], _ container: Value) -> [Value] {
        var variables: [String: String] = [:]
        for variable in container.list("env") { variables[variable.text("name")] = variable.text("value") }
        return command.map { word in
            word.stringValue.map { .string(VariableExpansion.expand($0, variables)) } ?? word
        }
    }

    /// Runs a hook, `postStart` or `preStop`; why it failed, nil where it did not.
    func hook(_ name: String, of target: HandlerTarget, timeout: Duration) async throws -> String? {
        let handler = target.container["lifecycle", name] ?? .emptyObject
        if let sleep = handler.present("sleep") {
            let seconds = Duration.seconds(sleep["seconds"]?.integerValue ?? 0)
            try await timeline.sleep(for: min(seconds, timeout))
            return nil
        }
        let outcome = try await run(handler, of: target, timeout: timeout)
        return outcome.isSuccess ? nil : outcome.message
    }

    private func run(
        _ handler: Value, of target: HandlerTarget, timeout: Duration
    ) async throws -> ProbeOutcome {
        if let exec = handler.present("exec") {
            let command = exec.list("command").compactMap(\.stringValue)
            return try await execute(command, in: target.id, timeout: timeout)
        }
        if let get = handler.present("httpGet") {
            return try await request(get, of: target, timeout: timeout)
        }
        if let socket = handler.present("tcpSocket") {
            return await connect(target.host(socket), try target.port(socket["port"]), timeout: timeout)
        }
        throw ConfigurationFault("the handler has no action")
    }

    private func execute(
        _ command: [String], in id: ContainerID, timeout: Duration
    ) async throws -> ProbeOutcome {
        do {
            let result = try await engine.exec(id, command, timeout: timeout)
            return ProbeOutcome(
                isSuccess: result.exitCode == 0, message: String(decoding: result.output, as: UTF8.self))
        } catch let error as SandboxError {
            let isLate = error.code == .timeout
            let words = command.joined(separator: " ")
            return ProbeOutcome(
                isSuccess: false,
                message: isLate
                    ? "command timed out: \"\(words)\" timed out after \(GoDuration.text(timeout))"
                    : error.description)
        }
    }

    private func request(
        _ get: Value, of target: HandlerTarget, timeout: Duration
    ) async throws -> ProbeOutcome {
        let scheme = get.text("scheme").lowercased() == "https" ? "https" : "http"
        let (host, port) = (target.host(get), try target.port(get["port"]))
        let path = get.text("path")
        let name = host.contains(":") ? "[\(host)]" : host
        let url = "\(scheme)://\(name):\(port)" + (path.hasPrefix("/") ? path : "/\(path)")
        var request = HTTPClientRequest(url: url)
        for header in get.list("httpHeaders") {
            request.headers.add(name: header.text("name"), value: header.text("value"))
        }
        if !request.headers.contains(name: "User-Agent") {
            request.headers.add(name: "User-Agent", value: "kube-probe/slipway")
        }
        if !request.headers.contains(name: "Accept") { request.headers.add(name: "Accept", value: "*/*") }
        // A connection that is kept would find a server that takes no new ones well.
        request.headers.replaceOrAdd(name: "Connection", value: "close")
        do {
            let response = try await http.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
            let code = response.status.code
            if (200..<400).contains(code) { return .success }
            return ProbeOutcome(isSuccess: false, message: "HTTP probe failed with statuscode: \(code)")
        } catch {
            return ProbeOutcome(
                isSuccess: false, message: "Get \"\(url)\": \(Self.words(error, "\(host):\(port)"))")
        }
    }

    private func connect(_ host: String, _ port: Int, timeout: Duration) async -> ProbeOutcome {
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.nanoseconds(timeout.nanoseconds))
                .connect(host: host, port: port).get()
            try? await channel.close()
            return .success
        } catch {
            return ProbeOutcome(isSuccess: false, message: Self.words(error, "\(host):\(port)"))
        }
    }

    /// A failed connection in the words of Go.
    private static func words(_ error: any Error, _ address: String) -> String {
        let text = "\(error)"
        if text.contains("ECONNREFUSED") || text.contains("Connection refused") {
            return "dial tcp \(address): connect: connection refused"
        }
        if text.contains("EHOSTUNREACH") || text.contains("No route to host") {
            return "dial tcp \(address): connect: no route to host"
        }
        if text.lowercased().contains("connecttimeout") { return "dial tcp \(address): i/o timeout" }
        if text.lowercased().contains("deadlineexceeded") || text.lowercased().contains("timeout") {
            return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        }
        return text
    }
}

extension Duration {
    /// In nanoseconds, as NIO counts.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
