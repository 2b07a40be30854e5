"""Does what programs do with opensearch-py and prints what they see as JSON. Arguments: URL, index."""

import json
import sys

from opensearchpy import NotFoundError, OpenSearch, RequestError, helpers

url, index = sys.argv[1:3]
client = OpenSearch(url)
seen = {}

seen["info"] = client.info()["version"]["distribution"]
answer = client.plugins.sql.query(body={"query": f"SELECT id, l, k, flag, d FROM {index} ORDER BY id"})
seen["rows"] = answer["datarows"]
seen["csv"] = client.plugins.sql.query(body={"query": f"SELECT id, k FROM {index} ORDER BY id"}, format="csv")
seen["explain"] = list(client.plugins.sql.explain(body={"query": f"SELECT id FROM {index}"}).keys())
seen["stats"] = "request_total" in client.plugins.sql.get_stats()

try:
    client.plugins.sql.query(body={"query": f"SELECT nowhere FROM {index}"})
except RequestError as error:
    seen["error"] = [error.status_code, error.error]
try:
    client.plugins.sql.query(body={"query": "SELECT a FROM there_is_no_such_index"})
except NotFoundError as error:
    seen["not_found"] = error.status_code

own = index + "_py"
made = helpers.bulk(client, ({"_index": own, "n": n} for n in range(1000)), refresh=True)
seen["bulk"] = made[0]
seen["scan"] = sum(1 for _ in helpers.scan(client, index=own, size=300))
seen["deleted"] = client.indices.delete(index=own)["acknowledged"]

print(json.dumps(seen))
