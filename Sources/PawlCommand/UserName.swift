import FoundationEssentials
import Glibc

/// Who types commands here.
enum UserName {
    static var current: String {
        let environment = ProcessInfo.processInfo.environment
        for name in ["PAWL_USER", "SUDO_USER", "USER", "LOGNAME"] {
            if let user = environment[name], !user.isEmpty { return user }
        }
        guard let entry = getpwuid(geteuid()) else { return "pawl" }
        return String(cString: entry.pointee.pw_name)
    }
}
