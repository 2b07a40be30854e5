"""Runs selects with boto3 and prints what it hands over. Argument: JSON of {endpoint, ak, sk, anonymous, cases}."""
import json
import sys

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

job = json.loads(sys.argv[1])
more = {"signature_version": UNSIGNED} if job["anonymous"] else {}
client = boto3.client(
    "s3",
    endpoint_url=job["endpoint"],
    region_name="us-east-1",
    aws_access_key_id=job["ak"],
    aws_secret_access_key=job["sk"],
    config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, **more),
)


def run(case):
    seen = {"name": case["name"], "types": [], "records": ""}
    try:
        answer = client.select_object_content(**case["arguments"])
        for event in answer["Payload"]:
            for kind, body in event.items():
                seen["types"].append(kind)
                if kind == "Records":
                    seen["records"] += body["Payload"].decode()
                if kind == "Stats":
                    seen["stats"] = body["Details"]
    except ClientError as error:
        seen["error"] = error.response["Error"]["Code"]
    except EventStreamError as error:
        seen["error"] = error.response["Error"]["Code"]
    return seen


print(json.dumps([run(case) for case in job["cases"]]))
