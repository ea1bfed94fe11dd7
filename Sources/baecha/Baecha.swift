import ArgumentParser

@main
struct Baecha: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baecha",
    abstract: "Real-time taxi–passenger matching: dispatch, simulation and measurement.",
    subcommands: [])
}
