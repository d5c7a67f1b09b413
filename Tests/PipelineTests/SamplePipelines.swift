/// Pipeline files that tests change.
enum SamplePipelines {
    static let digest = "sha256:" + String(repeating: "1", count: 64)

    /// Uses every key once and is valid.
    static let complete = """
        version: 1
        service: orders
        defaults:
          image: host
          timeout: 10m
          resources: { cpu: "2", memory: 4Gi, disk: 20Gi }
          network: cell
          shell: bash
          env: { LANG: C.UTF-8 }
        secrets:
          REGISTRY_KEY: { from: orders-ci/registry, use_in: [test.unit], trust: candidate }
        services:
          db:
            image: postgres:17.5@\(digest)
            env: { POSTGRES_USER: orders, POSTGRES_DB: orders, POSTGRES_PASSWORD: { generate: 24 } }
            port: 5432
            ready: { sql: SELECT 1, every: 200ms, timeout: 30s }
            provides: { DATABASE_URL: "postgres://{user}:{password}@{host}:{port}/{database}" }
        gates:
          lint:
            steps:
              format: { run: swift format lint --strict --recursive Sources }
              style:
                image: example.com/style:1.2@\(digest)
                run: style --sarif > out/style.sarif
                reports: [{ sarif: out/style.sarif, fail_on: warning }]
          test:
            services: [db]
            steps:
              unit:
                run: swift test --xunit-output out/unit.xml
                secrets: [REGISTRY_KEY]
                timeout: 8m
                retry: { infra: 2 }
                reports: [{ junit: "out/unit*.xml", min_tests: 2, max_skipped: 5% }]
                artifacts: [{ paths: [out], when: failure, keep: 7d }]
              slow: { advisory: true, needs: [unit], run: make slow }
          security:
            steps:
              sast: { use: semgrep, with: { rulesets: [default] } }
              sca: { use: osv, with: { targets: [Package.resolved], database: advisories } }
            policy: { fail_on: high, baseline: merge-base, unfixed: report, ignore_file: .slipway/ignore.yaml, kev: block }
          build:
            steps:
              compile:
                run: swift build -c release
                outputs: { server: .build/release/Server }
            image:
              repository: registry.example.com/shop/orders
              platforms: [linux/amd64]
              base: scratch
              layers:
                - { from: outputs.server, to: /app/server, mode: "0755" }
                - { from: Resources, to: /app/Resources }
              entrypoint: [/app/server]
              user: "65532:65532"
              expose: [8080/tcp]
              size: { max: 100MB }
              verify: { run: [/app/server, --selfcheck], timeout: 20s }

        """
}
