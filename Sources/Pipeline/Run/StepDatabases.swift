import KubeModel
import Manifest

extension StepWork {
    /// Gives a step its own copies of the databases that are copied for every step, anew for each attempt.
    ///
    /// - Throws: ``StepFailure`` with R04 where a copy cannot be made.
    func prepareDatabases(for step: PipelineStep, attempt: Int) async throws {
        let ports = AssignedPortNumbers(cell.feed.pod ?? .emptyObject)
        let services = step.services.compactMap { run.file.service(named: $0) }.filter(\.isolatesSteps)
        for (number, service) in services.enumerated() {
            let container = cell.manifest.clone(
                of: service, for: step, attempt: attempt, number: number,
                port: ports.number(for: service.port))
            let name = container["name"]?.stringValue ?? ""
            try await cell.start(container)
            try await cell.waitForStart(of: name)
            let ended = try await cell.waitForEnd(of: name)
            guard ended.exitCode == 0 else {
                let log = await cell.lastLines(of: name, count: 20)
                throw StepFailure(
                    fault: StepFault(
                        .serviceNotReady,
                        "the database of \(service.name) could not be copied for \(step.id):\n\(log)"))
            }
        }
    }
}

extension CellManifest {
    /// The container that makes a step's copy of a database, with the programs and the rights of the service.
    func clone(
        of service: PipelineService, for step: PipelineStep, attempt: Int, number: Int, port: Int
    ) -> Value {
        // The template must have no other session, and the probe has one now and then.
        let script = """
            ask() { psql -w -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p \(port) -U "$CLONE_USER" -d postgres -c "$1"; }
            ask "DROP DATABASE IF EXISTS \\"$CLONE_NAME\\""
            count=0
            until ask "CREATE DATABASE \\"$CLONE_NAME\\" TEMPLATE \\"$CLONE_TEMPLATE\\""; do
                count=$((count + 1))
                [ "$count" -lt 200 ] || exit 1
                sleep 0.1
            done
            """
        var variables = [
            Self.variable("CLONE_USER", service.databaseUser),
            Self.variable("CLONE_NAME", service.database(of: step.id)),
            Self.variable("CLONE_TEMPLATE", service.databaseName),
        ]
        if service.passwordVariable != nil {
            variables.append(
                Self.secretVariable("PGPASSWORD", secret: run.cellName, key: Self.passwordKey(service.name)))
        }
        var container: Object = [
            "name": .string("db-\(RunContext.container(step.id, attempt: attempt))-\(number)"),
            "image": .string(service.image.description),
            "command": ["sh", "-c", .string(Self.escaped(script))], "env": .array(variables),
        ]
        if let user = service.user { container["securityContext"] = Self.securityContext(user) }
        return .object(container)
    }
}
