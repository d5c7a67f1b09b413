/// Takes a pod's share of the machine back. Every step may be repeated and finds what is left.
struct PodRemoval: Sendable {
    let host: SandboxHost
    let pod: PodDirectory

    /// Removes everything but the containers' directories: interface, namespaces, mounts, address and ports.
    func disconnect() async throws {
        try await host.network?.detach(pod.uid)
        let pod = pod
        try await host.queue.run { () throws(SystemCallFailure) in
            for mount in Mounts.below(pod.mounts).reversed() { try Mounts.unmount(mount) }
            try Disk.remove(pod.mounts)
        }
        host.pools.release(pod.uid)
    }

    /// Removes everything of a pod whose containers have ended.
    func remove() async throws {
        do {
            try await disconnect()
            let (pod, trash) = (pod, host.run.trash)
            try await host.queue.run { () throws(SystemCallFailure) in try trash.discard(pod.path) }
        } catch {
            throw SandboxError.wrap(error, .storage, "pod \(pod.uid) cannot be removed")
        }
    }
}
