import Foundation
import KubeServer
import TestSupport
import Testing

@testable import Slipway

struct UsersTests {
    @Test func `the file that is looked for by default may be missing`() async throws {
        try await withTemporaryDirectory { folder in
            _ = try DataDirectory(folder).users(Settings(), token: "secret")
        }
    }

    @Test(arguments: ["typo.csv", "/nowhere/users.csv", "~/.no-such-users.csv"])
    func `a file that the configuration names and that is missing is refused`(_ name: String) async throws {
        try await withTemporaryDirectory { folder in
            var settings = Settings()
            settings.users = name
            let error = try #require(throws: SlipwayError.self) {
                try DataDirectory(folder).users(settings, token: "secret")
            }
            #expect(error.code == .settings)
            #expect(error.message.hasPrefix("there is no file of users /"), "\(error)")
            #expect(!error.message.contains("~"), "\(error)")
        }
    }

    @Test func `a path below the user's home is found there`() {
        let directory = DataDirectory("/srv/slipway")
        #expect(directory.resolve("~/users.csv") == "\(NSHomeDirectory())/users.csv")
        #expect(directory.resolve("keys/users.csv") == "/srv/slipway/keys/users.csv")
        #expect(directory.resolve("/etc/users.csv") == "/etc/users.csv")
    }
}
