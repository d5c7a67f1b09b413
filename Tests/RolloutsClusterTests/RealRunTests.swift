import Testing

/// Real servers on a real cluster, one cluster after the other: each has the machine to itself.
@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: RealCluster.canRun, "needs runc or bubblewrap, and a C compiler"))
struct RealRunTests {}
