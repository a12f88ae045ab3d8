import os
import threading

import sqlalchemy
from dbos import DBOS, DBOSClient


class Driver:
    left = "select from dbos.workflow_status where status in ('ENQUEUED', 'PENDING') limit 1"

    def __init__(self, url):
        self.url = url("postgresql+psycopg")
        self.client = None

    def open(self, word):
        if word in ("setup", "work"):
            DBOS(config={
                "name": "peer", "system_database_url": self.url, "log_level": "ERROR",
                "application_version": "1", "sys_db_pool_size": 20, "run_admin_server": False,
                "executor_id": str(os.getpid()),
            })
        else:
            self.client = DBOSClient(system_database_url=self.url)
            self.engine = sqlalchemy.create_engine(self.url)

    def close(self):
        if self.client:
            self.client.destroy()

    def setup(self):
        DBOS.launch()
        DBOS.destroy()

    def enqueue(self, numbers, place):
        options = dict(
            workflow_name="flow" if place else "job", queue_name="steps", app_version="1")
        if len(numbers) == 1:
            self.client.enqueue(options, numbers[0])
            return
        with self.engine.begin() as connection:
            for number in numbers:
                self.client.enqueue_in_transaction(connection, options, number)

    def work(self, tally):
        @DBOS.step()
        def step():
            tally()

        @DBOS.workflow(name="job")
        def job(number):
            tally(number)

        @DBOS.workflow(name="flow")
        def flow(number):
            for _ in range(5):
                step()

        DBOS.launch()
        DBOS.register_queue("steps", worker_concurrency=64, polling_interval_sec=0.02)
        threading.Event().wait()
