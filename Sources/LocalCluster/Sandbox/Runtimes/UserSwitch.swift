/// Becomes another user inside a container whose image need not hold any program for it.
///
/// Bubblewrap changes the user by a user namespace only, in which a single user exists. Where we are root the
/// machine's own `setpriv` is shown to the container, with the libraries it needs and the loader that finds them.
struct UserSwitch: Sendable {
    /// Where the files are shown.
    private static let directory = "/.slipway"

    /// The machine's files.
    private let setpriv: String
    private let libraries: [String]
    private let loader: String

    /// Nil where the machine has no `setpriv` (util-linux) or no `ldd` that says what it needs.
    init?() async {
        guard let setpriv = HostCommand(named: "setpriv"), let ldd = HostCommand(named: "ldd"),
            let listing = try? await ldd.run([setpriv.path])
        else { return nil }
        self.init(setpriv: setpriv.path, listing: listing)
    }

    /// Reads what `ldd` says: `name => path (address)`, and of the loader the path alone.
    init?(setpriv: String, listing: String) {
        var libraries: [String] = []
        var loader: String?
        for line in listing.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count > 2, words[1] == "=>", words[2].hasPrefix("/") {
                libraries.append(String(words[2]))
            } else if let word = words.first, word.hasPrefix("/") {
                loader = String(word)
            }
        }
        guard let loader else { return nil }
        self.setpriv = setpriv
        self.libraries = libraries
        self.loader = loader
    }

    /// What a container must be shown: files of the machine and their paths there.
    var mounts: [(source: String, destination: String)] {
        ([setpriv, loader] + libraries).map { ($0, Self.shown($0)) }
    }

    /// A command that runs another as `user`.
    func command(_ command: [String], as user: ContainerUser) -> [String] {
        [Self.shown(loader), "--library-path", Self.directory, Self.shown(setpriv)]
            + Self.options(for: user) + ["--"] + command
    }

    /// What `setpriv` is told to become a user.
    static func options(for user: ContainerUser) -> [String] {
        let groups = user.groups.map(String.init).joined(separator: ",")
        return ["--reuid=\(user.user)", "--regid=\(user.group)"]
            + [groups.isEmpty ? "--clear-groups" : "--groups=\(groups)"]
    }

    private static func shown(_ path: String) -> String {
        "\(directory)/" + (path.split(separator: "/").last ?? "")
    }
}
