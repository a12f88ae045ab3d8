import Testing

@testable import Postgres

struct StatementEffectTests {
    @Test(arguments: [
        "select 1", "  (select 1)", "-- one\nselect 1", "/* two */ with a as (select 1) table a",
        "show all", "values (1)", "", "begin", "listen x", "SELECT updated_at from t",
    ])
    func `a statement that reads`(text: String) {
        #expect(StatementEffect(of: text) == .reads)
    }

    @Test(arguments: [
        "insert into t values (1)", "with gone as (delete from t returning 1) select from gone",
        "update t set n = 1", "call p()", "do ''", "create table t ()", "select 1 into t", "copy t",
        "select from t for update",
    ])
    func `a statement that may write`(text: String) {
        #expect(StatementEffect(of: text) == .writes)
    }

    @Test(arguments: ["commit", "END", " /**/ commit and chain"])
    func `a statement that commits`(text: String) {
        #expect(StatementEffect(of: text) == .commits)
    }
}
