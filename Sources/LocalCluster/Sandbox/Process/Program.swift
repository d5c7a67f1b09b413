import CSandbox
import Glibc

/// What is started, with which descriptors, where and as whom.
struct Program {
    /// Who a program runs as.
    struct Identity {
        var user: ContainerUser
        var capabilities: LinuxCapabilities
        var allowsNewPrivileges: Bool
    }

    /// A path or a name to look up on the environment's `PATH`.
    var path: String
    /// All arguments, the program's own name first.
    var arguments: [String]
    /// `NAME=value` each.
    var environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    var directory: String? = "/"
    /// What becomes descriptors 0, 1, 2 and so on.
    var descriptors: [OpenFile]
    /// Open namespace files to join.
    var namespaces: [OpenFile] = []
    /// A process whose namespaces are joined, and which (`CLONE_NEW…`).
    var process: (handle: ProcessHandle, namespaces: Int32)?
    /// What becomes `/` once these are joined.
    var root: OpenFile?
    var identity: Identity?

    init(_ path: String, _ arguments: [String], descriptors: [OpenFile]) {
        self.path = path
        self.arguments = [path] + arguments
        self.descriptors = descriptors
    }

    /// Starts the program and returns its number.
    ///
    /// - Throws: `SystemCallFailure` that says at which step, with `ENOENT` for a program that is not there.
    func start() throws(SystemCallFailure) -> pid_t {
        let memory = CMemory()
        var program = csandbox_program()
        program.path = memory.string(path)
        program.arguments = memory.strings(arguments)
        program.environment = memory.strings(environment)
        program.directory = directory.flatMap(memory.string)
        program.descriptors = memory.array(descriptors.map(\.descriptor))
        program.descriptor_count = descriptors.count
        program.namespaces = memory.array(namespaces.map(\.descriptor))
        program.namespace_count = namespaces.count
        program.process = process?.handle.descriptor ?? -1
        program.process_namespaces = process?.namespaces ?? 0
        program.root = root?.descriptor ?? -1
        program.identity = identity.flatMap { memory.array([Self.foreign($0, in: memory)]) }
        var failure = csandbox_failure()
        let processID = withExtendedLifetime((memory, self)) { csandbox_start(&program, &failure) }
        if processID >= 0 { return processID }
        throw SystemCallFailure(Self.words(for: failure.step), path, failure.error)
    }

    private static func foreign(_ identity: Identity, in memory: CMemory) -> csandbox_identity {
        csandbox_identity(
            user: identity.user.user, group: identity.user.group,
            groups: memory.array(identity.user.groups), group_count: identity.user.groups.count,
            capabilities: identity.capabilities.bits, no_new_privileges: !identity.allowsNewPrivileges)
    }

    /// What a failure says that is the working directory's.
    static let directoryStep = "change to the working directory for"

    private static func words(for step: Int32) -> String {
        switch csandbox_step(UInt32(step)) {
        case csandbox_step_namespace: "enter the namespaces for"
        case csandbox_step_identity: "take on the user and capabilities for"
        case csandbox_step_directory: directoryStep
        case csandbox_step_execute: "exec"
        default: "start"
        }
    }
}

/// Memory in C's layout, freed all at once.
private final class CMemory {
    private var allocations: [UnsafeMutableRawPointer] = []

    deinit { for allocation in allocations { allocation.deallocate() } }

    func array<T: BitwiseCopyable>(_ items: [T]) -> UnsafePointer<T>? {
        let buffer = UnsafeMutableBufferPointer<T>.allocate(capacity: max(1, items.count))
        _ = buffer.initialize(from: items)
        guard let base = buffer.baseAddress else { return nil }
        allocations.append(UnsafeMutableRawPointer(base))
        return UnsafePointer(base)
    }

    func string(_ text: String) -> UnsafePointer<CChar>? { array(Array(text.utf8CString)) }

    /// An array of strings with a null pointer at its end.
    func strings(_ texts: [String]) -> UnsafePointer<UnsafeMutablePointer<CChar>?>? {
        array(texts.map { UnsafeMutablePointer(mutating: string($0)) } + [nil])
    }
}
