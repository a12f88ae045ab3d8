// swift-tools-version: 6.2
import PackageDescription

/// Applied to our own targets only, so that dependencies are built once and with their own rules.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// Each package, and why it is here.

// The command line, its help and completions.
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
// The server ecosystem's log interface.
let logging: Target.Dependency = .product(
    name: "Logging",
    package: "swift-log"
)
// The server ecosystem's metrics interface.
let metrics: Target.Dependency = .product(
    name: "Metrics",
    package: "swift-metrics"
)
// The server ecosystem's tracing interface.
let tracing: Target.Dependency = .product(
    name: "Tracing",
    package: "swift-distributed-tracing"
)
// A dictionary whose copies share what they have in common: what is known of a run.
let persistentDictionary: Target.Dependency = .product(
    name: "HashTreeCollections",
    package: "swift-collections"
)
// Start, graceful shutdown and the order of stopping.
let serviceLifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
// A second SIGTERM means something else than the first.
let unixSignals: Target.Dependency = .product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
// Definitions are written by hand, and YAML is easier on the hand than JSON.
let yams: Target.Dependency = .product(
    name: "Yams",
    package: "Yams"
)
// Runs initdb and pg_ctl as another user, and the programs of command nodes.
let subprocess: Target.Dependency = .product(
    name: "Subprocess",
    package: "swift-subprocess"
)

let package = Package(
    name: "pawl",
    products: [
        .library(name: "Pawl", targets: ["Pawl"]),
        .library(name: "PawlNodes", targets: ["PawlNodes"]),
        .library(name: "Postgres", targets: ["Postgres"]),
        .library(name: "PawlTesting", targets: ["PawlTesting"]),
        .executable(name: "pawl", targets: ["PawlCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Without its Foundation trait: our rooms use FoundationEssentials only.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // PostgreSQL, and nothing of the product.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Postgres", dependencies: ["CLibPQ"], swiftSettings: strict),
        .target(
            name: "LocalPostgres",
            dependencies: ["Postgres", subprocess],
            swiftSettings: strict
        ),

        // The schema: `sql/` is this target, and a plugin embeds its files.
        .target(name: "Schema", path: "sql", swiftSettings: strict, plugins: ["EmbedSQL"]),
        .plugin(
            name: "EmbedSQL",
            capability: .buildTool(),
            dependencies: ["embed-sql"],
            path: "Sources/EmbedSQLPlugin"
        ),
        .executableTarget(name: "embed-sql", swiftSettings: strict),

        // The product, from what is true to what runs.
        .target(name: "PawlCore", dependencies: [persistentDictionary], swiftSettings: strict),
        .target(
            name: "PawlStore",
            dependencies: ["PawlCore", "Postgres", "Schema"],
            swiftSettings: strict
        ),
        .target(
            name: "Pawl",
            dependencies: [
                "PawlCore", "PawlStore", "Postgres", logging, metrics, tracing, serviceLifecycle,
                unixSignals,
            ],
            swiftSettings: strict
        ),
        // Node kinds that touch the world.
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(
            name: "PawlNodes",
            dependencies: ["CCurl", "Pawl", "PawlCore", logging, subprocess],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "PawlCommand",
            dependencies: [
                "Pawl", "PawlCore", "PawlNodes", "PawlStore", "Postgres", "Schema",
                "LocalPostgres", argumentParser, logging, subprocess, yams,
            ],
            swiftSettings: strict
        ),

        // Examples and benchmarks that run against a real server.
        .target(
            name: "LicenceText",
            path: "Examples/LicenceAudit/LicenceText",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "licence-audit",
            dependencies: ["LicenceText", "Pawl", logging],
            path: "Examples/LicenceAudit/Sources",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "pawl-bench",
            dependencies: ["Pawl", "PawlStore", "Postgres", logging, serviceLifecycle],
            path: "Benchmarks",
            exclude: ["Peers/Python"],
            swiftSettings: strict
        ),

        // Tests.
        .target(
            name: "PawlTesting",
            dependencies: ["LocalPostgres", "Pawl", "PawlCore", "PawlStore", "Postgres", "Schema"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["LocalPostgres", "Postgres", "PawlTesting"],
            swiftSettings: strict
        ),
        .testTarget(name: "PawlCoreTests", dependencies: ["PawlCore"], swiftSettings: strict),
        .testTarget(
            name: "PawlStoreTests",
            dependencies: [
                "PawlCore", "PawlStore", "PawlTesting", "Postgres", "Schema", subprocess,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "crash-worker",
            dependencies: ["Pawl", logging],
            path: "Tests/CrashWorker",
            swiftSettings: strict
        ),
        .testTarget(
            name: "PawlTests",
            dependencies: [
                "LocalPostgres", "Pawl", "PawlCore", "PawlStore", "PawlTesting", "Postgres",
                "crash-worker", logging, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PawlNodesTests",
            dependencies: ["Pawl", "PawlCore", "PawlNodes", "PawlStore", "PawlTesting", logging],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PawlCommandTests",
            dependencies: [
                "PawlCommand", "PawlCore", "PawlStore", "PawlTesting", "Postgres", "Schema",
                subprocess,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "BenchTests", dependencies: ["pawl-bench"], swiftSettings: strict),
        .testTarget(
            name: "LicenceAuditTests",
            dependencies: ["LicenceText"],
            swiftSettings: strict
        ),
    ]
)
