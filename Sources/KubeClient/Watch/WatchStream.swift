import KubeModel
import Manifest

/// The events of a watch as they arrive; see ``KubeClient/watch(_:namespace:selection:from:timeoutSeconds:form:)``.
public struct WatchStream: AsyncSequence, Sendable {
    let chunks: any AsyncSequence<[UInt8], any Error> & Sendable
    let eventLimit: Int

    /// Iterates over what the server sends from here on.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: chunks.makeAsyncIterator(), lines: LineSplitter(limit: eventLimit))
    }

    /// Reads event by event.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var chunks: any AsyncIteratorProtocol<[UInt8], any Error>
        fileprivate var lines: LineSplitter

        /// The next event, nil where the server ended the watch.
        ///
        /// - Throws: `APIError` that the server sent; ``KubeClientError`` with code `connectionLost`,
        ///   `malformedAnswer` or `tooLarge`.
        public mutating func next() async throws -> WatchEvent? {
            while true {
                if let line = try lines.next() { return try WatchEvent(line: line) }
                guard let chunk = try await chunks.next(isolation: nil) else {
                    guard lines.rest() == nil else {
                        throw KubeClientError(.connectionLost, "the watch ended in the middle of an event")
                    }
                    return nil
                }
                lines.append(chunk)
            }
        }
    }
}

extension WatchEvent {
    /// Reads an event as a server sends it: `{"type": "ADDED", "object": {…}}`.
    ///
    /// - Throws: `APIError` where it is an error; ``KubeClientError`` with code `malformedAnswer`.
    init(line: ArraySlice<UInt8>) throws {
        let event: Value
        do {
            event = try line.withUnsafeBytes { try JSON.parse($0) }
        } catch {
            throw KubeClientError(.malformedAnswer, "an event of the watch is no JSON", cause: error)
        }
        guard let type = event["type"]?.stringValue, let object = event["object"],
            object.objectValue != nil
        else { throw KubeClientError(.malformedAnswer, "an event of the watch has no type or no object") }
        switch type {
        case "ADDED": self = .added(object)
        case "MODIFIED": self = .modified(object)
        case "DELETED": self = .deleted(object)
        case "BOOKMARK":
            let isEnd = object["metadata", "annotations", "k8s.io/initial-events-end"]?.stringValue == "true"
            self = .bookmark(
                resourceVersion: object.metadata.resourceVersion, endsInitialEvents: isEnd)
        case "ERROR":
            guard let status = APIStatus(object) else {
                throw KubeClientError(.malformedAnswer, "the watch ended with an error that is no Status")
            }
            throw APIError(status)
        default:
            throw KubeClientError(.malformedAnswer, "an event of the watch has the unknown type \"\(type)\"")
        }
    }
}
