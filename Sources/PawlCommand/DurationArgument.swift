import ArgumentParser
import PawlCore

/// Reads durations in arguments: `30s`, `5m`, `2h`, `1d`.
func duration(_ argument: String) throws -> Duration {
    do {
        return try Duration(text: argument)
    } catch {
        throw ValidationError("\"\(argument)\" is no duration: \(error)")
    }
}
