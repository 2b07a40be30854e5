"""Runs selects with bce-python-sdk and prints what it hands over. Argument: JSON of {endpoint, ak, sk, cases}."""
import base64
import json
import sys

from baidubce.auth.bce_credentials import BceCredentials
from baidubce.bce_client_configuration import BceClientConfiguration
from baidubce.exception import BceError, BceHttpClientError
from baidubce.retry.retry_policy import NoRetryPolicy
from baidubce.services.bos.bos_client import BosClient

job = json.loads(sys.argv[1])
client = BosClient(
    BceClientConfiguration(
        credentials=BceCredentials(job["ak"], job["sk"]), endpoint=job["endpoint"], retry_policy=NoRetryPolicy()
    )
)


def run(case):
    request = {
        "expression": base64.b64encode(case["sql"].encode()).decode(),
        "expressionType": "SQL",
        "inputSerialization": case["input"],
        "outputSerialization": case["output"],
        "requestProgress": {"enabled": case.get("progress", False)},
    }
    seen = {"name": case["name"], "types": [], "records": ""}
    try:
        for message in client.select_object(case["bucket"], case["key"], request).result():
            seen["types"].append(message.type)
            if message.type == "Records":
                seen["records"] += message.payload
    except BceHttpClientError as error:
        seen["error"] = error.last_error.code
    except BceError as error:
        seen["error"] = error.code
    return seen


print(json.dumps([run(case) for case in job["cases"]]))
