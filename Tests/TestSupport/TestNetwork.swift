import Foundation
import Glibc

/// A bridge's name and a range of addresses that no other test of this machine has at the same time, in whatever
/// process it runs.
///
/// Each is a file in a directory of all tests, locked for as long as the network is in use.
public final class TestNetwork: Sendable {
    /// At most 15 characters, as the name of an interface must be.
    public let bridge: String
    /// 254 addresses, as in `10.130.7.0/24`; outside of what services get theirs from.
    public let subnet: String
    private let lock: Int32

    /// No network is free.
    public struct Exhausted: Error {}

    private static let directory = "/tmp/slipway-test-networks"
    private static let count = 16 * 256

    /// Takes one that is free.
    ///
    /// - Parameter prefix: how the bridge's name begins; at most ten characters.
    /// - Throws: ``Exhausted``.
    public init(_ prefix: String = "swt") throws {
        // Tests of several users share it.
        mkdir(Self.directory, 0o777)
        chmod(Self.directory, 0o777)
        let first = Int.random(in: 0..<Self.count)
        for offset in 0..<Self.count {
            let number = (first + offset) % Self.count
            let file = open("\(Self.directory)/\(number)", O_RDONLY | O_CREAT | O_CLOEXEC, 0o666)
            if file < 0 { continue }
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                close(file)
                continue
            }
            lock = file
            bridge = "\(prefix)\(number)"
            subnet = "10.\(128 + number / 256).\(number % 256).0/24"
            return
        }
        throw Exhausted()
    }

    /// Gives it back, once the bridge is gone.
    deinit { close(lock) }
}
