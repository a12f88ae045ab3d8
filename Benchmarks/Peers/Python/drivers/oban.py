import asyncio

from oban import Oban, worker
from oban.schema import install
from psycopg_pool import AsyncConnectionPool


class Driver:
    left = "select from oban_jobs where state in ('available', 'executing', 'scheduled') limit 1"

    def __init__(self, url):
        self.url = url()

    async def open(self, word):
        self.pool = AsyncConnectionPool(self.url, min_size=4, max_size=10, open=False)
        await self.pool.open()
        driver = self

        @worker(queue="default")
        class Step:
            async def process(self, job):
                number, place = job.args["number"], job.args["place"]
                if 0 < place < 5:
                    await Step.enqueue({"number": number, "place": place + 1})
                driver.tally(number)

        self.step = Step
        self.oban = None
        if word != "setup":
            options = dict(queues={"default": 50}, stager={"interval": 1.0})
            self.oban = Oban(pool=self.pool, **(options if word == "work" else {}))
        if self.oban and word != "work":
            await self.oban.__aenter__()

    async def close(self):
        if self.oban:
            await self.oban.__aexit__(None, None, None)
        await self.pool.close()

    async def setup(self):
        await install(self.pool)

    async def enqueue(self, numbers, place):
        jobs = [self.step.new({"number": number, "place": place}) for number in numbers]
        if len(jobs) == 1:
            await self.oban.enqueue(jobs[0])
        else:
            await self.oban.enqueue_many(jobs)

    async def work(self, tally):
        self.tally = tally
        async with self.oban:
            await asyncio.Event().wait()
