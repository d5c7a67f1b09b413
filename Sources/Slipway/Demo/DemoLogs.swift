import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The logs of runs, as the web listener serves them to who may read them.
struct DemoLogs: Sendable {
    let web: String
    let token: String

    /// What a step of a run has said, whole where the run is over.
    func text(of step: String, in run: String) async throws -> String {
        var request = HTTPClientRequest(url: "\(web)/ci/runs/\(run)/logs/\(step)")
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
        let text = String(buffer: try await response.body.collect(upTo: 16 << 20))
        guard response.status == .ok else {
            throw DemoFailure(
                "the log of \(step) of \(run) is answered with \(response.status.code): \(text)")
        }
        return text
    }
}
