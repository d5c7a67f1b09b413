import Foundation
import KubeServer
import LocalCluster

/// The one directory in which an installation keeps everything.
///
/// A copy of it, taken while the installation is stopped, is a backup.
public struct DataDirectory: Sendable, Hashable {
    /// The absolute path.
    public let path: String

    /// - Parameter path: a relative one is below the directory of the process; `~/` is the user's home.
    public init(_ path: String) {
        self.path = URL(filePath: Self.expanded(path)).standardizedFileURL.path
    }

    /// The objects.
    public var database: String { "\(path)/cluster.db" }
    /// Bare repositories, `<namespace>/<name>.git`.
    public var repositories: String { "\(path)/git" }
    /// Images by digest.
    public var registry: String { "\(path)/registry" }
    /// What pods run: images of registries, fetched and unpacked.
    var images: String { "\(path)/registry-images" }
    /// The development authority's keys, log and trusted root.
    public var sigstore: String { "\(path)/sigstore" }
    /// Runs of pipelines: work, logs, reports.
    public var runs: String { "\(path)/ci" }
    /// Mirrors of other repositories, the audit log of applications.
    public var gitops: String { "\(path)/gitops" }
    /// Keys and tokens, for the owner alone.
    public var keys: String { "\(path)/keys" }
    /// The addresses that the installation has had.
    var addresses: String { "\(keys)/addresses.json" }
    /// The administrator's token.
    public var token: String { "\(keys)/token" }
    /// What kubectl and every other client needs.
    public var kubeconfig: String { "\(path)/kubeconfig" }
    /// The ports that were chosen where the settings leave it open.
    var ports: String { "\(path)/ports.json" }

    /// A path as settings name it: below the directory, unless it is an absolute one or below the user's home, `~/`.
    func resolve(_ name: String) -> String {
        let expanded = Self.expanded(name)
        return expanded.hasPrefix("/") ? expanded : "\(path)/\(expanded)"
    }

    private static func expanded(_ path: String) -> String {
        path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst() : path
    }

    /// Makes what is missing. Whatever others may do in the directory itself, which somebody else may have made, what is
    /// in it is for its owner alone.
    ///
    /// - Throws: ``SlipwayError`` with code `storage`.
    func prepare() throws(SlipwayError) {
        do {
            try PrivateFile.makeDirectory(path)
            for folder in [keys, repositories, registry, images, sigstore, runs, gitops] {
                try PrivateFile.makeDirectory(folder)
                try PrivateFile.narrow(folder)
            }
        } catch {
            throw SlipwayError(
                .storage,
                "the data directory \(path) cannot be used; make it writable, or choose another with --data",
                cause: error)
        }
    }

    /// Makes this process the only one that works on the directory, until the answer is released.
    ///
    /// - Throws: ``SlipwayError`` with code `running` or `storage`.
    func claim() throws(SlipwayError) -> ClusterProcess {
        do {
            return try ClusterProcess.claim(directory: path)
        } catch  where error.code == .unavailable {
            let other = ClusterProcess.running(directory: path).map { "process \($0.processID)" }
            throw SlipwayError(
                .running,
                "\(other ?? "another process") runs on \(path) already: end it with Ctrl-C or `slipway down`, or choose "
                    + "another directory with --data")
        } catch {
            throw SlipwayError(
                .storage,
                "the data directory \(path) cannot be used; make it writable, or choose another with --data",
                cause: error)
        }
    }
}
