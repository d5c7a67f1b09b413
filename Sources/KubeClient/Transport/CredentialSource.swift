import FoundationEssentials

/// What is sent as `Authorization`, kept up to date where it comes from a file.
actor CredentialSource {
    private let credential: ClientConfiguration.Credential
    private let files: FileReader
    private let timeline: Timeline
    private var token: (text: String, checkedAt: Duration)?

    /// How long a token read from a file is used before the file is looked at again. Kubelets renew a token
    /// when a fifth of its life is left, minutes before it ends.
    private static let checkInterval = Duration.seconds(10)

    init(_ credential: ClientConfiguration.Credential, files: FileReader, timeline: Timeline) {
        self.credential = credential
        self.files = files
        self.timeline = timeline
    }

    /// Whether asking anew after a refusal can answer something else.
    nonisolated var canChange: Bool {
        if case .tokenFile = credential { true } else { false }
    }

    /// The header's value, nil where none is sent.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration` where a token was never readable; later faults
    ///   leave the known token in use.
    func authorization() async throws -> String? {
        switch credential {
        case .none: return nil
        case .token(let text): return "Bearer \(text)"
        case .basic(let username, let password):
            return "Basic \(Data("\(username):\(password)".utf8).base64EncodedString())"
        case .tokenFile(let path): return "Bearer \(try await currentToken(path))"
        }
    }

    /// Has the file looked at before the next request, as the server refused the token.
    func expire() {
        token?.checkedAt = .zero - Self.checkInterval
    }

    private func currentToken(_ path: String) async throws -> String {
        if let token, timeline.now - token.checkedAt < Self.checkInterval { return token.text }
        do {
            let bytes = try await files.required(path, for: "the bearer token")
            let text = FileReader.word(bytes)
            guard !text.isEmpty else {
                throw KubeClientError(.configuration, "the bearer token in \(path) is empty")
            }
            token = (text, timeline.now)
            return text
        } catch {
            guard let known = token?.text else { throw error }
            token?.checkedAt = timeline.now
            return known
        }
    }
}
