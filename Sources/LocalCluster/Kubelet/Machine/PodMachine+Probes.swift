import KubeModel

extension PodMachine {
    /// Makes the probes of a running container that are due.
    mutating func scheduleProbes(_ container: ContainerPlan) {
        let name = container.name
        guard self[name].stop == nil, self[name].isPostStartDone else { return }
        for kind in ProbeKind.allCases {
            guard let probe = container.probes[kind] else { continue }
            // Nothing else is asked before a container is started, and its start not again after that.
            guard (kind == .startup) != self[name].isStarted else { continue }
            var probing =
                self[name].probing[kind]
                ?? ContainerRecord.Probing(next: self[name].began + probe.initialDelay)
            if !probing.isUnderWay, probing.next <= now.elapsed {
                probing.isUnderWay = true
                probing.next = now.elapsed + probe.period
                actions.append(.probe(name, attempt: self[name].attempt, kind))
            }
            self[name].probing[kind] = probing
        }
    }

    mutating func probed(_ name: String, attempt: Int, _ kind: ProbeKind, _ outcome: ProbeOutcome) {
        guard case .running = self[name].stage, self[name].attempt == attempt,
            let container = plan.container(name), let probe = container.probes[kind],
            var probing = self[name].probing[kind]
        else { return }
        probing.isUnderWay = false
        if outcome.isSuccess {
            probing.successes += 1
            probing.failures = 0
        } else {
            probing.failures += 1
            probing.successes = 0
            note("Unhealthy", "\(kind.rawValue) probe failed: \(outcome.message)", of: name, isWarning: true)
        }
        self[name].probing[kind] = probing
        // One that is being ended is asked no more, and is not ended twice.
        if self[name].stop != nil { return }
        if probing.successes >= probe.successThreshold { passed(kind, container) }
        if probing.failures >= probe.failureThreshold { failed(kind, container, probe) }
    }

    private mutating func passed(_ kind: ProbeKind, _ container: ContainerPlan) {
        let name = container.name
        switch kind {
        case .startup:
            self[name].isStarted = true
            self[name].probing[.startup] = nil
            if container.probes[.readiness] == nil { self[name].isReady = true }
        case .readiness: self[name].isReady = true
        case .liveness: break
        }
    }

    private mutating func failed(_ kind: ProbeKind, _ container: ContainerPlan, _ probe: ProbePlan) {
        let name = container.name
        if kind == .readiness {
            self[name].isReady = false
            return
        }
        // A pod that ends has its containers ended in order.
        if ending != nil || isFinished || isDeadlineDue { return }
        note(
            "Killing",
            "Container \(name) failed \(kind.rawValue.lowercased()) probe, will be restarted", of: name)
        requestStop(name, grace: probe.gracePeriod ?? plan.gracePeriod)
    }
}
