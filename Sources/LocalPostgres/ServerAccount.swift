import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif
#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The user that a server runs as: the caller, or somebody else if that is root.
struct ServerAccount: Hashable, Sendable {
    let userID: uid_t
    let groupID: gid_t
    let name: String

    /// Whether programs have to be started as another user than the caller.
    var isOther: Bool { userID != geteuid() }

    /// Gives the user for the cluster in `dataDirectory`: who owns it already, or who may make it.
    init(forDataDirectory dataDirectory: String) throws(LocalServerError) {
        let caller = geteuid()
        let owner = FileStatus(of: dataDirectory)?.owner
        if let owner, owner != caller, caller != 0 {
            throw LocalServerError(
                "data directory \"\(dataDirectory)\" belongs to another user",
                hint: "Run this as the user with id \(owner), or name another directory."
            )
        }
        if let owner, owner != 0 {
            self.init(getpwuid(owner), userID: owner)
        } else if caller != 0 {
            self.init(getpwuid(caller), userID: caller)
        } else if let entry = getpwnam("postgres") ?? getpwnam("nobody") {
            self.init(entry, userID: entry.pointee.pw_uid)  // PostgreSQL refuses to run as root
        } else {
            throw LocalServerError(
                "cannot run PostgreSQL as root, and there is no user \"postgres\"",
                hint: "Run this as an ordinary user, or make one: useradd --system postgres"
            )
        }
    }

    private init(_ entry: UnsafeMutablePointer<passwd>?, userID: uid_t) {
        self.userID = userID
        groupID = entry?.pointee.pw_gid ?? getegid()
        name = entry.map { String(cString: $0.pointee.pw_name) } ?? "\(userID)"
    }

    /// Gives what runs `program` as the user, in a session of its own.
    ///
    /// Ctrl-C then reaches us, and the server only through us.
    func command(
        _ program: String,
        _ arguments: [String]
    ) -> (executable: Executable, arguments: Arguments, options: PlatformOptions) {
        var options = PlatformOptions()
        options.createSession = true
        let executable = Executable.path(FilePath(program))
        guard isOther else { return (executable, Arguments(arguments), options) }
        #if os(Linux)
        // Another program changes the user. `options.userID` does so between fork and exec with
        // functions that wait for all threads: one that was just starting never answers there.
        let user = ["--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups", "--", program]
        return (.name("setpriv"), Arguments(user + arguments), options)
        #else
        options.userID = userID
        options.groupID = groupID
        options.supplementaryGroups = []
        return (executable, Arguments(arguments), options)
        #endif
    }

    /// Gives the first folder above `path`, or `path` itself, that the user may not pass through.
    func obstacle(on path: String) -> String? {
        guard isOther else { return nil }
        var prefix = ""
        for component in [""] + path.split(separator: "/").map(String.init) {
            prefix += prefix.hasSuffix("/") ? component : "/" + component
            // What is not there yet, we shall make.
            guard let status = FileStatus(of: prefix), status.isDirectory else { return nil }
            let needed: UInt32 =
                status.owner == userID ? 0o100 : status.group == groupID ? 0o010 : 0o001
            if status.permissions & needed == 0 { return prefix }
        }
        return nil
    }
}
