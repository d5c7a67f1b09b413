import HTTPTypes
import Hummingbird
import Manifest

extension SigstoreRoutes {
    /// The API of Rekor 1.
    func addLog<Context: RequestContext>(to router: some RouterMethods<Context>) {
        let log = instance.log
        router.post("/api/v1/log/entries") { request, _ in
            await Self.logAnswer { () async throws(SigstoreError) in try await Self.create(request, log) }
        }
        router.get("/api/v1/log/entries") { request, _ in
            await Self.logAnswer { () async throws(SigstoreError) in
                guard let index = request.uri.queryParameters["logIndex"].flatMap({ Int64($0) }) else {
                    throw SigstoreError(.malformed, "logIndex must be a number")
                }
                return Self.answer(.object(Object([try await Self.entry(index, log)])))
            }
        }
        router.get("/api/v1/log/entries/:uuid") { request, context in
            await Self.logAnswer { () async throws(SigstoreError) in
                let name = context.parameters.get("uuid") ?? ""
                return Self.answer(
                    .object(Object([try await Self.entry(try await Self.index(name, log), log)])))
            }
        }
        router.post("/api/v1/log/entries/retrieve") { request, _ in
            await Self.logAnswer { () async throws(SigstoreError) in try await Self.retrieve(request, log) }
        }
        router.get("/api/v1/log") { _, _ in
            Self.answer([
                "inactiveShards": [], "rootHash": .string(Hex.encode(await log.rootHash)),
                "signedTreeHead": .string(await log.signedTreeHead), "treeID": .string(String(log.treeID)),
                "treeSize": .integer(await log.count),
            ])
        }
        router.get("/api/v1/log/publicKey") { _, _ in
            var headers: HTTPFields = [:]
            headers[.contentType] = "application/x-pem-file"
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(byteBuffer: .init(string: log.key.publicKey.pemRepresentation)))
        }
        router.get("/api/v1/log/proof") { request, _ in
            await Self.logAnswer { () async throws(SigstoreError) in
                let query = request.uri.queryParameters
                guard let last = query["lastSize"].flatMap({ Int64($0) }),
                    let first = Int64(query["firstSize"] ?? "1"), first >= 1, last >= first
                else {
                    throw SigstoreError(
                        .malformed, "firstSize and lastSize must be numbers, the first not larger")
                }
                guard let proof = await log.consistency(first: first, second: last) else {
                    throw SigstoreError(.malformed, "the log has fewer than \(last) entries")
                }
                return Self.answer([
                    "hashes": .array(proof.hashes.map { .string(Hex.encode($0)) }),
                    "rootHash": .string(Hex.encode(proof.root)),
                ])
            }
        }
        router.post("/api/v1/index/retrieve") { request, _ in
            await Self.logAnswer { () async throws(SigstoreError) in try await Self.search(request, log) }
        }
    }

    private static func create(_ request: Request, _ log: DevelopmentLog) async throws(SigstoreError)
        -> Response
    {
        let entry = try ProposedEntry(try await body(request))
        let (index, isNew) = try await log.append(entry)
        let pair = try await Self.entry(index, log)
        let path = "/api/v1/log/entries/\(pair.key)"
        var headers: HTTPFields = [:]
        headers[.location] = path
        guard isNew else {
            return answer(
                [
                    "code": 409,
                    "message": .string(
                        "an equivalent entry already exists in the transparency log with UUID \(pair.key)"),
                ], .conflict, headers: headers)
        }
        headers[.eTag] = pair.key
        return answer(.object(Object([pair])), .created, headers: headers)
    }

    /// An entry under its name, as the API shows it.
    private static func entry(_ index: Int64, _ log: DevelopmentLog) async throws(SigstoreError)
        -> Object.Pair
    {
        guard let entry = try await log.entry(index), let proof = entry.inclusionProof else {
            throw SigstoreError(.missing, "the log has no entry \(index)")
        }
        let value: Value = [
            "body": .string(Base64.encode(entry.body)), "integratedTime": .integer(entry.integratedTime),
            "logID": .string(Hex.encode(entry.logID)), "logIndex": .integer(entry.logIndex),
            "verification": [
                "inclusionProof": [
                    "checkpoint": .string(proof.checkpoint),
                    "hashes": .array(proof.hashes.map { .string(Hex.encode($0)) }),
                    "logIndex": .integer(proof.logIndex), "rootHash": .string(Hex.encode(proof.rootHash)),
                    "treeSize": .integer(proof.treeSize),
                ],
                "signedEntryTimestamp": .string(Base64.encode(entry.signedEntryTimestamp ?? [])),
            ],
        ]
        return Object.Pair(key: await log.uuid(index), value: value)
    }

    /// The index of an entry by its name: 64 hexadecimal digits of its hash, perhaps after 16 of the tree.
    private static func index(_ name: String, _ log: DevelopmentLog) async throws(SigstoreError) -> Int64 {
        guard name.utf8.count == 64 || name.utf8.count == 80, let bytes = Hex.decode(name.lowercased()) else {
            throw SigstoreError(.malformed, "\"\(name)\" is no entry UUID")
        }
        let leaf = Array(bytes.suffix(32))
        guard let index = await log.index(ofLeaf: leaf),
            name.utf8.count == 64 || DevelopmentLog.uuid(log.treeID, leaf) == name.lowercased()
        else { throw SigstoreError(.missing, "the log has no entry \(name)") }
        return index
    }

    private static func retrieve(_ request: Request, _ log: DevelopmentLog) async throws(SigstoreError)
        -> Response
    {
        let body = try await body(request)
        let (names, indexes) = (body["entryUUIDs"]?.arrayValue ?? [], body["logIndexes"]?.arrayValue ?? [])
        let proposed = body["entries"]?.arrayValue ?? []
        guard (1...10).contains(names.count + indexes.count + proposed.count) else {
            throw SigstoreError(.malformed, "ask for 1 to 10 entries by entryUUIDs, logIndexes or entries")
        }
        var found: [Int64] = []
        for name in names {
            do throws(SigstoreError) {
                found.append(try await index(name.stringValue ?? "", log))
            } catch { if error.code != .missing { throw error } }
        }
        for index in indexes {
            if let number = index.integerValue, number < (await log.count) { found.append(number) }
        }
        for entry in proposed {
            let leaf = MerkleTree.leafHash(try ProposedEntry(entry).body)
            if let index = await log.index(ofLeaf: leaf) { found.append(index) }
        }
        var result: [Value] = []
        for index in found where index >= 0 { result.append(.object(Object([try await entry(index, log)]))) }
        return answer(.array(result))
    }

    private static func search(_ request: Request, _ log: DevelopmentLog) async throws(SigstoreError)
        -> Response
    {
        let body = try await body(request)
        var found: [[Int64]] = []
        if let hash = body["hash"]?.stringValue {
            found.append(await log.search(hash.contains(":") ? hash : "sha256:\(hash)"))
        }
        if let address = body["email"]?.stringValue { found.append(await log.search("email:\(address)")) }
        if let content = body["publicKey", "content"]?.stringValue {
            let signer = try LoggedSigner(.string(content))
            found.append(await log.search("key:\(Hex.encode(signer.key.fingerprint))"))
        }
        guard !found.isEmpty else { throw SigstoreError(.malformed, "search by hash, email or publicKey") }
        let wantsAll = body["operator"]?.stringValue == "and"
        var result = Set(found[0])
        for other in found.dropFirst() {
            if wantsAll { result.formIntersection(other) } else { result.formUnion(other) }
        }
        var names: [Value] = []
        for index in result.sorted() { names.append(.string(await log.uuid(index))) }
        return answer(.array(names))
    }

    /// Answers as Rekor does: `{"code":400,"message":…}`.
    private static func logAnswer(_ body: () async throws(SigstoreError) -> Response) async -> Response {
        do throws(SigstoreError) {
            return try await body()
        } catch {
            let status: HTTPResponse.Status =
                switch error.code {
                case .missing: .notFound
                case .tooLarge: .contentTooLarge
                case .storage: .internalServerError
                default: .badRequest
                }
            return answer(["code": .integer(Int64(status.code)), "message": .string(error.message)], status)
        }
    }
}
