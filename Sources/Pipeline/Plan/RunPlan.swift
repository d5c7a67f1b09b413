/// What a run has to do: the steps of a pipeline file with what their order depends on.
public struct RunPlan: Sendable, Hashable {
    /// A step as the plan sees it.
    public struct Step: Sendable, Hashable {
        /// Gate and name.
        public var id: StepID
        /// Steps of the same gate that must have passed.
        public var needs: [String]
        /// Services that must be ready.
        public var services: [String]
        /// Whether its failure stops nobody.
        public var isAdvisory: Bool
        /// After which it has failed.
        public var timeout: Duration
        /// How often a failure of the machinery is repeated.
        public var infraRetries: Int

        /// Describes a step.
        public init(
            _ id: StepID, needs: [String] = [], services: [String] = [], isAdvisory: Bool = false,
            timeout: Duration = .seconds(600), infraRetries: Int = 1
        ) {
            self.id = id
            self.needs = needs
            self.services = services
            self.isAdvisory = isAdvisory
            self.timeout = timeout
            self.infraRetries = infraRetries
        }
    }

    /// The steps, in the order of the file.
    public var steps: [Step]
    /// The most steps that run at a time.
    public var parallelism: Int
    /// Whether the plan holds every gate and step; only such a run can give a verdict.
    public var isComplete: Bool

    /// A plan of steps.
    public init(steps: [Step], parallelism: Int = 8, isComplete: Bool = true) {
        self.steps = steps
        self.parallelism = max(1, parallelism)
        self.isComplete = isComplete
    }

    /// The plan of a file, or of a part of it.
    ///
    /// - Parameters:
    ///   - gates: the gates that are wanted; empty for all.
    ///   - names: the names of steps that are wanted, with the steps of the same gate that they need; empty for all.
    /// - Throws: ``PipelineError`` `notFound` where nothing has such a name.
    public init(
        _ file: PipelineFile, gates: [GateName] = [], steps names: [String] = [], parallelism: Int = 8
    ) throws(PipelineError) {
        var steps: [Step] = []
        for gate in file.gates where gates.isEmpty || gates.contains(gate.name) {
            let wanted = names.isEmpty ? nil : Self.closure(of: names, in: gate)
            for step in gate.steps where wanted?.contains(step.id.name) ?? true {
                steps.append(
                    Step(
                        step.id, needs: step.needs, services: step.services, isAdvisory: step.isAdvisory,
                        timeout: step.timeout, infraRetries: step.infraRetries))
            }
        }
        guard !steps.isEmpty else {
            let known = file.gates.flatMap(\.steps).map(\.id.description).joined(separator: ", ")
            throw PipelineError(
                .notFound, "no step is called \(names.joined(separator: ", ")); there are \(known)")
        }
        self.init(steps: steps, parallelism: parallelism, isComplete: gates.isEmpty && names.isEmpty)
    }

    private static func closure(of names: [String], in gate: PipelineGate) -> Set<String> {
        var result: Set<String> = []
        var pending = gate.steps.filter { names.contains($0.id.name) || names.contains($0.id.description) }
        while let step = pending.popLast() {
            guard result.insert(step.id.name).inserted else { continue }
            pending += gate.steps.filter { step.needs.contains($0.id.name) }
        }
        return result
    }

    /// The gates that have steps, in order.
    public var gates: [GateName] {
        GateName.allCases.filter { gate in steps.contains { $0.id.gate == gate } }
    }

    /// The services that any step needs.
    public var services: [String] {
        var result: [String] = []
        for name in steps.flatMap(\.services) where !result.contains(name) { result.append(name) }
        return result
    }

    func step(_ id: StepID) -> Step? { steps.first { $0.id == id } }
}
