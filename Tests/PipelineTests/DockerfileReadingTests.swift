import Testing

@testable import Pipeline

/// What a pipeline file may leave to its Dockerfile.
struct DockerfileReadingTests {
    @Test(
        arguments: [
            ("FROM a\nUSER 1000", nil, "1000"), ("FROM a\nUSER app:app\nRUN x\nUSER 0\n", nil, "0"),
            ("FROM a\nRUN x", nil, nil), ("USER 1\nFROM a", nil, nil),
            ("FROM a AS build\nUSER 1\nFROM b\nRUN x", nil, nil),
            ("FROM a AS base\nUSER 1\nFROM base\nRUN x", nil, "1"),
            ("FROM a AS base\nUSER 1\nFROM Base AS top\nUSER 2\nFROM b\n", "top", "2"),
            ("FROM a AS base\nUSER 1\nFROM b", "BASE", "1"), ("FROM a\nUSER 1\nFROM b\nUSER 2", "0", "1"),
            ("FROM a\nUSER 1", "other", nil), ("FROM a AS a\nUSER 1\nFROM a\n", nil, "1"),
        ] as [(String, String?, String?)])
    func `the last user of a stage counts, or that of the stage it begins with`(
        _ text: String, _ target: String?, _ user: String?
    ) {
        #expect(Dockerfile(text).user(of: target) == user)
    }

    /// The faults of a pipeline file without a user, with this Dockerfile beside it.
    private static func faults(_ dockerfile: String?) -> [String] {
        let file = ScriptPipeline.file()
            .replacing(
                "      base: scratch\n      layers: [{ from: outputs.server, to: /server }]\n",
                with: "      dockerfile: Dockerfile\n"
            )
            .replacing("      user: \"65532:65532\"\n", with: "")
        var context = PipelineContext()
        context.contents = { _ in dockerfile }
        return PipelineFile.validate(Array(file.utf8), name: "pipeline.yaml", context: context)
            .diagnostics.map { "\($0.code.rawValue) \($0.message)" }
    }

    @Test func `a file that names no user needs a Dockerfile that does`() {
        #expect(Self.faults("FROM scratch\nUSER 65532\n").isEmpty)
        #expect(Self.faults(nil).isEmpty, "without a tree the image that is built tells")
        #expect(Self.faults("FROM scratch\n") == ["E709 the image has no user"])
        for user in ["root", "0", "0:0", "00", "root:app", ":5"] {
            #expect(
                Self.faults("FROM scratch\nUSER \(user)\n") == ["E709 the image's user is root"], "\(user)")
        }
    }

    @Test(arguments: [
        ("postgres:17.5@", "tcp: 5432", "A: b"),
        ("registry.example.com/mirror/postgres:17@", "tcp: 5432", "A: b"),
        ("postgis/postgis:17@", "tcp: 5432", "A: b"),
        ("database:1@", "exec: [pg_isready, -h, 127.0.0.1]", "A: b"),
        ("database:1@", "exec: [/usr/bin/pg_isready]", "A: b"), ("database:1@", "sql: SELECT 1", "A: b"),
        ("database:1@", "tcp: 5432", "POSTGRES_DB: shop"), ("mysql:8@", "tcp: 3306", "A: b"),
        ("redis:7@", "exec: [redis-cli, ping]", "A: b"),
    ])
    func `a database is copied for each step where it is known to be PostgreSQL`(
        _ image: String, _ ready: String, _ variable: String
    ) {
        let service = """
            services:
              db:
                image: \(image)\(SamplePipelines.digest)
                env: { \(variable) }
                port: 5432
                ready: { \(ready) }
                isolate: step
            """
        let file = ScriptPipeline.file(services: service, uses: "    services: [db]")
        let codes = PipelineFile.validate(
            Array(file.utf8), name: "pipeline.yaml", context: PipelineContext()
        ).diagnostics.map(\.code)
        let isOther = image.hasPrefix("mysql") || image.hasPrefix("redis")
        #expect(codes == (isOther ? [.e409] : []))
    }
}
