import Glibc

/// The process that keeps one container, whether or not the program that started it lives on.
///
/// It starts the container or its runtime, collects the output, and leaves on disk who it is, whom it started
/// and how that ended. It is a few lines of shell, since a shell costs a megabyte and one millisecond and is on
/// every machine; what a container is started with reaches it as arguments alone.
enum Monitor {
    /// Arguments: the container's directory, `cat` where output is piped or nothing, `yes` where descriptors 3
    /// and 4 are to be opened, and what to start.
    ///
    /// The inner shell becomes the program: it is started in the foreground, since a shell has programs in the
    /// background ignore SIGINT and SIGQUIT, and within parentheses, since the outer one would else write what it
    /// thinks of the end of the program to its log. The exit code is written before the last output is, which programs
    /// that have outlived the container may hold up.
    private static let script = #"""
        directory=$1 cat=$2 files=$3
        shift 3
        read -r line </proc/$$/stat && printf '%s\n' "$line" >"$directory/monitor"
        start() {
            (exec /bin/sh -c '
                read -r line </proc/$$/stat && printf "%s\n" "$line" >"$0/child"
                if [ "$1" ]; then exec 3>"$0/status" 4<"$0/options"; fi
                shift
                exec "$@"
            ' "$directory" "$files" "$@") 2>&1
            printf '%s\n' $? >"$directory/exit"
        }
        if [ "$cat" ]; then
            start "$@" | "$cat" >>"$directory/log"
        else
            start "$@" >>"$directory/log"
        fi
        """#

    /// Starts a container's monitor, which from then on needs nobody.
    static func start(
        _ launch: Launch, for container: PreparedContainer
    ) throws(SystemCallFailure) -> ProcessHandle {
        guard let cat = HostCommand(named: "cat") else { throw SystemCallFailure("exec", "cat", ENOENT) }
        let null = try OpenFile("/dev/null", O_RDWR)
        let options = [launch.pipesOutput ? cat.path : "", launch.opensFiles ? "yes" : ""]
        var program = Program(
            "/bin/sh",
            ["-c", script, "slipway-monitor", container.directory.path] + options + launch.arguments,
            descriptors: [null, null, null])
        program.environment = launch.environment
        program.directory = launch.directory
        if launch.entersPodNamespaces {
            for kind in container.namespaces {
                program.namespaces.append(try OpenFile(container.path(of: kind), O_RDONLY))
            }
        }
        let child = try ChildProcess.start(program)
        try child.reapWhenEnded()
        return child.handle
    }

    /// Monitors of containers below a directory, by what they were started with.
    static func processes(below directory: String) -> [(processID: pid_t, container: String)] {
        ProcessStatus.allProcessIDs().compactMap { processID in
            let arguments = ProcessStatus.arguments(of: processID)
            guard arguments.count > 4, arguments[3] == "slipway-monitor",
                arguments[4].hasPrefix(directory + "/")
            else { return nil }
            return (processID, arguments[4])
        }
    }
}
