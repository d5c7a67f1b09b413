import Git
import TestSupport
import Testing

struct ProgramTests {
    @Test func `the program must be there and new enough`() async throws {
        let program = try GitProgram(path: try #require(Program.path("git")))
        #expect(try await program.checkedVersion().contains("."))
        let missing = await #expect(throws: GitError.self) {
            try await GitProgram(path: "/nonexistent/git").checkedVersion()
        }
        #expect(missing?.code == .programMissing)
        #expect(throws: GitError.self) { try GitProgram(path: "git") }
    }

    @Test func `a run that takes too long is ended`() async throws {
        try await withRepository { repository, _ in
            var invocation = GitInvocation(["-c", "alias.wait=!sleep 60", "wait"])
            invocation.timeout = .milliseconds(50)
            let error = await #expect(throws: GitError.self) { try await repository.program.run(invocation) }
            #expect(error?.code == .timeout)
        }
    }

    @Test func `output beyond its limit ends the run`() async throws {
        try await withRepository { repository, _ in
            var invocation = GitInvocation(["help", "-a"])
            invocation.outputLimit = 10
            let error = await #expect(throws: GitError.self) { try await repository.program.run(invocation) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func `settings of users and repositories run nothing`() async throws {
        try await withRepository { repository, directory in
            let client = try ClientGit(directory)
            let mark = "\(directory)/ran"
            try client.write("#!/bin/sh\ntouch \(mark)\n", to: "hooks/reference-transaction")
            _ = try await Program.run(
                "/bin/chmod", ["+x", "\(directory)/hooks/reference-transaction"], in: directory,
                environment: [:])
            try await client("--git-dir", repository.path, "config", "core.hooksPath", "\(directory)/hooks")
            try await client("--git-dir", repository.path, "config", "core.fsmonitor", "touch \(mark)")
            try await repository.commit("One", ["a": "1"])
            #expect(try await client.attempt("--no-pager", "-c", "alias.t=!test -e \(mark)", "t").code == 1)
        }
    }

    @Test(arguments: [
        "--upload-pack=touch /tmp/x", "ext::sh -c id", "ftp://example.org/x", "relative/path",
        "/etc/repository", "a b",
    ])
    func `an address that is no plain repository is refused`(_ url: String) async throws {
        try await withRepository { repository, _ in
            let error = await #expect(throws: GitError.self) {
                try await repository.fetch(["refs/heads/*:refs/heads/*"], from: Remote(url: url))
            }
            #expect(error?.code == .invalidName || error?.code == .refused)
        }
    }
}
