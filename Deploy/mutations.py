#!/usr/bin/env python3
"""Removes one guard after the other and demands that the named tests notice.

Each mutation takes away something a promise rests on: a sync, the fencing token, a look into the outbox. It is applied to a scratch copy of this
clone, built, and the tests named beside it are run: they must fail. One that survives is printed as such and the script ends with 1.

  python3 Deploy/mutations.py             all of them (each is a build and a few tests: minutes)
  python3 Deploy/mutations.py --list      what there is
  python3 Deploy/mutations.py --only WORD those whose name holds WORD
  python3 Deploy/mutations.py --here      in this clone instead of a copy; it must have no uncommitted change, and is left as it was
"""
import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import NamedTuple


class Mutation(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    tests: str
    environment: dict = {}


REGISTRY = "Sources/Registry/"
CUTS = {"INTAKE_CUTS": "30"}
MUTATIONS = [
    Mutation("no sync of commits", "Sources/Database/Connection.swift", "PRAGMA synchronous = FULL;", "PRAGMA synchronous = OFF;", "PowerCutTests", CUTS),
    Mutation("no sync of an object's bytes", REGISTRY + "Archive/ArchiveWriter.swift", "      try DurableFile.makeDurable(file, path)\n", "", "PowerCutTests", CUTS),
    Mutation("no sync of a new name", REGISTRY + "DurableFile.swift", "    try makeDurable(folder(of: target))\n", "", "PowerCutTests", CUTS),
    Mutation("no fencing token", REGISTRY + "Life/Registry+HeldJobs.swift", "WHERE id = ? AND token = ? AND state = 'running'", "WHERE id = ? AND token >= ?", "QueueTests"),
    Mutation("claims never end", REGISTRY + "Life/Registry+Jobs.swift", "      try takeBackExpired(transaction)\n", "", "QueueTests"),
    Mutation("an outage burns attempts", REGISTRY + "Life/Registry+Jobs.swift", "outage == nil ? 0 : 1, error.code", "0, error.code", "QueueTests"),
    Mutation("a snooze burns an attempt", REGISTRY + "Life/Registry+HeldJobs.swift", "run_at = ?, attempt = attempt - 1, snoozes", "run_at = ?, snoozes", "QueueModelTests"),
    Mutation("one failure of a group undoes nothing", "Sources/Database/Connection.swift", '      try connection.step("ROLLBACK TO part", .commit)\n', "", "QueueTests"),
    Mutation("duplicates are not looked for", REGISTRY + "Life/Registry+Registering.swift", "    guard apart <= Int64(check.windowDays) * 86_400 * 1_000_000 else { return nil }", "    guard apart < 0 else { return nil }", "RegisteringTests"),
    Mutation("one look into the outbox is enough", "Sources/Robot/Guards/UncertainReply.swift", "    if looks >= 2, ", "    if looks >= 1, ", "GuardTests"),
    Mutation("the outbox is not looked into", "Sources/Robot/Steps/ConfirmStep.swift", "    guard let first = found.min", "    guard let first = found.prefix(0).min", "ConfirmationTests"),
    Mutation("a reply goes again without a look", "Sources/Robot/Guards/UncertainReply.swift", "looks > 0 else { return age >= waits.firstLook ? .look :", "looks > 0 else { return age >= waits.firstLook ? .sendAgain :", "GuardTests"),
    Mutation("the horizon does not count", "Sources/Robot/Guards/UncertainReply.swift", ", Uptime.atLeast(from: since, to: lastLook) >= waits.horizon { return .sendAgain }", " { return .sendAgain }", "GuardTests"),
    Mutation("a resting host is asked all the same", "Sources/Mailbox/HostBreaker.swift", "      if until > now { return", "      if until > now, host.isProbing { return", "HostBreakerTests"),
    Mutation("a probe is not alone", "Sources/Mailbox/HostBreaker.swift", "      if host.isProbing { return policy.first }\n", "", "HostBreakerTests"),
    Mutation("mailboxes do not take turns", REGISTRY + "Life/Registry+Jobs.swift", "        turns[kind] = mailbox\n", "", "QueueModelTests|JobTests"),
    Mutation("numbers that were told are given again", REGISTRY + "Recovery/Registry+Outbox.swift", "      guard next <= last else { continue }", "      guard next > last else { continue }", "LostStoreTests"),
    Mutation("what the outbox shows is answered again", REGISTRY + "Recovery/Registry+Outbox.swift", "      try finishJobs(of: message.id, [.confirm], transaction)\n", "", "LostStoreTests"),
    Mutation("simulated: the outbox is not looked into", "Sources/Robot/Steps/ConfirmStep.swift", "    guard let first = found.min", "    guard let first = found.prefix(0).min", "LifeSimulationTests"),
    Mutation("simulated: duplicates are not looked for", REGISTRY + "Life/Registry+Registering.swift", "    guard apart <= Int64(check.windowDays) * 86_400 * 1_000_000 else { return nil }", "    guard apart < 0 else { return nil }", "LifeSimulationTests"),
    Mutation("simulated: what a dead process held stays held", REGISTRY + "Life/Registry+Start.swift", "in orphans { try rescue(", "in orphans where id < 0 { try rescue(", "LifeSimulationTests"),
    Mutation("simulated: a cut connection counts as not sent", "Sources/Mailbox/MailboxClient+Sending.swift", "return error.requestMayHaveLeft ? .uncertain(error.error)", "return !error.requestMayHaveLeft ? .uncertain(error.error)", "LifeSimulationTests", {"INTAKE_SIMULATED": "3000"}),
    Mutation("simulated: the counter skips", REGISTRY + "Life/Registry+Registering.swift", "DO UPDATE SET next = next + 1 RETURNING next - 1", "DO UPDATE SET next = next + 2 RETURNING next - 1", "LifeSimulationTests"),
    Mutation("the counter skips", REGISTRY + "Life/Registry+Registering.swift", "DO UPDATE SET next = next + 1 RETURNING next - 1", "DO UPDATE SET next = next + 2 RETURNING next - 1", "QueueModelTests"),
]


def build(root: pathlib.Path) -> bool:
    return subprocess.run(["swift", "build", "--build-tests"], cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def fate(mutation: Mutation, root: pathlib.Path) -> str:
    """What became of it: `killed`, or why not."""
    path = root / mutation.file
    original = path.read_text()
    if original.count(mutation.old) != 1:
        return f"its place is there {original.count(mutation.old)} times: bring the list up to date"
    path.write_text(original.replace(mutation.old, mutation.new))
    try:
        if not build(root):
            return "it does not compile: bring the list up to date"
        environment = os.environ | {"SWIFT_BACKTRACE": "enable=no"} | mutation.environment
        command = ["swift", "test", "--skip-build", "--disable-xctest", "--filter", mutation.tests]
        # A group of its own, so that a hang leaves no test process behind.
        with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as ran:
            try:
                output, _ = ran.communicate(timeout=900)
            except subprocess.TimeoutExpired:
                os.killpg(ran.pid, signal.SIGKILL)
                return "the tests hung"
        if ran.returncode == 0:
            return "SURVIVED"
        return "killed" if "failed after" in output else "the tests did not run"
    finally:
        path.write_text(original)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--here", action="store_true")
    options = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if options.only in mutation.name]
    if options.list:
        for mutation in chosen:
            print(f"{mutation.name}: {mutation.tests}")
        return 0
    clone = pathlib.Path(__file__).resolve().parent.parent
    if options.here:
        changed = subprocess.run(["git", "status", "--porcelain", "--", "Sources"], cwd=clone, capture_output=True, text=True).stdout
        if changed:
            print("error: this clone has uncommitted changes in Sources; commit them first", file=sys.stderr)
            return 64
        root, scratch = clone, None
    else:
        scratch = tempfile.mkdtemp(prefix="intake-mutations-")
        root = pathlib.Path(scratch) / "clone"
        shutil.copytree(clone, root, ignore=shutil.ignore_patterns(".git", ".build"))
    try:
        bad = 0
        for mutation in chosen:
            end = fate(mutation, root)
            bad += end != "killed"
            print(f"{mutation.name}: {end} ({mutation.tests})", flush=True)
        print(f"{len(chosen) - bad} killed, {bad} not")
        return 1 if bad or not chosen else 0
    finally:
        if options.here:
            build(root)
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
