/// What the command line asks for.
struct Options {
    enum Target: String {
        case yaml, json, edit
    }

    var target = Target.yaml
    var seconds = 60.0
    var seed: UInt64 = 1
    var iteration: UInt64?
    var corpus: [String] = []
    var serves = false

    init(_ arguments: some Sequence<String>) {
        var rest = Array(arguments)
        while !rest.isEmpty {
            let name = rest.removeFirst()
            if name == "--serve" {
                serves = true
                continue
            }
            guard let value = rest.first else { Options.stop("\(name) needs a value") }
            rest.removeFirst()
            switch name {
            case "--target": target = Self.required(Target(rawValue: value), value)
            case "--seconds": seconds = Self.required(Double(value), value)
            case "--seed": seed = Self.required(UInt64(value), value)
            case "--iteration": iteration = Self.required(UInt64(value), value)
            case "--corpus": corpus.append(value)
            default: Options.stop("no option \(name)")
            }
        }
    }

    private static func required<Value>(_ value: Value?, _ text: String) -> Value {
        guard let value else { stop("cannot use \(text)") }
        return value
    }

    static func stop(_ message: String) -> Never {
        Files.writeError(
            message + "\nusage: FuzzManifest [--target yaml|json|edit] [--seconds S] [--seed N] "
                + "[--iteration N] [--corpus FILE]... | --serve\n")
        Files.exit(2)
    }
}
