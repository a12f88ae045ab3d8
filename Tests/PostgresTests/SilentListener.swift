import Glibc

/// A port that takes connections and never says a word.
struct SilentListener: ~Copyable {
    private let socket: Int32
    let port: Int

    struct Failure: Error {}

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let failure = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) + listen(socket, 8)
                    + getsockname(socket, address, &length)
            }
        }
        guard failure == 0 else { throw Failure() }
        port = Int(address.sin_port.bigEndian)
    }

    deinit { close(socket) }
}

/// Returns how many entries the folder at `path` has.
func entries(of path: String) throws -> Int {
    guard let folder = opendir(path) else { throw SilentListener.Failure() }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}
