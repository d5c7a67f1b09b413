import Forge
import KubeClient
import KubeModel
import Manifest
import Pipeline

/// Where a run and the logs of its steps are read.
protocol RunLogSource: Sendable {
    /// The run as it is now; nil where it does not exist.
    func record(of run: String) async throws -> RunRecord?
    /// What a step has written from an offset on; nil where that is nothing yet.
    func read(_ step: StepID, of record: RunRecord, from offset: Int) async throws -> [UInt8]?
}

/// A server that does not answer for now. Who follows a log waits for it; for all others it is a failure.
struct RunLogOutage: Error {
    var failure: ValidationFailure

    init(_ description: String) { failure = ValidationFailure(description) }
}

/// Runs whose files are on this machine.
struct LocalRunLogs: RunLogSource {
    let files: RunFiles

    func record(of run: String) async throws -> RunRecord? { RunRecordStore(files).read(run) }

    func read(_ step: StepID, of record: RunRecord, from offset: Int) async throws -> [UInt8]? {
        try await LogStore(files).read(step, of: record, from: offset)
    }
}

/// Runs of a server, whose logs are asked for at the address that the run's repository names.
struct ServerRunLogs: RunLogSource {
    let session: KubeConnection.Session

    func record(of run: String) async throws -> RunRecord? {
        do {
            return try CIServerOptions.record(
                try await session.client.get(.pipelineRuns, run, namespace: session.namespace))
        } catch let error as APIError where error.isNotFound {
            return nil
        } catch {
            throw Self.outage(error) ?? error
        }
    }

    /// What a server that is just being started anew looks like.
    private static func outage(_ error: any Error) -> RunLogOutage? {
        switch error {
        case let error as KubeClientError
        where [.unreachable, .connectionLost, .timeout].contains(error.code):
            RunLogOutage(error.description)
        case let error as APIError where error.code >= 500: RunLogOutage(error.message)
        case let error as ForgeError where error.code == .unavailable: RunLogOutage(error.description)
        default: nil
        }
    }

    func read(_ step: StepID, of record: RunRecord, from offset: Int) async throws -> [UInt8]? {
        let repository: Value
        do {
            repository = try await session.client.get(
                .repositories, record.spec.repository, namespace: session.namespace)
        } catch {
            throw Self.outage(error) ?? error
        }
        guard let address = repository["status", "apiURL"]?.stringValue else {
            throw ValidationFailure(
                "\(record.spec.repository) is not served; start a forge: slipway forge serve")
        }
        do {
            return try await ForgeClient(address: address, token: session.token, http: session.http).log(
                of: record.name, step: step.description, from: offset)
        } catch let error as ForgeError {
            throw Self.outage(error) ?? ValidationFailure(error.description)
        }
    }
}
