import ArgumentParser
import Glibc

/// How a command prints what it read.
struct OutputOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON instead of text.")
    var isJSON = false

    @Flag(
        name: .customLong("no-color"),
        help: "Use no colours; they are used on a terminal only, and not if NO_COLOR is set."
    )
    var isColorless = false

    var paint: Paint { Paint(STDOUT_FILENO, isForbidden: isColorless || isJSON) }
}
