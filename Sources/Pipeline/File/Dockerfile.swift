/// What a Dockerfile says, as far as it decides whether an image is of the commit alone.
struct Dockerfile {
    /// Something that keeps the image from being reproducible, or puts a secret into it.
    struct Fault {
        /// Counted from 1.
        var line: Int
        var message: String
        var hint: String?
        var fix: String
    }

    /// What `COPY --from=` has the outputs of the run's steps by.
    static let outputs = "outputs"

    private(set) var faults: [Fault] = []
    /// The images that are built on or copied from, in their order.
    private(set) var images: [String] = []
    private var stages: Set<String> = ["scratch", Self.outputs]
    /// Each stage's name, the stage or image it begins with, and the user it ends with.
    private var users: [(name: String, parent: String, user: String?)] = []

    /// Reads the text. Lines that end in a backslash are one with the next.
    init(_ text: String) {
        var instruction = ""
        var start = 0
        // To a String the two characters of a line's end on Windows are one, and another than a line feed.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (number, line) in lines.enumerated() {
            let trimmed = line.drop(while: \.isWhitespace)
            if trimmed.hasPrefix("#") { continue }
            if instruction.isEmpty { start = number + 1 }
            var part = String(trimmed)
            while part.last?.isWhitespace == true { part.removeLast() }
            if part.hasSuffix("\\") {
                instruction += part.dropLast() + " "
                continue
            }
            read(instruction + part, line: start)
            instruction = ""
        }
        read(instruction, line: start)
    }

    private mutating func read(_ instruction: String, line: Int) {
        let words = instruction.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first?.uppercased(), words.count > 1 else { return }
        let operands = Array(words.dropFirst())
        switch name {
        case "FROM": readStage(operands, line)
        case "COPY", "RUN": for word in operands where word.hasPrefix("--") { readSource(word, line) }
        case "USER":
            if !users.isEmpty { users[users.count - 1].user = operands[0] }
        case "ADD":
            if operands.contains(where: { $0.contains("://") || $0.contains("git@") }) {
                faults.append(
                    Fault(
                        line: line, message: "ADD fetches from the network",
                        hint: "what it fetches can be another thing tomorrow", fix: "fetch it in a step"))
            }
        case "ARG", "ENV":
            let names = operands.enumerated().compactMap { place, word -> String? in
                // `ENV NAME value` has one name, `ENV A=1 B=2` several.
                place == 0 || word.contains("=") ? word.split(separator: "=").first.map(String.init) : nil
            }
            for secret in names where PipelineReader.soundsSecret(secret) {
                faults.append(
                    Fault(
                        line: line, message: "\(name) \(secret) looks like a secret",
                        hint: "it stays in the history of the image", fix: "remove it"))
            }
        default: break
        }
    }

    private mutating func readStage(_ operands: [String], _ line: Int) {
        let words = operands.filter { !$0.hasPrefix("--") }
        guard let image = words.first else { return }
        use(image, "FROM", line)
        var name = "\(users.count)"
        stages.insert(name)
        if words.count == 3, words[1].uppercased() == "AS" {
            name = words[2].lowercased()
            stages.insert(name)
        }
        users.append((name, image.lowercased(), nil))
    }

    /// The user that a stage ends with, its own or that of the stage it begins with; nil where no line names one.
    ///
    /// - Parameter target: the stage's name or number; nil for the last.
    func user(of target: String?) -> String? {
        var stage = target.flatMap { target in
            users.lastIndex { $0.name == target.lowercased() }
                ?? Int(target).flatMap {
                    users.indices.contains($0) ? $0 : nil
                }
        }
        if target == nil { stage = users.indices.last }
        while let place = stage {
            if let user = users[place].user { return user }
            stage = users[..<place].lastIndex { $0.name == users[place].parent }
        }
        return nil
    }

    /// Whether a user is root, who is also meant where nobody is named.
    static func isRoot(_ user: String) -> Bool {
        let name = user.split(separator: ":", omittingEmptySubsequences: false).first ?? ""
        return name == "root" || name.isEmpty || name.allSatisfy { $0 == "0" }
    }

    /// `COPY --from=IMAGE` and `RUN --mount=type=bind,from=IMAGE`.
    private mutating func readSource(_ option: String, _ line: Int) {
        let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return }
        if parts[0] == "--from" { return use(parts[1], "COPY --from=", line) }
        guard parts[0] == "--mount" else { return }
        for field in parts[1].split(separator: ",") where field.hasPrefix("from=") {
            use(String(field.dropFirst(5)), "--mount from=", line)
        }
    }

    private mutating func use(_ image: String, _ word: String, _ line: Int) {
        if stages.contains(image.lowercased()) { return }
        images.append(image)
        if NameRules.isPinned(image) { return }
        let shown = word == "FROM" ? "FROM \(image)" : "\(word)\(image)"
        faults.append(
            Fault(
                line: line, message: "\(shown) is not pinned", hint: nil, fix: "write \(image)@sha256:DIGEST")
        )
    }
}
