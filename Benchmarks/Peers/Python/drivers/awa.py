import asyncio
import dataclasses
import os
import signal
import urllib.parse

import awa


@dataclasses.dataclass
class Step:
    number: int
    place: int = 0


class Driver:
    # To ask costs more than what is asked for: it records what is done before it ends instead.
    left = "select where false"

    def __init__(self, url):
        # It reads a socket's directory only in the host's place.
        env = os.environ
        host = urllib.parse.quote(env["PGHOST"], safe="")
        self.url = f"postgresql://{env['PGUSER']}@{host}:{env['PGPORT']}/{env['PGDATABASE']}"

    async def open(self, word):
        self.client = awa.AsyncClient(self.url)

    async def close(self):
        pass

    async def setup(self):
        await self.client.migrate()
        await self.client.install_queue_storage(schema="awa")

    async def enqueue(self, numbers, place):
        steps = [Step(number, place) for number in numbers]
        if len(steps) == 1:
            await self.client.insert(steps[0], kind="step", queue="default")
        else:
            await self.client.enqueue_many_copy(steps, kind="step", queue="default")

    async def work(self, tally):
        @self.client.task(Step, kind="step", queue="default")
        async def step(job):
            if 0 < job.args.place < 5:
                more = Step(job.args.number, job.args.place + 1)
                await self.client.insert(more, kind="step", queue="default")
            tally(job.args.number)

        await self.client.start([("default", 200)])
        asked = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked.set)
        await asked.wait()
        await self.client.shutdown()
