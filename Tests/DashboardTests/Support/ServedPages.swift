import Testing

/// Everything that needs a server, one test after the other: each has a server, and some a browser, of its own, and
/// side by side they would only wait for each other.
@Suite(.serialized) enum ServedPages {}
