"""Messages told to many people, and sent to a local mail server while workers are killed.

Fan-out beside the bare INSERT … SELECT; a drain in batches beside one by one and beside one Celery task for each
mail, and on a slow disk; then everything through real workers, of which three are killed (SIGKILL) in the middle.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from celery import Celery

from benchmarks import flush
from benchmarks.deployments import deployment
from benchmarks.table import Table
from innomarket.embedded.layout import ROOT
from tests.support.deployment import Deployment
from tests.support.mailsink import MailSink

KILLS = 3
PLAIN = "benchmarks.plain"
PATIENCE = 600.0
FOR_A_RATE = 5_000
"""As many messages are enough where a rate is measured."""
Way = Callable[[Deployment, MailSink, int], float]


def measure(table: Table, *, messages: int, rounds: int) -> None:
    with deployment() as made:
        outbox(made, "people", messages)
        seconds = outbox(made, "fan_out", rounds)
        table.add(f"INSERT … SELECT of {messages:,} messages, bare", seconds["bare"], "s")
        table.add(f"tell {messages:,} people", seconds["tell"], "s")
        ratios = [t / b for t, b in zip(seconds["tell"], seconds["bare"], strict=True)]
        table.add("  ratio", ratios, "", "≤ 1.5")
    _rates(table, WAYS, min(messages, FOR_A_RATE), min(rounds, 3))
    with flush.of_a_millisecond():
        ours = {f"{name}; flushed in 1 ms": WAYS[name] for name in WAYS if WAYS[name] is not one_task_a_mail}
        _rates(table, ours, min(messages, FOR_A_RATE), min(rounds, 3))
    ends = [killed(messages) for _ in range(rounds)]
    goals = {"sent": f"{messages:,}", "twice at the receiver": "0", "lost": "0", "left or unknown": "0"}
    for name in ends[0]:
        table.add(f"{KILLS} kills: {name}", [end[name] for end in ends], "", goals.get(name, ""))


def _rates(table: Table, ways: dict[str, Way], count: int, rounds: int) -> None:
    """Messages a second on each way, in turns."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            with MailSink() as sink, deployment() as made:
                fill(made, sink, count)
                rates[name].append(count / way(made, sink, count))
    for name, values in rates.items():
        table.add(name, values, "/s")


def outbox(made: Deployment, name: str, *numbers: int) -> Any:
    """What benchmarks.outbox does under this name, in the deployment's database.

    Raises SystemExit with what it said when it fails.
    """
    command = [sys.executable, "-m", "benchmarks.outbox", name, *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, env=made.env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"benchmarks.outbox {name} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def fill(made: Deployment, sink: MailSink, count: int) -> None:
    """As many messages to as many people wait to be mailed to the sink."""
    made.env |= {"MAIL_URL": sink.url}
    outbox(made, "people", count)
    outbox(made, "tell_by_mail", count)
    made.lose_redis()  # with the wake-up of this telling: who drains is said by each measurement


def wake(made: Deployment) -> None:
    """What beat does every minute."""
    with Celery(broker=made.redis_url, set_as_current=False) as app:
        app.send_task("notifications.send_due")


def drained(made: Deployment, *options: int) -> float:
    """Seconds that two drains need, from the first one's begin to the last one's end."""
    command = [sys.executable, "-m", "benchmarks.outbox", "drain", *map(str, options)]
    both = [
        subprocess.Popen(command, cwd=ROOT, env=made.env, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    times = [json.loads(each.communicate()[0].splitlines()[-1]) for each in both]
    if states(made).get("waiting", 0):
        raise SystemExit("The drains left something: something else would be measured.")
    return max(ended for _began, ended in times) - min(began for began, _ended in times)


def one_task_a_mail(made: Deployment, sink: MailSink, count: int) -> float:
    """Seconds from the first task on its way to the last mail, with a worker of two processes that stands."""
    made.worker("--include", PLAIN, concurrency=2)
    waiting, began = outbox(made, "ids"), time.perf_counter()
    with Celery(broker=made.redis_url, set_as_current=False) as app:
        for pk in waiting:
            app.send_task(f"{PLAIN}.send_one", args=[pk])
    until(lambda: len(sink.kept) >= count, "the plain tasks have sent everything")
    return time.perf_counter() - began


# Each by two processes.
WAYS: dict[str, Way] = {
    "outbox drained, no mail server, batches of 500": lambda made, _sink, _count: drained(made, 500, 0),
    "outbox drained, no mail server, one by one": lambda made, _sink, _count: drained(made, 1, 0),
    "mails sent, batches of 500": lambda made, _sink, _count: drained(made, 500),
    "mails sent, one by one": lambda made, _sink, _count: drained(made, 1),
    "mails sent, a Celery task for each": one_task_a_mail,
}


def killed(count: int) -> dict[str, float]:
    """Two workers drain; at a quarter, a half and three quarters both are killed, and two new ones are woken."""
    with MailSink() as sink, deployment() as made:
        fill(made, sink, count)
        began = time.perf_counter()
        for number in range(KILLS + 1):
            made.worker().worker()
            wake(made)
            wake(made)
            if number < KILLS:
                until(lambda n=number: len(sink.kept) >= count * (n + 1) // (KILLS + 1), "a part is sent")
                made.kill("worker")
        until(lambda: states(made).get("waiting", 0) == 0, "nothing waits")
        seconds, addresses = time.perf_counter() - began, sink.addresses()
        return {
            "sent": states(made).get("sent", 0),
            "twice at the receiver": sum(n - 1 for n in addresses.values()),
            "lost": count - len(addresses),
            "left or unknown": count - states(made).get("sent", 0),
            "handed over again, dropped by Message-ID": sink.again,
            "seconds, with the starts of eight workers": seconds,
        }


def states(made: Deployment) -> dict[str, int]:
    return dict(made.rows("SELECT state, count(*) FROM notifications_message GROUP BY state"))


def until(condition: Any, what: str) -> None:
    """Raises SystemExit when it does not come to hold."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"Waited {PATIENCE:.0f} seconds until {what}.")
        time.sleep(0.02)
