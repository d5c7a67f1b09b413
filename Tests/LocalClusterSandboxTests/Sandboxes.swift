import Testing

/// All tests that run containers, one after another: each has the machine to itself, and none waits for time that
/// the others take.
@Suite(.serialized) enum Sandboxes {}
