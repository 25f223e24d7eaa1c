"""One of Debian's Python clients, sending as fast as it does. Prints what it took as JSON."""

import json
import logging
import resource
import sys
import time

client, host, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
texts = [f"user {number} sent {number % 97} messages" for number in range(count)]


def elasticsearch():
    from elasticsearch import Elasticsearch, helpers

    target = Elasticsearch([f"http://{host}:{port}"])
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    helpers.bulk(
        target,
        (
            {
                "_op_type": "create",
                "_index": "logs",
                "@timestamp": stamp,
                "log": {"level": "info"},
                "message": text,
            }
            for text in texts
        ),
        chunk_size=1000,
    )


def fluent():
    from fluent.sender import FluentSender

    sender = FluentSender("client", host=host, port=port)
    for text in texts:
        sender.emit("app", {"level": "info", "message": text})
    sender.close()


def graypy():
    import graypy as module

    logger = logging.getLogger("client")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handler = module.GELFTCPHandler(host, port)
    logger.addHandler(handler)
    for text in texts:
        logger.info(text)
    handler.close()


started = time.monotonic()
before = resource.getrusage(resource.RUSAGE_SELF)
{"elasticsearch": elasticsearch, "fluent": fluent, "graypy": graypy}[client]()
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"records": count, "seconds": time.monotonic() - started, "cpuSeconds": cpu}))
