import FoundationEssentials
import Model
import ReaderPool
import Reading
import Runtime

/// Reads the world's texts with the reader's own code in this process. Every so often a reading fails as it does when a reader is killed.
struct SimulatedReaders: DocumentReaders {
  let weather: Weather

  func read(file path: String) async -> DocumentReading {
    guard !weather.strikes(\.readerFails), let bytes = try? Data(contentsOf: URL(filePath: path)) else { return failed }
    return DocumentReader(hasPrivateRoot: false).read([UInt8](bytes))
  }

  func read(body: String) async -> DocumentReading {
    weather.strikes(\.readerFails) ? failed : DocumentReader(hasPrivateRoot: false).read(Array(body.utf8), as: .text)
  }

  private var failed: DocumentReading {
    DocumentReading(readerVersion: ReaderPool.readerVersion, kind: .unknown, status: .unread, reason: "reader-killed")
  }
}
