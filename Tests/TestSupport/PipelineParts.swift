/// Parts of pipeline files that several suites use: gates that pass, a real database as a service, and an advisory.
public enum PipelineParts {
    /// PostgreSQL of this machine as the service `db`, a password of its own each run; for below `services:`.
    public static let postgres = #"""
          db:
            image: host
            user: "65534:65534"
            env: { POSTGRES_USER: shop, POSTGRES_DB: shop, POSTGRES_PASSWORD: { generate: 24 } }
            run: |
              programs=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
              data=$(mktemp -d)
              echo "$POSTGRES_PASSWORD" >"$data.password"
              "$programs/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile="$data.password" --auth=scram-sha-256 --no-sync >/dev/null
              echo "CREATE DATABASE $POSTGRES_DB" | "$programs/postgres" --single -D "$data" postgres >/dev/null
              exec "$programs/postgres" -D "$data" -p "${PORT:-5432}" -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories=/tmp
            port: 5432
            ready: { sql: SELECT 1, every: 100ms, timeout: 120s }
            provides: { DATABASE_URL: "postgres://{user}:{password}@{host}:{port}/{database}" }
        """#

    /// The gates `test` and `security` at their smallest, which find nothing; for below `gates:`.
    public static let checks = #"""
          test:
            steps:
              unit:
                run: "echo '<testsuite><testcase name=\"a\"/></testsuite>' >a.xml"
                reports: [{ junit: a.xml }]
          security:
            steps:
              sast:
                run: "echo '{\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\"}},\"results\":[]}]}' >a.sarif"
                reports: [{ sarif: a.sarif }]
              sca:
                run: "echo '{\"matches\":[],\"descriptor\":{\"db\":{}}}' >a.json"
                reports: [{ grype: a.json }]
        """#

    /// An advisory in OSV format: versions of `demo-cache` below 1.2 have a fault of high severity, `CVE-2026-1`.
    public static func advisory(_ id: String) -> String {
        """
        {"id":"\(id)","aliases":["CVE-2026-1"],"summary":"bad parser","database_specific":{"severity":"HIGH"},
        "affected":[{"package":{"ecosystem":"PyPI","name":"demo-cache"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2"}]}]}]}

        """
    }
}
