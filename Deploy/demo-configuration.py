#!/usr/bin/env python3
"""Prints the robot.conf of the demo: the mailboxes and credentials that the simulator makes of Samples/, everything else below one folder."""
import argparse
import json
import subprocess


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="folder of the built programs")
    parser.add_argument("--port", type=int, required=True, help="where the simulator listens")
    parser.add_argument("--folder", required=True, help="where everything of the demo goes")
    parser.add_argument("--confinement", choices=["full", "reduced"], default="full")
    parser.add_argument("--samples", default="Samples")
    parser.add_argument("--rules", default="Rules/asp/ruleset.rules")
    options = parser.parse_args()

    shown = subprocess.run(
        [f"{options.programs}/ssev-simulator", "--messages", options.samples, "--print-credentials"],
        check=True, capture_output=True, text=True)
    print(f"""# Made by Deploy/demo.sh. Waits are short because the simulator answers at once.
environment demo
administration "Агенция за социално подпомагане"
database "{options.folder}/state/registry.db"
archive "{options.folder}/state/archive"
mirror "{options.folder}/mirror/journals.mirror"
rules "{rules_path(options.rules)}"
poll every 100 ms
attachment wait 200 ms
order wait 1 s
retry first 20 ms
retry longest 100 ms
retry attempts 5
free space 1 MB
ssev {{
  api "http://127.0.0.1:{options.port}"
}}
reader {{
  confinement {options.confinement}
}}
replies {{
  per sender and hour 1000
  first look after 100 ms
  second look after 100 ms
  horizon 500 ms
}}""")
    for credential in json.loads(shown.stdout):
        print(f"""mailbox "{credential['identifier']}" {{
  name "{credential['name']}"
  serve from 2026-07-01T00:00:00+03:00
  credential {{
    oid "{credential['oid']}"
    cn "{credential['cn']}"
  }}
}}""")


def rules_path(path):
    import os
    return os.path.abspath(path)


if __name__ == "__main__":
    main()
