/// The number by which PostgreSQL knows a type.
public struct PostgresType: RawRepresentable, Hashable, Sendable {
    /// The type's `oid`.
    public let rawValue: UInt32

    /// Creates a type from its `oid`.
    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

extension PostgresType {
    /// No type: the server infers one.
    @inlinable public static var unspecified: Self { Self(rawValue: 0) }
    /// `boolean`.
    @inlinable public static var bool: Self { Self(rawValue: 16) }
    /// `bytea`.
    @inlinable public static var bytea: Self { Self(rawValue: 17) }
    /// `bigint`.
    @inlinable public static var int8: Self { Self(rawValue: 20) }
    /// `smallint`.
    @inlinable public static var int2: Self { Self(rawValue: 21) }
    /// `integer`.
    @inlinable public static var int4: Self { Self(rawValue: 23) }
    /// `text`.
    @inlinable public static var text: Self { Self(rawValue: 25) }
    /// `json`.
    @inlinable public static var json: Self { Self(rawValue: 114) }
    /// `real`.
    @inlinable public static var float4: Self { Self(rawValue: 700) }
    /// `double precision`.
    @inlinable public static var float8: Self { Self(rawValue: 701) }
    /// `timestamp with time zone`.
    @inlinable public static var timestamptz: Self { Self(rawValue: 1184) }
    /// `interval`.
    @inlinable public static var interval: Self { Self(rawValue: 1186) }
    /// `uuid`.
    @inlinable public static var uuid: Self { Self(rawValue: 2950) }
    /// `jsonb`.
    @inlinable public static var jsonb: Self { Self(rawValue: 3802) }

    /// The first `oid` that is not PostgreSQL's own: enums, domains, extensions.
    static let firstOfUser: UInt32 = 16384

    /// The type of arrays of this type, or ``unspecified`` if it is not one we bind.
    public var array: PostgresType {
        switch self {
        case .bool: Self(rawValue: 1000)
        case .bytea: Self(rawValue: 1001)
        case .int2: Self(rawValue: 1005)
        case .int4: Self(rawValue: 1007)
        case .text: Self(rawValue: 1009)
        case .int8: Self(rawValue: 1016)
        case .float4: Self(rawValue: 1021)
        case .float8: Self(rawValue: 1022)
        case .timestamptz: Self(rawValue: 1185)
        case .interval: Self(rawValue: 1187)
        case .json: Self(rawValue: 199)
        case .uuid: Self(rawValue: 2951)
        case .jsonb: Self(rawValue: 3807)
        default: .unspecified
        }
    }

    private static let names: [UInt32: String] = [
        16: "boolean", 17: "bytea", 18: "\"char\"", 19: "name", 20: "bigint", 21: "smallint",
        23: "integer", 25: "text", 26: "oid", 114: "json", 142: "xml", 199: "json[]",
        600: "point", 650: "cidr", 700: "real", 701: "double precision", 705: "unknown",
        829: "macaddr", 869: "inet", 1000: "boolean[]", 1001: "bytea[]", 1005: "smallint[]",
        1007: "integer[]", 1009: "text[]", 1016: "bigint[]", 1021: "real[]",
        1022: "double precision[]", 1042: "character", 1043: "character varying", 1082: "date",
        1083: "time", 1114: "timestamp without time zone", 1184: "timestamp with time zone",
        1185: "timestamp with time zone[]", 1186: "interval", 1187: "interval[]", 1700: "numeric",
        2249: "record", 2278: "void", 2950: "uuid", 2951: "uuid[]", 3220: "pg_lsn",
        3802: "jsonb", 3807: "jsonb[]",
    ]
}

extension PostgresType: CustomStringConvertible {
    /// The type's name in SQL, if it is a common one.
    public var description: String { Self.names[rawValue] ?? "type \(rawValue)" }
}

extension PostgresType {
    /// True for PostgreSQL's own array types that have a decoder here.
    var isKnownArray: Bool {
        switch rawValue {
        case 199, 1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1185,
            1187, 2951, 3807:
            true
        default: false
        }
    }
}
