import time

import psycopg
from pgmq import PGMQueue
from pgmq.install import get_embedded_install_sql
from psycopg_pool import ConnectionPool


class Driver:
    left = "select from pgmq.q_default limit 1"

    def __init__(self, url):
        self.url = url()

    def open(self, word):
        if word != "setup":
            pool = ConnectionPool(self.url, open=True)
            self.queue = PGMQueue(pool=pool, init_extension=False)

    def close(self):
        pass

    def setup(self):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(get_embedded_install_sql())
            connection.execute("select pgmq.create('default')")

    def enqueue(self, numbers, place):
        messages = [dict(number=number, place=place) for number in numbers]
        self.queue.send_batch("default", messages)

    def work(self, tally):
        while True:
            messages = self.queue.read_batch("default", vt=30, batch_size=100)
            if not messages:
                time.sleep(0.02)  # It does not tell who waits.
                continue
            more = [
                dict(number=m.message["number"], place=m.message["place"] + 1)
                for m in messages if 0 < m.message["place"] < 5
            ]
            if more:
                self.queue.send_batch("default", more)
            for message in messages:
                tally(message.message["number"])
            self.queue.archive_batch("default", [message.msg_id for message in messages])
