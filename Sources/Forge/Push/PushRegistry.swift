import KubeClient
import Synchronization

/// The pushes that are under way, by the secret that their hooks show.
final class PushRegistry: Sendable {
    /// Who pushes where.
    struct Push: Sendable {
        var user: ForgeUser
        var repository: ObjectKey
        var beganAt: Duration
    }

    /// The longest a push may take.
    static let limit = Duration.seconds(2 * 3600)
    private let pushes = Mutex<[String: Push]>([:])

    /// Notes a push and answers its secret.
    func begin(_ push: Push) -> String {
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
        pushes.withLock { pushes in
            // A push has no end that is told here; what is too old to be under way is forgotten.
            pushes = pushes.filter { push.beganAt - $0.value.beganAt < Self.limit }
            pushes[secret] = push
        }
        return secret
    }

    subscript(secret: String) -> Push? { pushes.withLock { $0[secret] } }
}
