import TestSupport

/// The files of a small service whose pipeline uses everything for real: PostgreSQL, Semgrep, a dependency scan.
enum ShopSource {
    static let application = "def greet(name):\n    return 'hello ' + name\n"
    static let total = "echo $(($1 + $2))\n"
    static let requirements = "demo-cache==1.2\n"

    /// - Parameter secrets: a directory that no step may see into.
    static func files(secrets: String) -> [String: String] {
        [
            ".slipway/pipeline.yaml": pipeline, "app/app.py": application, "app/total.sh": total,
            "requirements.txt": requirements, "advisories/one.json": PipelineParts.advisory("DEMO-1"),
            "tests/layout.sh": layout,
            "tests/unit.sh": unit(secrets: secrets), "tests/integration.sh": integration,
        ]
    }

    static let pipeline = """
        version: 1
        service: shop
        defaults: { image: host, timeout: 5m }
        services:
        \(PipelineParts.postgres)
        gates:
          lint:
            steps:
              layout: { run: sh tests/layout.sh }
          test:
            steps:
              unit: { run: sh tests/unit.sh, reports: [{ junit: unit.xml }] }
              integration: { services: [db], run: sh tests/integration.sh, reports: [{ junit: integration.xml }] }
          security:
            steps:
              sast: { use: semgrep }
              sca: { use: osv, with: { database: advisories } }
          build:
            steps:
              archive: { run: tar -cf app.tar app, outputs: { app: app.tar } }
            image:
              repository: registry.localhost/shop
              base: scratch
              layers: [{ from: outputs.app, to: /app.tar }]
              entrypoint: [/app]
              user: "65532:65532"
              verify: { run: [/app] }

        """

    private static let layout = """
        if grep -rn '[[:blank:]]$' app; then
            echo "there are blanks at the ends of lines" >&2
            exit 1
        fi

        """

    /// Also looks around as an attacker would: keys of the server, tokens in variables.
    private static func unit(secrets: String) -> String {
        """
        if env | grep -q 'eyJ'; then echo "a token is in the environment" >&2; exit 9; fi
        if ls '\(secrets)'/* >/dev/null 2>&1; then echo "the keys of the server are visible" >&2; exit 9; fi
        sum=$(sh app/total.sh 2 3)
        if [ "$sum" = 5 ]; then failure=; else failure="<failure message=\\"$sum is not 5\\"/>"; fi
        echo "<testsuite><testcase classname=\\"Total\\" name=\\"adds\\">$failure</testcase></testsuite>" >unit.xml
        echo "2 and 3 make $sum"
        [ -z "$failure" ]

        """
    }

    private static let integration = """
        psql -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -c 'CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2)'
        count=$(psql -At "$DATABASE_URL" -c 'SELECT count(*) FROM orders')
        if [ "$count" = 2 ]; then failure=; else failure="<failure message=\\"$count rows\\"/>"; fi
        echo "<testsuite><testcase classname=\\"Orders\\" name=\\"are kept\\">$failure</testcase></testsuite>" >integration.xml
        [ -z "$failure" ]

        """
}
