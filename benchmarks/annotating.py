"""How `uniner-hf annotate` fares through a night of faults and kills, and how fast it is without them.

    PYTHONPATH=.:tests python benchmarks/annotating.py endurance     # 2,000 passages, 20 % faults, 10 kills
    PYTHONPATH=.:tests python benchmarks/annotating.py throughput    # requests a second over concurrency / latency

Both ask a stand-in on the loopback (`tests/teacher_stand_in.py`) through the command itself.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from teacher_stand_in import ANSWER_TOKENS, KEY, PROMPT_TOKENS, TeacherState, teacher_stand_in

from uniner_hf.distillation.journal import read_journal

PRICE = 1.0  # USD per million tokens
ENVIRONMENT = {**os.environ, "OPENAI_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}


def command(folder: Path, server: TeacherState, concurrency: int, *options: str) -> list[str]:
    files = ["--input", str(folder / "passages.jsonl"), "--output", str(folder / "answers.jsonl")]
    served = ["--model", "teacher", "--base-url", server.url, "--concurrency", str(concurrency)]
    return [sys.executable, "-m", "uniner_hf", "annotate", *files, *served, *options]


def write_passages(folder: Path, count: int) -> None:
    lines = (json.dumps({"id": str(number), "text": f"passage {number}."}) + "\n" for number in range(count))
    (folder / "passages.jsonl").write_text("".join(lines))


def endurance(count: int, kills: int, concurrency: int, folder: Path) -> None:
    write_passages(folder, count)
    rng, said = random.Random(0), ""
    with teacher_stand_in() as server:
        server.fault_share, server.latency, server.hang = 0.2, 0.1, 6.0
        prices = ["--price-in", str(PRICE), "--price-out", str(PRICE), "--budget-usd", "100", "--timeout", "3"]
        asked = command(folder, server, concurrency, *prices)
        for _ in range(kills):
            goal = server.asked.total() + rng.randint(count // kills // 3, count // kills)
            with subprocess.Popen(asked, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
                while server.asked.total() < goal and process.poll() is None:
                    time.sleep(0.002)
                process.send_signal(signal.SIGKILL)
                said += process.communicate()[1]
        last = subprocess.run(asked, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    said += last.stderr
    rows = [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]
    journal = (folder / "answers.jsonl.journal").read_text()
    records = Counter(json.loads(line)["kind"] for line in journal.splitlines())
    charged = read_journal(folder / "answers.jsonl.journal").charged
    paid = server.paid.total() * (PROMPT_TOKENS + ANSWER_TOKENS)
    print(f"exit status of the last run        {last.returncode}")
    print(f"kills                              {kills}, {concurrency} requests in flight at most")
    print(
        f"passages, rows, in order           {count}, {len(rows)}, {[int(r['id']) for r in rows] == [*range(count)]}"
    )
    print(f"rows without an answer             {sum(row['answer'] is None for row in rows)}")
    print(f"answers in the journal             {records['answered']}, of {records['asked']} requests")
    print(f"paid twice, faults left out        {server.paid.total() - server.lost.total() - count}")
    print(f"lost to faults, paid               {server.lost.total()}")
    print(f"USD charged by the server          {paid / 1e6 * PRICE:.4f}")
    print(f"USD in the journal, at its worst   {(charged.prompt + charged.completion) / 1e6 * PRICE:.4f}")
    print(f"times the key was found            {(said + journal + json.dumps(rows)).count(KEY)}")
    print(said.splitlines()[-2] if len(said.splitlines()) > 1 else said)


def throughput(latency: float, folder: Path) -> None:
    print("| concurrency | latency (s) | requests | requests a second | of concurrency / latency |")
    print("|---|---|---|---|---|")
    for concurrency in (1, 8, 32):
        place = folder / str(concurrency)
        place.mkdir()
        count = 20 * concurrency
        write_passages(place, count)
        with teacher_stand_in() as server:
            server.latency = latency
            asked = command(place, server, concurrency)
            subprocess.run(asked, check=True, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
            seconds = server.times[-1] + latency - server.times[0]
        rate = count / seconds
        print(f"| {concurrency} | {latency} | {count} | {rate:.1f} | {rate * latency / concurrency:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("form", choices=("endurance", "throughput"))
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--latency", type=float, default=0.5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if arguments.form == "endurance":
            endurance(arguments.passages, arguments.kills, arguments.concurrency, Path(name))
        else:
            throughput(arguments.latency, Path(name))
