import NIOCore
import ServiceLifecycle

/// A server whose failure to listen says which setting and address it is about, and what to do.
struct NamedListener: Service {
    /// The name of the setting, as in `listen.web`.
    let name: String
    let endpoint: Endpoint
    let service: any Service

    func run() async throws {
        do {
            try await service.run()
        } catch let error as IOError {
            throw Ports.refusal(endpoint, name, .system(error.errnoCode))
        }
    }
}
