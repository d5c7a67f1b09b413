import Testing

@testable import LocalCluster

extension Sandboxes {
    @Suite(.serialized) struct LeftoverTests {
        @Test(.enabled(if: Machine.canConnect), arguments: zip(Machine.runtimes, [100, 30, 30]))
        func `of many pods nothing is left`(_ runtime: String, count: Int) async throws {
            try await Machine.with(runtime, connected: true) { machine in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<count {
                        if number >= 8 { try await group.next() }
                        group.addTask { try await Self.live("pod-\(number)", on: machine) }
                    }
                    try await group.waitForAll()
                }
                #expect(machine.remains() == [])
            }
        }

        /// Half of the pods are removed while they run, the others when they have ended.
        private static func live(_ uid: String, on machine: Machine) async throws {
            _ = try await machine.pod(uid)
            let isShort = uid.hasSuffix("0")
            for name in ["one", "two"] {
                let program = isShort ? ["echo", name] : ["sh", "-c", "sleep 100000 & sleep 100000"]
                _ = try await machine.sandboxes.start(machine.container(program, named: name, pod: uid))
            }
            if isShort {
                for name in ["one", "two"] {
                    let id = ContainerID(pod: uid, name: name)
                    #expect(try await machine.sandboxes.wait(id).code == 0)
                    #expect(try await machine.text(id) == "\(name)\n")
                }
            }
            try await machine.sandboxes.removePod(uid)
        }
    }
}
