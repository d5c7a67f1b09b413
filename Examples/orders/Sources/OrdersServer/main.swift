import Orders

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// The commit, which the pipeline writes into a file beside the program.
func commit() -> String {
    let program = CommandLine.arguments.first ?? ""
    let folder = program.lastIndex(of: "/").map { String(program[...$0]) } ?? ""
    guard let file = fopen("\(folder)commit", "r") else { return "unknown" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self).filter { !$0.isWhitespace }
}

// What an image is verified with: the program starts and knows its own rules, without a database.
if CommandLine.arguments.dropFirst().first == "--selfcheck" {
    let isRight = Order(form: "item=green+apple&quantity=3") == Order(item: "green apple", quantity: 3)
    print(isRight ? "ok \(Build.version) \(commit())" : "wrong")
    exit(isRight ? 0 : 1)
}

// The first process of a container is ended by no signal that it does not expect. What was under way has been
// answered by then.
signal(SIGTERM) { _ in _exit(0) }

do {
    let store: any OrderStore =
        try variable("DATABASE_URL").map { try DatabaseOrders(url: $0) } ?? MemoryOrders()
    let service = Service(store, build: Build(commit: commit()))
    try Server(service).run(port: variable("PORT").flatMap { UInt16($0) } ?? 8080) {
        print("listening on \($0)")
    }
} catch {
    print("orders: \(error)")
    exit(1)
}
