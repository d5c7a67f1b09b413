public import Logging

extension Logger {
    /// Says nothing, for tests in which failures are part of the plan.
    public static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
