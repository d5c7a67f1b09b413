import Glibc

/// How many threads a build uses.
public enum BuildThreads {
    /// The processors this process may run on.
    public static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
