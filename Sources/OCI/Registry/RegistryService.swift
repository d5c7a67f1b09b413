import HTTPTypes
import Hummingbird
import NIOCore

/// Answers the requests of distribution specification 1.1.
struct RegistryService: Sendable {
    let storage: RegistryStorage
    let policy: RegistryPolicy
    let access: RegistryGuard
    let uploads: UploadSessions

    func respond(to request: Request) async -> Response {
        do {
            return try await answer(request)
        } catch let refusal as RegistryRefusal {
            var response = Response(refusal)
            if request.method == .head { response = response.createHeadResponse() }
            return response
        } catch {
            return Response(RegistryRefusal(500, .unknown, "the registry cannot use its disk"))
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let target = request.head.path ?? "/"
        let path = String(target.prefix { $0 != "?" })
        let route = try RegistryRoute(path: path)
        let method = request.method.rawValue
        guard let wanted = route.access(method) else {
            throw RegistryRefusal(
                405, .unsupported, "\(method) is not possible here",
                headers: [("Allow", route.methods.joined(separator: ", "))])
        }
        try await check(wanted, request)
        if wanted.action == .delete, !policy.allowsDeletion {
            throw RegistryRefusal(405, .unsupported, "this registry does not delete")
        }
        let query = RegistryQuery(target)
        switch route {
        case .base:
            return Response(
                .ok,
                [("Docker-Distribution-Api-Version", "registry/2.0"), ("Content-Type", "application/json")],
                Array("{}".utf8))
        case .catalog: return try await listRepositories(query)
        case .tags(let repository): return try await listTags(repository, query)
        case .referrers(let repository, let digest): return try await listReferrers(repository, digest, query)
        case .blob(let repository, let digest):
            return method == "DELETE"
                ? try await deleteBlob(repository, digest) : try await getBlob(repository, digest, request)
        case .manifest(let repository, let reference):
            switch method {
            case "PUT": return try await putManifest(repository, reference, request)
            case "DELETE": return try await deleteManifest(repository, reference)
            default: return try await getManifest(repository, reference, request)
            }
        case .uploads(let repository): return try await beginUpload(repository, query, request)
        case .upload(let repository, let identifier):
            switch method {
            case "PATCH": return try await appendUpload(repository, identifier, request)
            case "PUT": return try await finishUpload(repository, identifier, query, request)
            case "GET": return try await uploadStatus(repository, identifier)
            default: return try await cancelUpload(repository, identifier)
            }
        }
    }

    func check(_ wanted: RegistryAccess, _ request: Request) async throws(RegistryRefusal) {
        switch await access.decision(wanted, authorization: request.headers[.authorization]) {
        case .allowed: return
        case .unauthenticated(let challenge):
            throw RegistryRefusal(
                401, .unauthorized, "log in to do this", headers: [("WWW-Authenticate", challenge)])
        case .forbidden:
            throw RegistryRefusal(403, .denied, "you may not do this")
        }
    }

    static func digest(_ text: String) throws(RegistryRefusal) -> Digest {
        do throws(OCIError) { return try Digest(parsing: text) } catch {
            throw RegistryRefusal(400, .digestInvalid, error.message.onOneLine)
        }
    }

    /// Runs work on the disk, whose failures become answers.
    func onDisk<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        do {
            return try await BlockingQueue.files.run { () throws -> T in try work() }
        } catch let failure as SystemCallFailure {
            throw UploadSession.diskFailure(failure)
        }
    }
}

/// The parameters of a request.
struct RegistryQuery {
    private let values: [String: String]

    init(_ target: String) {
        var values: [String: String] = [:]
        if let mark = target.firstIndex(of: "?") {
            for pair in target[target.index(after: mark)...].split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = Self.decode(parts[0]),
                    let value = Self.decode(parts.count > 1 ? parts[1] : "")
                else {
                    continue
                }
                values[name] = value
            }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let code = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
                    return nil
                }
                bytes.append(code)
                rest = rest.dropFirst(2)
            case UInt8(ascii: "+"): bytes.append(32)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Response {
    init(
        _ status: HTTPResponse.Status, _ fields: [(name: String, value: String)], _ body: [UInt8] = []
    ) {
        var headers = HTTPFields()
        for field in fields {
            if let name = HTTPField.Name(field.name) {
                headers.append(HTTPField(name: name, value: field.value))
            }
        }
        self.init(
            status: status, headers: headers,
            body: body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    init(_ refusal: RegistryRefusal) {
        self.init(
            HTTPResponse.Status(code: refusal.status),
            [("Content-Type", "application/json")] + refusal.headers, refusal.body)
    }
}
