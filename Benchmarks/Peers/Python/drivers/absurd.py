import absurd_sdk
import absurdctl
import psycopg


class Driver:
    left = "select from absurd.t_default where state in ('pending', 'running', 'sleeping') limit 1"

    def __init__(self, url):
        self.url = url()

    def open(self, word):
        if word == "setup":
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(absurdctl.BUNDLED_SCHEMA_SQL)
        self.absurd = absurd_sdk.Absurd(self.url)

    def close(self):
        pass

    def setup(self):
        self.absurd.create_queue("default")

    def enqueue(self, numbers, place):
        # There is no way to spawn several; a transaction around them spares commits.
        self.define(None)
        with self.absurd._conn.transaction():
            for number in numbers:
                self.absurd.spawn("flow" if place else "job", {"number": number})

    def define(self, tally):
        @self.absurd.register_task("job")
        def job(given, context):
            tally(given["number"])
            return {}

        @self.absurd.register_task("flow")
        def flow(given, context):
            for place in range(5):
                context.step(f"step{place}", lambda: tally())
            return {}

    def work(self, tally):
        self.define(tally)
        self.absurd.start_worker(concurrency=1, batch_size=50, poll_interval=0.02)
