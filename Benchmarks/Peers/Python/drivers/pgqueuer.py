import datetime

import asyncpg
from pgqueuer import Queries
from pgqueuer.db import AsyncpgDriver
from pgqueuer.qm import QueueManager


class Driver:
    left = "select from pgqueuer limit 1"

    def __init__(self, url):
        self.url = url()

    async def connect(self):
        return Queries(AsyncpgDriver(await asyncpg.connect(self.url)))

    async def open(self, word):
        self.queries = await self.connect()

    async def close(self):
        pass

    async def setup(self):
        await self.queries.install()

    async def enqueue(self, numbers, place):
        payloads = [f"{number} {place}".encode() for number in numbers]
        await self.queries.enqueue(["step"] * len(numbers), payloads, [0] * len(numbers))

    async def work(self, tally):
        # A connection serves one statement at a time, and the manager's own is busy.
        chain = await self.connect()
        manager = QueueManager(self.queries)

        @manager.entrypoint("step")
        async def step(job):
            number, place = map(int, job.payload.split())
            if 0 < place < 5:
                await chain.enqueue("step", f"{number} {place + 1}".encode(), 0)
            tally(number)

        await manager.run(dequeue_timeout=datetime.timedelta(seconds=1), batch_size=100)
