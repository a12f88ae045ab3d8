/// A pointer to an object of libpq that another thread may use.
///
/// Safe because it is made for two kinds of object only: a result, which nobody changes once it
/// is received, and a cancel handle, which exists to be used from another thread. The connection
/// itself stays with the one thread that opened it.
struct ForeignPointer: @unchecked Sendable {
    let raw: OpaquePointer
}
