public import Manifest

/// How an image is run, for which platform it is, and which layers make it up.
public struct ImageConfiguration: Sendable, Hashable {
    /// What a container of the image starts with.
    public struct Execution: Sendable, Hashable {
        /// User, or user and group: `1000`, `app`, `1000:1000`.
        public var user: String?
        /// Ports such as `8080/tcp`.
        public var exposedPorts: [String] = []
        /// `NAME=VALUE`, in order.
        public var environment: [String] = []
        /// The program and its first words; nil leaves the command to be the program.
        public var entrypoint: [String]?
        /// Arguments that whoever starts a container may replace.
        public var command: [String]?
        /// Paths that are meant to be mounted over; nothing is mounted by the image itself.
        public var volumes: [String] = []
        /// An absolute path; nil for the root.
        public var workingDirectory: String?
        /// For people and programs; no part of how the image runs.
        public var labels: [String: String] = [:]
        /// The signal that asks the program to end; `SIGTERM` where it is nil.
        public var stopSignal: String?

        /// Says nothing: whoever starts the image decides.
        public init() {}
    }

    /// One step that made the image.
    public struct History: Sendable, Hashable {
        /// RFC 3339.
        public var created: String?
        /// The instruction or program of the step.
        public var createdBy: String?
        /// Who made the step, as it says.
        public var author: String?
        /// What the step did, for people.
        public var comment: String?
        /// Whether the step made no layer.
        public var isEmptyLayer: Bool

        /// An entry of the history.
        public init(
            created: String? = nil, createdBy: String? = nil, author: String? = nil, comment: String? = nil,
            isEmptyLayer: Bool = false
        ) {
            self.created = created
            self.createdBy = createdBy
            self.author = author
            self.comment = comment
            self.isEmptyLayer = isEmptyLayer
        }
    }

    /// No configuration that is read is larger.
    public static let largestSize = 8 << 20

    /// RFC 3339.
    public var created: String?
    /// Who made the image, as it says.
    public var author: String?
    /// What the image was built for.
    public var platform: Platform
    /// How containers of the image are run.
    public var execution: Execution
    /// The digests of the layers' uncompressed archives, lowest first.
    public var diffIDs: [Digest]
    /// One entry a layer, besides steps that made none.
    public var history: [History]

    /// A configuration whose layers are named by their uncompressed digests.
    public init(
        created: String? = nil, author: String? = nil, platform: Platform, execution: Execution = Execution(),
        diffIDs: [Digest] = [], history: [History] = []
    ) {
        self.created = created
        self.author = author
        self.platform = platform
        self.execution = execution
        self.diffIDs = diffIDs
        self.history = history
    }

    /// Reads a configuration.
    ///
    /// - Throws: ``OCIError`` with code `invalidDocument`, `invalidDigest` or `limitExceeded`.
    public init(parsing bytes: [UInt8]) throws(OCIError) {
        guard bytes.count <= Self.largestSize else {
            throw OCIError(
                .limitExceeded, "the image's configuration has more than \(Self.largestSize) bytes")
        }
        let fields = try DocumentFields(parsing: bytes, as: "image configuration")
        let root = try fields.fields("rootfs")
        guard try root.string("type") == "layers" else { throw root.fault("type", "is not 'layers'") }
        var diffIDs: [Digest] = []
        for text in try root.strings("diff_ids") { diffIDs.append(try Digest(parsing: text)) }
        var history: [History] = []
        for step in try fields.list("history") { history.append(try History(step)) }
        var execution = Execution()
        if let part = try fields.optionalFields("config") { execution = try Execution(part) }
        self.init(
            created: try fields.optionalString("created"), author: try fields.optionalString("author"),
            platform: try Platform(fields), execution: execution, diffIDs: diffIDs, history: history)
    }

    /// The configuration as an image holds it, always the same bytes for the same content.
    public var value: Value {
        var object = Object()
        if let created { object["created"] = .string(created) }
        if let author { object["author"] = .string(author) }
        for pair in platform.value.objectValue ?? Object() { object[pair.key] = pair.value }
        object["config"] = execution.value
        object["rootfs"] = [
            "type": "layers", "diff_ids": .array(diffIDs.map { .string($0.description) }),
        ]
        if !history.isEmpty { object["history"] = .array(history.map(\.value)) }
        return .object(object)
    }

    /// The bytes of ``value``.
    public var encoded: [UInt8] { JSON.write(value) }

    /// The name of each prefix of the layers, lowest first: what a layer looks like depends on those below.
    ///
    /// Image specification 1.1, "Layer ChainID".
    public var chainIDs: [Digest] {
        var chain: [Digest] = []
        for diffID in diffIDs {
            guard let below = chain.last else {
                chain.append(diffID)
                continue
            }
            chain.append(.sha256(Array("\(below) \(diffID)".utf8)))
        }
        return chain
    }
}

extension ImageConfiguration.Execution {
    init(_ fields: DocumentFields) throws(OCIError) {
        self.init()
        user = try fields.optionalString("User").flatMap { $0.isEmpty ? nil : $0 }
        exposedPorts = try fields.keySet("ExposedPorts")
        environment = try fields.strings("Env")
        if fields.value("Entrypoint") != nil { entrypoint = try fields.strings("Entrypoint") }
        if fields.value("Cmd") != nil { command = try fields.strings("Cmd") }
        volumes = try fields.keySet("Volumes")
        workingDirectory = try fields.optionalString("WorkingDir").flatMap { $0.isEmpty ? nil : $0 }
        labels = try fields.stringMap("Labels")
        stopSignal = try fields.optionalString("StopSignal").flatMap { $0.isEmpty ? nil : $0 }
    }

    var value: Value {
        func list(_ items: [String]) -> Value { .array(items.map { .string($0) }) }
        var object = Object()
        if let user { object["User"] = .string(user) }
        if !exposedPorts.isEmpty { object["ExposedPorts"] = Value(keySet: exposedPorts) }
        if !environment.isEmpty { object["Env"] = list(environment) }
        if let entrypoint { object["Entrypoint"] = list(entrypoint) }
        if let command { object["Cmd"] = list(command) }
        if !volumes.isEmpty { object["Volumes"] = Value(keySet: volumes) }
        if let workingDirectory { object["WorkingDir"] = .string(workingDirectory) }
        if !labels.isEmpty { object["Labels"] = Value(sorting: labels) }
        if let stopSignal { object["StopSignal"] = .string(stopSignal) }
        return .object(object)
    }
}

extension ImageConfiguration.History {
    init(_ fields: DocumentFields) throws(OCIError) {
        self.init(
            created: try fields.optionalString("created"), createdBy: try fields.optionalString("created_by"),
            author: try fields.optionalString("author"), comment: try fields.optionalString("comment"),
            isEmptyLayer: try fields.flag("empty_layer"))
    }

    var value: Value {
        var object = Object()
        if let created { object["created"] = .string(created) }
        if let createdBy { object["created_by"] = .string(createdBy) }
        if let author { object["author"] = .string(author) }
        if let comment { object["comment"] = .string(comment) }
        if isEmptyLayer { object["empty_layer"] = true }
        return .object(object)
    }
}
