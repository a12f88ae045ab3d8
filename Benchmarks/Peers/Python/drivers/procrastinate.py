import procrastinate


class Driver:
    left = "select from procrastinate_jobs where status in ('todo', 'doing') limit 1"

    def __init__(self, url):
        self.tally = None
        connector = procrastinate.PsycopgConnector(conninfo=url(), max_size=10)
        self.app = procrastinate.App(connector=connector)

        @self.app.task(queue="default", name="step")
        async def step(number, place):
            if 0 < place < 5:
                await step.defer_async(number=number, place=place + 1)
            self.tally(number)

        self.step = step

    async def open(self, word):
        await self.app.open_async()

    async def close(self):
        await self.app.close_async()

    async def setup(self):
        await self.app.schema_manager.apply_schema_async()

    async def enqueue(self, numbers, place):
        if len(numbers) == 1:
            await self.step.defer_async(number=numbers[0], place=place)
        else:
            await self.step.batch_defer_async(*[dict(number=n, place=place) for n in numbers])

    async def work(self, tally):
        self.tally = tally
        await self.app.run_worker_async(
            concurrency=20, fetch_job_polling_interval=1.0, install_signal_handlers=False)
