"""The limit for a sender of messages: claim due rows, hand them over, mark them sent. Nothing else.

    python -m bench.reminders.limit --url http://127.0.0.1:8790/sms --db postgresql://… -n 2000 -c 100

Prints one JSON line. No gate, no encryption, no audit, no tasks: what any sender must at least do.
"""

import argparse
import asyncio
import json
import time

import aiohttp
import psycopg

TEXT = (
    "Reminder: You have an appointment tomorrow at 10.30. Call 22 22 22 22 if you can not come. %d"
)
CLAIM = (
    "update limit_reminder set state=1 where id in (select id from limit_reminder where state=0 and "
    "due<now() order by due limit %s for update skip locked) returning id, phone, body"
)
MARK = (
    "update limit_reminder l set state=2, sid=v.sid, sent=now() "
    "from unnest(%s::int[], %s::text[]) v(id,sid) where l.id=v.id"
)


async def send(url, dsn, in_flight, batch=500):
    async with (
        await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session,
    ):
        while rows := await (await connection.execute(CLAIM, (batch,))).fetchall():
            waiting, sent = iter(rows), []

            async def sender(waiting=waiting, sent=sent):
                for number, phone, body in waiting:
                    message = {"id": str(number), "to": phone, "from": "Kommunen", "text": body}
                    key = {"Idempotency-Key": str(number)}
                    async with session.post(url, json=message, headers=key) as answer:
                        content = await answer.json()
                        if answer.status == 201:
                            sent.append((number, content["provider_id"]))

            await asyncio.gather(*(sender() for _ in range(in_flight)))
            await connection.execute(MARK, ([n for n, _ in sent], [i for _, i in sent]))


def fill(dsn, count):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("drop table if exists limit_reminder")
        connection.execute(
            "create table limit_reminder(id int primary key, phone text, body text, "
            "due timestamptz, state smallint default 0, sid text, sent timestamptz)"
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into limit_reminder(id, phone, body, due) "
                "values (%s, %s, %s, now() - interval '1 minute')",
                [(n, f"+479{n:07d}", TEXT % n) for n in range(count)],
            )
        connection.execute("create index on limit_reminder(due) where state=0")
        connection.execute("analyze limit_reminder")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--db", required=True)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("-c", type=int, default=100)
    options = parser.parse_args()
    fill(options.db, options.n)
    started, cpu = time.perf_counter(), time.process_time()
    asyncio.run(send(options.url, options.db, options.c))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(
        json.dumps(
            {
                "per_second": round(options.n / seconds, 1),
                "cpu_ms_per_message": round(cpu * 1000 / options.n, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
