from chancy import Chancy, Queue, Worker, job

state = {}


@job(queue="default")
async def step(*, number: int, place: int):
    if 0 < place < 5:
        await state["app"].push(step.job.with_kwargs(number=number, place=place + 1))
    state["tally"](number)


class Driver:
    left = "select from chancy_jobs where state in ('pending', 'running') limit 1"

    def __init__(self, url):
        self.app = state["app"] = Chancy(url())

    async def open(self, word):
        await self.app.__aenter__()

    async def close(self):
        await self.app.__aexit__(None, None, None)

    async def setup(self):
        await self.app.migrate()
        await self.app.declare(Queue(
            "default", concurrency=100, executor=Chancy.Executor.Async, polling_interval=1,
            eager_polling=True))

    async def enqueue(self, numbers, place):
        jobs = [step.job.with_kwargs(number=number, place=place) for number in numbers]
        if len(jobs) == 1:
            await self.app.push(jobs[0])
        else:
            async for _ in self.app.push_many(jobs, batch_size=1000):
                pass

    async def work(self, tally):
        state["tally"] = tally
        async with Worker(self.app) as worker:
            await worker.wait_for_shutdown()
