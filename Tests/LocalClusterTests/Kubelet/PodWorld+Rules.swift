import KubeModel
import Manifest
import TestSupport

@testable import LocalCluster

extension PodWorld {
    /// A container is started only when it may be.
    mutating func check(start name: String, _ attempt: Int) {
        guard let container = plan.container(name) else { return faults.append("\(name) is unknown") }
        if isDeleted { faults.append("\(name) is started although the pod is deleted") }
        if !isPrepared { faults.append("\(name) is started without a sandbox") }
        let others = runs.filter { $0.key.name == name }
        if others.contains(where: { $0.value == .running }) { faults.append("\(name) runs twice") }
        if others.keys.contains(where: { $0.attempt >= attempt }) {
            faults.append("attempt \(attempt) of \(name) is used twice")
        }
        let before = ends(of: name)
        switch container.role {
        case .ephemeral where !before.isEmpty: faults.append("ephemeral \(name) is started again")
        case .regular where plan.restartPolicy == .never && !before.isEmpty:
            faults.append("\(name) is started again although nothing restarts")
        case .regular where plan.restartPolicy == .onFailure && before.contains { $0.isSuccess }:
            faults.append("\(name) is started again although it succeeded")
        default: break
        }
        if container.role == .regular, !machine.isInitialized {
            faults.append("\(name) did not wait for init")
        }
        guard container.role == .initial || container.role == .sidecar, !machine.isInitialized else { return }
        for earlier in plan.containers.prefix(while: { $0.name != name }) {
            let record = machine[earlier.name]
            // One that was up may have crashed since; the order of first starts is what counts.
            if earlier.role == .initial, record.end?.isSuccess != true {
                faults.append("\(name) did not wait for \(earlier.name)")
            }
            if earlier.role == .sidecar, record.runs == 0 {
                faults.append("\(name) did not wait for the sidecar \(earlier.name)")
            }
        }
    }

    private func ends(of name: String) -> [ContainerEnd] {
        runs.compactMap { id, run in
            guard id.name == name, case .exited(let end) = run else { return nil }
            return end
        }
    }

    /// When the pod ends, sidecars go last and in reverse order.
    mutating func checkOrder(stopping id: ContainerID) {
        guard machine.ending != nil || machine.isFinished, let container = plan.container(id.name),
            container.role == .sidecar
        else { return }
        for other in plan.containers where other.name != id.name {
            guard machine[other.name].isAlive else { continue }
            let place = plan.containers.firstIndex { $0.name == other.name } ?? 0
            let own = plan.containers.firstIndex { $0.name == id.name } ?? 0
            if other.role != .sidecar || place > own {
                faults.append("sidecar \(id.name) is ended before \(other.name)")
            }
        }
    }

    /// Reads the status as a user would, and checks it against what was said before.
    mutating func look() {
        let place = PodMachine.Place(hostAddress: "10.0.0.1", runtime: "runc")
        let new = machine.status(since: status, on: place)
        defer { status = new }
        let phase = new["phase"]?.stringValue ?? ""
        if let old = status?["phase"]?.stringValue, ["Succeeded", "Failed"].contains(old), phase != old {
            faults.append("a pod that was \(old) is \(phase)")
        }
        if ["Succeeded", "Failed"].contains(phase), machine.containers.values.contains(where: { $0.isAlive })
        {
            faults.append("a pod with running containers is \(phase)")
        }
        let ready = new.isConditionTrue("Ready")
        if ready, !new.isConditionTrue("ContainersReady") { faults.append("ready without its containers") }
        for told in new["containerStatuses"]?.arrayValue ?? [] {
            let restarts = told["restartCount"]?.integerValue ?? 0
            let name = told["name"]?.stringValue ?? ""
            let old = (status?["containerStatuses"]?.arrayValue ?? []).first { $0["name"] == told["name"] }
            if let before = old?["restartCount"]?.integerValue, before > restarts {
                faults.append("the restarts of \(name) went from \(before) to \(restarts)")
            }
            if told["ready"] == true, told["state", "running"] == nil {
                faults.append("\(name) is ready and does not run")
            }
        }
    }
}

extension Value {
    fileprivate func isConditionTrue(_ type: String) -> Bool {
        (self["conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == type && $0["status"]?.stringValue == "True"
        }
    }
}

extension PodPlan {
    static func random(using random: inout SeededGenerator) -> PodPlan {
        var plan = PodPlan(uid: "uid", namespace: "d", name: "p")
        plan.restartPolicy = [.always, .onFailure, .never].randomElement(using: &random) ?? .always
        plan.gracePeriod = .seconds(Int.random(in: 0...30, using: &random))
        if Int.random(in: 0..<6, using: &random) == 0 {
            plan.activeDeadline = .seconds(Int.random(in: 1...60, using: &random))
        }
        for number in 0..<Int.random(in: 0...3, using: &random) {
            let role: ContainerPlan.Role = Bool.random(using: &random) ? .initial : .sidecar
            plan.containers.append(.random("init\(number)", role: role, using: &random))
        }
        for number in 0..<Int.random(in: 1...3, using: &random) {
            plan.containers.append(.random("main\(number)", role: .regular, using: &random))
        }
        return plan
    }
}

extension ContainerPlan {
    static func random(_ name: String, role: Role, using random: inout SeededGenerator) -> ContainerPlan {
        var container = ContainerPlan(name: name, role: role)
        guard role != .initial else { return container }
        container.hasPostStart = Int.random(in: 0..<4, using: &random) == 0
        for kind in ProbeKind.allCases where Int.random(in: 0..<4, using: &random) == 0 {
            container.probes[kind] = ProbePlan(
                initialDelay: .seconds(Int.random(in: 0...3, using: &random)),
                period: .seconds(Int.random(in: 1...10, using: &random)), timeout: .seconds(1),
                successThreshold: kind == .readiness ? Int.random(in: 1...2, using: &random) : 1,
                failureThreshold: Int.random(in: 1...3, using: &random))
        }
        return container
    }
}
