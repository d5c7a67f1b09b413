import FoundationEssentials
import GRDB

/// The SQLite file behind the store: one table of objects and the revision, written in whole batches.
///
/// Everything here runs on GRDB's serial queue; readers of the API never come here.
struct StoreDatabase: Sendable {
    private let queue: DatabaseQueue

    /// Where the database is kept.
    enum Location: Sendable, Hashable, CustomStringConvertible {
        case file(String)
        /// In memory, gone with the process; for tests.
        case memory

        /// The place as messages name it.
        var description: String {
            switch self {
            case .file(let path): path
            case .memory: "in memory"
            }
        }
    }

    /// Opens the database, makes it durable and brings its tables up to date.
    ///
    /// Nobody but the owner may read it afterwards, whatever the directory allows.
    ///
    /// - Throws: `inUse` where another process has it open, `storage` where SQLite cannot open it.
    init(_ location: Location) throws {
        var configuration = Configuration()
        configuration.label = "KubeServer.Store"
        configuration.allowsUnsafeTransactions = false
        configuration.prepareDatabase { database in
            // The database belongs to one server: a second process must fail, not serve a stale cache.
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            // An acknowledged write survives a power cut: every commit is synced.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            switch location {
            case .file(let path):
                // It holds Secrets. What SQLite puts beside it has the mode of the file; a crash may have left some.
                try PrivateFile.prepare(path)
                for suffix in ["-wal", "-shm", "-journal"] { try PrivateFile.narrow(path + suffix) }
                queue = try DatabaseQueue(path: path, configuration: configuration)
            case .memory: queue = try DatabaseQueue(configuration: configuration)
            }
            if try queue.read(Self.migrations.hasBeenSuperseded) {
                throw ServerError(
                    .storage,
                    "the database \(location) was written by a newer version; run that version, or newer")
            }
            try Self.migrations.migrate(queue)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw ServerError(
                .inUse, "the database \(location) is used by another process; stop that server first")
        } catch let error as DatabaseError {
            throw ServerError(
                .storage, "cannot open the database \(location): \(error.message ?? "\(error)")")
        }
    }

    /// The tables' history. A released migration is never changed, only followed by another one.
    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 objects and revision") { database in
            try database.execute(
                sql: """
                    CREATE TABLE object (
                        resource TEXT NOT NULL,
                        path TEXT NOT NULL,
                        revision INTEGER NOT NULL,
                        body BLOB NOT NULL,
                        PRIMARY KEY (resource, path)
                    );
                    CREATE TABLE revision (value INTEGER NOT NULL);
                    INSERT INTO revision (value) VALUES (1);
                    """)
        }
        return migrator
    }

    /// Reads the revision, then hands each object to `body` in the order of resource and path.
    ///
    /// - Throws: `corruptStore` where a row is not what a store writes.
    func load(_ body: (ObjectKey, StoredObject) throws -> Void) throws -> UInt64 {
        try queue.read { database in
            guard let revision = try Int64.fetchOne(database, sql: "SELECT value FROM revision") else {
                throw ServerError(.corruptStore, "the database has no revision; restore a backup")
            }
            let rows = try Row.fetchCursor(
                database, sql: "SELECT resource, path, revision, body FROM object ORDER BY resource, path")
            while let row = try rows.next() {
                let key = ObjectKey(resource: row[0], path: row[1])
                let bytes = try row.withUnsafeData(atIndex: 3) { [UInt8]($0 ?? Data()) }
                guard
                    let object = StoredObject(
                        path: key.path, revision: UInt64(bitPattern: row[2]), bytes: bytes)
                else {
                    throw ServerError(
                        .corruptStore,
                        "the database's \(key.resource) \"\(key.path)\" is no object; restore a backup")
                }
                try body(key, object)
            }
            return UInt64(bitPattern: revision)
        }
    }

    /// Runs `work` on the writer's queue, soon, without waiting for it.
    func schedule(_ work: @escaping @Sendable (borrowing Writer) -> Void) {
        queue.asyncWriteWithoutTransaction { work(Writer(database: $0)) }
    }

    /// Ends the use of the database once all scheduled work is done.
    func close() throws { try queue.close() }

    /// Takes down what a batch changes. Lives only inside the closure it is handed to.
    struct Writer: ~Copyable {
        fileprivate let database: Database

        func begin() throws { try database.beginTransaction(.immediate) }

        /// Makes everything since `begin` durable, together with the revision it ends at.
        func commit(revision: UInt64) throws {
            try database.cachedStatement(sql: "UPDATE revision SET value = ?")
                .execute(arguments: [Int64(bitPattern: revision)])
            try database.commit()
        }

        func rollback() { try? database.rollback() }

        func put(_ object: StoredObject, resource: String) throws {
            try database.cachedStatement(
                sql: """
                    INSERT INTO object (resource, path, revision, body) VALUES (?, ?, ?, ?)
                    ON CONFLICT (resource, path) DO UPDATE SET revision = excluded.revision, body = excluded.body
                    """
            ).execute(
                arguments: [resource, object.path, Int64(bitPattern: object.revision), Data(object.bytes)])
        }

        func delete(_ path: String, resource: String) throws {
            try database.cachedStatement(sql: "DELETE FROM object WHERE resource = ? AND path = ?")
                .execute(arguments: [resource, path])
        }
    }
}
