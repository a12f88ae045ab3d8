"""Puts a system on PostgreSQL to work, in the words that pawl-bench uses.

peer.py NAME setup              makes what the system needs in the database
peer.py NAME enqueue jobs N     enqueues N one-step jobs; prints the seconds that it took
peer.py NAME enqueue flows N    the same of workflows of five steps, or of chains of five jobs
peer.py NAME work N             works; says "started" at the first step and "done" at the Nth
peer.py NAME sample N           enqueues N jobs, one each 30 ms; prints when each call returned
peer.py NAME left               prints a query that has rows while something is not recorded yet

The database is the one of libpq's variables. Steps do nothing but be counted.
"""

import asyncio
import importlib
import inspect
import logging
import os
import sys
import threading
import time

STEPS = 5


def url(scheme="postgresql"):
    """The database as a URL, its server reached through a socket's directory."""
    env = os.environ
    return (f"{scheme}://{env['PGUSER']}@/{env['PGDATABASE']}"
            f"?host={env['PGHOST']}&port={env['PGPORT']}")


class Tally:
    """Counts steps, which may come from several threads."""

    def __init__(self, goal):
        self.goal, self.done, self.lock = goal, 0, threading.Lock()

    def __call__(self, number=0):
        with self.lock:
            if number < 0:  # A sample: its number and when it was begun.
                print(-number, f"{time.time():.6f}", flush=True)
            self.done += 1
            if self.done == 1:
                print("started", flush=True)
            if self.done == self.goal:
                print("done", flush=True)


def parts(numbers, size=1000):
    """A thousand at a time, as a program that enqueues many would."""
    return [numbers[i:i + size] for i in range(0, len(numbers), size)]


async def call(function, *arguments):
    if inspect.iscoroutinefunction(function):
        return await function(*arguments)
    # Where no event loop runs: some refuse to block one.
    return await asyncio.to_thread(function, *arguments)


async def main(name, word, *rest):
    driver = importlib.import_module(f"drivers.{name}").Driver(url)
    if word == "left":
        print(driver.left)
        return
    await call(driver.open, word)
    if word == "setup":
        await call(driver.setup)
    elif word == "enqueue":
        first_step = 1 if rest[0] == "flows" else 0
        start = time.perf_counter()
        for part in parts(list(range(1, int(rest[1]) + 1))):
            await call(driver.enqueue, part, first_step)
        print(time.perf_counter() - start)
    elif word == "work":
        await call(driver.work, Tally(int(rest[0])))
    elif word == "sample":
        for number in range(1, int(rest[0]) + 1):
            await call(driver.enqueue, [-number], 0)
            print(number, f"{time.time():.6f}", flush=True)
            await asyncio.sleep(0.03)
    await call(driver.close)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    try:
        import uvloop
        uvloop.run(main(*sys.argv[1:]))
    except ImportError:
        asyncio.run(main(*sys.argv[1:]))
