import Manifest

extension DeleteOptions {
    /// The body of the request, empty where nothing is asked for.
    var body: [UInt8] {
        var fields: Object = ["kind": "DeleteOptions", "apiVersion": "v1"]
        let emptyCount = fields.count
        if let gracePeriodSeconds { fields["gracePeriodSeconds"] = .integer(Int64(gracePeriodSeconds)) }
        var preconditions = Object()
        if let uid { preconditions["uid"] = .string(uid) }
        if let resourceVersion { preconditions["resourceVersion"] = .string(resourceVersion) }
        if !preconditions.isEmpty { fields["preconditions"] = .object(preconditions) }
        if let propagation { fields["propagationPolicy"] = .string(propagation.rawValue) }
        if isDryRun { fields["dryRun"] = ["All"] }
        return fields.count > emptyCount ? JSON.write(.object(fields)) : []
    }
}
