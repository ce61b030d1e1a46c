// swift-tools-version: 6.2
import PackageDescription

/// One list of settings for every target: Swift 6 mode, warnings are errors, and imports that cannot leak a C type
/// into a signature another target sees.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift target under `Sources/`, with the shared settings. `uses` names targets below it: arrows point down only.
func module(_ name: String, uses: [String] = []) -> Target {
  .target(name: name, dependencies: uses.map { .init(stringLiteral: $0) }, swiftSettings: settings)
}

func program(_ name: String, exclude: [String] = [], uses: [String]) -> Target {
  .executableTarget(name: name, dependencies: uses.map { .init(stringLiteral: $0) }, exclude: exclude, swiftSettings: settings)
}

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, uses: [String], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: uses.map { .init(stringLiteral: $0) }, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "intake-robot",
  targets: [
    // C libraries of the system.
    library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    library("CLibXML2", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
    library("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    library("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    library("CSSL", pkgConfig: "openssl", apt: "libssl-dev"),
    .systemLibrary(name: "CLinux"),

    // Values, and what is injected: time, ids, randomness, faults, threads, the log.
    module("Model"),
    module("Runtime", uses: ["Model"]),

    // Wrappers: the only targets that import C libraries.
    module("HTTPTransport", uses: ["CCurl", "Model", "Runtime"]),
    module("XMLReading", uses: ["CLibXML2"]),
    module("Database", uses: ["CSQLite", "Model", "Runtime"]),
    module("Crypto", uses: ["CCrypto", "Model"]),
    module("Spawn", uses: ["CLinux", "Model", "Runtime"]),

    module("Rules", uses: ["Model"]),
    module("Mailbox", uses: ["HTTPTransport", "Model", "Runtime"]),
    module("Reading", uses: ["XMLReading", "Crypto", "Spawn", "Model"]),
    module("ReaderPool", uses: ["Spawn", "Model", "Runtime"]),
    module("Registry", uses: ["Database", "Crypto", "Model", "Runtime"]),
    module("Robot", uses: ["HTTPTransport", "Mailbox", "ReaderPool", "Rules", "Registry", "Crypto", "Spawn", "Model", "Runtime"]),
    module(
      "CommandLine",
      uses: ["Robot", "Mailbox", "ReaderPool", "Rules", "Registry", "Crypto", "Spawn", "Model", "Runtime"]),

    program("intake-robot", uses: ["CommandLine"]),
    program("intake-reader", uses: ["Reading"]),
    module("Simulator", uses: ["CSSL"]),
    program("ssev-simulator", uses: ["Simulator"]),
    // Development alone: nothing of it is in the two programs.
    module(
      "LifeSimulation",
      uses: ["Robot", "Reading", "Simulator", "HTTPTransport", "ReaderPool", "Rules", "Registry", "Database", "Model", "Runtime"]),
    program(
      "intake-bench", exclude: ["queues.py", "re2.py"],
      uses: ["LifeSimulation", "Robot", "ReaderPool", "Registry", "Rules", "Database", "CSQLite", "CLibXML2", "Spawn", "Model", "Runtime"]),

    // What several test targets share.
    .target(name: "LoopbackServer", path: "Tests/LoopbackServer", swiftSettings: settings),

    tests("ModelTests", uses: ["Model"]),
    tests("RuntimeTests", uses: ["Runtime", "Model"]),
    tests("HTTPTransportTests", uses: ["HTTPTransport", "LoopbackServer", "Simulator", "Model", "Runtime"]),
    tests("MailboxTests", uses: ["Mailbox", "HTTPTransport", "LoopbackServer", "Simulator", "Model", "Runtime"]),
    tests("DatabaseTests", uses: ["Database", "Model", "Runtime"]),
    tests("CryptoTests", uses: ["Crypto", "Model"]),
    tests("XMLReadingTests", uses: ["XMLReading"]),
    tests("SpawnTests", uses: ["Spawn", "Model", "Runtime"]),
    tests("ReadingTests", uses: ["Reading", "Spawn", "Model"], exclude: ["Expectations"]),
    tests("ReaderPoolTests", uses: ["ReaderPool", "Spawn", "Model", "Runtime"]),
    tests("RulesTests", uses: ["Rules", "Model"], exclude: ["Golden", "GoldenFormat"]),
    tests("RegistryTests", uses: ["Registry", "Database", "Crypto", "Spawn", "Model", "Runtime"]),
    tests(
      "RobotTests",
      uses: ["Robot", "Simulator", "HTTPTransport", "Mailbox", "ReaderPool", "Rules", "Registry", "Crypto", "Spawn", "Model", "Runtime"]),
    tests("AspTests", uses: ["Robot", "Reading", "Rules", "Spawn", "Model"]),
    tests("CommandLineTests", uses: ["CommandLine", "Rules", "Model", "Runtime"]),
    tests("SimulatorTests", uses: ["Simulator", "CSSL"]),
    tests("LifeSimulationTests", uses: ["LifeSimulation", "Robot", "Database", "Model", "Runtime"]),
    tests("ServiceTests", uses: ["Spawn", "Model", "Runtime"]),
  ]
)
