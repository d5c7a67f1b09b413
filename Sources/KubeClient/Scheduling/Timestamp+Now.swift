import FoundationEssentials
import KubeModel

extension Timestamp {
    /// The present moment by the system's clock.
    static var systemNow: Timestamp {
        let interval = Date().timeIntervalSince1970
        let whole = interval.rounded(.down)
        return Timestamp(seconds: Int64(whole), nanoseconds: Int32((interval - whole) * 1e6) * 1000)
    }
}
