import PawlTesting
import Postgres
import Testing

struct PostgresConfigurationTests {
    @Test func `a URL wins over the environment, which wins over the defaults`() throws {
        let configuration = try PostgresConfiguration(
            url: "postgresql://ada@db.example:6000/app?sslmode=verify-full&connect_timeout=9",
            environment: [
                "PGHOST": "elsewhere", "PGPASSWORD": "hush", "PGAPPNAME": "test", "HOME": "/",
            ]
        )
        #expect(configuration.host == "db.example")
        #expect(configuration.port == 6000)
        #expect(configuration.user == "ada")
        #expect(configuration.database == "app")
        #expect(configuration.password == "hush")
        #expect(configuration.applicationName == "test")
        #expect(configuration[keyword: "sslmode"] == "verify-full")
        #expect(configuration[keyword: "connect_timeout"] == "9")
        #expect(configuration[keyword: "tcp_user_timeout"] == "4000")
    }

    @Test func `keywords are read like a URL`() throws {
        let configuration = try PostgresConfiguration(url: "host=/run/pg dbname='a b'")
        #expect(configuration.host == "/run/pg")
        #expect(configuration.database == "a b")
    }

    @Test func `no description shows a password`() throws {
        let configuration = try PostgresConfiguration(url: "postgresql://ada:sesame@host/app")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("sesame"))
            #expect(text.contains("user=ada"))
        }
    }

    @Test(arguments: [
        "postgres//ada:sesame@host/app",
        "host=x password=a sesame", "host=x password='sesame", "postgresql://ada:sesame@[::1/app",
        "host=x password=a se\"same sesame", "postgresql://ada:sesame%zz@host/app",
    ])
    func `a malformed URL is refused without repeating its password`(url: String) throws {
        let error = try #require(throws: PostgresError.self) { try PostgresConfiguration(url: url) }
        #expect(error.remedy == .bug)
        #expect(error.message.hasPrefix("cannot read the connection string: "))
        #expect(!"\(error)".contains("same"))
    }

    @Test func `an unknown option is named`() throws {
        let error = try #require(throws: PostgresError.self) {
            try PostgresConfiguration(url: "hots=localhost")
        }
        #expect(error.message.contains("hots"))
    }
}

/// Settings need a server.
@Suite(.emptyDatabase)
struct SessionSettingsTests {
    @Test func `settings hold from the first statement`() async throws {
        var configuration = TestDatabase.current.configuration
        configuration.settings = ["statement_timeout": "30s", "app.motto": #"a b\c"#]
        configuration.applicationName = "settings test"
        let connection = try Connection(configuration)
        try await connection.open()
        let values = try await connection.run { session in
            let rows = try session.query(
                """
                select current_setting('statement_timeout'), current_setting('app.motto'),
                       current_setting('application_name'), current_setting('client_encoding')
                """
            )
            return [
                try rows[0].decode(String.self, at: 0), try rows[0].decode(at: 1),
                try rows[0].decode(at: 2), try rows[0].decode(at: 3),
            ]
        }
        #expect(values == ["30s", #"a b\c"#, "settings test", "UTF8"])
    }
}
