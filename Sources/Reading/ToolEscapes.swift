import Model
import Spawn

/// The attempts of `EscapeAttempts` once more, made by a program that the reader starts: what an attacker could do who has taken over one of the
/// tools. The program is Perl, which every Debian has. Only in the self test; whatever it makes, it takes away again.
enum ToolEscapes {
  /// `outside` are paths that must be out of reach. `mark`, a number, stands in the command line of the process that tries to
  /// outlive the reader.
  static func run(outside: [String], mark: String) -> [ConfinementReport.Layer] {
    [
      attempt("tool-files", files, ["/etc/passwd", "/proc/self/environ", "/root", "/home", "/var", "/run"] + outside),
      attempt("tool-writing", writing, ["", "/usr", "/var/tmp", "/dev", "/etc"] + outside), attempt("tool-network", network, []),
      attempt("tool-processes", processes, []), attempt("tool-disk", disk, []),
      attempt("tool-signals", signals, []), archive(), outlive(mark),
    ]
  }

  /// Runs a script that ends with `0 what happened` when the door was shut and with `1 what happened` when it was open.
  private static func attempt(_ name: String, _ script: String, _ arguments: [String]) -> ConfinementReport.Layer {
    switch Toolbox().run("perl", ["-e", script, "--"] + arguments, maximumOutput: 4096) {
    case .failed(let reason): return .init(name: name, works: false, detail: "not tried: \(reason)")
    case .finished(let code, let output, _):
      let said = String(decoding: output, as: UTF8.self)
      guard code == 0, let first = said.first, first == "0" || first == "1" else {
        return .init(name: name, works: false, detail: "not tried: perl ended with \(code)")
      }
      return .init(name: name, works: first == "0", detail: String(said.dropFirst(2)))
    }
  }

  private static let files = #"""
    my $n = 0; for (@ARGV) { if (-d $_) { $n++ if opendir(my $d, $_) } else { $n++ if open(my $f, "<", $_) } }
    print(($n ? 1 : 0), " $n of ", scalar(@ARGV), " paths outside could be opened");
    """#

  private static let writing = #"""
    my $n = 0; for (@ARGV) { my $p = "$_/.intake-reader-self-test"; if (open(my $f, ">", $p)) { $n++; close $f; unlink $p } }
    print(($n ? 1 : 0), " $n of ", scalar(@ARGV), " places outside could be written to");
    """#

  private static let network = #"""
    my $open = 0; my $said = "no socket";
    if (socket(my $s, 2, 1, 0)) {
      my $ok = connect($s, pack("S n C4 x8", 2, 9, 127, 0, 0, 1)); my $e = $ok ? 0 : $!+0; $said = "connecting to this machine: errno $e";
      $open = 1 unless $e == 101 || $e == 13 || $e == 1;
    }
    print "$open $said";
    """#

  private static let processes = #"""
    my @c; for (1..64) { my $p = fork; last unless defined $p; if (!$p) { sleep 60; exit } push @c, $p }
    kill 9, @c; waitpid($_, 0) for @c;
    print((@c < 64 ? 0 : 1), " ", scalar(@c), " processes could be started, 64 tried");
    """#

  /// More than the private directory may hold, in pieces smaller than a file may be.
  private static let disk = #"""
    $SIG{XFSZ} = "IGNORE"; my $written = 0; my $piece = "x" x 1048576; my @made;
    PIECE: for my $n (1..48) {
      my $p = "/tmp/.intake-reader-self-test-$n"; open(my $f, ">", $p) or last; push @made, $p;
      for (1..4) { my $w = syswrite($f, $piece); last PIECE unless defined $w && $w == length $piece; $written++ } close $f;
    }
    unlink @made; print(($written < 192 ? 0 : 1), " $written MiB could be written, 192 tried");
    """#

  /// The reader itself may be signalled, which ends only this reading; everybody else not.
  private static let signals = #"""
    my $n = 0; for my $p (2..4194304) { last if $p > 70000; next if $p == $$; $n++ if kill 0, $p }
    print(($n ? 1 : 0), " $n processes of others are in reach");
    """#

  /// No made-up program: a compressed list that `bsdtar` reads as an archive, and that says its file's content is that of `/etc/passwd`.
  private static func archive() -> ConfinementReport.Layer {
    let list = Array("#mtree\nx type=file mode=0644 contents=/etc/passwd\n".utf8)
    let found = Toolbox().run("bsdtar", ["-c", "-f", "-", "--format=pax", "@-"], input: .bytes(list), maximumOutput: 1 << 20)
    guard case .finished(_, let output, _) = found else { return .init(name: "tool-archive", works: false, detail: "not tried: no bsdtar") }
    let leaked = output.firstRange(of: Array("root:".utf8)) != nil
    return .init(
      name: "tool-archive", works: !leaked, detail: leaked ? "an archive's list had /etc/passwd packed" : "an archive's list led nowhere")
  }

  /// Leaves the process group and the session of its parent and stays. Whether it is gone when the reader is, whoever started the reader sees.
  private static func outlive(_ mark: String) -> ConfinementReport.Layer {
    let script = #"""
      use POSIX; my $p = fork; if (!$p) { POSIX::setsid(); exit if fork; open(STDIN, "</dev/null"); open(STDOUT, ">/dev/null"); open(STDERR, ">/dev/null");
        exec("/usr/bin/sleep", "600.\#(mark)"); exit } waitpid($p, 0); print "0 a process of its own session was left behind";
      """#
    return attempt("tool-outlive", script, [])
  }
}
