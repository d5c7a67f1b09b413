public import KubeModel
import Manifest

/// A run as the machinery under it sees it: which commit, which file, which trust, under which names.
public struct RunContext: Sendable {
    /// The name of the PipelineRun object.
    public var name: String
    /// The namespace of the object, and of everything made for the run.
    public var namespace: String
    /// The identity of the object, by which its files are called.
    public var uid: String
    /// What was asked for.
    public var spec: PipelineRunSpec
    /// The pipeline file at the commit.
    public var file: PipelineFile
    /// What of the file is to be run.
    public var plan: RunPlan
    /// The tree of the commit, 40 hexadecimal digits; nil where a work tree is tested that is no commit.
    public var tree: String?

    var trust: RunTrust { RunTrust(rawValue: spec.trust) ?? .fork }

    /// The pod and the secrets of the run.
    var cellName: String {
        // Long names may be alike in their beginnings.
        name.utf8.count <= 50 ? "\(name)-cell" : "\(name.prefix(40))-\(uid.prefix(8))-cell"
    }

    /// What every step is told of its run.
    func environment(of step: StepID) -> [NameAndText] {
        var variables = [
            NameAndText("CI", "true"), NameAndText("CI_COMMIT", spec.commit),
            NameAndText("CI_REPOSITORY", spec.repository), NameAndText("CI_SERVICE", file.service),
            NameAndText("CI_RUN", name), NameAndText("CI_GATE", step.gate.rawValue),
            NameAndText("CI_STEP", step.name),
        ]
        if let base = spec.base { variables.append(NameAndText("CI_BASE", base)) }
        if let ref = spec.ref { variables.append(NameAndText("CI_REF", ref)) }
        return variables
    }

    /// The name of a step's container in the cell.
    static func container(_ step: StepID, attempt: Int) -> String {
        "\(step.gate.rawValue)-\(step.name)-\(attempt)"
    }
}
