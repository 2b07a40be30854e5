import com.baidubce.BceServiceException;
import com.baidubce.auth.DefaultBceCredentials;
import com.baidubce.http.DefaultRetryPolicy;
import com.baidubce.services.bos.BosClient;
import com.baidubce.services.bos.BosClientConfiguration;
import com.baidubce.services.bos.model.InputSerialization;
import com.baidubce.services.bos.model.OutputSerialization;
import com.baidubce.services.bos.model.SelectObjectRequest;
import com.baidubce.services.bos.model.SelectObjectResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/** Runs selects with bce-java-sdk and prints what it hands over. Argument: JSON of {endpoint, ak, sk, cases}. */
public class BosClientProgram {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        JsonNode job = JSON.readTree(args[0]);
        BosClientConfiguration configuration = new BosClientConfiguration();
        configuration.setCredentials(new DefaultBceCredentials(job.get("ak").asText(), job.get("sk").asText()));
        configuration.setEndpoint(job.get("endpoint").asText());
        configuration.setRetryPolicy(new DefaultRetryPolicy(0, 0));
        BosClient client = new BosClient(configuration);
        ArrayNode all = JSON.createArrayNode();
        for (JsonNode one : job.get("cases")) {
            all.add(run(client, one));
        }
        System.out.println(JSON.writeValueAsString(all));
        client.shutdown();
    }

    private static ObjectNode run(BosClient client, JsonNode one) {
        InputSerialization input = new InputSerialization();
        JsonNode given = one.get("input");
        if (given.has("compressionType")) input.withCompressionType(given.get("compressionType").asText());
        if (given.has("csv")) input.setCsvParams(textsOf(given.get("csv")));
        if (given.has("json")) input.setJsonParams(textsOf(given.get("json")));
        OutputSerialization output = new OutputSerialization();
        JsonNode wanted = one.get("output");
        output.withOutputHeader(wanted.path("outputHeader").asBoolean(false));
        if (wanted.has("csv")) output.setCsvParams(textsOf(wanted.get("csv")));
        if (wanted.has("json")) output.setJsonParams(textsOf(wanted.get("json")));
        SelectObjectRequest request = new SelectObjectRequest(one.get("bucket").asText(), one.get("key").asText())
                .withSelectType(one.get("type").asText())
                .withExpression(one.get("sql").asText())
                .withExpressionType(SelectObjectRequest.ExpressionType.SQL)
                .withInputSerialization(input)
                .withOutputSerialization(output)
                .withRequestProgress(one.path("progress").asBoolean(false));
        ObjectNode seen = JSON.createObjectNode().put("name", one.get("name").asText());
        ArrayNode types = seen.putArray("types");
        ArrayNode records = seen.putArray("lines");
        try {
            SelectObjectResponse response = client.selectObject(request);
            SelectObjectResponse.Messages messages = response.getMessages();
            while (messages.hasNext()) {
                SelectObjectResponse.CommonMessage message = messages.next();
                types.add(message.Type);
                if (message.Type.equals("Records")) {
                    for (String record : message.getRecords()) records.add(record);
                }
                if (message.Type.equals("End") && !"success".equals(message.Headers.get("error-code"))) {
                    seen.put("error", String.valueOf(message.Headers.get("error-code")));
                }
            }
        } catch (BceServiceException failure) {
            seen.put("error", failure.getErrorCode());
        }
        return seen;
    }

    private static Map<String, String> textsOf(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.fields().forEachRemaining(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
