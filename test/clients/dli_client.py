"""Does what programs do with Huawei's own SDK and prints what they see as JSON. Arguments: URL, index, project, folder, AK, SK."""

import json
import sys
import time

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdli.v1 import (
    CancelSqlJobRequest,
    CheckSqlRequest,
    CheckSqlRequestBody,
    CreateSqlJobRequest,
    CreateSqlJobRequestBody,
    DliClient,
    ExportSqlJobResultRequest,
    ExportSqlJobResultRequestBody,
    ListSqlJobsRequest,
    PreviewSqlJobResultRequest,
    ShowSqlJobDetailRequest,
    ShowSqlJobProgressRequest,
    ShowSqlJobStatusRequest,
    Tag,
)

url, index, project, folder, ak, sk = sys.argv[1:7]
seen = {}


def client(secret):
    credentials = BasicCredentials(ak, secret, project)
    return DliClient.new_builder().with_http_config(HttpConfig()).with_credentials(credentials).with_endpoint(url).build()


dli = client(sk)


def failure(work):
    try:
        work()
    except ClientRequestException as error:
        return [error.status_code, error.error_code, error.error_msg, error.request_id != ""]
    return None


def submit(sql, **more):
    return dli.create_sql_job(CreateSqlJobRequest(body=CreateSqlJobRequestBody(sql=sql, **more)))


def status(job):
    return dli.show_sql_job_status(ShowSqlJobStatusRequest(job_id=job))


def wait(job):
    for _ in range(600):
        found = status(job)
        if found.status in ("FINISHED", "FAILED", "CANCELLED"):
            return found
        time.sleep(0.1)
    raise TimeoutError(job)


def export(job, **body):
    return dli.export_sql_job_result(
        ExportSqlJobResultRequest(job_id=job, body=ExportSqlJobResultRequestBody(**body))
    )


checked = dli.check_sql(CheckSqlRequest(body=CheckSqlRequestBody(sql=f"SELECT id FROM {index}", currentdb="db1")))
seen["check"] = [checked.is_success, checked.message, checked.job_type]
wrong = dli.check_sql(CheckSqlRequest(body=CheckSqlRequestBody(sql="SELECT FROM WHERE")))
seen["check_wrong"] = [wrong.is_success, wrong.message]

tag = Tag(key="run", value=folder)
made = submit(
    f"SELECT id, name, price FROM {index} ORDER BY id",
    currentdb="db1",
    queue_name="queue2",
    conf=["dli.sql.sqlasync.enabled = true"],
    tags=[tag],
)
query = made.job_id
seen["submit"] = [made.is_success, made.message, made.job_type, made.job_mode, made.schema, made.rows]
ended = wait(query)
seen["status"] = [ended.status, ended.job_type, ended.queue_name, ended.owner, ended.result_count, ended.statement]
seen["columns"] = [[field["name"], field["type"]] for field in json.loads(ended.detail)["fields"]]
seen["tags"] = [[one.key, one.value] for one in ended.tags]
progress = dli.show_sql_job_progress(ShowSqlJobProgressRequest(job_id=query))
seen["progress"] = [progress.status, float(progress.progress), progress.sub_jobs]
preview = dli.preview_sql_job_result(PreviewSqlJobResultRequest(job_id=query))
seen["preview"] = [preview.row_count, preview.schema, [[str(cell) for cell in row] for row in preview.rows]]

exported = export(
    query, data_path=f"obs://dli-bucket/{folder}/gzip", data_type="csv", compress="gzip", with_column_header=True
)
seen["export"] = [exported.is_success, exported.message, exported.job_mode, exported.job_id != query]
done = wait(exported.job_id)
seen["export_status"] = [done.status, done.job_type, done.result_count]
detail = dli.show_sql_job_detail(ShowSqlJobDetailRequest(job_id=exported.job_id))
seen["detail"] = [
    detail.export_mode,
    detail.data_path,
    detail.data_type,
    detail.with_column_header,
    detail.compress,
    detail.owner,
]
text = export(query, data_path=f"s3a://dli-bucket/{folder}/text", data_type="csv", with_column_header="true")
seen["export_text"] = wait(text.job_id).status

seen["exists"] = failure(lambda: export(query, data_path=f"obs://dli-bucket/{folder}/gzip", data_type="csv"))
seen["bad_path"] = failure(lambda: export(query, data_path="obs://dli-bucket/a,b", data_type="csv"))
seen["not_query"] = failure(lambda: export(exported.job_id, data_path="obs://dli-bucket/x", data_type="csv"))
seen["unknown"] = failure(lambda: status("00000000-0000-0000-0000-000000000000"))
seen["syntax"] = failure(lambda: submit("SELECT a FROM t WHERE b = = 1"))
seen["ended"] = failure(lambda: dli.cancel_sql_job(CancelSqlJobRequest(job_id=query)))


def listed(**filters):
    found = dli.list_sql_jobs(ListSqlJobsRequest(**filters))
    return [found.job_count, [job.job_id for job in found.jobs]]


own = f"run={folder}"
seen["list"] = {
    "all": listed(tags=own)[0],
    "queries": listed(engine_type="spark", job_status="FINISHED", job_type="QUERY", tags=own) == [1, [query]],
    "types": listed(job_types=["EXPORT", "QUERY"], sql_pattern="NAME, PRICE", tags=own)[0],
    "page": listed(current_page=1, page_size=1, order="start_time_asc", tags=own) == [3, [query]],
    "id": listed(job_id=exported.job_id) == [1, [exported.job_id]],
    "range": listed(start=ended.start_time - 1, end=ended.start_time + 1, tags=own) == [1, [query]],
    "none": listed(queue_name="nobody")[0],
}

# A self join of all rows with all rows runs long enough to be cancelled.
slow = submit(f"SELECT COUNT(*) FROM {index} a CROSS JOIN {index} b CROSS JOIN {index} c CROSS JOIN {index} d").job_id
while status(slow).status == "LAUNCHING":
    time.sleep(0.02)
gone = dli.cancel_sql_job(CancelSqlJobRequest(job_id=slow))
seen["cancel"] = [gone.is_success, gone.message, status(slow).status]

dli = client("another-secret-key")
seen["wrong_secret"] = failure(lambda: status(query))

print(json.dumps(seen))
