import Manifest

/// CronJobs: jobs made by the clock.
struct CronJobKind: KindRules {
    let descriptor = KindDescriptor(
        "batch/v1", "CronJob",
        hasStatus: true, countsGeneration: true)

    func setDefaults(in object: inout Value) {
        object.ensure("spec") { spec in
            spec.fill("concurrencyPolicy", "Allow")
            spec.fill("suspend", false)
            spec.fill("successfulJobsHistoryLimit", 3)
            spec.fill("failedJobsHistoryLimit", 1)
            spec.ensure("jobTemplate") { job in
                job.ensure("spec") { $0.ensure("template", PodDefaults.apply(toTemplate:)) }
            }
        }
    }

    func faults(of object: ObjectField) -> [FieldError] { faults(of: object, since: nil) }

    private func faults(of object: ObjectField, since old: ObjectField?) -> [FieldError] {
        let spec = object["spec"]
        var errors = Self.schedule(spec, mayHaveZone: old?["spec", "schedule"].text.contains("TZ") ?? false)
        errors += spec["startingDeadlineSeconds"].nonnegative()
        let zone = spec["timeZone"]
        if old.map({ $0["spec", "timeZone"].text != zone.text }) ?? true { errors += Self.timeZone(zone) }
        errors += spec["concurrencyPolicy"].enumeration(["Allow", "Forbid", "Replace"])
        let job = spec["jobTemplate", "spec"]
        errors += JobSpecValidation.faults(of: job)
        if job["selector"].isPresent {
            errors.append(job["selector"].invalid("`selector` will be auto-generated"))
        }
        if job["manualSelector"].isTrue {
            errors.append(job["manualSelector"].notSupported(["nil", "false"]))
        }
        return errors + spec["successfulJobsHistoryLimit"].nonnegative()
            + spec["failedJobsHistoryLimit"].nonnegative()
    }

    private static func schedule(_ spec: ObjectField, mayHaveZone: Bool) -> [FieldError] {
        let schedule = spec["schedule"]
        guard !schedule.text.isEmpty else { return [schedule.required()] }
        var errors = CronSyntax.fault(of: schedule.text).map { [schedule.invalid($0)] } ?? []
        if schedule.text.contains("TZ") {
            if !mayHaveZone {
                errors.append(
                    schedule.invalid("cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
            } else if spec["timeZone"].isPresent {
                errors.append(
                    schedule.invalid("cannot use both timeZone field and TZ or CRON_TZ in schedule"))
            }
        }
        return errors
    }

    private static func timeZone(_ zone: ObjectField) -> [FieldError] {
        guard zone.isPresent else { return [] }
        if zone.text.isEmpty { return [zone.invalid("timeZone must be nil or non-empty string")] }
        let isNamed = zone.text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            part != "." && part != ".." && !part.hasPrefix("-") && (1...14).contains(part.utf8.count)
                && part.utf8.allSatisfy { NameSyntax.isAlphanumeric($0) || ".-_+".utf8.contains($0) }
        }
        if !isNamed { return [zone.invalid("unknown time zone \(zone.text)")] }
        return zone.text.lowercased() == "local"
            ? [
                zone.invalid(
                    "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
            ] : []
    }

    /// The controller appends eleven characters to make the name of a job.
    func faultsOnCreate(of object: ObjectField) -> [FieldError] {
        let name = object["metadata", "name"]
        return name.text.utf8.count > 52 ? [name.invalid("must be no more than 52 characters")] : []
    }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object, since: old)
    }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] {
        (old == nil ? PodWarnings.hostname(object["metadata"], of: "Pod names and hostnames") : [])
            + PodTemplate.warnings(object, old: old, at: "spec", "jobTemplate", "spec", "template")
    }
}
