#!/usr/bin/env python3
"""Counts test cases from Swift Testing's event stream and decides whether the run passed.

The last line is `N passed, N failed, N skipped`. Exit 1 when a case failed, when the run did not end by itself, when nothing ran, or when a case
was skipped although the corpus is there. Tests marked "long form" are counted apart: they are left out by choice (see test.sh --long).
"""
import argparse
import json
import os
import sys


class Run:
    def __init__(self):
        self.cases_of = {}  # test -> number of its cases, functions only
        self.parameterised = set()
        self.ran = set()  # (test, case)
        self.failed = set()  # (test, case); case None when the issue names only the test
        self.skipped = {}  # test -> reason
        self.left_for_long = set()
        self.ended = False

    def add(self, record):
        payload = record["payload"]
        if record["kind"] == "test":
            if payload["kind"] == "function":
                self.cases_of[payload["id"]] = max(1, len(payload.get("_testCases", [])))
                if payload.get("isParameterized"):
                    self.parameterised.add(payload["id"])
            return
        kind, test = payload["kind"], payload.get("testID")
        case = (test, (payload.get("_testCase") or {}).get("id") if test in self.parameterised else None)
        if kind == "testCaseStarted" or (kind == "testStarted" and test in self.cases_of and test not in self.parameterised):
            self.ran.add(case)
        elif kind == "testSkipped" and test in self.cases_of:
            reason = " ".join(payload.get("_comments", [])) or "no reason given"
            if reason.startswith("long form"):
                self.left_for_long.add(test)
            else:
                self.skipped[test] = reason
        elif kind == "issueRecorded":
            issue = payload["issue"]
            if not issue.get("isKnown") and issue.get("_severity") != "warning":
                self.failed.add(case)
        elif kind == "runEnded":
            self.ended = True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("events")
    parser.add_argument("--status", type=int, required=True, help="exit status of swift test")
    parser.add_argument("--corpus", required=True, help="folder whose presence makes a skipped case a failure")
    options = parser.parse_args()

    run = Run()
    with open(options.events, encoding="utf-8") as lines:
        for line in lines:
            run.add(json.loads(line))

    number_skipped = sum(run.cases_of[test] for test in run.skipped)
    print()
    for test, reason in sorted(run.skipped.items()):
        print(f"skipped ({run.cases_of[test]}): {test}: {reason}")
    for test in sorted({str(test) for test, _ in run.failed}):
        print(f"failed: {test}")
    if run.left_for_long:
        print(f"{len(run.left_for_long)} tests only run in the long form (test.sh --long)")

    problems = []
    if not run.ended:
        problems.append("the test run did not end by itself (crashed or was killed)")
    if not run.ran:
        problems.append("no test ran")
    if options.status != 0 and not run.failed:
        problems.append(f"swift test ended with status {options.status}")
    if number_skipped and os.path.isdir(options.corpus):
        problems.append(f"{number_skipped} cases were skipped although {options.corpus} is there")
    for problem in problems:
        print(f"error: {problem}")
    print(f"{len(run.ran - run.failed)} passed, {len(run.failed)} failed, {number_skipped} skipped")
    sys.exit(1 if run.failed or problems else 0)


if __name__ == "__main__":
    main()
