"""Sends COUNT log records with OpenTelemetry's Python SDK.

Usage: python_sender.py PROTOCOL ENDPOINT COUNT   (PROTOCOL: http or grpc)
Needs opentelemetry-sdk and the OTLP exporters from PyPI.
"""

import logging
import sys

from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

protocol, endpoint, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter

    exporter = OTLPLogExporter(endpoint=endpoint, insecure=True)
else:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter

    exporter = OTLPLogExporter(endpoint=f"{endpoint}/v1/logs")

provider = LoggerProvider(resource=Resource.create({"service.name": f"python-{protocol}"}))
provider.add_log_record_processor(
    BatchLogRecordProcessor(exporter, max_queue_size=count + 1)
)
logger = logging.getLogger("sender")
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(LoggingHandler(logger_provider=provider))
for number in range(count):
    logger.info("python says 你好 %d", number, extra={"number": number, "ok": True, "ratio": 0.5})
provider.shutdown()
