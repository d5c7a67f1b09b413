import KubeModel
import TestSupport

@testable import LocalCluster

/// A cluster of one job in which the controller is stopped after any of its writes.
struct JobWorld {
    var generator: SeededGenerator
    var job: JobState
    var pods: [PodSnapshot] = []
    var now = Timestamp(seconds: 1_800_000_000)
    var nextUID = 1
    /// What truly became of pods that the job may count, by uid.
    var ends: [String: PodSnapshot.Phase] = [:]
    var succeededIndexes: Set<Int> = []
    /// How often pods fail, in tenths.
    var failureRate = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        job = JobState(name: "work")
        let kind = roll(3)
        job.isIndexed = kind == 0
        job.completions = kind == 1 ? nil : 1 + roll(8)
        job.parallelism = 1 + roll(4)
        job.backoffLimit = roll(6)
        job.replacesFailedOnly = roll(2) == 0
        failureRate = roll(5)
    }

    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }

    mutating func step() throws {
        switch roll(12) {
        case 0..<5: try sync()
        case 5..<8: advancePod()
        case 8: deletePod()
        case 9, 10: removePod()
        default: now = now.advanced(by: .seconds(1 + roll(20)))
        }
    }

    mutating func sync() throws {
        let plan = JobPlan(job, pods: pods, now: now)
        // The writes in their order; the controller may end before any of them.
        let stop = roll(4) == 0 ? roll(4) : 4
        guard stop > 0 else { return }
        for pod in plan.deletions { mark(pod.uid) }
        for index in plan.creations { create(index) }
        let active = pods.count(where: \.isActive)
        guard active <= max(job.parallelism, job.status.active) else {
            throw TestFailure("\(active) pods are active, \(job.parallelism) may be")
        }
        guard stop > 1 else { return }
        try checkStatus(plan.status)
        job.status = plan.status
        job.status.active = active
        for pod in plan.releases.prefix(stop > 2 ? Int.max : roll(2)) {
            guard let place = pods.firstIndex(where: { $0.uid == pod.uid }) else { continue }
            pods[place].finalizers = []
            if pods[place].isDeleting, pods[place].isFinished { pods.remove(at: place) }
        }
    }

    private mutating func create(_ index: Int?) {
        var pod = PodSnapshot(name: "p\(nextUID)", uid: "p\(nextUID)")
        nextUID += 1
        pod.created = now
        pod.completionIndex = index
        pod.finalizers = [PodSnapshot.trackingFinalizer]
        pods.append(pod)
    }

    private mutating func mark(_ uid: String) {
        guard let place = pods.firstIndex(where: { $0.uid == uid }) else { return }
        pods[place].isDeleting = true
    }

    private mutating func advancePod() {
        guard !pods.isEmpty else { return }
        let place = roll(pods.count)
        guard !pods[place].isFinished else { return }
        if pods[place].phase == .pending {
            pods[place].phase = .running
            pods[place].nodeName = "n"
            return
        }
        end(place, roll(10) < failureRate ? .failed : .succeeded)
    }

    private mutating func end(_ place: Int, _ phase: PodSnapshot.Phase) {
        pods[place].phase = phase
        pods[place].finished = now
        ends[pods[place].uid] = phase
        if phase == .succeeded, let index = pods[place].completionIndex { succeededIndexes.insert(index) }
    }

    private mutating func deletePod() {
        guard roll(10) == 0, !pods.isEmpty else { return }
        pods[roll(pods.count)].isDeleting = true
    }

    /// A pod that is being deleted ends and, when nobody holds it, goes.
    private mutating func removePod() {
        for place in pods.indices.reversed() where pods[place].isDeleting {
            if !pods[place].isFinished { end(place, .failed) }
            if pods[place].finalizers.isEmpty { pods.remove(at: place) }
        }
    }

    private func checkStatus(_ status: JobStatus) throws {
        guard status.succeeded >= job.status.succeeded, status.failed >= job.status.failed else {
            throw TestFailure("counts went down: \(job.status) to \(status)")
        }
        if job.status.isFinished, status != job.status { throw TestFailure("a finished job changed") }
        let both = Set(status.uncountedSucceeded).intersection(status.uncountedFailed)
        guard both.isEmpty else { throw TestFailure("pods \(both) are counted twice") }
    }

    /// What must hold when the job has ended.
    func checkEnd() throws {
        let status = job.status
        guard status.uncountedSucceeded.isEmpty, status.uncountedFailed.isEmpty, status.active == 0 else {
            throw TestFailure("the job ended with pods uncounted or active: \(status)")
        }
        let succeeded = ends.values.count { $0 == .succeeded }
        if job.isIndexed {
            guard status.completed.indexes.isSubset(of: succeededIndexes) else {
                throw TestFailure("indexes \(status.completed.text) done, but \(succeededIndexes) succeeded")
            }
        } else if status.succeeded > succeeded {
            throw TestFailure("\(status.succeeded) counted as succeeded of \(succeeded)")
        }
        if status.conditions.isTrue("Complete") {
            guard status.completionTime != nil else { throw TestFailure("a complete job without a time") }
            if let completions = job.completions, status.succeeded < completions {
                throw TestFailure("complete after \(status.succeeded) of \(completions)")
            }
        } else if status.failed <= job.backoffLimit {
            throw TestFailure("failed after \(status.failed) failures of \(job.backoffLimit)")
        }
    }
}
