import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL

extension KubeClientError {
    /// What a failure of the HTTP library means: above all, whether the server can have seen the request.
    ///
    /// - Returns: a ``KubeClientError``, or `CancellationError` where the task was cancelled.
    static func transport(_ error: any Error, server: ServerAddress) -> any Error {
        if Task.isCancelled || error is CancellationError { return CancellationError() }
        if error is KubeClientError { return error }
        if isBeforeRequest(error) {
            return KubeClientError(
                .unreachable, "cannot connect to the API server at \(server)", cause: error)
        }
        return KubeClientError(
            .connectionLost, "the connection to the API server at \(server) was lost", cause: error)
    }

    private static func isBeforeRequest(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: return true
        case let error as IOError:
            // These come from connecting only.
            return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
        case let error as ChannelError:
            if case .connectTimeout = error { return true }
            return false
        case let error as HTTPClientError:
            return [.connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .alreadyShutdown]
                .contains(error)
        case let error as NIOSSLError:
            if case .handshakeFailed = error { return true }
            return false
        case is NIOSSLExtraError: return true
        default: return false
        }
    }
}
