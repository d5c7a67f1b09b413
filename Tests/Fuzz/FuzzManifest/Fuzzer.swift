import Manifest

/// Runs mutated documents through a reader until the time is up or a property fails.
struct Fuzzer {
    let options: Options
    let mutator: Mutator

    init(_ options: Options) {
        self.options = options
        let paths = options.corpus.isEmpty ? [Self.specification] : options.corpus
        var corpus = paths.flatMap { path -> [[UInt8]] in
            guard let bytes = Files.read(path) else { Options.stop("cannot read \(path)") }
            return Self.parts(of: bytes)
        }
        corpus.append(Array(Self.manifest.utf8))
        if options.target == .json {
            corpus = corpus.flatMap { (try? YAML.parse($0)) ?? [] }.map { JSON.write($0) }
        }
        mutator = Mutator(corpus: corpus, target: options.target)
    }

    func run() {
        let clock = ContinuousClock()
        let start = clock.now
        let deadline = start.advanced(by: .seconds(options.seconds))
        var iteration = options.iteration ?? 0
        var accepted = 0
        var slowest = 0.0
        repeat {
            var random = SeededGenerator(seed: options.seed &* 0x1_0000_0000 &+ iteration)
            let document = mutator.document(using: &random)
            let begin = Files.processorTime
            let check = PropertyCheck(document: document, target: options.target)
            let outcome = check.run()
            let elapsed = Files.processorTime - begin
            slowest = max(slowest, elapsed)
            if case .failed(let property) = outcome { report(property, document, iteration) }
            if elapsed > 5 { report("it takes \(elapsed) s", document, iteration) }
            if outcome == .accepted { accepted += 1 }
            iteration += 1
        } while options.iteration == nil && clock.now < deadline
        Files.writeOutput(
            "\(options.target): seed \(options.seed), \(iteration) documents, \(accepted) well-formed, "
                + "slowest \(slowest) s, \(clock.now - start)\n")
    }

    private func report(_ property: String, _ document: [UInt8], _ iteration: UInt64) -> Never {
        Files.writeOutput(
            "FAILED \(options.target): --seed \(options.seed) --iteration \(iteration): \(property)\n"
                + "\(document.map { String($0) }.joined(separator: ","))\n"
                + String(decoding: document, as: UTF8.self) + "\n")
        Files.exit(1)
    }

    /// The documents of the file of examples, which are introduced by lines in `⟦…⟧`; else the whole file.
    private static func parts(of bytes: [UInt8]) -> [[UInt8]] {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("⟦") else { return [bytes] }
        return text.split(separator: "⟦").compactMap { part in
            guard !part.hasPrefix("tree"), let end = part.firstIndex(of: "⟧") else { return nil }
            return Array(part[end...].dropFirst(2).utf8)
        }
    }

    private static let specification: String = {
        let source = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return source.dropLast(3).joined(separator: "/") + "/ManifestTests/Vectors/YAML/specification.txt"
    }()

    private static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 3  # scaled by hand
          template:
            spec:
              containers:
              - name: web
                image: "registry.example/web:1.0"
                args: ["--port", "8080"]
                env:
                - {name: MODE, value: 'on'}
                command:
                - sh
                - -c
                - |
                  set -e
                  exec web
        """
}
